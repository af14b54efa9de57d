"""The house stays as docs/architecture.md describes it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE_ROOTS = ("gateway", "server", "signal", "firmware_sim", "deploy", "tests")


@pytest.mark.parametrize("folder", SOURCE_ROOTS)
def test_source_roots_are_never_packages(folder: str) -> None:
    # an __init__.py in signal/ would shadow the standard library's signal module
    assert (ROOT / folder).is_dir()
    assert not (ROOT / folder / "__init__.py").exists()


def test_no_folder_below_tests_is_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_requirements_are_pinned_by_hash_and_name_no_host() -> None:
    text = (ROOT / "requirements.txt").read_text()
    pins = re.findall(r"^[A-Za-z0-9._-]+==", text, flags=re.MULTILINE)
    assert len(pins) > 50
    assert "://" not in text
    assert "index-url" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert block.startswith("#") or "--hash=sha256:" in block, block.splitlines()[0]


def test_every_file_named_in_the_architecture_page_exists() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"`((?:gateway|server|signal|firmware_sim|deploy)/[\w/.-]+\.\w+)`", page)
    assert len(named) >= 12
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_make_without_a_target_lists_the_targets() -> None:
    shown = subprocess.run(
        ["make", "-C", str(ROOT), "--no-print-directory"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for target in ("demo", "test", "check", "system-packages", "test-full", "lock"):
        assert f"make {target} " in shown
