"""What wearers say of single sets, beside what was detected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select

from lumbar_server import models
from lumbar_server.errors import NotFoundError
from lumbar_server.record import Correction

_CORRECTIONS = cast(Table, models.Correction.__table__)


def of_session(connection: Connection, session_id: int) -> list[Correction]:
    """Return what was said of a session's sets, in the order in which it was said."""
    return of_sessions(connection, [session_id]).get(session_id, [])


def of_sessions(connection: Connection, session_ids: Sequence[int]) -> dict[int, list[Correction]]:
    """Return what was said of the sets of sessions, by session."""
    query = select(_CORRECTIONS).where(_CORRECTIONS.c.session_id.in_(session_ids))
    found: dict[int, list[Correction]] = {}
    for row in connection.execute(query.order_by(_CORRECTIONS.c.id)):
        found.setdefault(row.session_id, []).append(_correction(row))
    return found


def add(connection: Connection, session_id: int, said: Correction) -> Correction:
    """Store a correction, instead of the one with its id where it has one.

    It also takes the place of any other with the same position in the same stream.
    """
    if said.id:
        remove(connection, session_id, said.id)
    if said.stream_id is not None:
        same = (
            _CORRECTIONS.c.session_id == session_id,
            _CORRECTIONS.c.stream_id == said.stream_id,
            _CORRECTIONS.c.start == said.start,
            _CORRECTIONS.c.end == said.end,
        )
        connection.execute(delete(_CORRECTIONS).where(*same))
    row = {
        "session_id": session_id,
        "stream_id": said.stream_id,
        "start": said.start,
        "end": said.end,
        "removed": said.removed,
        "exercise": said.exercise,
        "repetitions": said.repetitions,
        "holds_s": None if said.holds_s is None else list(said.holds_s),
        "new_start_s": said.start_s,
        "new_end_s": said.end_s,
        "made_utc": said.made_utc,
    } | ({"id": said.id} if said.id else {})
    key = connection.execute(insert(_CORRECTIONS).values(row)).inserted_primary_key
    assert key is not None
    query = select(_CORRECTIONS).where(_CORRECTIONS.c.id == key[0])
    return _correction(connection.execute(query).one())


def remove(connection: Connection, session_id: int, correction_id: int) -> None:
    """Take a correction back; raises ``NotFoundError``."""
    mine = _CORRECTIONS.c.session_id == session_id, _CORRECTIONS.c.id == correction_id
    if connection.execute(delete(_CORRECTIONS).where(*mine)).rowcount == 0:
        raise NotFoundError(f"session {session_id} has no correction {correction_id}")


def _correction(row: Any) -> Correction:
    return Correction(
        id=row.id,
        stream_id=row.stream_id,
        start=row.start,
        end=row.end,
        removed=row.removed,
        exercise=row.exercise,
        repetitions=row.repetitions,
        holds_s=None if row.holds_s is None else tuple(row.holds_s),
        start_s=row.new_start_s,
        end_s=row.new_end_s,
        made_utc=row.made_utc,
    )
