"""The wheel, installed by itself, serves the page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chromium import running_browser
from demo_process import running_demo
from page_assets import needs_assets

pytestmark = needs_assets

ROOT = Path(__file__).parents[2]
PACKAGES = {"lumbar", "lumbar_gateway", "lumbar_server", "lumbar_signal", "lumbar_sim"}
LINK_PATIENCE_MS = 240_000  # a fresh environment compiles the detector first


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("lumbar-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh environment with the wheel, and the dependencies lent from this one.

    A path file lends the libraries but, unlike an installation, follows no link back to the
    source: the project itself comes from the wheel or not at all.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", wheel], check=True)
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def test_the_wheel_holds_the_five_packages_and_their_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES
    for needed in (
        "templates/live.html",
        "static/live.js",
        "migrations/env.py",
        "programme/movements.toml",
        "static/movements/glute_bridge.svg",
    ):
        assert f"lumbar_server/{needed}" in names
    for package in PACKAGES:
        assert f"{package}/py.typed" in names


def test_the_wheel_holds_what_the_pages_take_from_others_with_its_licences(wheel: Path) -> None:
    vendor = "lumbar_server/static/vendor/"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read(vendor + "manifest.json"))
    held = {name.removeprefix(vendor) for name in names if name.startswith(vendor)}
    assert set(manifest) == {"htmx.js", "uplot.js", "uplot.css"}
    assert {entry["file"] for entry in manifest.values()} < held
    assert {"htmx.LICENSE.txt", "uplot.LICENSE.txt"} < held


def test_the_project_comes_from_the_wheel(environment: Path) -> None:
    shown = subprocess.run(
        [environment / "bin" / "python", "-c", "import lumbar; print(lumbar.__file__)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shown.startswith(str(environment))


def test_the_gateway_needs_neither_web_framework_nor_numba(environment: Path) -> None:
    script = (
        "import sys\n"
        "for name in ('fastapi', 'numba', 'sqlalchemy', 'bumble', 'uvicorn', 'matplotlib'):\n"
        "    sys.modules[name] = None  # an import of it fails\n"
        "import lumbar.cli, lumbar.service, lumbar_gateway.gateway\n"
    )
    subprocess.run([environment / "bin" / "python", "-c", script], check=True)


@pytest.mark.system
@pytest.mark.timeout(300)
def test_the_installed_pages_open_without_node_and_ask_nobody_else(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    problems: list[str] = []
    with ExitStack() as stack:
        browser = stack.enter_context(running_browser())
        monkeypatch.setenv("PATH", str(environment / "bin"))
        assert shutil.which("npm") is None
        address = stack.enter_context(running_demo(environment / "bin" / "lumbar"))
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(address)
        expect(page.locator("#link")).to_contain_text("connected", timeout=LINK_PATIENCE_MS)
        targets = page.locator("nav a").evaluate_all("links => links.map(link => link.href)")
        for target in targets:
            page.goto(target)
            assert page.evaluate("typeof htmx") == "object"
            expect(page.locator("main h1")).to_be_visible()
            assert page.locator("footer").get_by_text("make assets").count() == 0
        assert [url for url in asked if not url.startswith(address)] == []
        assert problems == []
