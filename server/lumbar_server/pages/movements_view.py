"""A movement as its page shows it: its ladder form by form, and what is known of it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lumbar_server.pages.rendering import duration
from lumbar_server.pages.today_view import dose_text, drawing_of
from lumbar_server.programme.movement import (
    Catalogue,
    Counting,
    Dose,
    Kind,
    Ladder,
    Movement,
    Need,
    Rung,
)

KINDS = {
    Kind.STRENGTH: "Strength",
    Kind.CONTROL: "Control",
    Kind.MOBILITY: "Mobility",
}
OFTEN = {
    Kind.STRENGTH: "Two or three days a week, with a day between.",
    Kind.CONTROL: "Three to five days a week.",
    Kind.MOBILITY: "On any day.",
}
_NEEDS = {
    Need.ALL_FOURS: "hands and knees on the floor",
    Need.ON_FOREARMS: "weight on the forearms",
    Need.KNEELING: "kneeling",
    Need.HEAD_DOWN: "the head low for a while",
    Need.LONG_HOLD: "holding for longer than 10 s, later on",
}
_COUNTING = {
    Counting.HIGH: "What it counts can be relied upon.",
    Counting.MEDIUM: "Now and then it is off by one: have a look at what it counted.",
    Counting.ASK: "It sees too little to count: you are asked how many there were.",
}
_GRADES = {
    "A": "a trial or a guideline",
    "B": "a position stand, or measured in people",
    "C": "what those do who teach it",
}


@dataclass(frozen=True, slots=True)
class FormView:
    """One form of a movement, with one load.

    ``doses`` are all on the way to the goal, and only the first and the last where it is not
    the form that the movement begins with.
    """

    text: str
    is_easier: bool
    is_first: bool
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another movement on the same ladder."""

    exercise: str
    name: str


@dataclass(frozen=True, slots=True)
class MovementView:
    """One movement."""

    exercise: str
    name: str
    kind: Kind
    drawing: str | None
    first: str  # doses in words
    goal: str
    often: str
    repetition: str | None  # how long one takes
    rest: str
    purpose: str
    cues: tuple[str, ...]
    forms: tuple[FormView, ...]
    before: Neighbour | None
    after: Neighbour | None
    sees: tuple[str, ...]
    cannot_see: tuple[str, ...]
    counting: str
    lies_on_sensor: bool
    needs: tuple[str, ...]
    grades: tuple[str, ...]
    sources: tuple[str, ...]


def movement_view(catalogue: Catalogue, movement: Movement) -> MovementView:
    """Return a movement as its page shows it."""
    ladder = catalogue.ladder_of(movement.exercise)
    own = [rung for rung in ladder.rungs if rung.exercise == movement.exercise]
    first = next(rung for rung in own if rung not in ladder.rungs[: ladder.start])
    before, after = _neighbours(catalogue, ladder, movement.exercise)
    each_s = movement.repetition_s
    return MovementView(
        exercise=movement.exercise,
        name=movement.name,
        kind=movement.kind,
        drawing=drawing_of(movement.exercise),
        first=dose_text(first.dose),
        goal=dose_text(own[-1].dose),
        often=OFTEN[movement.kind],
        repetition=None if each_s is None else duration(each_s),
        rest=duration(movement.rest_s),
        purpose=movement.purpose,
        cues=movement.cues,
        forms=_forms(ladder, own, first),
        before=before,
        after=after,
        sees=movement.sees,
        cannot_see=movement.cannot_see,
        counting=_COUNTING[movement.counting],
        lies_on_sensor=movement.lies_on_sensor,
        needs=tuple(text for need, text in _NEEDS.items() if need in movement.needs),
        grades=tuple(f"{one}: {_GRADES[one]}" for one in movement.grade),
        sources=movement.sources,
    )


def short_dose(dose: Dose) -> str:
    """Return how much in a few characters: ``2 × 8``, ``2 × 8, 3 s``, ``3 × 15 s``."""
    held = "" if dose.hold_s is None else duration(dose.hold_s)
    if dose.repetitions is None:
        return f"{dose.sets}\u00a0×\u00a0{held}"
    return f"{dose.sets}\u00a0×\u00a0{dose.repetitions}" + (f", {held}" if held else "")


def _forms(ladder: Ladder, own: Sequence[Rung], first: Rung) -> tuple[FormView, ...]:
    easier = set(ladder.rungs[: ladder.start])
    views = []
    for (form, load), group in groupby(own, key=lambda one: (one.form, one.load)):
        rungs = list(group)
        is_first = first in rungs
        doses = [short_dose(rung.dose) for rung in rungs]
        if not is_first and len(doses) > 1:
            doses = [doses[0], doses[-1]]
        text = form if load is None else f"{form}, {load}"
        views.append(FormView(text, rungs[0] in easier, is_first, tuple(doses)))
    return tuple(views)


def _neighbours(
    catalogue: Catalogue, ladder: Ladder, exercise: str
) -> tuple[Neighbour | None, Neighbour | None]:
    order = list(dict.fromkeys(rung.exercise for rung in ladder.rungs))
    here = order.index(exercise)
    names = [Neighbour(one, catalogue.movements[one].name) for one in order]
    return (
        names[here - 1] if here > 0 else None,
        names[here + 1] if here + 1 < len(names) else None,
    )
