"""Postures, by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lumbar.scoring.observation import Observation, PostureRow


@dataclass(frozen=True, slots=True)
class TimeShare:
    """The share of ``duration_s`` that is right, in ``n`` stretches."""

    value: float | None
    duration_s: float
    n: int


@dataclass(frozen=True, slots=True)
class Postures:
    """How much of the time the posture is right."""

    accuracy: TimeShare
    by_posture: dict[str, TimeShare]  # by the true one


def postures(observations: Sequence[Observation]) -> Postures:
    """Score postures by time."""
    rows = [row for o in observations for row in o.postures]
    return Postures(
        accuracy=_time_share(rows),
        by_posture={
            name: _time_share([row for row in rows if row.true == name])
            for name in sorted({row.true for row in rows})
        },
    )


def _time_share(rows: Sequence[PostureRow]) -> TimeShare:
    duration_s = sum(row.duration_s for row in rows)
    right_s = sum(row.right_s for row in rows)
    return TimeShare(right_s / duration_s if duration_s > 0 else None, duration_s, len(rows))
