"""Truth documents for the scorer's tests, and programs that know or miss the truth."""

from __future__ import annotations

import copy
from typing import Any

Document = dict[str, Any]
FACTORS = ("body", "style", "placement", "hardware")
REPETITION_S, REPETITIONS = 4.0, 10  # of each set of repetitions


def truth_document(body_id: str = "tall-1", *, purpose: str = "reporting") -> Document:
    """Ten minutes: two kinds of repetitions, a hold with and one without a sag, squats, a walk."""
    family = {"name": body_id.partition("-")[0], "purpose": purpose}
    return {
        "schema": "lumbar.truth/1",
        "simulated": True,
        "seed": 3,
        "families": {factor: family for factor in FACTORS},
        "body_id": body_id,
        "recording": {"samples": 30000, "sampling_rate_hz": 50.0, "duration_s": 600.0},
        "sets": [
            repetition_set("glute_bridge", 10.0),
            repetition_set("cat_cow", 70.0),
            hold_set(130.0, sag_deg=12.0),
            hold_set(200.0, sag_deg=3.0),
            {**repetition_set("unknown", 260.0), "kind": "squat"},
        ],
        "everyday": [{"kind": "walking", "start_s": 300.0, "end_s": 600.0}],
        "postures": [
            {"posture": "supine", "start_s": 0.0, "end_s": 60.0},
            {"posture": "prone", "start_s": 60.0, "end_s": 250.0},
            {"posture": "upright", "start_s": 250.0, "end_s": 600.0},
        ],
    }


def repetition_set(exercise: str, start_s: float) -> Document:
    """Ten repetitions of 3 s, one every 4 s."""
    starts_s = [start_s + REPETITION_S * i for i in range(REPETITIONS)]
    repetitions = [
        {"start_s": s, "peak_s": s + 1.5, "end_s": s + 3.0, "range_deg": 25.0} for s in starts_s
    ]
    return {
        "exercise": exercise,
        "start_s": repetitions[0]["start_s"],
        "end_s": repetitions[-1]["end_s"],
        "repetitions": repetitions,
        "holds": [],
        "deviations": [],
        "faults": [],
    }


def hold_set(start_s: float, *, sag_deg: float) -> Document:
    """A forearm plank of 30 s that sags for 5 s."""
    times = {"start_s": start_s, "end_s": start_s + 30.0}
    sag = {"kind": "sag", "start_s": start_s + 10.0, "end_s": start_s + 15.0}
    return {
        "exercise": "forearm_plank",
        **times,
        "repetitions": [],
        "holds": [{**times, "duration_s": 30.0}],
        "deviations": [{**sag, "peak_deg": sag_deg}],
        "faults": [{"kind": "hip_drop", **times}],
    }


def oracle(truth: Document) -> Document:
    """Return the analysis of a program that knows the truth, and tells what is worth telling."""
    sets = copy.deepcopy(truth["sets"])
    for one in sets:
        one.pop("faults")
        one.pop("kind", None)
        one |= {"confidence": 1.0, "coverage": 1.0}
        one["deviations"] = [each for each in one["deviations"] if each["peak_deg"] >= 8]
        for repetition in one["repetitions"]:
            repetition["confidence"] = 1.0
    return {**silent(truth), "sets": sets, "postures": copy.deepcopy(truth["postures"])}


def silent(truth: Document) -> Document:
    """Return the analysis of a program that finds nothing."""
    return {
        "schema": "lumbar.analysis/1",
        "analyzer": {"version": "0", "parameters_sha256": "0" * 64},
        "recording": {**_measured(truth), "coverage": 1.0},
        "calibration": {"source": "none", "x": [1, 0, 0], "z": [0, 0, 1], "age_s": None}
        | {"moved": False},
        "sets": [],
        "postures": [],
        "deviations": [],
    }


def _measured(truth: Document) -> Document:
    return {name: value for name, value in truth["recording"].items() if name != "gaps"}


def shifted(analysis: Document, by_s: float) -> Document:
    """Return the analysis with all times of its sets moved."""
    moved = copy.deepcopy(analysis)
    for one in moved["sets"]:
        _move(one, by_s)
        for each in (*one["repetitions"], *one["holds"], *one["deviations"]):
            _move(each, by_s)
    return moved


def _move(span: Document, by_s: float) -> None:
    for name in ("start_s", "peak_s", "end_s"):
        if name in span:
            span[name] += by_s
