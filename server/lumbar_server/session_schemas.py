"""What the HTTP API says of sessions and wearers, and takes. All ``..._s`` count from the start."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from lumbar_server.field_types import (
    Count,
    Duration,
    Flag,
    Key,
    Moment,
    Name,
    Position,
    Quiet,
    Seconds,
    SensorId,
    StreamId,
    TenScale,
    Text,
    Zone,
)
from lumbar_server.schemas import Analysis, Model
from lumbar_signal.events import Exercise


class Repetition(Model):
    """One repetition."""

    start_s: float
    peak_s: float
    end_s: float
    range_deg: float = Field(description="Angle between gravity at base and at the peak")
    confidence: float


class Hold(Model):
    """A posture held still."""

    start_s: float
    end_s: float
    duration_s: float


class Deviation(Model):
    """A departure from the target range."""

    kind: str = Field(
        description="sag, pike, roll_left, roll_right; outside exercise sustained_flexion, "
        "slouch, lateral_lean"
    )
    start_s: float
    end_s: float
    peak_deg: float = Field(description="A magnitude; the kind has the direction")


class Posture(Model):
    """A stretch of one posture."""

    posture: str
    start_s: float
    end_s: float


class Correction(Model):
    """What the wearer says of one set; null leaves that as it was detected."""

    id: int
    removed: bool
    exercise: str | None
    repetitions: int | None
    holds_s: list[float] | None
    start_s: float | None
    end_s: float | None
    made_utc: datetime


class Detected(Model):
    """A set as the detector found it."""

    stream_id: str
    start_index: float = Field(description="Position in the stream; names the set in a correction")
    end_index: float
    exercise: str
    told_live: str | None = Field(description="What it was called live, 5 s after its parts")
    start_s: float
    end_s: float
    confidence: float
    coverage: float
    closed: bool = Field(description="False while more may follow")
    repetitions: list[Repetition]
    holds: list[Hold]
    deviations: list[Deviation]


class Set(Model):
    """A stretch of one exercise as it counts: the wearer's word before the detector's."""

    exercise: str
    start_s: float
    end_s: float
    repetitions: int
    holds_s: list[float]
    removed: bool = Field(description="The wearer says there was no such set")
    detected: Detected | None = Field(description="Null: nothing was seen of it")
    correction: Correction | None


class Part(Model):
    """A stretch of one stream that the session consists of."""

    stream_id: str
    sensor_id: str
    simulated: bool
    state: Literal["receiving", "complete", "complete_with_gaps"]
    first_index: int
    end_index: int
    start_s: float
    end_s: float
    sampling_rate_hz: float
    coverage: float
    gaps: list[Span] = Field(description="Samples that are lost for good")
    erased: list[Span] = Field(description="Samples that were deleted; what was found stays")
    quarantined: int
    analysis: Analysis | None
    postures: list[Posture]
    deviations: list[Deviation] = Field(description="Outside exercise")


class Span(Model):
    """From then to then."""

    start_s: float
    end_s: float | None


class Done(Model):
    """All that was done of one exercise."""

    exercise: str
    sets: int
    repetitions: int
    longest_hold_s: float | None


class Session(Model):
    """One workout of one wearer."""

    id: int
    wearer_id: int
    wearer: str
    time_zone: str
    kind: Literal["explicit", "automatic"] = Field(
        description="explicit: somebody started it or set its times; automatic: a set was found"
    )
    started_utc: datetime
    ended_utc: datetime | None = Field(description="Null while it runs")
    paused: bool
    comfort_before: int | None = Field(
        description="As the wearer says: 0 no discomfort, 10 the worst imaginable"
    )
    comfort_during: int | None = Field(description="At its worst during the session")
    comfort_after: int | None
    effort: int | None
    note: str
    coverage: float | None = Field(description="Stored fraction of its samples; null without any")
    simulated: bool = Field(description="Samples in it come from the simulator")
    planned: bool = Field(description="It follows a plan: `/sessions/{id}/prescription` has it")
    done: list[Done]
    discarded: bool = Field(description="Hidden by its wearer: in no list, but not deleted")
    version: int = Field(description="One more when somebody changes it; the ETag begins with it")


class SessionPage(Model):
    """Some of the sessions."""

    items: list[Session]
    next: str | None = Field(description="The cursor of the next page; null at the end")


class SessionDetail(Session):
    """A session with all that was found, and all that its wearer says."""

    pauses: list[Span]
    parts: list[Part]
    sets: list[Set]


class NewSession(Model):
    """A session to begin, or one that is over already."""

    wearer_id: Key = 1
    started_utc: Moment | None = Field(None, description="Now, where left out")
    ended_utc: Moment | None = Field(None, description="Left out: it runs")


class SessionChange(Model):
    """What to change of a session; what is left out stays."""

    started_utc: Moment | None = None
    ended_utc: Moment | None = None
    comfort_before: TenScale | None = None
    comfort_during: TenScale | None = None
    comfort_after: TenScale | None = None
    effort: TenScale | None = None
    note: Text | None = None
    discarded: Flag | None = Field(None, description="True hides it; nothing is deleted")


class NewCorrection(Model):
    """What the wearer says of a set.

    The set is named by stream and position as `detected` gives them; without a stream it is a set
    that nothing was seen of, and needs exercise, start and end.
    """

    stream_id: StreamId | None = None
    start_index: Position | None = None
    end_index: Position | None = None
    removed: Flag = False
    exercise: Exercise | None = None
    repetitions: Count | None = None
    holds_s: Annotated[list[Duration], Field(max_length=1000)] | None = None
    start_s: Seconds | None = None
    end_s: Seconds | None = None


class Wearer(Model):
    """A person of the household."""

    id: int
    name: str
    time_zone: str
    quiet_s: float = Field(description="Without a set for so long an automatic session is over")
    version: int
    created_utc: datetime


class NewWearer(Model):
    """A person to add."""

    name: Name
    time_zone: Zone = "UTC"
    quiet_s: Quiet = 300.0


class WearerChange(Model):
    """What to change of a wearer; what is left out stays."""

    name: Name | None = None
    time_zone: Zone | None = None
    quiet_s: Quiet | None = None


class Assignment(Model):
    """Who wore a sensor when."""

    id: int
    sensor_id: str
    wearer_id: int
    from_utc: datetime
    until_utc: datetime | None = Field(description="Null: until it is given to somebody else")


class NewAssignment(Model):
    """A sensor to give to a wearer."""

    sensor_id: SensorId
    wearer_id: Key
    from_utc: Moment | None = Field(None, description="Now, where left out")
