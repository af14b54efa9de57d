"""What the detector found. Positions are sample indices of a stream."""

from __future__ import annotations

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbar_server.models.base import Base


class Analysis(Base):
    """What one version of the detector found in one stream; the newest counts."""

    __tablename__ = "analyses"
    __table_args__ = (UniqueConstraint("stream_id", "detector_version", "parameters_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[str] = mapped_column(ForeignKey("streams.stream_id"))
    detector_version: Mapped[str] = mapped_column(String(40))
    parameters_sha256: Mapped[str] = mapped_column(String(64))
    calibration: Mapped[str | None] = mapped_column(String(20))  # its source when last saved


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
