"""``lumbar.record/1``: the whole record as one JSON object, as it is written and read.

Its JSON Schema is ``docs/record.schema.json``, made from these classes by ``document_schema``;
``docs/exports.md`` says what is what.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, Field

from lumbar_server.exports.items import Instant, Item
from lumbar_server.exports.programme_items import (
    Block,
    NextDayAnswer,
    PlanChoice,
    Prescription,
    ProgrammeSettings,
    Screening,
    Stop,
)
from lumbar_server.field_types import Name, Seconds, TenScale, Text, Zone
from lumbar_server.store.streams import StreamState
from lumbar_signal.events import DeviationKind, Exercise
from lumbar_signal.events import Posture as PostureName

SCHEMA = "lumbar.record/1"

_LAST_WALL_S = 253402300800.0  # the year 10000


StreamId = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
SensorId = Annotated[str, Field(pattern="^[A-Za-z0-9._-]{1,64}$")]
Index = Annotated[int, Field(ge=0, lt=2**48)]
Position = Annotated[float, Field(ge=-(2.0**48), le=2.0**48)]
Number = Annotated[float, Field(allow_inf_nan=False)]
WallS = Annotated[float, Field(ge=-_LAST_WALL_S, le=_LAST_WALL_S)]
Degrees = Annotated[float, Field(ge=0, le=180)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Range = Annotated[list[Index], Field(min_length=2, max_length=2, description="[first, end)")]
Count = Annotated[int, Field(ge=0, le=10_000)]
HoldS = Annotated[float, Field(ge=0, le=86_400)]


class Wearer(Item):
    """A person of the household."""

    name: Name
    time_zone: Zone
    quiet_s: Annotated[float, Field(ge=30, le=86_400)]
    is_first: bool = Field(description="Has every sensor that nobody was given")
    created_utc: Instant
    screenings: list[Screening] = Field(default_factory=list)
    choices: list[PlanChoice] = Field(default_factory=list)
    programme: ProgrammeSettings | None = Field(None, description="Null: as it comes")


class Sensor(Item):
    """A worn device."""

    sensor_id: SensorId
    first_seen_utc: Instant


class Assignment(Item):
    """Who wore a sensor for a time."""

    sensor_id: SensorId
    wearer: Name
    from_utc: Instant
    until_utc: Instant | None


class GatewayRun(Item):
    """One run of a gateway: what makes wall time of its monotonic clock."""

    gateway_boot: StreamId = Field(description="64 bits in hex")
    wall_offset_s: WallS = Field(description="Wall minus monotonic time")


class Format(Item):
    """What the samples of a stream mean."""

    sampling_rate_hz: Annotated[float, Field(ge=1, le=2000)]
    g_per_step: Annotated[float, Field(ge=1e-7, le=0.1)]
    dps_per_step: Annotated[float, Field(ge=0, le=1)]
    channels: Literal[3, 6] = Field(description="x, y, z of the acceleration; with 6 also turning")


class Clock(Item):
    """Wall time as a line over the sample index."""

    wall_at_zero_s: WallS
    wall_s_per_sample: Annotated[float, Field(ge=1e-4, le=2)]
    source: Literal["presumed", "told", "read", "observed"]
    observed_s: Annotated[float, Field(ge=0, le=_LAST_WALL_S)]


class Stream(Item):
    """The samples of one sensor from one of its starts to the next."""

    stream_id: StreamId
    sensor_id: SensorId
    format: Format | None = Field(description="Null: no sample arrived")
    clock: Clock | None
    stored: list[Range] = Field(description="Which samples came: in `samples`, if not in `erased`")
    lost: list[Range] = Field(description="Known to be missing for good")
    erased: list[Range] = Field(description="Deleted since")
    forgotten: list[Range] = Field(description="Of these, also what was found was deleted")
    end_index: Index | None = Field(description="Null: more may come")
    quarantined: Annotated[int, Field(ge=0, lt=2**31)]
    state: StreamState
    started_utc: Instant | None
    ended_utc: Instant | None


class FoundRepetition(Item):
    """Positions are sample indices of the stream, with fractions."""

    start: Position
    peak: Position
    end: Position
    range_deg: Degrees
    confidence: Fraction


class FoundHold(Item):
    """A posture held still."""

    start: Position
    end: Position


class FoundDeviation(Item):
    """A departure from the target range."""

    kind: DeviationKind
    start: Position
    end: Position
    peak_deg: Degrees


class FoundPosture(Item):
    """A stretch of one posture."""

    posture: PostureName
    start: Position
    end: Position


class FoundSet(Item):
    """A set as the detector found it."""

    exercise: Exercise
    start: Position
    end: Position
    confidence: Fraction
    coverage: Fraction
    closed: bool
    told_live: Exercise | None
    repetitions: list[FoundRepetition]
    holds: list[FoundHold]
    deviations: list[FoundDeviation]


class Analysis(Item):
    """What one version of the detector found in one stream; a stream's last one counts."""

    stream_id: StreamId
    detector_version: Annotated[str, Field(pattern="^[!-~]{1,40}$")]
    parameters_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    calibration: Annotated[str, Field(pattern="^[a-z]{1,20}$")] | None = Field(
        None,
        description="How it became known how the sensor sits; null: an older detector did not say",
    )
    sets: list[FoundSet]
    postures: list[FoundPosture]
    deviations: list[FoundDeviation] = Field(description="Outside exercise")


