"""The wheel, installed by itself, serves the page."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chromium import running_browser
from demo_process import running_demo

ROOT = Path(__file__).parents[2]
PACKAGES = {"lumbar", "lumbar_gateway", "lumbar_server", "lumbar_signal", "lumbar_sim"}
LINK_PATIENCE_MS = 60_000


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
    for needed in ("templates/live.html", "static/live.js", "migrations/env.py"):
        assert f"lumbar_server/{needed}" in names
    for package in PACKAGES:
        assert f"{package}/py.typed" in names


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
def test_the_installed_page_opens(environment: Path) -> None:
    lumbar = environment / "bin" / "lumbar"
    with running_demo(lumbar) as address, running_browser() as browser:
        page = browser.new_page()
        page.goto(address)
        expect(page.locator("#link")).to_contain_text("connected", timeout=LINK_PATIENCE_MS)
