"""What arrived: sensors, streams and their samples, and what could not be taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lumbar_server.models.base import Base


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
    stored: Mapped[list[list[int]]]  # [start, end) pairs of all that came, also if deleted since
    lost: Mapped[list[list[int]]]
    erased: Mapped[list[list[int]]]  # deleted: what comes late is not kept either ...
    forgotten: Mapped[list[list[int]]]  # ... and of these, what was found is gone too
    end_index: Mapped[int | None]
    quarantined: Mapped[int]
    # What follows from the columns above, kept to be listed and counted by.
    state: Mapped[str] = mapped_column(String(20))  # see store.streams.StreamState
    coverage: Mapped[float]  # stored samples of those the stream had so far
    started_utc: Mapped[datetime | None] = mapped_column(index=True)
    ended_utc: Mapped[datetime | None]


class Chunk(Base):
    """Consecutive samples; the chunks of a stream never overlap.

    They come raw; once a stream is quiet, ``lumbar_server.compaction`` makes a minute one chunk.
    """

    __tablename__ = "chunks"
    __table_args__ = (
        Index(
            "ix_chunks_raw",
            "stream_id",
            "first_index",
            sqlite_where=text("codec = 0"),
            postgresql_where=text("codec = 0"),
        ),
    )

    stream_id: Mapped[str] = mapped_column(ForeignKey("streams.stream_id"), primary_key=True)
    first_index: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    live: Mapped[bool]  # false where any was back-filled from the sensor's log
    gateway_boot: Mapped[int | None]  # whose clock its packets were timed by; null if compact
    observations: Mapped[bytes] = mapped_column(LargeBinary)  # see store.sources
    data: Mapped[bytes] = mapped_column(LargeBinary)  # raw: int16, little-endian, row by row
    codec: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # see store.samples.Codec


class GatewayBoot(Base):
    """One run of a gateway: what makes wall time of its monotonic clock."""

    __tablename__ = "gateway_boots"

    gateway_boot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wall_offset_s: Mapped[float]  # wall minus monotonic time, as last heard of


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
