"""What a live page shows of a workout: plain values, complete at every message."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

from lumbar_gateway.messages import IndexRanges
from lumbar_server.ingest import Committed
from lumbar_signal import Calibration, Level
from lumbar_signal.constants import SET_PAUSE_S
from lumbar_signal.events import Announcement, ExerciseSet

RECENT_S = 5.0
"""A sample older than this is history: it may be shown, but causes no cue (chosen)."""

UNSEEN_S = 3.0
"""The wearer is asked about what was lost for so long (chosen: a repetition takes as long)."""


def is_live(done: Committed, now_s: float) -> bool:
    """Tell whether the newest samples of the stream are of just now, and looked at."""
    newest = done.newest_live
    return (
        newest is not None
        and newest.end_index >= done.record.stored.end
        and done.record.settled_end >= newest.end_index
        and abs(newest.late_s(now_s)) <= RECENT_S
    )


def describe_state(done: Committed, now_s: float) -> dict[str, Any]:
    """Return the whole state of the workout; a cue only where it is live."""
    record, newest, live = done.record, done.newest_live, is_live(done, now_s)
    state: dict[str, Any] = {
        "analysed": done.detection is not None,
        "live": live,
        "late_s": None if newest is None else round(newest.late_s(now_s)),
        "ended": record.is_settled,
        "waiting_samples": record.stored.end - min(record.settled_end, record.stored.end),
        "quarantined": record.quarantined,
    }
    if done.detection is None:
        return state
    now = done.detection.workout.now
    rate_hz = record.sample_format.sampling_rate_hz if record.sample_format else 1.0
    sets = done.detection.workout.sets
    hold_s = None
    if now.hold_start is not None:
        hold_s = max(0.0, (record.settled_end - now.hold_start) / rate_hz)
    return state | {
        "exercise": _text(now.exercise),
        "repetitions": now.repetitions,
        "hold_s": hold_s,
        "posture": _text(now.posture),
        "cue": _text(now.cue) if live else None,
        "level": _level(done.detection.level(now.exercise)) if live else None,
        "calibration": _calibration(done.detection.calibration),
        "set_number": now.set_number,
        "since_set_s": _since(sets, now.latest_end, record.settled_end, rate_hz),
        "sets": [_summary(one, rate_hz) for one in sets],
        "unseen": unseen(record.lost, sets, rate_hz),
    }


def describe_events(done: Committed, now_s: float) -> list[dict[str, Any]]:
    """Return the events that live samples showed; none where nothing is live."""
    newest = done.newest_live
    if newest is None or not is_live(done, now_s):
        return []
    return [_event(event) for event in done.events if event.at >= newest.first_index]


def unseen(lost: IndexRanges, sets: Sequence[ExerciseSet], rate_hz: float) -> list[dict[str, Any]]:
    """Return the stretches of exercise that nobody saw, each with the set that it belongs to.

    What was lost between two sets belongs to the one before where that may have gone on.
    """
    found = []
    for start, end in lost:
        reach = SET_PAUSE_S * rate_hz
        near = [one for one in sets if one.start - reach < end and start < one.end + reach]
        if near and end - start >= UNSEEN_S * rate_hz:
            of = min(near, key=lambda one: (max(one.start - end, start - one.end, 0.0), one.start))
            found.append(
                {
                    "start": start,
                    "lost_s": round((end - start) / rate_hz, 1),
                    "set": sets.index(of),
                }
            )
    return found


def _since(
    sets: Sequence[ExerciseSet], latest_end: float | None, now_index: int, rate_hz: float
) -> float | None:
    """Return the seconds since the latest repetition or hold; None where none was.

    The first repetition of a set is not yet one of ``sets``.
    """
    ends = [one.end for one in sets] + ([] if latest_end is None else [latest_end])
    return round(max(0.0, now_index - max(ends)) / rate_hz, 1) if ends else None


def _calibration(known: Calibration) -> dict[str, Any]:
    return {
        "source": known.source,
        "tilt_deg": round(math.degrees(math.acos(max(-1.0, min(1.0, known.x[0])))), 1),
        "moved": known.moved,
    }


def _level(level: Level | None) -> dict[str, float] | None:
    if level is None:
        return None
    return {
        "sagittal_deg": round(level.sagittal_deg, 1),
        "lateral_deg": round(level.lateral_deg, 1),
    }


def _summary(found: ExerciseSet, rate_hz: float) -> dict[str, Any]:
    return {
        "exercise": found.exercise.value,
        "start": round(found.start),
        "end": round(found.end),
        "duration_s": round((found.end - found.start) / rate_hz, 1),
        "repetitions": len(found.repetitions),
        "holds_s": [round((hold.end - hold.start) / rate_hz, 1) for hold in found.holds],
        "deviations": len(found.deviations),
        "coverage": found.coverage,
        "closed": found.closed,
    }


def _event(event: Announcement) -> dict[str, Any]:
    name = type(event).__name__
    return {"type": re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(), **dataclasses.asdict(event)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
