"""What sessions set out to do, as it was shown when they began; it never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, insert, select

from lumbar_server import models
from lumbar_server.errors import NotFoundError
from lumbar_server.store import changes

_PRESCRIPTIONS = cast(Table, models.Prescription.__table__)
_SESSIONS = cast(Table, models.Session.__table__)


@dataclass(frozen=True, slots=True)
class PrescriptionRow:
    """What one session set out to do."""

    session_id: int
    kind: str
    length: str
    lines: Sequence[Mapping[str, Any]]  # plain values
    data_sha256: str  # of the movements' data
    made_utc: datetime


def add(connection: Connection, row: PrescriptionRow) -> None:
    """Keep what a session, which has none yet, sets out to do."""
    values = {name: getattr(row, name) for name in PrescriptionRow.__slots__}
    values["lines"] = [dict(line) for line in row.lines]
    connection.execute(insert(_PRESCRIPTIONS).values(values))
    changes.note(connection, "session", str(row.session_id), row.made_utc)


def find(connection: Connection, session_id: int) -> PrescriptionRow | None:
    """Return what a session set out to do; None where it follows no plan."""
    query = select(_PRESCRIPTIONS).where(_PRESCRIPTIONS.c.session_id == session_id)
    row = connection.execute(query).first()
    return None if row is None else PrescriptionRow(**row._mapping)


def one(connection: Connection, session_id: int) -> PrescriptionRow:
    """Return what a session set out to do; raises ``NotFoundError`` where it follows no plan."""
    row = find(connection, session_id)
    if row is None:
        raise NotFoundError(
            f"session {session_id} follows no plan: "
            "POST /api/v1/wearers/{wearer_id}/planned-sessions begins one that does"
        )
    return row


def among(connection: Connection, session_ids: Sequence[int]) -> set[int]:
    """Return those of the sessions that follow a plan."""
    query = select(_PRESCRIPTIONS.c.session_id)
    return set(connection.scalars(query.where(_PRESCRIPTIONS.c.session_id.in_(session_ids))))


def of_wearer(connection: Connection, wearer_id: int) -> dict[int, PrescriptionRow]:
    """Return what all of somebody's sessions set out to do, by session."""
    query = select(_PRESCRIPTIONS).join(_SESSIONS, _SESSIONS.c.id == _PRESCRIPTIONS.c.session_id)
    rows = connection.execute(query.where(_SESSIONS.c.wearer_id == wearer_id))
    return {row.session_id: PrescriptionRow(**row._mapping) for row in rows}
