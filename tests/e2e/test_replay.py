"""``lumbar replay`` carries real recordings whole, gyro included."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lumbar.quantisation import quantise
from lumbar.replay import sensor_id_of, worst_error_steps
from lumbar.trace import read_trace
from lumbar.verdict import judge_samples, read_back

ROOT = Path(__file__).parents[2]
LUMBAR = Path(sys.executable).with_name("lumbar")
RECORDINGS = Path(os.environ.get("LUMBAR_RECORDINGS") or ROOT / ".." / "shared" / "recordings")


def replay(trace: Path, data: Path, speed: float) -> subprocess.CompletedProcess[str]:
    command = [LUMBAR, "replay", trace, "--speed", str(speed), "--port", "0", "--data", data]
    return subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)


def assert_stored_whole(trace_file: Path, data: Path) -> None:
    trace = read_trace(trace_file)
    stored = read_back(f"sqlite:///{data / 'lumbar.db'}", sensor_id_of(trace_file.name))
    assert stored is not None
    assert judge_samples(quantise(trace), stored).is_whole
    assert worst_error_steps(trace, stored) <= 0.5 + 1e-6


@pytest.mark.parametrize(
    ("name", "speed"),
    [
        ("cmu_13_29", 10),
        ("mobgap_ha_001_test11_trial1", 20),
        ("uci_pt_s1_e2_seated_trunk_flexion", 40),
    ],
)
def test_a_recording_arrives_whole(name: str, speed: float, tmp_path: Path) -> None:
    trace = RECORDINGS / f"{name}.csv.gz"
    if not trace.exists():
        pytest.skip(f"no recordings at {RECORDINGS}: set LUMBAR_RECORDINGS to their folder")
    ended = replay(trace, tmp_path, speed)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert_stored_whole(trace, tmp_path)


def test_a_trace_with_gaps_arrives_with_the_same_gaps(tmp_path: Path) -> None:
    t_s = np.delete(np.arange(1500) / 50, np.r_[200:230, 700:1100])  # 0.6 s and 8 s missing
    acc = 0.1 * np.sin(t_s)[:, None] + [1.0, 0.0, 0.0]
    rows = "\n".join(
        f"{t:.2f},{x:.4f},{y:.4f},{z:.4f}" for t, (x, y, z) in zip(t_s, acc, strict=True)
    )
    trace = tmp_path / "gaps.csv.gz"
    trace.write_bytes(gzip.compress(f"t_s,ax_g,ay_g,az_g\n{rows}\n".encode()))
    ended = replay(trace, tmp_path / "data", 10)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert_stored_whole(trace, tmp_path / "data")
    stored = read_back(f"sqlite:///{tmp_path / 'data' / 'lumbar.db'}", sensor_id_of(trace.name))
    assert stored is not None
    assert stored.state == "complete_with_gaps"
    assert stored.lost == [[200, 230], [700, 1100]]


def test_the_same_file_again_is_judged_by_what_is_stored_now(tmp_path: Path) -> None:
    trace = tmp_path / "again.csv"
    for samples in (50, 400):  # the shorter one is complete in the database from the beginning
        rows = "\n".join(f"{i / 50:.2f},1,{i * 0.001:.3f},0" for i in range(samples))
        trace.write_text(f"t_s,ax_g,ay_g,az_g\n{rows}\n")
        ended = replay(trace, tmp_path / "data", 20)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert f"{samples} samples stored" in ended.stdout
        assert_stored_whole(trace, tmp_path / "data")


def test_a_value_at_the_end_of_the_widest_range_is_no_difference(tmp_path: Path) -> None:
    trace = tmp_path / "full.csv"
    rows = "\n".join(f"{i / 50:.2f},{16 if i == 20 else 1},0,-16" for i in range(50))
    trace.write_text(f"t_s,ax_g,ay_g,az_g\n{rows}\n")
    ended = replay(trace, tmp_path / "data", 20)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert_stored_whole(trace, tmp_path / "data")


def test_a_trace_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    trace = tmp_path / "half.csv"
    trace.write_text("t_s,ax_g,ay_g\n0.00,1,0\n")
    ended = replay(trace, tmp_path / "data", 10)
    assert ended.returncode not in (0, 130)
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "az_g" in ended.stderr
