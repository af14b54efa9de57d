"""The words of the programme: movements, their doses, and the ladders that a person climbs."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


class Kind(enum.StrEnum):
    """What a movement is for; it decides how often it may be done."""

    STRENGTH = "strength"
    CONTROL = "control"
    MOBILITY = "mobility"


class Need(enum.StrEnum):
    """What a movement asks of the body; what a person lacks leaves it out."""

    ALL_FOURS = "all_fours"
    ON_FOREARMS = "on_forearms"
    KNEELING = "kneeling"
    HEAD_DOWN = "head_down"
    LONG_HOLD = "long_hold"  # held for longer than 10 s with effort


class Counting(enum.StrEnum):
    """How far the sensor's count can be relied upon."""

    HIGH = "high"
    MEDIUM = "medium"
    ASK = "ask"  # it sees little: the person is asked


@dataclass(frozen=True, slots=True)
class Dose:
    """How much; repetitions or a hold, each side where ``per_side``.

    A movement of repetitions may hold each of them for ``hold_s``.
    """

    sets: int
    repetitions: int | None  # None: it is held once a set
    hold_s: float | None
    per_side: bool

    @property
    def sides(self) -> int:
        """How often a set is done."""
        return 2 if self.per_side else 1


@dataclass(frozen=True, slots=True)
class Rung:
    """One place on a ladder: a form of a movement and how much of it."""

    exercise: str
    form: str  # in words, such as "half height"
    dose: Dose
    load: str | None = None  # such as "1 to 2 kg in each hand"


@dataclass(frozen=True, slots=True)
class Movement:
    """One of the movements."""

    exercise: str
    name: str
    purpose: str  # a sentence: what it is good for
    kind: Kind
    needs: frozenset[Need]
    counting: Counting
    lies_on_sensor: bool  # the other place, at the front of the belt, is kinder
    rest_s: float  # between two sets
    repetition_s: float | None  # how long one takes, all phases, at the first dose
    cues: tuple[str, ...]
    sees: tuple[str, ...]
    cannot_see: tuple[str, ...]
    say: Mapping[
        str, str
    ]  # what the voice says: start, good, end, halfway of a hold; side: else sides take turns
    grade: tuple[str, ...]  # A trial or guideline, B position stand, C expert practice
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of one line of the plan, easiest first; each differs from the next in one thing.

    Two movements share a ladder where one follows from the other (wall plank, forearm plank).
    """

    name: str
    rungs: tuple[Rung, ...]
    start: int  # the rung that a beginner begins with; those below are the ways back


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All movements and ladders, as read from the data."""

    movements: Mapping[str, Movement]  # by exercise
    ladders: Mapping[str, Ladder]  # by name
    reviewed_by: str | None  # a physiotherapist; None: not clinically reviewed
    reviewed_on: date | None
    sha256: str  # of the data

    def ladder_of(self, exercise: str) -> Ladder:
        """Return the ladder that a movement is on."""
        return next(
            ladder
            for ladder in self.ladders.values()
            if any(rung.exercise == exercise for rung in ladder.rungs)
        )
