"""Where a person stands on each ladder: what the past sessions allow, and why.

Nothing of this is stored. It is worked out from what was set out and what was said each time it is
asked for, so that an answer that comes late, or is changed, counts as if it had always been so.
Two good sessions in a row lead on (the two-for-two rule of the American College of Sports
Medicine's position stand, 2009); the shares and days are expert practice.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, takewhile

from lumbar_server.programme.comfort import Comfort, Limits, Zone, felt_of
from lumbar_server.programme.movement import Catalogue, Counting, Ladder
from lumbar_server.programme.past import Choice, DoneLine, Felt, NextDay, PastSession

GOOD_IN_ROW = 2
GOOD_IN_ROW_WITH_CARE = 3  # chosen: "slower steps"
AMBERS_IN_ROW = 2
EASIER_IN_ROW = 2  # chosen: who asks for it twice means it
LEAST_DONE = 0.8
"""Of the volume (chosen: a sensor misses one of eight at times; a set of three is more)."""
LEAST_VALID = 0.8
LEAST_IN_BAND = 0.8
LEAST_COVERAGE = 0.8
LONG_GAP = timedelta(days=14)
"""Without any session; one movement alone may rest twice as long, as others take turns with it."""
LONG_GAP_OF_ONE = timedelta(days=28)
STEPS_BACK_AFTER_GAP = 2


class Move(enum.StrEnum):
    """What comes next on a ladder."""

    START = "start"  # it was never done
    SAME = "same"
    READY = "ready"  # may go a step on
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands on one ladder; ``rung`` is where the next session would be.

    ``why`` is a sentence without its end, so that more can be said; ``since_utc`` is the session
    that it speaks of, and for who is ready the one that made it so.
    """

    ladder: str
    rung: int
    move: Move
    rule: str
    why: str
    since_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one session says of one ladder."""

    zone: Zone
    rule: str
    why: str
    is_steady: bool = False


def standing_of(
    ladder: Ladder,
    catalogue: Catalogue,
    past: Sequence[PastSession],
    limits: Limits,
    now_utc: datetime,
    *,
    with_care: bool,
) -> Standing:
    """Return where a person stands on a ladder.

    Parameters
    ----------
    ladder, catalogue
        The data.
    past
        In order of time, none of them later than ``now_utc``.
    limits
        From which number on it is amber or red.
    now_utc
        When the next session would be.
    with_care
        Begin a rung lower, and take three good sessions for a step.
    """
    first = max(0, ladder.start - 1) if with_care else ladder.start
    done = list(_done_on(ladder, past))
    if not done:
        return Standing(ladder.name, first, Move.START, "first", "The first time: a gentle start")
    last_session, last_line = done[-1]
    rung = min(last_line.rung, len(ladder.rungs) - 1)
    if _was_long_away(ladder, past, now_utc):
        return _after_gap(ladder, rung)
    verdicts = [_verdict(one, line, catalogue, limits) for one, line in done]
    last, at_utc = verdicts[-1], last_session.started_utc
    if last.zone is Zone.RED:
        return _back(ladder, rung, "red", f"because {last.why}", at_utc)
    if (
        last.zone is Zone.AMBER
        and not last.is_steady
        and _ambers_in_row(done, verdicts) >= AMBERS_IN_ROW
    ):
        why = f"because {last.why}, the second time in a row"
        return _back(ladder, rung, "second_amber", why, at_utc)
    if _easier_in_row(done) >= EASIER_IN_ROW:
        why = "because you chose the easier form twice in a row"
        return _back(ladder, rung, "easier", why, at_utc)
    if last.zone is not Zone.GREEN:
        why = f"The same again, because {last.why}"
        return Standing(ladder.name, rung, Move.SAME, last.rule, why, at_utc)
    needed = GOOD_IN_ROW_WITH_CARE if with_care else GOOD_IN_ROW
    good = _goods_in_row(done, verdicts)
    if good < needed:
        why = f"The same again: {_more(needed - good)}"
        return Standing(ladder.name, rung, Move.SAME, "one_more", why)
    if rung + 1 >= len(ladder.rungs):
        return Standing(ladder.name, rung, Move.SAME, "goal", "You are at the goal: keep it up")
    why = f"{_NUMBERS[good] if good < len(_NUMBERS) else good} good sessions in a row"
    first_ready, _ = done[len(done) - good + needed - 1]
    return Standing(ladder.name, rung, Move.READY, "good", why, first_ready.started_utc)


def _back(ladder: Ladder, rung: int, rule: str, why: str, at_utc: datetime) -> Standing:
    if rung == 0:
        return Standing(ladder.name, 0, Move.SAME, rule, f"The easiest form, {why}", at_utc)
    return Standing(ladder.name, rung - 1, Move.BACK, rule, f"A step back, {why}", at_utc)


def _after_gap(ladder: Ladder, rung: int) -> Standing:
    """Never further back than the beginning, unless it was easier already."""
    back = max(min(rung, ladder.start), rung - STEPS_BACK_AFTER_GAP)
    if back == rung:
        why = "After a long break gently on, as before"
        return Standing(ladder.name, rung, Move.SAME, "gap", why)
    steps = "two steps" if rung - back == STEPS_BACK_AFTER_GAP else "a step"
    why = f"After a long break {steps} back, and on from there"
    return Standing(ladder.name, back, Move.BACK, "gap", why)


_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five")


def _more(missing: int) -> str:
    if missing == 1:
        return "one more good session leads on"
    return f"{missing} more good sessions lead on"


def _done_on(ladder: Ladder, past: Sequence[PastSession]) -> Iterator[tuple[PastSession, DoneLine]]:
    """Yield the lines of a ladder that were begun."""
    for session in past:
        for line in session.lines:
            if line.ladder == ladder.name and line.choice is not Choice.SKIP:
                yield session, line


def _was_long_away(ladder: Ladder, past: Sequence[PastSession], now_utc: datetime) -> bool:
    """Tell whether there was a long break since anything of a ladder was done, planned or not."""
    exercises = {rung.exercise for rung in ladder.rungs}
    planned = [session.started_utc for session, _ in _done_on(ladder, past)]
    last_utc = max([*planned, *(one.started_utc for one in past if exercises & one.exercises)])
    since = [one.started_utc for one in past if one.started_utc >= last_utc]
    breaks = [later - earlier for earlier, later in pairwise([*since, now_utc])]
    return max(breaks) > LONG_GAP or now_utc - last_utc > LONG_GAP_OF_ONE


def _verdict(
    session: PastSession, line: DoneLine, catalogue: Catalogue, limits: Limits
) -> _Verdict:
    felt = felt_of(session, limits)
    if felt.zone is Zone.RED:
        return _Verdict(Zone.RED, "red", felt.why)
    if line.felt is Felt.TOO_MUCH:
        return _Verdict(Zone.AMBER, "amber", "it was too much")
    if felt.zone is Zone.AMBER:
        if session.next_day is not NextDay.BIT_MORE and _blames_another(session):
            return _Verdict(Zone.UNKNOWN, "amber", "another movement was too much the last time")
        return _Verdict(Zone.AMBER, "amber", felt.why, felt.is_steady)
    return next(_obstacles(session, line, felt, catalogue), _GOOD)


def _blames_another(session: PastSession) -> bool:
    return any(line.felt is Felt.TOO_MUCH for line in session.lines)


_GOOD = _Verdict(Zone.GREEN, "good", "it went well")


def _obstacles(
    session: PastSession, line: DoneLine, felt: Comfort, catalogue: Catalogue
) -> Iterator[_Verdict]:
    """Yield what keeps a session that did not hurt from being a good one."""

    def unknown(rule: str, why: str) -> _Verdict:
        return _Verdict(Zone.UNKNOWN, rule, why)

    if felt.zone is Zone.UNKNOWN:
        yield unknown("not_said", felt.why)
    if line.choice is Choice.EASIER:
        yield unknown("easier", "you chose the easier form")
    if line.is_reduced:
        yield unknown("was_half", "the last time was a shorter one")
    movement = catalogue.movements.get(line.exercise)
    if movement is not None and movement.counting is Counting.ASK and not line.is_confirmed:
        yield unknown("not_confirmed", "you have not said how many you did; the sensor sees little")
    if session.is_calibrated is None or session.coverage is None:
        yield unknown("no_sensor", "no sensor was heard the last time")
    elif session.coverage < LEAST_COVERAGE:
        yield unknown("not_received", "too little was received from the sensor the last time")
    elif not session.is_calibrated:
        yield unknown("not_calibrated", "the sensor did not know how it sat the last time")
    if line.done_share < LEAST_DONE:
        yield unknown("not_all_done", "not all of it was done the last time")
    if line.valid_share is not None and line.valid_share < LEAST_VALID:
        yield unknown("not_clear", "too few of the repetitions could be seen clearly")
    if line.in_band_share is not None and line.in_band_share < LEAST_IN_BAND:
        yield unknown("out_of_range", "much of it was outside the target range")


def _goods_in_row(
    done: Sequence[tuple[PastSession, DoneLine]], verdicts: Sequence[_Verdict]
) -> int:
    """Return how many of the latest sessions on the present rung were good."""
    latest = _on_rung(done, verdicts)
    return len(list(takewhile(lambda one: one.zone is Zone.GREEN, latest)))


def _ambers_in_row(
    done: Sequence[tuple[PastSession, DoneLine]], verdicts: Sequence[_Verdict]
) -> int:
    """Return how many of the latest on the present rung were amber and made something worse."""
    latest = takewhile(lambda one: one.zone is Zone.AMBER, _on_rung(done, verdicts))
    return sum(not one.is_steady for one in latest)


def _on_rung(
    done: Sequence[tuple[PastSession, DoneLine]], verdicts: Sequence[_Verdict]
) -> Iterator[_Verdict]:
    """Yield the latest verdicts on the present rung, the last one first."""
    rung = done[-1][1].rung
    for (_, line), verdict in zip(reversed(done), reversed(verdicts), strict=True):
        if line.rung != rung:
            return
        yield verdict


def _easier_in_row(done: Sequence[tuple[PastSession, DoneLine]]) -> int:
    rung = done[-1][1].rung
    latest = (line for _, line in reversed(done))
    easier = takewhile(lambda line: line.choice is Choice.EASIER and line.rung == rung, latest)
    return len(list(easier))
