"""The tables. Positions are sample indices of a stream; wall time is a view of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An instant; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return in UTC."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of the tables."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way)
        int: BigInteger().with_variant(Integer, "sqlite"),
        datetime: UtcDateTime,
        list[list[int]]: JSON,
    }


class Sensor(Base):
    """A worn device."""

    __tablename__ = "sensors"

    sensor_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_seen_utc: Mapped[datetime]


class Stream(Base):
    """The samples of one sensor from one boot with one configuration.

    The format and the clock are unknown (null) until its first samples arrive: a lost range or the
    stream's end may come before them.
    """

    __tablename__ = "streams"

    stream_id: Mapped[str] = mapped_column(String(16), primary_key=True)  # 64 bits in hex
    sensor_id: Mapped[str] = mapped_column(ForeignKey("sensors.sensor_id"), index=True)
    version: Mapped[int]  # one more with every commit: the optimistic lock
    channels: Mapped[int | None]
    sampling_rate_hz: Mapped[float | None]
    g_per_step: Mapped[float | None]
    dps_per_step: Mapped[float | None]
    wall_at_zero_s: Mapped[float | None]  # the best fit: wall time of index 0 ...
    wall_s_per_sample: Mapped[float | None]
    fit_source: Mapped[str | None] = mapped_column(String(20))  # ... what it rests on ...
    fit_observed_s: Mapped[float | None]  # ... and how long packets were observed for it
    stored: Mapped[list[list[int]]]  # [start, end) pairs
    lost: Mapped[list[list[int]]]
    end_index: Mapped[int | None]
    quarantined: Mapped[int]


class Chunk(Base):
    """Consecutive samples; the chunks of a stream never overlap."""

    __tablename__ = "chunks"

    stream_id: Mapped[str] = mapped_column(ForeignKey("streams.stream_id"), primary_key=True)
    first_index: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    live: Mapped[bool]  # false where back-filled from the sensor's log
    gateway_boot: Mapped[int | None]  # whose clock its packets were timed by
    observations: Mapped[bytes] = mapped_column(LargeBinary)  # see store.samples.OBSERVATION
    data: Mapped[bytes] = mapped_column(LargeBinary)  # int16, little-endian, row by row


class GatewayBoot(Base):
    """One run of a gateway: what makes wall time of its monotonic clock."""

    __tablename__ = "gateway_boots"

    gateway_boot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wall_offset_s: Mapped[float]  # wall minus monotonic time, as last heard of


class Analysis(Base):
    """What one version of the detector found in one stream."""

    __tablename__ = "analyses"
    __table_args__ = (UniqueConstraint("stream_id", "detector_version", "parameters_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[str] = mapped_column(ForeignKey("streams.stream_id"))
    detector_version: Mapped[str] = mapped_column(String(40))
    parameters_sha256: Mapped[str] = mapped_column(String(64))


class Session(Base):
    """One workout of one wearer: for now, one for each stream."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[str] = mapped_column(ForeignKey("streams.stream_id"), unique=True)
    sensor_id: Mapped[str] = mapped_column(ForeignKey("sensors.sensor_id"), index=True)
    analysis_id: Mapped[int | None] = mapped_column(ForeignKey("analyses.id"))  # the current one
    started_utc: Mapped[datetime] = mapped_column(index=True)
    ended_utc: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20))  # see store.sessions.SessionState
    coverage: Mapped[float]  # stored samples of those the stream had so far


class Set(Base):
    """A stretch of one exercise."""

    __tablename__ = "sets"

    analysis_id: Mapped[int] = mapped_column(ForeignKey("analyses.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    exercise: Mapped[str] = mapped_column(String(40))
    start: Mapped[float]
    end: Mapped[float]
    confidence: Mapped[float]
    coverage: Mapped[float]
    closed: Mapped[bool]
    told_live: Mapped[str | None] = mapped_column(String(40))  # its name within 5 s of its parts


class _OfSet:
    """Key of a part of a set."""

    analysis_id: Mapped[int] = mapped_column(primary_key=True)
    set_ordinal: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)


def _its_set() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["analysis_id", "set_ordinal"], ["sets.analysis_id", "sets.ordinal"], ondelete="CASCADE"
    )


class Repetition(_OfSet, Base):
    """One repetition of a set."""

    __tablename__ = "repetitions"
    __table_args__ = (_its_set(),)

    start: Mapped[float]
    peak: Mapped[float]
    end: Mapped[float]
    range_deg: Mapped[float]
    confidence: Mapped[float]


class Hold(_OfSet, Base):
    """One hold of a set."""

    __tablename__ = "holds"
    __table_args__ = (_its_set(),)

    start: Mapped[float]
    end: Mapped[float]


class SetDeviation(_OfSet, Base):
    """A departure from the target inside a set."""

    __tablename__ = "set_deviations"
    __table_args__ = (_its_set(),)

    kind: Mapped[str] = mapped_column(String(40))
    start: Mapped[float]
    end: Mapped[float]
    peak_deg: Mapped[float]


class PostureInterval(Base):
    """A stretch of one posture."""

    __tablename__ = "postures"

    analysis_id: Mapped[int] = mapped_column(ForeignKey("analyses.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    posture: Mapped[str] = mapped_column(String(40))
    start: Mapped[float]
    end: Mapped[float]


class PostureDeviation(Base):
    """A departure from upright standing outside exercise."""

    __tablename__ = "posture_deviations"

    analysis_id: Mapped[int] = mapped_column(ForeignKey("analyses.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    start: Mapped[float]
    end: Mapped[float]
    peak_deg: Mapped[float]


class QuarantinedMessage(Base):
    """A message that contradicts what is stored: kept beside it, never over it."""

    __tablename__ = "quarantine"
    __table_args__ = (
        UniqueConstraint("sensor_id", "payload_sha256"),
        Index("ix_quarantine_stream_id", "stream_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sensor_id: Mapped[str] = mapped_column(String(64))
    stream_id: Mapped[str] = mapped_column(String(16))
    first_index: Mapped[int]
    n: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    payload_sha256: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    seen_utc: Mapped[datetime]


class Counter(Base):
    """How often something happened that somebody should know of."""

    __tablename__ = "counters"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    total: Mapped[int]
    last_utc: Mapped[datetime]
    last_detail: Mapped[str] = mapped_column(String(300))
