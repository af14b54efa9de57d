"""Blocks: the time in which one line of a session's prescription was being done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, func, insert, or_, select, update

from lumbar_server import models
from lumbar_server.errors import NotFoundError
from lumbar_server.programme.past import Felt
from lumbar_server.store import changes

_BLOCKS = cast(Table, models.Block.__table__)
_SESSIONS = cast(Table, models.Session.__table__)


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One block; the same line may have several."""

    id: int
    session_id: int
    line: int  # position in the prescription
    exercise: str
    begun_utc: datetime
    ended_utc: datetime | None  # None: it is being done
    felt: Felt | None


def begin(
    connection: Connection, session_id: int, line: int, exercise: str, now_utc: datetime
) -> BlockRow:
    """Begin a block; one that is being done ends."""
    end_all(connection, session_id, now_utc)
    return add(connection, BlockRow(0, session_id, line, exercise, now_utc, None, None), now_utc)


def add(connection: Connection, block: BlockRow, now_utc: datetime) -> BlockRow:
    """Keep a block as it is, with an id of its own."""
    row = {name: getattr(block, name) for name in BlockRow.__slots__ if name != "id"}
    row["felt"] = None if block.felt is None else block.felt.value
    key = connection.execute(insert(_BLOCKS).values(row)).inserted_primary_key
    assert key is not None
    changes.note(connection, "session", str(block.session_id), now_utc)
    return replace(block, id=key[0])


def one(connection: Connection, session_id: int, block_id: int) -> BlockRow:
    """Return a block of a session; raises ``NotFoundError``."""
    mine = _BLOCKS.c.session_id == session_id, _BLOCKS.c.id == block_id
    row = connection.execute(select(_BLOCKS).where(*mine)).first()
    if row is None:
        raise NotFoundError(
            f"session {session_id} has no block {block_id}: "
            f"GET /api/v1/sessions/{session_id}/prescription lists all there are"
        )
    return _block(row)


def end(connection: Connection, block: BlockRow, felt: Felt | None, now_utc: datetime) -> BlockRow:
    """End a block and keep how it felt; one that has ended only takes another answer."""
    after = replace(block, ended_utc=block.ended_utc or max(now_utc, block.begun_utc), felt=felt)
    if after != block:
        values = {
            "ended_utc": after.ended_utc,
            "felt": None if felt is None else felt.value,
        }
        connection.execute(update(_BLOCKS).where(_BLOCKS.c.id == block.id).values(values))
        changes.note(connection, "session", str(block.session_id), now_utc)
    return after


def end_all(connection: Connection, session_id: int, now_utc: datetime) -> None:
    """End what is being done in a session."""
    for block in of_session(connection, session_id):
        if block.ended_utc is None:
            end(connection, block, block.felt, now_utc)


def of_session(connection: Connection, session_id: int) -> list[BlockRow]:
    """Return the blocks of a session, the first begun first."""
    query = select(_BLOCKS).where(_BLOCKS.c.session_id == session_id)
    rows = connection.execute(query.order_by(_BLOCKS.c.begun_utc, _BLOCKS.c.id))
    return [_block(row) for row in rows]


def of_wearer(connection: Connection, wearer_id: int) -> dict[int, list[BlockRow]]:
    """Return the blocks of all of somebody's sessions, by session."""
    query = select(_BLOCKS).join(_SESSIONS, _SESSIONS.c.id == _BLOCKS.c.session_id)
    mine = query.where(_SESSIONS.c.wearer_id == wearer_id)
    found: dict[int, list[BlockRow]] = {}
    for row in connection.execute(mine.order_by(_BLOCKS.c.begun_utc, _BLOCKS.c.id)):
        found.setdefault(row.session_id, []).append(_block(row))
    return found


def since(connection: Connection, wearer_id: int, from_utc: datetime) -> list[BlockRow]:
    """Return the blocks of somebody that were done at a moment or later, the first begun first.

    One that nobody has ended lasts no longer than its session.
    """
    ended = func.coalesce(_BLOCKS.c.ended_utc, _SESSIONS.c.ended_utc)
    columns = [ended.label(one.name) if one.name == "ended_utc" else one for one in _BLOCKS.c]
    query = (
        select(*columns)
        .join(_SESSIONS, _SESSIONS.c.id == _BLOCKS.c.session_id)
        .where(_SESSIONS.c.wearer_id == wearer_id, or_(ended.is_(None), ended >= from_utc))
        .order_by(_BLOCKS.c.begun_utc, _BLOCKS.c.id)
    )
    return [_block(row) for row in connection.execute(query)]


def wearers_of(connection: Connection, session_ids: Collection[int]) -> set[int]:
    """Return whose those of some sessions are that have blocks."""
    query = select(_SESSIONS.c.wearer_id).join(_BLOCKS, _BLOCKS.c.session_id == _SESSIONS.c.id)
    return set(connection.scalars(query.where(_SESSIONS.c.id.in_(session_ids))))


def _block(row: Any) -> BlockRow:
    felt = None if row.felt is None else Felt(row.felt)
    return BlockRow(**{**row._mapping, "felt": felt})
