"""What the programme keeps: what was set out, and what people said. The plan itself is no table.

It is worked out from all of this and the record whenever it is asked for, so an answer that comes
late or is changed simply gives another plan.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lumbar_server.models.base import Base

_EXERCISE = String(40)
_LADDER = String(40)


def _session() -> ForeignKey:
    return ForeignKey("sessions.id", ondelete="CASCADE")


class Screening(Base):
    """Answers to the questions before exercise; none is ever changed."""

    __tablename__ = "screenings"

    id: Mapped[int] = mapped_column(primary_key=True)
    wearer_id: Mapped[int] = mapped_column(ForeignKey("wearers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # full or line
    yes: Mapped[list[str]] = mapped_column(JSON)  # ids of the questions answered with yes
    cleared_on: Mapped[date | None]  # a health professional has said so
    at_utc: Mapped[datetime]


class Prescription(Base):
    """What a session set out to do, as it was shown when it began."""

    __tablename__ = "prescriptions"

    session_id: Mapped[int] = mapped_column(_session(), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))  # strength or mobility
    length: Mapped[str] = mapped_column(String(20))  # full or five
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    data_sha256: Mapped[str] = mapped_column(String(64))  # of the movements' data
    made_utc: Mapped[datetime]


class Block(Base):
    """The time in which one line of a prescription was being done."""

    __tablename__ = "blocks"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(_session(), index=True)
    line: Mapped[int]  # position in the prescription
    exercise: Mapped[str] = mapped_column(_EXERCISE)
    begun_utc: Mapped[datetime]
    ended_utc: Mapped[datetime | None]
    felt: Mapped[str | None] = mapped_column(String(20))  # see programme.past.Felt


class Stop(Base):
    """Why somebody stopped a session."""

    __tablename__ = "stops"

    session_id: Mapped[int] = mapped_column(_session(), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(20))  # see programme.past.StopReason
    discomfort: Mapped[int | None]  # 0 none, 10 the worst imaginable
    at_utc: Mapped[datetime]


class NextDay(Base):
    """How the back was the day after a session."""

    __tablename__ = "next_days"

    session_id: Mapped[int] = mapped_column(_session(), primary_key=True, autoincrement=False)
    answer: Mapped[str] = mapped_column(String(20))  # see programme.past.NextDay
    at_utc: Mapped[datetime]


class PlanChoice(Base):
    """What somebody chose for a line of a day's plan before it began."""

    __tablename__ = "plan_choices"

    wearer_id: Mapped[int] = mapped_column(
        ForeignKey("wearers.id"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True)  # in the wearer's time zone
    ladder: Mapped[str] = mapped_column(_LADDER, primary_key=True)
    choice: Mapped[str] = mapped_column(String(20))  # see programme.past.Choice


class ProgrammeSettings(Base):
    """What somebody set of the programme; who has no row has what it comes with."""

    __tablename__ = "programme_settings"

    wearer_id: Mapped[int] = mapped_column(
        ForeignKey("wearers.id"), primary_key=True, autoincrement=False
    )
    amber_from: Mapped[int]  # discomfort during; only lower than what it comes with
    red_from: Mapped[int]
    is_sedentary: Mapped[bool]
