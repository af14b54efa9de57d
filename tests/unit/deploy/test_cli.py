import subprocess
import sys
from pathlib import Path

import pytest

from lumbar.cli import app
from lumbar.errors import UsageError
from lumbar.service_settings import gateway_settings, server_settings

HEAVY = {
    "amqtt",
    "bleak",
    "bumble",
    "fastapi",
    "matplotlib",
    "numba",
    "numpy",
    "paho",
    "pyarrow",
    "pydantic",
    "sqlalchemy",
    "uvicorn",
}


def loaded_by(program: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after ``program``."""
    report = "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program + report], check=True, capture_output=True, text=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_none_of_the_parts() -> None:
    program = (
        "from lumbar.cli import app\ntry: app(['--help'])\nexcept SystemExit: pass\nimport sys"
    )
    assert loaded_by(program) & HEAVY == set()


def test_gateway_needs_neither_the_web_nor_the_detector() -> None:
    program = (
        "import lumbar.cli, lumbar.service, lumbar.service_settings as s; "
        "s.gateway_settings(); import lumbar_gateway.gateway"
    )
    assert loaded_by(program) & {"fastapi", "numba", "sqlalchemy", "amqtt", "bumble"} == set()


def test_every_command_explains_itself_with_an_example() -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        text = command.callback.__doc__ or ""
        assert (
            f"lumbar {command.name or command.callback.__name__}" in text.rpartition("Example:")[2]
        )


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["analyze", "--help"]])
def test_asking_is_no_failure(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lumbar", *arguments], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "lumbar" in done.stdout


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/lumbar", "sqlite://"])
def test_database_of_another_kind_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMBAR_SERVER_DATABASE_URL", url)
    with pytest.raises(UsageError, match="LUMBAR_SERVER_DATABASE_URL: write sqlite:///FILE or"):
        server_settings()


def test_password_is_read_from_the_service_managers_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "LUMBAR_GATEWAY_BROKER_PASSWORD").write_text("sesame\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert gateway_settings().broker.password == "sesame"
    assert server_settings().broker.password is None
