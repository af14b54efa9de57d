"""What the pages take from others: the tags that load it, checked by the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

STATIC = Path(__file__).parents[1] / "static"
_TAGS = {
    ".js": Markup('<script src="/static/vendor/{}" integrity="{}" defer></script>'),
    ".css": Markup('<link rel="stylesheet" href="/static/vendor/{}" integrity="{}">'),
}


@dataclass(frozen=True, slots=True)
class Vendored:
    """Files of others as ``make assets`` laid them out; none of them, where it was never run.

    Parameters
    ----------
    tags
        By the name of the package: what goes into the head of a page.
    """

    tags: Mapping[str, Markup]

    def __bool__(self) -> bool:
        return bool(self.tags)

    def tag(self, package: str) -> Markup:
        """Return what loads ``package``, nothing where it is not there."""
        return self.tags.get(package, Markup())


def read_vendored(folder: Path = STATIC / "vendor") -> Vendored:
    """Read the manifest that ``server/assets.py`` wrote."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        return Vendored({})
    tags: dict[str, Markup] = {}
    for name, entry in manifest.items():
        package, suffix = Path(name).stem, Path(name).suffix
        tag = _TAGS[suffix].format(entry["file"], entry["integrity"])
        tags[package] = tags.get(package, Markup()) + tag
    return Vendored(tags)
