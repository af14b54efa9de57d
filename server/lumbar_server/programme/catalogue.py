"""The movements and their ladders, as ``movements.toml`` says them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lumbar_server.programme.fields import Fields, table_of
from lumbar_server.programme.ladders import Way, ladder_of
from lumbar_server.programme.movement import (
    Catalogue,
    Counting,
    Dose,
    Kind,
    Ladder,
    Movement,
    Need,
)

FILE = Path(__file__).with_name("movements.toml")
_EXERCISE = re.compile("[a-z][a-z_]{0,39}")
_GRADES = ("A", "B", "C")
# Chosen, to find slips of the pen: more than anything that the programme asks for.
_MOST_SETS, _MOST_REPETITIONS, _MOST_HOLD_S, _MOST_REST_S, _MOST_PHASE_S = 5, 30, 120, 300, 30
_NAME, _FORM, _SAID, _LINE, _SOURCE = 40, 60, 60, 160, 300  # characters


@dataclass(frozen=True, slots=True)
class _Read:
    movement: Movement
    way: Way


@cache
def read_catalogue() -> Catalogue:
    """Return the movements of this version of Lumbar."""
    return catalogue_from(FILE.read_text(encoding="utf-8"))


def catalogue_from(text: str) -> Catalogue:
    """Return the movements that a file of the form of ``movements.toml`` says.

    Raises
    ------
    ProgrammeError
        Something is missing, odd, twice or too much; it says where and what to do.
    """
    file = table_of(FILE.name, text)
    reviewed_by, reviewed_on = _review(file.table("review"))
    sources = {name: _source(fields) for name, fields in file.table("sources").tables().items()}
    tables = file.table("movements").tables()
    if not tables:
        raise file.error("movements", "has none; write at least one [movements.<exercise>]")
    for exercise in tables:
        if not _EXERCISE.fullmatch(exercise):
            raise file.error(exercise, "is no name of an exercise; write it as glute_bridge")
    read = {one: _movement(one, fields, sources) for one, fields in tables.items()}
    ladders = _ladders(file, read)
    file.end()
    return Catalogue(
        {exercise: one.movement for exercise, one in read.items()},
        ladders,
        reviewed_by,
        reviewed_on,
        hashlib.sha256(text.encode()).hexdigest(),
    )


def _review(fields: Fields) -> tuple[str | None, date | None]:
    by = fields.text("by", _LINE, may_be_empty=True).strip()
    on = fields.text("on", 10, may_be_empty=True).strip()
    fields.end()
    if not by and not on:
        return None, None
    if not by:
        raise fields.error("by", "is empty; write who has read it, or take the date out")
    try:
        return by, date.fromisoformat(on)
    except ValueError:
        raise fields.error("on", "is no date; write it as 2026-03-01") from None


def _source(fields: Fields) -> str:
    name = fields.text("name", _SOURCE)
    year = fields.whole("year", 1900, 2100)
    identifier = fields.text("identifier", _LINE)
    fields.end()
    return f"{name}, {year}, {identifier}"


def _movement(exercise: str, fields: Fields, sources: Mapping[str, str]) -> _Read:
    per_side = fields.flag("per_side")
    start = _dose(fields.table("start"), per_side)
    goal_fields = fields.table("goal")
    goal = _dose(goal_fields, per_side)
    _check_goal(goal_fields, start, goal)
    way = _way(exercise, fields, start, goal)
    movement = Movement(
        exercise=exercise,
        name=fields.text("name", _NAME),
        purpose=fields.text("purpose", _LINE),
        kind=fields.word("kind", Kind),
        needs=frozenset(fields.words("needs", Need)),
        counting=fields.word("counting", Counting),
        lies_on_sensor=fields.flag("lies_on_sensor"),
        rest_s=fields.number("rest_s", 0, _MOST_REST_S),
        repetition_s=_repetition_s(fields, start),
        cues=_some(fields, "cues"),
        sees=_some(fields, "sees"),
        cannot_see=_some(fields, "cannot_see"),
        say=_say(fields.table("say"), start),
        grade=_grade(fields),
        sources=_cited(fields, sources),
    )
    if not movement.sources and movement.grade != ("C",):
        raise fields.error("sources", "names none; a grade of A or B needs one")
    fields.end()
    return _Read(movement, way)


def _dose(fields: Fields, per_side: bool) -> Dose:
    sets = fields.whole("sets", 1, _MOST_SETS)
    repetitions = hold_s = None
    if fields.has("repetitions"):
        repetitions = fields.whole("repetitions", 1, _MOST_REPETITIONS)
    if fields.has("hold_s") or repetitions is None:
        hold_s = fields.number("hold_s", 1, _MOST_HOLD_S)
    fields.end()
    return Dose(sets, repetitions, hold_s, per_side)


def _check_goal(fields: Fields, start: Dose, goal: Dose) -> None:
    for name in ("sets", "repetitions", "hold_s"):
        least, found = getattr(start, name), getattr(goal, name)
        if (least is None) is not (found is None):
            raise fields.error(name, "is in one of start and goal only; write it in both or none")
        if found is not None and found < least:
            raise fields.error(name, f"is {found:g}, below the start; write at least {least:g}")


def _way(exercise: str, fields: Fields, start: Dose, goal: Dose) -> Way:
    easier, forms = fields.texts("easier", _FORM), _some(fields, "forms", _FORM)
    if twice := set(easier) & set(forms):
        raise fields.error("forms", f"says {min(twice)!r}, which is among the easier ones, too")
    return Way(exercise, easier, forms, fields.texts("loads", _FORM), start, goal)


def _repetition_s(fields: Fields, start: Dose) -> float | None:
    if start.repetitions is None:
        return None
    tempo = fields.table("tempo")
    phases_s = [tempo.number(name, 0.5, _MOST_PHASE_S) for name in ("out_s", "back_s")]
    tempo.end()
    return sum(phases_s) + (start.hold_s or 0.0)


def _say(fields: Fields, start: Dose) -> Mapping[str, str]:
    """Return what the voice says; a movement of two sides that says no ``side`` takes turns."""
    needed = ["start", "good", "end"]
    needed += ["side"] if start.per_side and fields.has("side") else []
    needed += ["halfway"] if start.repetitions is None else []
    said = {name: fields.text(name, _SAID) for name in needed}
    fields.end()
    return said


def _grade(fields: Fields) -> tuple[str, ...]:
    grades = _some(fields, "grade")
    for one in grades:
        if one not in _GRADES:
            raise fields.error("grade", f"says {one!r}; write {', '.join(_GRADES)}")
    return grades


def _cited(fields: Fields, sources: Mapping[str, str]) -> tuple[str, ...]:
    names = fields.texts("sources", _NAME)
    for name in names:
        if name not in sources:
            raise fields.error("sources", f"names {name!r}; write it into [sources] first")
    return tuple(sources[name] for name in names)


def _some(fields: Fields, name: str, most: int = _LINE) -> tuple[str, ...]:
    found = fields.texts(name, most)
    if not found:
        raise fields.error(name, "is missing or empty; write at least one")
    return found


def _ladders(file: Fields, read: Mapping[str, _Read]) -> Mapping[str, Ladder]:
    shared = _shared(file.table("ladders"), read) if file.has("ladders") else {}
    on_shared = {exercise for exercises in shared.values() for exercise in exercises}
    alone = {one: (one,) for one in read if one not in on_shared}
    return {
        name: ladder_of(name, [read[one].way for one in exercises])
        for name, exercises in {**alone, **shared}.items()
    }


def _shared(fields: Fields, read: Mapping[str, _Read]) -> Mapping[str, tuple[str, ...]]:
    """Return the ladders of several movements, each of which is on one of them only."""
    members: dict[str, tuple[str, ...]] = {}
    placed: set[str] = set()
    for name in fields.names():
        if name in read:
            raise fields.error(name, "is the name of a movement; give the ladder another")
        members[name] = _some(fields, name)
        for exercise in members[name]:
            if exercise not in read:
                raise fields.error(name, f"names {exercise!r}, which is not among the movements")
            if exercise in placed:
                raise fields.error(name, f"names {exercise!r}, which is on another ladder, too")
            if exercise != members[name][0] and read[exercise].way.easier:
                raise fields.error(
                    name, f"leads to {exercise!r}: give its easier forms to the movement before"
                )
            placed.add(exercise)
    return members
