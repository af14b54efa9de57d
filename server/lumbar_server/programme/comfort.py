"""How a session was for the back: green, amber or red, each with its reason.

The zones are those of pain-guided exercise as physiotherapists commonly use them: up to 3 of 10 and
one above the start is fine, 6 or three above the start is too much (expert practice; no trial fixes
the numbers).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from lumbar_server.programme.past import NextDay, PastSession, StopReason

AMBER_FROM = 4
RED_FROM = 6
AMBER_RISE = 2
RED_RISE = 3
NEXT_DAY_FROM = timedelta(hours=18)
NEXT_DAY_UNTIL = timedelta(hours=30)

_RED_STOPS = {
    StopReason.SHARP: "you stopped for a sharp pain",
    StopReason.LEGS: "you stopped for something new in the legs",
    StopReason.DIZZY: "you stopped because you were dizzy",
}


class Zone(enum.StrEnum):
    """What a session allows."""

    GREEN = "green"  # may lead on
    AMBER = "amber"  # the same again
    RED = "red"  # a step back
    UNKNOWN = "unknown"  # something was not said: the same again


@dataclass(frozen=True, slots=True)
class Limits:
    """From which number on it is amber or red; a person may lower them, never raise."""

    amber_from: int = AMBER_FROM
    red_from: int = RED_FROM

    def __post_init__(self) -> None:
        if not 1 <= self.amber_from <= AMBER_FROM or not 2 <= self.red_from <= RED_FROM:
            raise ValueError(
                f"limits can only be lowered: amber from 1 to {AMBER_FROM}, red 2 to {RED_FROM}"
            )
        if self.amber_from >= self.red_from:
            raise ValueError("amber begins below red: choose a lower number for amber")


@dataclass(frozen=True, slots=True)
class Comfort:
    """A zone, and its reason as the middle of a sentence.

    It is steady where exercise made nothing worse: a back at 4 all the time is no reason for less.
    """

    zone: Zone
    why: str
    is_steady: bool = False


def felt_of(session: PastSession, limits: Limits) -> Comfort:
    """Return the zone of a session; what was not said never makes it green."""
    for zone, reasons in (
        (Zone.RED, _red(session, limits)),
        (Zone.AMBER, _amber(session, limits)),
        (Zone.UNKNOWN, _unsaid(session)),
    ):
        why = next(reasons, None)
        if why is not None:
            return Comfort(zone, why, _is_steady(session))
    return Comfort(Zone.GREEN, "it felt fine, and back to usual the day after")


def is_usual_in_time(session: PastSession) -> bool:
    """Tell whether *back to usual* was said 18 to 30 hours after: other times tell too little."""
    if session.next_day is not NextDay.USUAL or session.next_day_utc is None:
        return False
    return NEXT_DAY_FROM <= session.next_day_utc - session.ended_utc <= NEXT_DAY_UNTIL


def _is_steady(session: PastSession) -> bool:
    worst = _worst(session)
    known = worst is not None and session.before is not None and worst <= session.before
    stopped = session.stop not in (None, StopReason.DONE)
    return known and not stopped and is_usual_in_time(session)


def _worst(session: PastSession) -> int | None:
    said = [one for one in (session.during, session.after) if one is not None]
    return max(said, default=None)


def _red(session: PastSession, limits: Limits) -> Iterator[str]:
    worst = _worst(session)
    if session.stop in _RED_STOPS:
        yield _RED_STOPS[session.stop]
    if worst is not None and worst >= limits.red_from:
        yield _at(worst, session.before)
    if worst is not None and session.before is not None and worst >= session.before + RED_RISE:
        yield f"it went from {session.before} to {worst}"
    if session.next_day is NextDay.WORSE:
        yield "it was clearly worse the day after"


def _amber(session: PastSession, limits: Limits) -> Iterator[str]:
    worst = _worst(session)
    if session.stop is StopReason.TOO_MUCH:
        yield "you stopped because it was too much"
    if worst is not None and worst >= limits.amber_from:
        yield _at(worst, session.before)
    if worst is not None and session.before is not None and worst >= session.before + AMBER_RISE:
        yield f"it went from {session.before} to {worst}"
    if session.next_day is NextDay.BIT_MORE:
        yield "it was still a bit more the day after"


def _untimely(session: PastSession) -> str:
    said_utc = session.next_day_utc
    if said_utc is not None and said_utc - session.ended_utc < NEXT_DAY_FROM:
        return "you told how the next day was before it had come"
    return "you told how the next day was only later"


def _at(worst: int, before: int | None) -> str:
    if before is not None and worst > before:
        return f"it went from {before} to {worst}"
    return f"your back was at {worst}"


def _unsaid(session: PastSession) -> Iterator[str]:
    if session.before is None:
        yield "you did not say how your back was before"
    if session.during is None or session.after is None:
        yield "you did not say how your back was during it and after it"
    if session.next_day is None:
        yield "there is no answer yet for the day after"
    elif not is_usual_in_time(session):
        yield _untimely(session)
