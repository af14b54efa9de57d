"""Progress: what was done of each movement from workout to workout, and how comfortable it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lumbar_server.pages import words
from lumbar_server.pages.rendering import render
from lumbar_server.record import RecordedSet, SessionRecord
from lumbar_server.routes.request import Database, Now
from lumbar_server.store import record, sessions, wearers
from lumbar_server.store.sessions import Wanted

router = APIRouter()

_DAYS = (7, 30, 90, 365)
_MOST = 400  # chosen: more than a workout a day for a year


@dataclass(frozen=True, slots=True)
class Amount:
    """What was done of one movement in one workout."""

    session_id: int
    started_utc: datetime
    repetitions: int
    longest_hold_s: float | None
    range_deg: float | None  # the middle one of its repetitions, as detected


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement from workout to workout, the earliest first."""

    exercise: str
    name: str
    amounts: tuple[Amount, ...]

    @property
    def has_repetitions(self) -> bool:
        """Whether any workout had repetitions of it."""
        return any(one.repetitions for one in self.amounts)

    @property
    def has_holds(self) -> bool:
        """Whether it was held in any workout."""
        return any(one.longest_hold_s is not None for one in self.amounts)

    @property
    def has_range(self) -> bool:
        """Whether a range is known of any workout."""
        return any(one.range_deg is not None for one in self.amounts)

    @property
    def best_hold(self) -> Amount | None:
        """The workout with the longest hold, the latest of several."""
        return max(
            (one for one in self.amounts if one.longest_hold_s is not None),
            key=lambda one: (one.longest_hold_s or 0.0, one.started_utc),
            default=None,
        )


@dataclass(frozen=True, slots=True)
class Comfort:
    """How a workout felt."""

    session_id: int
    started_utc: datetime
    before: int | None
    after: int | None
    effort: int | None


def movements_of(records: Iterable[SessionRecord]) -> tuple[Movement, ...]:
    """Return each movement that was done, by name; ``records`` in order of time."""
    amounts: dict[str, list[Amount]] = {}
    for session in records:
        for exercise in dict.fromkeys(one.exercise for one in session.done):
            sets = [one for one in session.done if one.exercise == exercise]
            amounts.setdefault(exercise, []).append(_amount(session, sets))
    found = [Movement(key, words.exercise(key), tuple(done)) for key, done in amounts.items()]
    return tuple(sorted(found, key=lambda one: one.name))


def comfort_of(records: Iterable[SessionRecord]) -> tuple[Comfort, ...]:
    """Return what was said of how each workout felt, where anything was said."""
    return tuple(
        Comfort(one.id, one.started_utc, one.comfort_before, one.comfort_after, one.effort)
        for one in records
        if (one.comfort_before, one.comfort_after, one.effort) != (None, None, None)
    )


def _amount(session: SessionRecord, sets: Sequence[RecordedSet]) -> Amount:
    holds_s = [hold_s for one in sets for hold_s in one.holds_s]
    found = [one.detected for one in sets if one.detected is not None]
    ranges_deg = [each.range_deg for one in found for each in one.repetitions]
    return Amount(
        session.id,
        session.started_utc,
        sum(one.repetitions for one in sets),
        max(holds_s, default=None),
        median(ranges_deg) if ranges_deg else None,
    )


@router.get("/history/progress")
def progress(
    request: Request,
    database: Database,
    now_utc: Now,
    wearer: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    days: Annotated[int, Query(ge=1, le=365)] = 90,
) -> Response:
    """Return plots, with a table beside each, of one wearer's latest workouts."""
    everybody = wearers.listed(database)
    chosen = everybody[0] if wearer is None else wearers.one(database, wearer)
    from_utc = now_utc - timedelta(days=days)
    wanted = Wanted(chosen.id, is_running=False, from_utc=from_utc)
    rows = sessions.newest(database, wanted, None, _MOST)
    records = record.of_all(database, rows[::-1])
    return render(
        request,
        "progress.html",
        wearers=everybody,
        chosen=chosen,
        days=days,
        choices=_DAYS,
        from_utc=from_utc,
        until_utc=now_utc,
        movements=movements_of(records),
        comfort=comfort_of(records),
        workouts=len(records),
    )
