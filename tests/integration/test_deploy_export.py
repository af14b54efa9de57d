"""A recording through the whole chain and out again is the same recording."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lumbar.errors import UsageError
from lumbar.quantisation import quantise
from lumbar.replay import run_replay
from lumbar.stream_export import export_stream, run_export
from lumbar.trace import read_trace
from trace_files import write_workout_csv


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds with a hole of half a second."""
    folder = tmp_path_factory.mktemp("recording")
    header, *rows = write_workout_csv(folder / "whole.csv").read_text().splitlines(keepends=True)
    path = folder / "holed.csv"
    path.write_text("".join([header, *rows[:400], *rows[425:1000]]))
    return path


@pytest.fixture(scope="module")
def data(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    run_replay(recording, speed=20.0, port=0, data=folder)
    return folder


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_exported_stream_is_the_recording(
    recording: Path, data: Path, tmp_path: Path, name: str
) -> None:
    done = export_stream(f"sqlite:///{data / 'lumbar.db'}", None, tmp_path / name)
    before, after = read_trace(recording), read_trace(tmp_path / name)
    assert done.samples == len(before.t_s)
    assert after.sampling_rate_hz == before.sampling_rate_hz
    assert after.index.tolist() == before.index.tolist()
    np.testing.assert_array_equal(quantise(after).counts, quantise(before).counts)


def test_stream_that_is_not_there_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no stream 99 is stored"):
        run_export(tmp_path / "x.csv", stream_id="99", data=data)
    with pytest.raises(UsageError, match=r"name it \.csv, \.csv\.gz or \.parquet"):
        run_export(tmp_path / "x.txt", stream_id="1", data=data)
    with pytest.raises(UsageError, match="does not exist: give --data the folder of lumbar up"):
        run_export(tmp_path / "x.csv", stream_id="1", data=tmp_path)


def test_asking_for_an_export_makes_no_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lumbar", "export", "x.csv"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if "DATABASE" not in name},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("lumbar: lumbar.db does not exist")
    assert list(tmp_path.iterdir()) == []
