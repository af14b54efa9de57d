"""Recordings and motion capture: what is labelled in them beside what the detector says."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumbar.analysis_document import analysis_document
from lumbar.errors import UsageError
from lumbar.scoring.vocabulary import OURS
from lumbar.trace import read_trace

# A label's posture in the detector's words; sitting is a tilt that the wearer may lean out of.
POSTURES = {
    "standing": ("upright",),
    "seated": ("upright", "leaning_forward"),
    "supine": ("supine",),
    "prone": ("prone",),
    "side_left_down": ("left_side",),
    "side_right_down": ("right_side",),
}
_WALKING = ("upright",)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A movement that was labelled with a number of repetitions, and what was counted in it."""

    movement: str
    done: int
    counted: int  # repetitions of whatever exercise, with their middle in it


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording."""

    name: str
    place: str  # of the sensor
    is_real: bool  # else a virtual sensor on motion capture
    duration_s: float
    posture_s: float  # labelled with a posture, or walking
    posture_right_s: float
    movements: tuple[Labelled, ...]
    sets: dict[str, int]  # found, by exercise
    false_sets: int  # called one of the thirteen where that was not done


def recorded(folder: Path) -> tuple[RecordingRow, ...]:
    """Analyse every recording in a folder that has its description beside it, by name.

    Raises ``UsageError`` where there is none.
    """
    descriptions = sorted(folder.glob("*.json"))
    if not descriptions:
        raise UsageError(f"{folder}: no recordings there: set LUMBAR_RECORDINGS to their folder")
    return tuple(_row(folder, json.loads(path.read_text())) for path in descriptions)


def _row(folder: Path, told: dict[str, Any]) -> RecordingRow:
    found = analysis_document(read_trace(folder / told["trace"]))
    segments = told["labels"].get("segments", [])
    labels = {segment["label"] for segment in segments}
    posture_s, right_s = _postures(segments, found)
    return RecordingRow(
        name=told["name"],
        place=told["sensor_place"].lower().replace("(l5)", "(L5)"),
        is_real=told["kind"] == "real",
        duration_s=told["duration_s"],
        posture_s=posture_s,
        posture_right_s=right_s,
        movements=tuple(_movements(told, found)),
        sets=dict(sorted(Counter(one["exercise"] for one in found["sets"]).items())),
        false_sets=sum(
            one["exercise"] in OURS and one["exercise"] not in labels for one in found["sets"]
        ),
    )


def _postures(segments: list[dict[str, Any]], found: dict[str, Any]) -> tuple[float, float]:
    """Return how long a posture is labelled, and how long of that it was found."""
    labelled_s = right_s = 0.0
    for segment in segments:
        if segment["label"] != "walking" and "posture" not in segment:
            continue
        expected = POSTURES[segment["posture"]] if "posture" in segment else _WALKING
        labelled_s += segment["end_s"] - segment["start_s"]
        right_s += sum(
            _common_s(segment, one) for one in found["postures"] if one["posture"] in expected
        )
    return labelled_s, right_s


def _movements(told: dict[str, Any], found: dict[str, Any]) -> list[Labelled]:
    labels = told["labels"]
    parts = [segment for segment in labels.get("segments", []) if "reps" in segment]
    if "reps" in labels:  # of the whole session
        (session,) = labels["segments"]
        parts = [{**session, "reps": labels["reps"]["count"]}]
    middles_s = [
        0.5 * (rep["start_s"] + rep["end_s"]) for one in found["sets"] for rep in one["repetitions"]
    ]
    return [
        Labelled(
            part["label"],
            part["reps"],
            sum(part["start_s"] <= middle_s < part["end_s"] for middle_s in middles_s),
        )
        for part in parts
    ]


def _common_s(one: dict[str, Any], other: dict[str, Any]) -> float:
    end_s, start_s = min(one["end_s"], other["end_s"]), max(one["start_s"], other["start_s"])
    return max(0.0, float(end_s - start_s))
