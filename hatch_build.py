"""Build hook: no wheel and no source archive leaves without what the pages take from others."""

from __future__ import annotations

import sys
import tarfile
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface[Any]):
    """Fetches the assets before the build, and looks whether they are in what was built."""

    def dependencies(self) -> list[str]:
        """Ask for a Node from pip only where one is needed and none is installed."""
        assets = self._assets()
        if assets.FOR_PAGES.is_complete() or assets.npm_command() is not None:
            return []
        return [assets.NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch them; an editable installation serves plain pages until ``make assets``."""
        if version == "editable":
            return
        assets = self._assets()
        try:
            assets.fetch(assets.FOR_PAGES)
        except assets.AssetsError as error:
            sys.exit(f"assets: {error}")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """End the build in error if one of them was left out."""
        if version == "editable":
            return
        held = {name.rpartition("/static/vendor/")[2] for name in _names(Path(artifact_path))}
        wanted = {path.name for path in self._assets().FOR_PAGES.path.iterdir()}
        if missing := sorted(wanted - held):
            Path(artifact_path).unlink()
            sys.exit(f"assets: {', '.join(missing)} left out: see artifacts in pyproject.toml")

    def _assets(self) -> ModuleType:
        spec = spec_from_file_location("lumbar_assets", Path(self.root) / "server" / "assets.py")
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        sys.modules[spec.name] = module  # its dataclasses look for it there
        spec.loader.exec_module(module)
        return module


def _names(archive: Path) -> list[str]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.namelist()
    with tarfile.open(archive) as source:
        return source.getnames()
