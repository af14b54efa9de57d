"""Ladders: from a gentle beginning to the goal of a movement, by one change at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lumbar_server.programme.movement import Dose, Ladder, Rung

HELD_STEP_S = 5.0  # the programme's: planks grow by 5 s
REPETITION_HOLD_STEP_S = 1.0  # chosen: the least that a person can count


@dataclass(frozen=True, slots=True)
class Way:
    """How one movement grows.

    Parameters
    ----------
    exercise
        The movement.
    easier
        Forms below the beginner's, the easiest first: ways back, each at the first dose only.
    forms
        The beginner's form and those after it, each from the first dose to the goal.
    loads
        What the last form is done with after that, the lightest first, each from the first dose.
    start, goal
        The first dose, and one that is nowhere less.
    """

    exercise: str
    easier: tuple[str, ...]
    forms: tuple[str, ...]
    loads: tuple[str, ...]
    start: Dose
    goal: Dose


def ladder_of(name: str, ways: Sequence[Way]) -> Ladder:
    """Return the ladder of one movement, or of several of which each follows from the one before.

    The order of changes is the programme's: repetitions or seconds, sets, form, load. A new form
    or load begins again with the first dose.
    """
    first = ways[0]
    below = [Rung(first.exercise, form, first.start) for form in first.easier]
    above = [rung for way in ways for rung in _rungs(way)]
    return Ladder(name, (*below, *above), start=len(below))


def doses(start: Dose, goal: Dose) -> Iterator[Dose]:
    """Yield the doses from ``start`` to ``goal``: repetitions first, then seconds, then sets."""
    dose: Dose | None = start
    while dose is not None:
        yield dose
        dose = _next(dose, goal)


def _rungs(way: Way) -> Iterator[Rung]:
    for form in way.forms:
        for dose in doses(way.start, way.goal):
            yield Rung(way.exercise, form, dose)
    for load in way.loads:
        for dose in doses(way.start, way.goal):
            yield Rung(way.exercise, way.forms[-1], dose, load)


def _next(dose: Dose, goal: Dose) -> Dose | None:
    if (dose.repetitions or 0) < (goal.repetitions or 0):
        return replace(dose, repetitions=(dose.repetitions or 0) + 1)
    held_s, most_s = dose.hold_s or 0.0, goal.hold_s or 0.0
    if held_s < most_s:
        step_s = HELD_STEP_S if dose.repetitions is None else REPETITION_HOLD_STEP_S
        return replace(dose, hold_s=min(held_s + step_s, most_s))
    if dose.sets < goal.sets:
        return replace(dose, sets=dose.sets + 1)
    return None
