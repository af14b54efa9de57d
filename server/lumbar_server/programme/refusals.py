"""What forbids every step on at the moment, each rule with its sentence."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from lumbar_server.programme.comfort import NEXT_DAY_UNTIL, Limits, Zone, felt_of
from lumbar_server.programme.past import PastSession
from lumbar_server.programme.screening import Level, Screened

HIGH_BEFORE = 6
ABOVE_MEDIAN = 2
MEDIAN_OVER = timedelta(days=14)
MISSING_ANSWERS = 2
AFTER_RED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that holds, and its reason as the middle of a sentence."""

    rule: str
    why: str


def refusals(
    past: Sequence[PastSession],
    screened: Screened,
    limits: Limits,
    before: int | None,
    now_utc: datetime,
    *,
    was_asked: bool,
) -> tuple[Refusal, ...]:
    """Return what holds now; nothing progresses while anything does.

    Parameters
    ----------
    past
        In order of time, none of them later than ``now_utc``.
    screened
        Where the person stands by the questions.
    limits
        From which number on it is amber or red.
    before
        How the back is today, 0 to 10; None where that was not said.
    now_utc
        When the next session would be.
    was_asked
        Whether that was asked by now.
    """
    found = tuple(_refusals(past, screened, limits, before, now_utc))
    if was_asked and before is None:
        return (*found, Refusal("not_said", "you have not said how your back is today"))
    return found


def reds(past: Sequence[PastSession], limits: Limits) -> list[PastSession]:
    """Return the sessions that were too much."""
    return [one for one in past if felt_of(one, limits).zone is Zone.RED]


def paused_until(past: Sequence[PastSession], limits: Limits) -> datetime | None:
    """Return until when two red sessions within a week pause the plan; None where they do not."""
    found = reds(past, limits)
    ends = [
        later.ended_utc + AFTER_RED
        for earlier, later in itertools.pairwise(found)
        if later.ended_utc - earlier.ended_utc <= AFTER_RED
    ]
    return max(ends, default=None)


def is_unanswered(session: PastSession, past: Sequence[PastSession], now_utc: datetime) -> bool:
    """Tell whether the day after a planned session was not told in time, or before the next."""
    if session.next_day is not None or not session.lines:
        return False
    later = any(one.lines and one.started_utc > session.started_utc for one in past)
    return later or now_utc - session.ended_utc > NEXT_DAY_UNTIL


def _refusals(
    past: Sequence[PastSession],
    screened: Screened,
    limits: Limits,
    before: int | None,
    now_utc: datetime,
) -> Iterator[Refusal]:
    if screened.level in (Level.EMERGENCY, Level.SEE) or screened.full_is_due:
        yield Refusal("screening", "a question about your health is open")
    if before is not None and before >= HIGH_BEFORE:
        yield Refusal("high_before", f"your back is at {before} today")
    usual = _usual(past, now_utc)
    if before is not None and usual is not None and before - usual >= ABOVE_MEDIAN:
        yield Refusal(
            "above_usual", f"your back is at {before} today, and at {usual:g} on most days"
        )
    answers_due = [one for one in past if one.next_day or is_unanswered(one, past, now_utc)]
    latest = answers_due[-MISSING_ANSWERS:]
    if len(latest) == MISSING_ANSWERS and all(one.next_day is None for one in latest):
        yield Refusal("no_answers", "the last two times you did not say how the next day was")
    if any(now_utc - one.ended_utc <= AFTER_RED for one in reds(past, limits)):
        yield Refusal("red_lately", "a session of the last seven days was too much")


def _usual(past: Sequence[PastSession], now_utc: datetime) -> float | None:
    """Return the median of what was said before the sessions of the last two weeks."""
    said = [
        one.before
        for one in past
        if one.before is not None and now_utc - one.started_utc <= MEDIAN_OVER
    ]
    return median(said) if said else None
