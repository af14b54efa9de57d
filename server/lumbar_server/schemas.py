"""What the HTTP API answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Root of the answers: frozen, and without fields nobody described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Model):
    """What went wrong and what to do (RFC 9457)."""

    type: str = Field("about:blank", description="Stands for the kind; a page that explains it")
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do")


class Counter(Model):
    """How often something happened that somebody should know of."""

    kind: str = Field(
        description="malformed, oversized, unknown_version, refused, contradiction, unanalysed"
    )
    total: int
    last_utc: datetime
    last_detail: str


class Quarantined(Model):
    """A message that contradicts stored samples; kept beside them, never over them."""

    id: int
    sensor_id: str
    stream_id: str
    first_index: int
    n: int = Field(description="Number of samples concerned")
    reason: str
    payload_sha256: str
    seen_utc: datetime


class Status(Model):
    """Health at a glance."""

    status: Literal["ok", "attention"] = Field(description="attention: read `alarms`")
    alarms: list[str] = Field(description="One sentence each; empty when all is well")
    broker: Literal["connected", "away", "not configured"]
    detector_version: str
    parameters_sha256: str
    streams: dict[str, int] = Field(description="Number of streams in each state")
    counters: list[Counter]
    quarantined_total: int
    quarantined: list[Quarantined] = Field(description="The newest ten")


class Sensor(Model):
    """A worn device."""

    sensor_id: str
    simulated: bool = Field(description="Its samples come from the simulator, not from a person")
    first_seen_utc: datetime
    last_stream_utc: datetime | None = Field(description="Start of its newest stream")
    link: str | None = Field(
        description="As its gateway last said; null where not heard since start"
    )
    battery_percent: int | None


class Analysis(Model):
    """Which detector found it."""

    detector_version: str
    parameters_sha256: str


class Stream(Model):
    """The samples of one sensor from one boot with one configuration."""

    stream_id: str
    sensor_id: str
    simulated: bool
    started_utc: datetime = Field(description="When its first stored sample was taken")
    ended_utc: datetime | None = Field(description="Null while samples may still come")
    state: Literal["receiving", "complete", "complete_with_gaps"]
    coverage: float = Field(description="Stored fraction of the samples that were taken")
    origin_utc: datetime = Field(
        description="Wall time of sample index 0, by the present clock fit"
    )
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float
    channels: int
    stored: list[list[int]] = Field(
        description="Ranges of sample indices, [start, end), that came; also if deleted since"
    )
    lost: list[list[int]] = Field(description="Ranges that are lost for good")
    erased: list[list[int]] = Field(description="Ranges that were deleted on purpose")
    quarantined: int = Field(description="Messages set aside because they contradict")
    analysis: Analysis | None = Field(
        description="Null: the rate does not suit, or it failed and will be tried again"
    )


class StreamPage(Model):
    """Some of the streams."""

    items: list[Stream]
    next: str | None = Field(description="The cursor of the next page; null at the end")


class SamplePage(Model):
    """Consecutive samples, as counts; multiply by the scale for g and degrees a second."""

    first_index: int
    next_index: int | None = Field(description="Ask from here for more; null at the end")
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float
    samples: list[list[int]] = Field(description="Rows of ax, ay, az and, with a gyro, gx, gy, gz")


class Change(Model):
    """That something is new, different, or gone."""

    number: int
    kind: Literal["session", "wearer", "sensor", "stream"] = Field(
        description="sensor: it, or who wears it"
    )
    key: str = Field(description="Its id")
    gone: bool = Field(description="It was deleted: delete it, and what is below it")
    at_utc: datetime


class ChangePage(Model):
    """Some of the changes, in their order."""

    items: list[Change]
    next: int = Field(description="What to give as `since` the next time")
    more: bool = Field(description="Whether there are more already")
