"""Each line of a plan: its dose, and the sentence that says why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lumbar_server.programme.choosing import Chosen, allowed_rungs, name_of
from lumbar_server.programme.days import named_day
from lumbar_server.programme.movement import Catalogue, Dose, Ladder, Movement, Rung
from lumbar_server.programme.past import Choice
from lumbar_server.programme.plan import PlanLine
from lumbar_server.programme.progression import Move, Standing
from lumbar_server.programme.refusals import Refusal
from lumbar_server.programme.screening import Caution

RISES = 2
"""So many movements go up in a session, each by one thing (chosen: it stays clear what did it)."""
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for all lines of a session."""

    catalogue: Catalogue
    standings: Mapping[str, Standing]
    cautions: frozenset[Caution]
    refusals: tuple[Refusal, ...]
    reduced: str | None  # why there is only half of everything
    zone: ZoneInfo  # of the wearer


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line would be, and where it could go."""

    chosen: Chosen
    standing: Standing
    rung: int
    up: int | None  # the next rung that the body allows

    @property
    def is_ready(self) -> bool:
        return (
            self.standing.move is Move.READY
            and self.rung == self.standing.rung
            and self.up is not None
            and self.chosen.choice is None
        )


def set_out(chosen: Sequence[Chosen], given: Circumstances) -> tuple[PlanLine, ...]:
    """Return the lines; two of them at most go up, those that have waited longest."""
    places = [_place(one, given) for one in chosen]
    may_rise = not given.refusals and given.reduced is None
    ready = [one for one in places if one.is_ready] if may_rise else []
    ready.sort(key=lambda one: one.standing.since_utc or _LAST)
    return tuple(_line(one, ready[:RISES], given) for one in places)


def halved(dose: Dose) -> Dose:
    """Return half of a dose, rounded up: of its sets, else of what is in the set."""
    if dose.sets > 1:
        return replace(dose, sets=math.ceil(dose.sets / 2))
    if dose.repetitions is not None:
        return replace(dose, repetitions=math.ceil(dose.repetitions / 2))
    return replace(dose, hold_s=math.ceil((dose.hold_s or 0.0) / 2))


def step_between(low: Rung, high: Rung) -> str:
    """Return what is more in the next rung, in a few words."""
    if low.exercise != high.exercise or low.form != high.form:
        return f"new: {high.form}"
    if high.load != low.load:
        return f"new: {high.load}"
    if high.dose.sets != low.dose.sets:
        return "+1 set"
    if high.dose.repetitions != low.dose.repetitions:
        more = (high.dose.repetitions or 0) - (low.dose.repetitions or 0)
        return f"+{more} repetition" if more == 1 else f"+{more} repetitions"
    return f"+{(high.dose.hold_s or 0.0) - (low.dose.hold_s or 0.0):g} s"


def _place(chosen: Chosen, given: Circumstances) -> _Place:
    standing = given.standings[chosen.ladder.name]
    allowed = allowed_rungs(chosen.ladder, given.catalogue, given.cautions)
    rung = max((n for n in allowed if n <= standing.rung), default=allowed[0])
    up = next((n for n in allowed if n > rung), None)
    return _Place(chosen, standing, rung, up)


def _line(place: _Place, rising: Sequence[_Place], given: Circumstances) -> PlanLine:
    ladder, choice = place.chosen.ladder, place.chosen.choice
    at, change = place.rung, _change_back(place)
    if place in rising and place.up is not None:
        at, change = place.up, step_between(ladder.rungs[place.rung], ladder.rungs[place.up])
    rung = ladder.rungs[_easier(place, given) if choice is Choice.EASIER else at]
    dose, is_reduced = rung.dose, _why_half(place, given) is not None
    if is_reduced or (choice is Choice.EASIER and rung == ladder.rungs[at]):
        dose = halved(dose)
    rule, why = _why(place, rising, change, given)
    movement = given.catalogue.movements[rung.exercise]
    return PlanLine(
        ladder=ladder.name,
        slot=place.chosen.slot,
        rung=at,
        exercise=rung.exercise,
        form=rung.form,
        load=rung.load,
        dose=dose,
        rest_s=movement.rest_s,
        repetition_s=_repetition_s(place.chosen.ladder, rung, movement),
        counting=movement.counting,
        purpose=movement.purpose,
        why=f"{why}.",
        rule=rule,
        change=change,
        choice=choice,
        is_reduced=is_reduced,
    )


def _easier(place: _Place, given: Circumstances) -> int:
    allowed = allowed_rungs(place.chosen.ladder, given.catalogue, given.cautions)
    return max((n for n in allowed if n < place.rung), default=place.rung)


def _repetition_s(ladder: Ladder, rung: Rung, movement: Movement) -> float | None:
    """Return how long one repetition takes: longer than at first where it is held for longer."""
    if movement.repetition_s is None:
        return None
    first = next(one for one in ladder.rungs if one.exercise == rung.exercise)
    return movement.repetition_s + (rung.dose.hold_s or 0.0) - (first.dose.hold_s or 0.0)


def _why_half(place: _Place, given: Circumstances) -> str | None:
    """Say why there is half of a line: of everything, or of what was too much the last time."""
    if given.reduced is None and place.standing.rule == "red":
        return "half of it for once"
    return given.reduced


def _change_back(place: _Place) -> str | None:
    return "a step back" if place.standing.move is Move.BACK else None


def _why(
    place: _Place, rising: Sequence[_Place], change: str | None, given: Circumstances
) -> tuple[str, str]:
    """Return the rule that decided a line, and its sentence without the end."""
    chosen = place.chosen
    if chosen.choice is Choice.SKIP:
        return "skip", "Left out today, as you chose"
    if chosen.choice is Choice.EASIER:
        return "easier", "The easier form today, as you chose"
    rule, why = _why_so_much(place, rising, change, given)
    return (rule, why) if chosen.why is None else (chosen.rule or rule, f"{chosen.why}. {why}")


def _why_so_much(
    place: _Place, rising: Sequence[_Place], change: str | None, given: Circumstances
) -> tuple[str, str]:
    standing = place.standing
    said = _dated(standing, given.zone)
    half = _why_half(place, given)
    if half is not None:
        return "half", f"{said}; {half}"
    if place.rung < standing.rung:
        return "caution", "As far as your answers to the questions allow"
    if standing.move is not Move.READY:
        return standing.rule, said
    if place.up is None:
        return "caution", f"{said}; your answers to the questions allow no more"
    if place in rising:
        return "rise", f"{said}: {change}"
    if given.refusals:
        return given.refusals[0].rule, f"{said}, but not more today: {_all(given.refusals)}"
    if not rising:
        return standing.rule, f"{said}; the same, as you chose it yourself"
    names = " and ".join(name_of(one.chosen.ladder, given.catalogue) for one in rising)
    return "waits", f"{said}; {names} {'goes' if len(rising) == 1 else 'go'} first"


def _dated(standing: Standing, zone: ZoneInfo) -> str:
    """Say which day is spoken of, unless all of them are."""
    if standing.since_utc is None or standing.move is Move.READY:
        return standing.why
    said = f"{standing.why} ({named_day(standing.since_utc, zone)})"
    if standing.move is Move.SAME and standing.rule in ("red", "second_amber"):
        return f"{said}; if that goes on, ask a health professional"
    return said


def _all(refusals: Sequence[Refusal]) -> str:
    return ", and ".join(one.why for one in refusals)
