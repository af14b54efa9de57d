"""Recordings of real people, none of whom does anything of the programme."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from lumbar_signal import Analysis, analyze
from lumbar_signal.events import Exercise, Posture

ROOT = Path(__file__).resolve().parents[3]
RECORDINGS = Path(os.environ.get("LUMBAR_RECORDINGS", ROOT.parent / "shared" / "recordings"))
G_PER_STEP = 1.0 / 2048.0  # 16 g over int16

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings are not here: set LUMBAR_RECORDINGS"
)


def _names(prefix: str) -> list[str]:
    return [path.stem for path in sorted(RECORDINGS.glob(f"{prefix}*.json"))]


def _analyse(name: str) -> Analysis:
    rate_hz = json.loads((RECORDINGS / f"{name}.json").read_text())["rate_hz"]
    table = np.loadtxt(RECORDINGS / f"{name}.csv.gz", delimiter=",", skiprows=1)
    index = np.round(table[:, 0] * rate_hz).astype(np.int64)
    counts = np.clip(np.round(table[:, 1:4] / G_PER_STEP), -32768, 32767).astype(np.int16)
    return analyze(counts, index, sampling_rate_hz=rate_hz, g_per_step=G_PER_STEP)


@pytest.mark.parametrize("set_name", ["cmu", "deepmimic", "mobgap"])
def test_nobody_is_said_to_exercise_who_does_not(set_name: str) -> None:
    names = _names(set_name)
    assert names
    assert {name: _analyse(name).sets for name in names} == dict.fromkeys(names, ())


def test_physiotherapy_is_exercise_but_none_of_the_programme() -> None:
    names = _names("uci")
    assert names
    for name in names:
        allowed = {Exercise.UNKNOWN}
        if "trunk_flexion" in name:  # at the chest a bow from a seat is what a hinge is at L5
            allowed.add(Exercise.MODIFIED_DEADLIFT)
        assert {one.exercise for one in _analyse(name).sets} <= allowed, name


def test_the_chest_shows_the_posture_of_every_session() -> None:
    """UCI sessions, sensor at the chest: the posture that lasted longest is the labelled one."""
    expected = {
        "seated_knee": {Posture.UPRIGHT},
        "seated_elbow": {Posture.UPRIGHT},
        "standing_arm": {Posture.UPRIGHT},
        "supine_straight": {Posture.SUPINE},
        "side_lying": {Posture.LEFT_SIDE},
        "prone": {Posture.PRONE},
    }
    for key, postures in expected.items():
        for name in _names("uci"):
            if key not in name:
                continue
            lengths: dict[Posture, float] = {}
            for one in _analyse(name).postures:
                lengths[one.posture] = lengths.get(one.posture, 0.0) + one.end - one.start
            assert max(lengths, key=lambda posture: lengths[posture]) in postures, name
