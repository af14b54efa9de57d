"""Why somebody stopped a session: the answer to its one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, select

from lumbar_server import models
from lumbar_server.programme.past import StopReason
from lumbar_server.store.upsert import conflict_insert

_STOPS = cast(Table, models.Stop.__table__)
_SESSIONS = cast(Table, models.Session.__table__)


@dataclass(frozen=True, slots=True)
class StopRow:
    """Why, and how much discomfort there was, from 0 to 10."""

    session_id: int
    reason: StopReason
    discomfort: int | None
    at_utc: datetime


def put(connection: Connection, stop: StopRow) -> None:
    """Keep an answer, instead of the one before. Its session is to be touched."""
    row = {name: getattr(stop, name) for name in StopRow.__slots__}
    row["reason"] = stop.reason.value
    added = conflict_insert(connection, _STOPS).values(row)
    connection.execute(added.on_conflict_do_update(index_elements=["session_id"], set_=row))


def find(connection: Connection, session_id: int) -> StopRow | None:
    """Return why a session was stopped; None where nobody said."""
    row = connection.execute(select(_STOPS).where(_STOPS.c.session_id == session_id)).first()
    return None if row is None else _stop(row)


def of_wearer(connection: Connection, wearer_id: int) -> dict[int, StopRow]:
    """Return why somebody stopped sessions, by session."""
    query = select(_STOPS).join(_SESSIONS, _SESSIONS.c.id == _STOPS.c.session_id)
    rows = connection.execute(query.where(_SESSIONS.c.wearer_id == wearer_id))
    return {row.session_id: _stop(row) for row in rows}


def _stop(row: Any) -> StopRow:
    return StopRow(**{**row._mapping, "reason": StopReason(row.reason)})
