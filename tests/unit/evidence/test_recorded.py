"""Recordings: what is labelled beside what is found, on a recording made for this test."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lumbar.errors import UsageError
from lumbar.evidence.recordings import Labelled, recorded
from lumbar.trace_file import trace_table, write_trace
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0


def record(folder: Path, wearer: Wearer, labels: dict[str, Any], kind: str = "real") -> None:
    counts = wearer.samples(RATE_HZ)
    index = np.arange(len(counts))
    table = trace_table(
        index, counts, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP, dps_per_step=0.0
    )
    write_trace(table, folder / "one.csv")
    told = {
        "name": "one",
        "trace": "one.csv",
        "kind": kind,
        "sensor_place": "lower back (L5), virtual",
        "duration_s": wearer.now_s,
        "labels": labels,
    }
    (folder / "one.json").write_text(json.dumps(told))


def lying_and_bridging() -> tuple[Wearer, float, float]:
    wearer = Wearer().stand(4.0).lie_down().rest(3.0)
    lying_s = wearer.now_s
    wearer.bridges(4)
    wearer.rest(5.0)
    return wearer, lying_s, wearer.now_s


def test_labelled_repetitions_and_false_sets_are_counted(tmp_path: Path) -> None:
    wearer, start_s, end_s = lying_and_bridging()
    part = {"start_s": start_s, "end_s": end_s, "label": "hip_lift", "reps": 4}
    record(tmp_path, wearer, {"segments": [part]})
    (row,) = recorded(tmp_path)
    assert row.movements == (Labelled("hip_lift", 4, 4),)
    assert (row.sets, row.false_sets) == ({"glute_bridge": 1}, 1)
    assert (row.place, row.is_real) == ("lower back (L5), virtual", True)


def test_a_set_of_the_labelled_exercise_is_no_false_one(tmp_path: Path) -> None:
    wearer, start_s, end_s = lying_and_bridging()
    part = {"start_s": start_s, "end_s": end_s, "label": "glute_bridge"}
    record(tmp_path, wearer, {"segments": [part], "reps": {"count": 5}}, kind="virtual")
    (row,) = recorded(tmp_path)
    assert (row.false_sets, row.is_real) == (0, False)
    assert row.movements == (Labelled("glute_bridge", 5, 4),)


def test_posture_is_judged_in_labelled_time_only(tmp_path: Path) -> None:
    wearer, lying_s, end_s = lying_and_bridging()
    parts = [
        {"start_s": 1.0, "end_s": 3.0, "label": "walking"},
        {"start_s": lying_s, "end_s": end_s, "label": "resting", "posture": "prone"},
    ]
    record(tmp_path, wearer, {"segments": parts})
    (row,) = recorded(tmp_path)
    assert row.posture_s == pytest.approx(2.0 + end_s - lying_s)
    assert row.posture_right_s == pytest.approx(2.0, abs=0.1)


def test_a_folder_without_recordings_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="LUMBAR_RECORDINGS"):
        recorded(tmp_path)
