"""What a live page shows of a workout: plain values, complete at every message."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from lumbar_server.ingest import Committed
from lumbar_signal.events import Announcement, ExerciseSet

RECENT_S = 5.0
"""A sample older than this is history: it may be shown, but causes no cue (chosen)."""


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
    hold_s = None
    if now.hold_start is not None:
        hold_s = max(0.0, (record.settled_end - now.hold_start) / rate_hz)
    return state | {
        "exercise": _text(now.exercise),
        "repetitions": now.repetitions,
        "hold_s": hold_s,
        "posture": _text(now.posture),
        "cue": _text(now.cue) if live else None,
        "set_number": now.set_number,
        "sets": [_summary(one, rate_hz) for one in done.detection.workout.sets],
    }


def describe_events(done: Committed, now_s: float) -> list[dict[str, Any]]:
    """Return the events that live samples showed; none where nothing is live."""
    newest = done.newest_live
    if newest is None or not is_live(done, now_s):
        return []
    return [_event(event) for event in done.events if event.at >= newest.first_index]


def _summary(found: ExerciseSet, rate_hz: float) -> dict[str, Any]:
    return {
        "exercise": found.exercise.value,
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
