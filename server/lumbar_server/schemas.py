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

    type: str = "about:blank"
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
    sessions: dict[str, int] = Field(description="Number of sessions in each state")
    counters: list[Counter]
    quarantined_total: int
    quarantined: list[Quarantined] = Field(description="The newest ten")


class Sensor(Model):
    """A worn device."""

    sensor_id: str
    simulated: bool = Field(description="Its samples come from the simulator, not from a person")
    first_seen_utc: datetime
    last_session_utc: datetime | None = Field(description="Start of its newest session")
    link: str | None = Field(
        description="As its gateway last said; null where not heard since start"
    )
    battery_percent: int | None


class Session(Model):
    """One workout of one wearer."""

    id: int
    sensor_id: str
    simulated: bool
    stream_id: str
    started_utc: datetime
    ended_utc: datetime | None = Field(description="Null while samples may still come")
    state: Literal["receiving", "complete", "complete_with_gaps"]
    coverage: float = Field(description="Stored fraction of the samples that were taken")


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


class Set(Model):
    """A stretch of one exercise."""

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


class Posture(Model):
    """A stretch of one posture."""

    posture: str
    start_s: float
    end_s: float


class Analysis(Model):
    """Which detector found it."""

    detector_version: str
    parameters_sha256: str


class Gap(Model):
    """Samples that are lost for good."""

    start_s: float
    end_s: float


class SessionDetail(Session):
    """A session with all that was found; all ``..._s`` count from ``origin_utc``."""

    origin_utc: datetime = Field(
        description="Wall time of sample index 0, by the present clock fit"
    )
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float
    channels: int
    samples: int = Field(description="Number of samples stored")
    gaps: list[Gap]
    quarantined: int = Field(description="Messages set aside because they contradict")
    analysis: Analysis | None = Field(
        description="Null: the rate does not suit, or it failed and will be tried again"
    )
    sets: list[Set]
    postures: list[Posture]
    deviations: list[Deviation] = Field(description="Outside exercise")


class SamplePage(Model):
    """Consecutive samples, as counts; multiply by the scale for g and degrees a second."""

    first_index: int
    next_index: int | None = Field(description="Ask from here for more; null at the end")
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float
    samples: list[list[int]] = Field(description="Rows of ax, ay, az and, with a gyro, gx, gy, gz")
