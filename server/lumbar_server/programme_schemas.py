"""What the HTTP API says of the programme, and takes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from lumbar_server.field_types import Flag, Number, TenScale
from lumbar_server.movement_schemas import Dose
from lumbar_server.programme.comfort import AMBER_FROM, RED_FROM
from lumbar_server.programme.movement import Counting
from lumbar_server.programme.past import Choice, Felt, NextDay, StopReason
from lumbar_server.programme.plan import Kind, Length, State
from lumbar_server.programme.screening import Caution, Level
from lumbar_server.schemas import Model
from lumbar_server.store.screenings import ScreeningKind

QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]


class Question(Model):
    """A question to answer before exercise."""

    id: str
    level: Level = Field(description="What a yes means")
    text: str


class Line(Model):
    """One movement of a session, and why it is there."""

    ladder: str
    slot: str = Field(description="The ladder whose turn it is: choices are made for this")
    rung: int = Field(description="Index on the ladder, the easiest is 0")
    exercise: str
    name: str
    form: str
    load: str | None
    dose: Dose
    rest_s: float = Field(description="Between two sets")
    repetition_s: float | None
    counting: Counting = Field(description="ask: the sensor hardly sees it, so ask how many")
    lies_on_sensor: bool
    say: dict[str, str] = Field(description="What a voice says")
    cues: list[str]
    purpose: str = Field(description="A sentence: why the movement is there")
    why: str = Field(description="A sentence: why it is so much")
    rule: str = Field(description="Which rule decided")
    change: str | None = Field(description="Against the last time, such as +1 repetition")
    choice: Choice | None
    is_reduced: bool = Field(description="Fewer sets, or shorter, than its rung")


class Plan(Model):
    """What to do today; not clinically reviewed while `reviewed_by` is null."""

    wearer_id: int
    day: date = Field(description="In the wearer's time zone")
    state: State = Field(description="Only one that is ready can be started")
    kind: Kind
    length: Length
    minutes: int
    why: str = Field(description="A sentence")
    lines: list[Line]
    level: Level = Field(description="What the answers to the questions ask for")
    full_screening_due: bool
    cautions: list[Caution]
    held_back: list[str] = Field(description="Sentences: why nothing goes up")
    next_strength_utc: datetime | None = Field(description="Strength again then; null: now")
    next_day_of: int | None = Field(description="Session whose day after is to be told")
    assumptions: list[str] = Field(description="What was not told, or told oddly")
    reviewed_by: str | None


class NewChoice(Model):
    """What to do with a line of a day's plan; null takes it back."""

    choice: Choice | None


class ChosenLine(Model):
    """What was chosen for a line of a day's plan."""

    wearer_id: int
    day: date
    ladder: str
    choice: Choice | None


class NewScreening(Model):
    """Answers to the questions: all of them, or the one line of a session."""

    kind: ScreeningKind
    yes: Annotated[list[QuestionId], Field(max_length=100)] = Field(
        description="Questions answered with yes; of a line only any_change"
    )
    cleared_on: date | None = Field(
        None, description="When a health professional said that exercise is fine"
    )


class Screened(Model):
    """Where somebody stands by all answers."""

    wearer_id: int
    level: Level
    full_screening_due: bool
    cautions: list[Caution]
    why: str = Field(description="A sentence")


class NewPlannedSession(Model):
    """A session to begin with what today's plan sets out."""

    length: Length = Length.FULL
    comfort_before: TenScale | None = None
    any_change: Flag = Field(
        description="Any change in legs, bladder, fever, fall? True begins no session: the "
        "questions are due"
    )


class Block(Model):
    """The time in which one line was being done."""

    session_id: int
    id: int
    line: int = Field(description="Index of the line")
    exercise: str
    begun_utc: datetime
    ended_utc: datetime | None = Field(description="Null: it is being done")
    felt: Felt | None


class Prescription(Model):
    """What a session set out to do, as it was shown when it began."""

    session_id: int
    kind: Kind
    length: Length
    made_utc: datetime
    data_sha256: str = Field(description="Of the movements' data then")
    reviewed_by: str | None = Field(description="Of the present data; null: nobody")
    lines: list[Line]
    blocks: list[Block]


class NewBlock(Model):
    """A line to begin."""

    line: Annotated[int, Field(ge=0, le=100), Number]


class BlockEnd(Model):
    """How a block felt; left out: as was said before."""

    felt: Felt | None = None


class NewStopReason(Model):
    """Why a session was stopped."""

    reason: StopReason
    discomfort: TenScale | None = None


class StopAnswer(Model):
    """Why a session was stopped."""

    session_id: int
    reason: StopReason
    discomfort: int | None
    at_utc: datetime


class NewNextDay(Model):
    """How the back was the day after."""

    answer: NextDay


class NextDayAnswer(Model):
    """How the back was the day after a session."""

    session_id: int
    answer: NextDay
    at_utc: datetime


class Decision(Model):
    """A line that was another than the time before."""

    at_utc: datetime
    session_id: int
    ladder: str
    name: str
    before: str | None = Field(description="Null: the first time")
    after: str
    rule: str
    why: str


class Settings(Model):
    """What somebody set of the programme."""

    wearer_id: int
    amber_from: int = Field(description="Discomfort from which on a session is not good")
    red_from: int = Field(description="And from which on it was too much")
    is_sedentary: bool = Field(description="The first week asks for half")


class SettingsChange(Model):
    """What to change; thresholds can only be lowered. What is left out stays."""

    amber_from: Annotated[int, Field(ge=1, le=AMBER_FROM), Number] | None = None
    red_from: Annotated[int, Field(ge=2, le=RED_FROM), Number] | None = None
    is_sedentary: Flag | None = None
