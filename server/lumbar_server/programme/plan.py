"""The plan of a day: values that pages, API and the record of what was set out share."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from lumbar_server.programme.movement import Counting, Dose
from lumbar_server.programme.past import Choice
from lumbar_server.programme.screening import Screened


class Length(enum.StrEnum):
    """How much time there is."""

    FULL = "full"
    FIVE = "five"  # minutes


class Kind(enum.StrEnum):
    """What a session is about."""

    STRENGTH = "strength"  # plan A: strength and control
    MOBILITY = "mobility"  # plan B
    REST = "rest"


class State(enum.StrEnum):
    """Whether there is a plan to start, or what comes before."""

    READY = "ready"
    REST = "rest"
    SCREENING_DUE = "screening_due"
    PAUSED = "paused"
    LOCKED = "locked"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One movement of a session, and why it is there."""

    ladder: str
    slot: str  # the ladder whose turn it is; another where this line stands in for it
    rung: int  # where the plan stands; an easier choice is set out one below
    exercise: str
    form: str
    load: str | None
    dose: Dose
    rest_s: float
    repetition_s: float | None  # all phases, the hold of this dose too; None: it is held
    counting: Counting
    purpose: str  # a sentence: why the movement is there
    why: str  # a sentence: why it is so much
    rule: str
    change: str | None  # against the last time: ``+1 repetition``
    choice: Choice | None
    is_reduced: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose for the plan."""

    amber_from: int
    red_from: int
    is_sedentary: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do today."""

    day: date  # of the wearer
    state: State
    kind: Kind
    length: Length
    lines: tuple[PlanLine, ...]
    minutes: int
    why: str  # a sentence
    screened: Screened
    held_back: tuple[str, ...]  # sentences: why nothing goes up
    next_strength_utc: datetime | None  # before it only mobility; None: now
    answer_due: int | None  # session whose next day is to be told
    assumptions: tuple[str, ...]
