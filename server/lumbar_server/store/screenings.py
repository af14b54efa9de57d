"""Answers to the questions before exercise, and what the newest of them are."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select

from lumbar_server import models
from lumbar_server.store import changes

_SCREENINGS = cast(Table, models.Screening.__table__)


class ScreeningKind(enum.StrEnum):
    """How much was asked."""

    FULL = "full"  # every question
    LINE = "line"  # the one question before each session


@dataclass(frozen=True, slots=True)
class ScreeningRow:
    """What was answered at once."""

    id: int
    wearer_id: int
    kind: str
    yes: tuple[str, ...]  # ids of the questions answered with yes
    cleared_on: date | None
    at_utc: datetime


def add(
    connection: Connection,
    wearer_id: int,
    kind: ScreeningKind,
    yes: Iterable[str],
    cleared_on: date | None,
    at_utc: datetime,
    now_utc: datetime | None = None,
) -> ScreeningRow:
    """Keep answers; those of before stay as they are. ``now_utc`` is later where they are old."""
    row: dict[str, Any] = {
        "wearer_id": wearer_id,
        "kind": kind.value,
        "yes": sorted(set(yes)),
        "cleared_on": cleared_on,
        "at_utc": at_utc,
    }
    key = connection.execute(insert(_SCREENINGS).values(row)).inserted_primary_key
    assert key is not None
    changes.note(connection, "wearer", str(wearer_id), now_utc or at_utc)
    return ScreeningRow(id=key[0], **row | {"yes": tuple(row["yes"])})


def of_wearer(connection: Connection, wearer_id: int) -> list[ScreeningRow]:
    """Return everything that somebody answered, the first first."""
    query = select(_SCREENINGS).where(_SCREENINGS.c.wearer_id == wearer_id)
    rows = connection.execute(query.order_by(_SCREENINGS.c.at_utc, _SCREENINGS.c.id))
    return [ScreeningRow(**{**row._mapping, "yes": tuple(row.yes)}) for row in rows]


def forget(connection: Connection, wearer_id: int) -> None:
    """Delete everything that somebody answered."""
    connection.execute(delete(_SCREENINGS).where(_SCREENINGS.c.wearer_id == wearer_id))
