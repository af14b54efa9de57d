"""What the pages take from others is exactly what was looked at, and small."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

import assets
from lumbar_server.pages.vendored import STATIC, read_vendored
from page_assets import needs_assets

SERVER = Path(assets.__file__).parent
TEMPLATES = STATIC.parent / "templates"
LIMIT_BYTES = 60_000
VENDORED_GZIP_BYTES = {"htmx": 13_400, "uplot": 22_800}  # measured

SCRIPT = b"window.plot = 1\n"
STYLE = b".plot { color: red }\n"
LICENCE = b"Do what you like.\n"


def vendored_file(name: str, source: str, content: bytes) -> assets.VendoredFile:
    return assets.VendoredFile(name, source, hashlib.sha256(content).hexdigest())


FILES = (
    vendored_file("plot.js", "plot/dist/plot.min.js", SCRIPT),
    vendored_file("plot.css", "plot/dist/plot.css", STYLE),
)
LICENCES = (vendored_file("plot.LICENSE.txt", "plot/LICENSE", LICENCE),)


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    modules = tmp_path / "node_modules"
    (modules / "plot" / "dist").mkdir(parents=True)
    (modules / "plot/dist/plot.min.js").write_bytes(SCRIPT)
    (modules / "plot/dist/plot.css").write_bytes(STYLE)
    (modules / "plot/LICENSE").write_bytes(LICENCE)
    return modules


@pytest.fixture
def folder(tmp_path: Path, modules: Path) -> assets.VendoredFolder:
    folder = assets.VendoredFolder(tmp_path / "static" / "vendor", FILES, LICENCES)
    folder.lay_out(modules)
    return folder


@pytest.fixture
def vendor(folder: assets.VendoredFolder) -> Path:
    return folder.path


def test_files_are_named_by_their_content_and_bring_their_licence(
    folder: assets.VendoredFolder,
) -> None:
    vendor = folder.path
    manifest = json.loads((vendor / "manifest.json").read_text())
    script = manifest["plot.js"]["file"]
    assert hashlib.sha256(SCRIPT).hexdigest()[:12] in script
    assert (vendor / script).read_bytes() == SCRIPT
    assert (vendor / "plot.LICENSE.txt").read_bytes() == LICENCE
    assert folder.is_complete()


def test_page_loads_a_package_only_as_it_was_laid_out(vendor: Path) -> None:
    tag = read_vendored(vendor).tag("plot")
    for content in (SCRIPT, STYLE):
        integrity = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert f'integrity="sha384-{integrity}"' in tag
    assert tag.count("/static/vendor/plot-") == 2


def test_page_without_assets_loads_nothing(tmp_path: Path) -> None:
    vendored = read_vendored(tmp_path / "nowhere")
    assert not vendored
    assert vendored.tag("plot") == ""


def test_file_that_somebody_changed_is_refused_and_the_old_ones_stay(
    modules: Path, folder: assets.VendoredFolder
) -> None:
    (modules / "plot/dist/plot.min.js").write_bytes(b"steal()\n")
    with pytest.raises(assets.AssetsError, match=r"plot\.min\.js has SHA-256"):
        folder.lay_out(modules)
    assert folder.is_complete()


def test_file_that_the_package_no_longer_has_is_named(
    modules: Path, folder: assets.VendoredFolder
) -> None:
    (modules / "plot/LICENSE").unlink()
    with pytest.raises(assets.AssetsError, match="plot/LICENSE is missing"):
        folder.lay_out(modules)


@pytest.mark.parametrize("name", ["manifest.json", "plot.LICENSE.txt"])
def test_half_a_folder_is_not_complete(folder: assets.VendoredFolder, name: str) -> None:
    (folder.path / name).unlink()
    assert not folder.is_complete()


def test_changed_folder_is_not_complete_and_is_laid_out_anew(
    modules: Path, folder: assets.VendoredFolder
) -> None:
    vendor = folder.path
    script = vendor / json.loads((vendor / "manifest.json").read_text())["plot.js"]["file"]
    script.write_bytes(b"steal()\n")
    assert not folder.is_complete()
    folder.lay_out(modules)
    assert folder.is_complete()


def test_lock_names_exact_versions_and_no_registry() -> None:
    package = json.loads((SERVER / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    text = (SERVER / "package-lock.json").read_text()
    locked = json.loads(text)["packages"]
    assert "://" not in text
    assert "resolved" not in text
    for name, version in wanted.items():
        assert version[0].isdigit()
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def compressed_bytes(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def with_imports(module: Path) -> set[Path]:
    """Return a script and all that it makes the browser load."""
    named = re.findall(r'^import .*?"(\.[^"]+)";', module.read_text(), flags=re.MULTILINE)
    return {module}.union(*(with_imports((module.parent / name).resolve()) for name in named))


def loaded_bytes(template: Path) -> int:
    """Return what script and style of a page come to, each file compressed by itself."""
    text = template.read_text() + (TEMPLATES / "base.html").read_text()
    own: set[Path] = set()
    for name in re.findall(r'"/static/([\w/.-]+\.(?:js|css))"', text):
        own |= with_imports(STATIC / name) if name.endswith(".js") else {STATIC / name}
    taken = set(re.findall(r'vendored\.tag\("(\w+)"\)', text))
    return sum(map(compressed_bytes, own)) + sum(VENDORED_GZIP_BYTES[name] for name in taken)


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_script_and_style_of_a_page_stay_small(template: Path) -> None:
    assert loaded_bytes(template) < LIMIT_BYTES


@needs_assets
def test_what_others_made_is_as_small_as_is_counted() -> None:
    for package, size in VENDORED_GZIP_BYTES.items():
        files = [*STATIC.glob(f"vendor/{package}-*")]
        assert sum(map(compressed_bytes, files)) == pytest.approx(size, abs=100)