class Part(Item):
    """A stretch of a stream that a session consists of."""

    stream_id: StreamId
    first_index: Index
    end_index: Index | None = Field(description="Null: as far as the stream goes")


class Correction(Item):
    """What the wearer says of one set; null leaves that as it was detected."""

    stream_id: StreamId | None = Field(description="Null: a set that nothing was seen of")
    start: Position | None = Field(description="Positions of the set that is meant")
    end: Position | None
    removed: bool
    exercise: Exercise | None
    repetitions: Count | None
    holds_s: Annotated[list[HoldS], Field(max_length=1000)] | None
    start_s: Seconds | None = Field(description="Since the session's start")
    end_s: Seconds | None
    made_utc: Instant


class ShownSet(Item):
    """A set as it counts; for readers, as it follows from analyses and corrections."""

    exercise: Exercise
    start_s: Number
    end_s: Number
    repetitions: Count
    holds_s: list[Number]
    removed: bool
    corrected: bool
    stream_id: StreamId | None = Field(description="Null: nothing was seen of it")
    confidence: Number | None
    coverage: Number | None


class Session(Item):
    """One workout of one wearer."""

    wearer: Name
    kind: Literal["explicit", "automatic"]
    started_utc: Instant
    ended_utc: Instant | None
    pauses: list[tuple[WallS, WallS | None]] = Field(description="Null: still paused")
    comfort_before: TenScale | None
    comfort_during: TenScale | None = None
    comfort_after: TenScale | None
    effort: TenScale | None
    note: Text
    discarded: bool
    version: Annotated[int, Field(ge=1, lt=2**31)] = Field(description="Counts its changes")
    parts: list[Part]
    corrections: list[Correction]
    prescription: Prescription | None = Field(None, description="Null: it followed no plan")
    blocks: list[Block] = Field(default_factory=list)
    stop: Stop | None = None
    next_day: NextDayAnswer | None = None
    coverage: Fraction | None
    sets: list[ShownSet]


class Source(Item):
    """Where consecutive samples came from."""

    n: Annotated[int, Field(ge=1, lt=2**31)]
    live: bool
    gateway_boot: StreamId | None
    packets: Base64Bytes


class Samples(Item):
    """Consecutive samples of a stream."""

    stream_id: StreamId
    first_index: Index
    n: Annotated[int, Field(ge=1, lt=2**31)]
    int16: Base64Bytes = Field(description="Little-endian rows of the stream's channels")
    sources: list[Source] = Field(description="In order, of all the samples")


LISTS: dict[str, type[Item]] = {
    "wearers": Wearer,
    "sensors": Sensor,
    "assignments": Assignment,
    "gateway_runs": GatewayRun,
    "streams": Stream,
    "analyses": Analysis,
    "sessions": Session,
    "samples": Samples,
}
"""The lists of the document and what is in them."""
