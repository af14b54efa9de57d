"""``lumbar backup`` and ``lumbar restore`` as somebody types them."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingested import STREAM, commit, new_ingest, stored_samples
from lumbar_server.database import migrate, open_engine


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    url = f"sqlite:///{folder / 'lumbar.db'}"
    migrate(url)
    engine = open_engine(url)
    commit(new_ingest(engine), *STREAM.batches(50), STREAM.end())
    engine.dispose()
    return folder


def lumbar(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lumbar", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_household_moves_to_another_folder(data: Path, tmp_path: Path) -> None:
    made = lumbar(tmp_path, "backup", "monday.lumbar", "--data", str(data))
    assert made.returncode == 0, made.stderr
    assert "written and verified" in made.stdout
    done = lumbar(tmp_path, "restore", "monday.lumbar", "--data", "elsewhere")
    assert done.returncode == 0, done.stderr
    engine = open_engine(f"sqlite:///{tmp_path / 'elsewhere' / 'lumbar.db'}")
    assert sum(len(rows) for _, rows in stored_samples(engine, STREAM)) == len(STREAM.samples)
    engine.dispose()
    again = lumbar(tmp_path, "restore", "monday.lumbar", "--data", "elsewhere")
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert len(again.stderr.splitlines()) == 1


def test_what_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    for words in (["backup", "x", "--data", "nowhere"], ["restore", "x", "--data", "data"]):
        done = lumbar(tmp_path, *words)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "nowhere").exists()
    assert not (tmp_path / "x").exists()
