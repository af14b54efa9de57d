"""What the record adds: who wore it, which workout it was, and what the wearer said of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lumbar_server.models.base import Base


class Wearer(Base):
    """A person of the household."""

    __tablename__ = "wearers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64))  # of the IANA database
    quiet_s: Mapped[float]  # without a set for so long, an automatic session is over
    version: Mapped[int]  # one more with every change
    created_utc: Mapped[datetime]


class Assignment(Base):
    """Who wore a sensor for a time; nobody else's is the first wearer's."""

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(primary_key=True)
    sensor_id: Mapped[str] = mapped_column(ForeignKey("sensors.sensor_id"), index=True)
    wearer_id: Mapped[int] = mapped_column(ForeignKey("wearers.id"))
    from_utc: Mapped[datetime]
    until_utc: Mapped[datetime | None]


class Session(Base):
    """One workout of one wearer."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    wearer_id: Mapped[int] = mapped_column(ForeignKey("wearers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # see sessions.SessionKind
    started_utc: Mapped[datetime] = mapped_column(index=True)
    ended_utc: Mapped[datetime | None]  # null: running
    pauses: Mapped[list[list[float | None]]]  # wall seconds, [start, end); null: still paused
    comfort_before: Mapped[int | None]  # 0 no discomfort, 10 the worst imaginable
    comfort_during: Mapped[int | None]  # at its worst
    comfort_after: Mapped[int | None]
    effort: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text())
    discarded: Mapped[bool]  # hidden by its wearer; kept so that it is not found again
    version: Mapped[int]  # one more with every change


class SessionPart(Base):
    """A stretch of a stream that a session consists of."""

    __tablename__ = "session_parts"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    stream_id: Mapped[str] = mapped_column(
        ForeignKey("streams.stream_id"), primary_key=True, index=True
    )
    first_index: Mapped[int]
    end_index: Mapped[int | None]  # null: as far as the stream goes


class Correction(Base):
    """What the wearer says of one set, beside what was detected; null leaves it as it was."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    stream_id: Mapped[str | None] = mapped_column(ForeignKey("streams.stream_id"))
    start: Mapped[float | None]  # sample positions of the set that is meant, as it was detected;
    end: Mapped[float | None]  # null: a set that nothing was seen of
    removed: Mapped[bool]
    exercise: Mapped[str | None] = mapped_column(String(40))
    repetitions: Mapped[int | None]
    holds_s: Mapped[list[float] | None]
    new_start_s: Mapped[float | None]  # since the session's start
    new_end_s: Mapped[float | None]
    made_utc: Mapped[datetime]


class Change(Base):
    """That something changed, in order: for whoever keeps a copy."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_kind_key", "kind", "key"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(64))
    gone: Mapped[bool]
    at_utc: Mapped[datetime]


class Answer(Base):
    """What was answered to a request that made something, in case that it is sent again."""

    __tablename__ = "answers"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)  # the client's own
    request_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, str]]
    body: Mapped[str] = mapped_column(Text())
    made_utc: Mapped[datetime] = mapped_column(index=True)
