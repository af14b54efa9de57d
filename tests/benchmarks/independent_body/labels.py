"""The truth document of a performance, from its plan and the planned direction of gravity."""

from __future__ import annotations

from typing import Any

import numpy as np
from movement import up_at_l5
from numpy.typing import NDArray
from poser import Poser
from timeline import Span, Timeline

Array = NDArray[np.float64]

STEP_S = 0.02  # between two looks at the planned direction
LEAVES = 0.1  # of the movement's own range
PLATEAU = 0.99  # of the range: the peak is the middle of what is above it
UPRIGHT_DEG, LEANING_DEG = 20.0, 60.0  # chosen: ends of upright and of leaning forward
SHORTEST_POSTURE_S = 0.5


def truth_sets(poser: Poser, timeline: Timeline, exercise: str) -> list[dict[str, Any]]:
    """Return the one set of a performance, as ``lumbar.truth/1`` has it."""
    repetitions = [_repetition(poser, timeline, span) for span in timeline.repetitions]
    holds = [
        {"start_s": span.start_s, "end_s": span.end_s, "duration_s": span.end_s - span.start_s}
        for span in timeline.holds
    ]
    parts = repetitions or holds
    return [
        {
            "exercise": exercise,
            "start_s": min(part["start_s"] for part in parts),
            "end_s": max(part["end_s"] for part in parts),
            "repetitions": repetitions,
            "holds": holds,
            "deviations": [_deviation(poser, timeline, span) for span in timeline.deviations],
            "faults": [],
        }
    ]


def postures(poser: Poser, timeline: Timeline) -> list[dict[str, Any]]:
    """Return which way gravity points, in stretches of at least ``SHORTEST_POSTURE_S``."""
    times_s = np.arange(0.0, timeline.end_s, 5 * STEP_S)
    names = [_posture(up_at_l5(poser, timeline.qpos(float(time_s)))) for time_s in times_s]
    stretches: list[dict[str, Any]] = []
    for time_s, name in zip(times_s, names, strict=True):
        if stretches and stretches[-1]["posture"] == name:
            continue
        if stretches and time_s - stretches[-1]["start_s"] < SHORTEST_POSTURE_S:
            stretches[-1]["posture"] = name
        else:
            stretches.append({"posture": name, "start_s": float(time_s)})
    ends_s = [stretch["start_s"] for stretch in stretches[1:]] + [timeline.end_s]
    return [{**each, "end_s": end} for each, end in zip(stretches, ends_s, strict=True)]


def _repetition(poser: Poser, timeline: Timeline, span: Span) -> dict[str, float]:
    times_s, up = _directions(poser, timeline, span)
    from_start, from_end = _angles_deg(up, up[0]), _angles_deg(up, up[-1])
    range_deg = float(from_start.max())
    top_s = times_s[from_start >= PLATEAU * range_deg]
    return {
        "start_s": _first_above(times_s, from_start, LEAVES * range_deg),
        "peak_s": float(0.5 * (top_s[0] + top_s[-1])),
        "end_s": -_first_above(-times_s[::-1], from_end[::-1], LEAVES * float(from_end.max())),
        "range_deg": range_deg,
    }


def _deviation(poser: Poser, timeline: Timeline, span: Span) -> dict[str, Any]:
    times_s, up = _directions(poser, timeline, span)
    away = _angles_deg(up, up[0])
    peak_deg = float(away.max())
    return {
        "kind": span.kind,
        "start_s": _first_above(times_s, away, LEAVES * peak_deg),
        "end_s": -_first_above(-times_s[::-1], away[::-1], LEAVES * peak_deg),
        "peak_deg": peak_deg,
    }


def _directions(poser: Poser, timeline: Timeline, span: Span) -> tuple[Array, Array]:
    times_s = np.arange(span.start_s, span.end_s + STEP_S, STEP_S)
    return times_s, np.array([up_at_l5(poser, timeline.qpos(float(time_s))) for time_s in times_s])


def _angles_deg(up: Array, base: Array) -> Array:
    across = np.linalg.norm(np.cross(up, base), axis=1)
    angles: Array = np.degrees(np.arctan2(across, up @ base))
    return angles


def _first_above(times_s: Array, angles: Array, level: float) -> float:
    """Return when the angle first passes a level, interpolated."""
    above = int(np.argmax(angles > level))
    if above == 0:
        return float(times_s[0])
    return float(np.interp(level, angles[above - 1 : above + 1], times_s[above - 1 : above + 1]))


def _posture(up: Array) -> str:
    tilt_deg = float(np.degrees(np.arccos(np.clip(up[0], -1.0, 1.0))))
    if tilt_deg < UPRIGHT_DEG:
        return "upright"
    largest = int(np.argmax(np.abs(up)))
    if up[2] > abs(up[1]) and tilt_deg < LEANING_DEG:
        return "leaning_forward"
    names = (("upright", "inverted"), ("right_side", "left_side"), ("prone", "supine"))
    return names[largest][0 if up[largest] > 0.0 else 1]
