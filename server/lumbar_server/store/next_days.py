"""How the back was the day after a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, select

from lumbar_server import models
from lumbar_server.programme.past import NextDay
from lumbar_server.store.upsert import conflict_insert

_NEXT_DAYS = cast(Table, models.NextDay.__table__)
_SESSIONS = cast(Table, models.Session.__table__)


@dataclass(frozen=True, slots=True)
class NextDayRow:
    """What was answered, and when."""

    session_id: int
    answer: NextDay
    at_utc: datetime


def put(connection: Connection, said: NextDayRow) -> None:
    """Keep an answer, instead of the one before. Its session is to be touched."""
    row = {name: getattr(said, name) for name in NextDayRow.__slots__}
    row["answer"] = said.answer.value
    added = conflict_insert(connection, _NEXT_DAYS).values(row)
    connection.execute(added.on_conflict_do_update(index_elements=["session_id"], set_=row))


def find(connection: Connection, session_id: int) -> NextDayRow | None:
    """Return how it was after a session; None where nobody said."""
    query = select(_NEXT_DAYS).where(_NEXT_DAYS.c.session_id == session_id)
    row = connection.execute(query).first()
    return None if row is None else _said(row)


def of_wearer(connection: Connection, wearer_id: int) -> dict[int, NextDayRow]:
    """Return how it was after somebody's sessions, by session."""
    query = select(_NEXT_DAYS).join(_SESSIONS, _SESSIONS.c.id == _NEXT_DAYS.c.session_id)
    rows = connection.execute(query.where(_SESSIONS.c.wearer_id == wearer_id))
    return {row.session_id: _said(row) for row in rows}


def _said(row: Any) -> NextDayRow:
    return NextDayRow(**{**row._mapping, "answer": NextDay(row.answer)})
