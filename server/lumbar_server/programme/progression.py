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

from lumbar_server.programme.comfort import Comfort, Limits, Zone, felt_of
from lumbar_server.programme.movement import Catalogue, Counting, Ladder
from lumbar_server.programme.past import Choice, DoneLine, Felt, PastSession

GOOD_IN_ROW = 2
GOOD_IN_ROW_WITH_CARE = 3  # chosen: "slower steps"
AMBERS_IN_ROW = 2
EASIER_IN_ROW = 2  # chosen: who asks for it twice means it
LEAST_VALID = 0.8
LEAST_IN_BAND = 0.8
LEAST_COVERAGE = 0.8
LONG_GAP = timedelta(days=14)
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

    ``why`` is a sentence without its end, so that more can be said.
    """

    ladder: str
    rung: int
    move: Move
    rule: str
    why: str
    ready_since_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one session says of one ladder."""

    zone: Zone
    rule: str
    why: str


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
    if now_utc - _last_time(ladder, past) > LONG_GAP:
        return _after_gap(ladder, rung)
    verdicts = [_verdict(one, line, catalogue, limits) for one, line in done]
    last = verdicts[-1]
    if last.zone is Zone.RED:
        return _back(ladder, rung, "red", f"because {last.why}")
    if _in_row(done, verdicts, Zone.AMBER) >= AMBERS_IN_ROW:
        return _back(ladder, rung, "second_amber", f"because {last.why}, the second time in a row")
    if _easier_in_row(done) >= EASIER_IN_ROW:
        why = "because you chose the easier form twice in a row"
        return _back(ladder, rung, "easier", why)
    if last.zone is not Zone.GREEN:
        why = f"The same again, because {last.why}"
        return Standing(ladder.name, rung, Move.SAME, last.rule, why)
    needed = GOOD_IN_ROW_WITH_CARE if with_care else GOOD_IN_ROW
    good = _in_row(done, verdicts, Zone.GREEN)
    if good < needed:
        why = f"The same again: {_more(needed - good)}"
        return Standing(ladder.name, rung, Move.SAME, "one_more", why)
    if rung + 1 >= len(ladder.rungs):
        return Standing(ladder.name, rung, Move.SAME, "goal", "You are at the goal: keep it up")
    why = f"{_NUMBERS[good] if good < len(_NUMBERS) else good} good sessions in a row"
    return Standing(ladder.name, rung, Move.READY, "good", why, last_session.ended_utc)


def _back(ladder: Ladder, rung: int, rule: str, why: str) -> Standing:
    if rung == 0:
        return Standing(ladder.name, 0, Move.SAME, rule, f"The easiest form, and no more, {why}")
    return Standing(ladder.name, rung - 1, Move.BACK, rule, f"A step back, {why}")


def _after_gap(ladder: Ladder, rung: int) -> Standing:
    """Never further back than the beginning, unless it was easier already."""
    back = max(min(rung, ladder.start), rung - STEPS_BACK_AFTER_GAP)
    if back == rung:
        why = "More than two weeks without it: the gentle beginning again"
        return Standing(ladder.name, rung, Move.SAME, "gap", why)
    steps = "two steps" if rung - back == STEPS_BACK_AFTER_GAP else "a step"
    why = f"More than two weeks without it: {steps} back, and on from there"
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


def _last_time(ladder: Ladder, past: Sequence[PastSession]) -> datetime:
    """Return when anything of a ladder was done last, planned or not."""
    exercises = {rung.exercise for rung in ladder.rungs}
    planned = [session.started_utc for session, _ in _done_on(ladder, past)]
    return max([*planned, *(one.started_utc for one in past if exercises & one.exercises)])


def _verdict(
    session: PastSession, line: DoneLine, catalogue: Catalogue, limits: Limits
) -> _Verdict:
    felt = felt_of(session, limits)
    if felt.zone is Zone.RED:
        return _Verdict(Zone.RED, "red", felt.why)
    if line.felt is Felt.TOO_MUCH:
        return _Verdict(Zone.AMBER, "amber", "it was too much")
    if felt.zone is Zone.AMBER:
        return _Verdict(Zone.AMBER, "amber", felt.why)
    return next(_obstacles(session, line, felt, catalogue), _GOOD)


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
        yield unknown("reduced", "the last time was a shorter one")
    if line.done_share < 1.0:
        yield unknown("not_all_done", "not all of it was done the last time")
    movement = catalogue.movements.get(line.exercise)
    if movement is not None and movement.counting is Counting.ASK and not line.is_confirmed:
        yield unknown("not_confirmed", "you have not said how many you did; the sensor sees little")
    if session.is_calibrated is None or session.coverage is None:
        yield unknown("no_sensor", "no sensor was heard the last time")
    elif session.coverage < LEAST_COVERAGE:
        yield unknown("not_received", "too little was received from the sensor the last time")
    elif not session.is_calibrated:
        yield unknown("not_calibrated", "the sensor did not know how it sat the last time")
    if line.valid_share is not None and line.valid_share < LEAST_VALID:
        yield unknown("not_clear", "too few of the repetitions could be seen clearly")
    if line.in_band_share is not None and line.in_band_share < LEAST_IN_BAND:
        yield unknown("out_of_range", "much of it was outside the target range")


def _in_row(
    done: Sequence[tuple[PastSession, DoneLine]], verdicts: Sequence[_Verdict], zone: Zone
) -> int:
    """Return how many of the latest sessions on the present rung were of a zone."""
    rung = done[-1][1].rung
    n = 0
    for (_, line), verdict in zip(reversed(done), reversed(verdicts), strict=True):
        if verdict.zone is not zone or line.rung != rung:
            break
        n += 1
    return n


def _easier_in_row(done: Sequence[tuple[PastSession, DoneLine]]) -> int:
    rung = done[-1][1].rung
    n = 0
    for _, line in reversed(done):
        if line.choice is not Choice.EASIER or line.rung != rung:
            break
        n += 1
    return n
