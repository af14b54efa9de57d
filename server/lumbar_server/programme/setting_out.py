"""Each line of a plan: its dose, and the sentence that says why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lumbar_server.programme.choosing import Chosen, allowed_rungs, name_of
from lumbar_server.programme.movement import Catalogue, Dose, Rung
from lumbar_server.programme.past import Choice
from lumbar_server.programme.plan import PlanLine
from lumbar_server.programme.progression import Move, Standing
from lumbar_server.programme.refusals import Refusal
from lumbar_server.programme.screening import Caution

_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for all lines of a session."""

    catalogue: Catalogue
    standings: Mapping[str, Standing]
    cautions: frozenset[Caution]
    refusals: tuple[Refusal, ...]
    reduced: str | None  # why there is only half of it


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
    """Return the lines; one of them at most goes up, the one that has waited longest."""
    places = [_place(one, given) for one in chosen]
    may_rise = not given.refusals and given.reduced is None
    ready = [one for one in places if one.is_ready] if may_rise else []
    first = min(ready, key=lambda one: one.standing.ready_since_utc or _LAST, default=None)
    return tuple(_line(one, first, given) for one in places)


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


def _line(place: _Place, first: _Place | None, given: Circumstances) -> PlanLine:
    ladder, choice = place.chosen.ladder, place.chosen.choice
    at, change = place.rung, _change_back(place)
    if place is first and place.up is not None:
        at, change = place.up, step_between(ladder.rungs[place.rung], ladder.rungs[place.up])
    rung = ladder.rungs[_easier(place, given) if choice is Choice.EASIER else at]
    dose, is_reduced = rung.dose, given.reduced is not None
    if is_reduced or (choice is Choice.EASIER and rung == ladder.rungs[at]):
        dose = halved(dose)
    rule, why = _why(place, first, change, given)
    movement = given.catalogue.movements[rung.exercise]
    return PlanLine(
        ladder=ladder.name,
        rung=at,
        exercise=rung.exercise,
        form=rung.form,
        load=rung.load,
        dose=dose,
        rest_s=movement.rest_s,
        repetition_s=movement.repetition_s,
        counting=movement.counting,
        why=f"{why}.",
        rule=rule,
        change=change,
        choice=choice,
        is_reduced=is_reduced,
    )


def _easier(place: _Place, given: Circumstances) -> int:
    allowed = allowed_rungs(place.chosen.ladder, given.catalogue, given.cautions)
    return max((n for n in allowed if n < place.rung), default=place.rung)


def _change_back(place: _Place) -> str | None:
    return "a step back" if place.standing.move is Move.BACK else None


def _why(
    place: _Place, first: _Place | None, change: str | None, given: Circumstances
) -> tuple[str, str]:
    """Return the rule that decided a line, and its sentence without the end."""
    chosen, standing = place.chosen, place.standing
    if chosen.choice is Choice.SKIP:
        return "skip", "Left out today, as you chose"
    if chosen.choice is Choice.EASIER:
        return "easier", "The easier form today, as you chose"
    if chosen.why is not None:
        return chosen.rule or "", chosen.why
    if given.reduced is not None:
        return "reduced", _joined(standing, given.reduced)
    if place.rung < standing.rung:
        return "caution", "As far as your answers to the questions allow"
    if not place.is_ready:
        return _unready(place)
    if place is first:
        return "rise", f"{standing.why}: {change}"
    if given.refusals:
        return given.refusals[0].rule, f"{standing.why}, but not more today: {_all(given.refusals)}"
    assert first is not None
    name = name_of(first.chosen.ladder, given.catalogue)
    return "waits", f"{standing.why}; one thing changes at a time, and {name} goes first"


def _unready(place: _Place) -> tuple[str, str]:
    standing = place.standing
    if standing.move is Move.READY:
        return "caution", f"{standing.why}; your answers to the questions allow no more"
    return standing.rule, standing.why


def _joined(standing: Standing, reduced: str) -> str:
    return f"{standing.why}; {reduced}" if standing.move is Move.BACK else reduced.capitalize()


def _all(refusals: Sequence[Refusal]) -> str:
    return ", and ".join(one.why for one in refusals)
