"""The programme in the JSON document: what was set out, and what was said of it.

All of it may be left out of a file, as it is in those that were written before there was any.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from lumbar_server.exports.items import Instant, Item
from lumbar_server.field_types import TenScale
from lumbar_server.programme.comfort import AMBER_FROM, RED_FROM
from lumbar_server.programme.movement import Counting
from lumbar_server.programme.past import Choice, Felt, NextDay, StopReason
from lumbar_server.programme.plan import Kind, Length
from lumbar_server.store.screenings import ScreeningKind

Name = Annotated[str, Field(pattern="^[a-z0-9_]{1,40}$")]
Words = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Times = Annotated[int, Field(ge=0, le=1000)]


class Screening(Item):
    """Answers to the questions before exercise."""

    kind: ScreeningKind
    yes: Annotated[list[Name], Field(max_length=100)] = Field(
        description="Questions answered with yes"
    )
    cleared_on: date | None = Field(description="When a health professional said it is fine")
    at_utc: Instant


class PlanChoice(Item):
    """What was chosen for a line of a day's plan."""

    day: date
    ladder: Name
    choice: Choice


class ProgrammeSettings(Item):
    """What somebody set of the programme."""

    amber_from: Annotated[int, Field(ge=1, le=AMBER_FROM)]
    red_from: Annotated[int, Field(ge=2, le=RED_FROM)]
    is_sedentary: bool


class Dose(Item):
    """How much of a movement."""

    sets: Annotated[int, Field(ge=1, le=1000)]
    repetitions: Annotated[int, Field(ge=1, le=1000)] | None
    hold_s: Seconds | None
    per_side: bool


class Line(Item):
    """One movement that was set out, and why."""

    ladder: Name
    slot: Name
    rung: Times
    exercise: Name
    form: Words
    load: Words | None
    dose: Dose
    rest_s: Seconds
    repetition_s: Seconds | None
    counting: Counting
    purpose: Words
    why: Words
    rule: Words
    change: Words | None
    choice: Choice | None
    is_reduced: bool


class Prescription(Item):
    """What a session set out to do, as it was shown when it began."""

    kind: Kind
    length: Length
    lines: Annotated[list[Line], Field(max_length=100)]
    data_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    made_utc: Instant


class Block(Item):
    """The time in which one line was being done."""

    line: Times = Field(description="Index in the prescription")
    exercise: Name
    begun_utc: Instant
    ended_utc: Instant | None
    felt: Felt | None


class Stop(Item):
    """Why a session was stopped."""

    reason: StopReason
    discomfort: TenScale | None
    at_utc: Instant


class NextDayAnswer(Item):
    """How the back was the day after."""

    answer: NextDay
    at_utc: Instant
