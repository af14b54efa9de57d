"""Sessions: one workout of one wearer each, and the stretches of streams that it consists of."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Connection,
    Executable,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from lumbar_server import models
from lumbar_server.errors import NotFoundError
from lumbar_server.store import changes
from lumbar_server.store.upsert import insert_into

_SESSIONS = cast(Table, models.Session.__table__)
_PARTS = cast(Table, models.SessionPart.__table__)
_STREAMS = cast(Table, models.Stream.__table__)

# Built once, as workers ask again and again: to build a statement takes longer than to run it.
_OVERLAPPING = (
    select(_SESSIONS)
    .where(
        _SESSIONS.c.wearer_id == bindparam("wearer_id"),
        _SESSIONS.c.started_utc <= bindparam("until_utc"),
    )
    .where(or_(_SESSIONS.c.ended_utc.is_(None), _SESSIONS.c.ended_utc >= bindparam("from_utc")))
    .order_by(_SESSIONS.c.started_utc, _SESSIONS.c.id)
)
_SPANS = (
    select(
        _STREAMS.c.wall_at_zero_s + _PARTS.c.first_index * _STREAMS.c.wall_s_per_sample,
        _STREAMS.c.wall_at_zero_s + _PARTS.c.end_index * _STREAMS.c.wall_s_per_sample,
    )
    .join(_STREAMS, _STREAMS.c.stream_id == _PARTS.c.stream_id)
    .where(_PARTS.c.session_id == bindparam("session_id"))
    .where(_PARTS.c.end_index.is_not(None), _STREAMS.c.wall_at_zero_s.is_not(None))
)
_PARTS_ON = (
    select(_PARTS)
    .where(_PARTS.c.stream_id.in_(bindparam("stream_ids", expanding=True)))
    .order_by(_PARTS.c.stream_id, _PARTS.c.session_id)
)


class SessionKind(enum.StrEnum):
    """How a session came about."""

    EXPLICIT = "explicit"  # somebody started it, or set its times
    AUTOMATIC = "automatic"  # a set was found


@dataclass(frozen=True, slots=True)
class SessionRow:
    """What is stored of a session itself."""

    id: int
    wearer_id: int
    kind: str
    started_utc: datetime
    ended_utc: datetime | None
    pauses: list[list[float | None]]
    comfort_before: int | None
    comfort_during: int | None  # at its worst
    comfort_after: int | None
    effort: int | None
    note: str
    discarded: bool
    version: int

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has said anything of it."""
        said = (self.comfort_before, self.comfort_during, self.comfort_after, self.effort)
        return set(said) == {None} and not self.note and not self.discarded


class PartRow(NamedTuple):
    """``[first_index, end_index)`` of a stream; to its end where that is None."""

    session_id: int
    stream_id: str
    first_index: int
    end_index: int | None


class SessionKey(NamedTuple):
    """Where a session stands in the list."""

    started_utc: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions to list."""

    wearer_id: int | None = None
    is_running: bool | None = None
    from_utc: datetime | None = None  # those that start at or after it
    until_utc: datetime | None = None  # those that start before it
    is_discarded: bool = False


def one(connection: Connection, session_id: int) -> SessionRow:
    """Return a session; raises ``NotFoundError``."""
    row = connection.execute(select(_SESSIONS).where(_SESSIONS.c.id == session_id)).first()
    if row is None:
        raise NotFoundError(f"no session {session_id}: GET /api/v1/sessions lists all there are")
    return SessionRow(**row._mapping)


def newest(
    connection: Connection, wanted: Wanted, before: SessionKey | None, limit: int
) -> list[SessionRow]:
    """Return sessions, the last begun first."""
    started, key = _SESSIONS.c.started_utc, _SESSIONS.c.id
    query = _wanted(wanted).order_by(started.desc(), key.desc()).limit(limit)
    if before is not None:
        earlier = started < before.started_utc
        query = query.where(or_(earlier, and_(started == before.started_utc, key < before.id)))
    return [SessionRow(**row._mapping) for row in connection.execute(query)]


def _wanted(wanted: Wanted) -> Select[Any]:
    query = select(_SESSIONS).where(_SESSIONS.c.discarded.is_(wanted.is_discarded))
    if wanted.wearer_id is not None:
        query = query.where(_SESSIONS.c.wearer_id == wanted.wearer_id)
    if wanted.is_running is not None:
        runs = _SESSIONS.c.ended_utc.is_(None)
        query = query.where(runs if wanted.is_running else ~runs)
    if wanted.from_utc is not None:
        query = query.where(_SESSIONS.c.started_utc >= wanted.from_utc)
    if wanted.until_utc is not None:
        query = query.where(_SESSIONS.c.started_utc < wanted.until_utc)
    return query


def all_of(connection: Connection, wearer_id: int) -> list[int]:
    """Return a wearer's sessions, discarded ones too."""
    query = select(_SESSIONS.c.id).where(_SESSIONS.c.wearer_id == wearer_id)
    return list(connection.scalars(query.order_by(_SESSIONS.c.id)))


def overlapping(
    connection: Connection, wearer_id: int, from_utc: datetime, until_utc: datetime
) -> list[SessionRow]:
    """Return a wearer's sessions, discarded ones too, that share time with an interval."""
    values = {"wearer_id": wearer_id, "from_utc": from_utc, "until_utc": until_utc}
    return [SessionRow(**row._mapping) for row in connection.execute(_OVERLAPPING, values)]


def add(
    connection: Connection,
    wearer_id: int,
    kind: SessionKind,
    started_utc: datetime,
    ended_utc: datetime | None,
    now_utc: datetime,
) -> SessionRow:
    """Begin a session."""
    row: dict[str, Any] = {
        "wearer_id": wearer_id,
        "kind": kind.value,
        "started_utc": started_utc,
        "ended_utc": ended_utc,
        "pauses": [],
        "comfort_before": None,
        "comfort_during": None,
        "comfort_after": None,
        "effort": None,
        "note": "",
        "discarded": False,
        "version": 1,
    }
    numbered = dict(row)
    if connection.dialect.name == "sqlite":  # it would give the number of a deleted one again
        numbered["id"] = changes.highest_key(connection, "session") + 1
    key = connection.execute(insert(_SESSIONS).values(numbered)).inserted_primary_key
    assert key is not None
    changes.note(connection, "session", str(key[0]), now_utc)
    return SessionRow(id=key[0], **row)


def change(
    connection: Connection, before: SessionRow, values: Mapping[str, Any], now_utc: datetime
) -> SessionRow:
    """Change some of a session's columns; nothing is written where they are so already."""
    after = rewrite(connection, before, values)
    if after is not before:
        changes.note(connection, "session", str(before.id), now_utc)
    return after


def rewrite(connection: Connection, before: SessionRow, values: Mapping[str, Any]) -> SessionRow:
    """Change columns as ``change`` does, for who notes afterwards that the session changed."""
    if all(getattr(before, name) == value for name, value in values.items()):
        return before
    row = {**values, "version": before.version + 1}
    connection.execute(update(_SESSIONS).where(_SESSIONS.c.id == before.id).values(row))
    return replace(before, **row)


def touch(connection: Connection, before: SessionRow, now_utc: datetime) -> None:
    """Note that something of a session changed that is not in its own row."""
    row = {"version": before.version + 1}
    connection.execute(update(_SESSIONS).where(_SESSIONS.c.id == before.id).values(row))
    changes.note(connection, "session", str(before.id), now_utc)


def remove(connection: Connection, session_id: int, now_utc: datetime) -> None:
    """Delete a session with its parts and corrections; samples and findings stay."""
    connection.execute(delete(_SESSIONS).where(_SESSIONS.c.id == session_id))
    changes.note(connection, "session", str(session_id), now_utc, gone=True)


def parts_of(connection: Connection, session_ids: Sequence[int]) -> list[PartRow]:
    """Return the parts of sessions, in order."""
    query = (
        select(_PARTS)
        .where(_PARTS.c.session_id.in_(session_ids))
        .order_by(_PARTS.c.session_id, _PARTS.c.stream_id)
    )
    return [PartRow(*row) for row in connection.execute(query)]


def spans_s(connection: Connection, session_id: int) -> list[tuple[float, float]]:
    """Return the wall times of a session's parts that have an end, by the streams' clocks."""
    found = connection.execute(_SPANS, {"session_id": session_id})
    return [(start_s, end_s) for start_s, end_s in found]


def parts_on(connection: Connection, *stream_ids: str) -> list[PartRow]:
    """Return the parts that lie in streams, in order."""
    found = connection.execute(_PARTS_ON, {"stream_ids": stream_ids})
    return [PartRow(*row) for row in found]


def put_part(connection: Connection, part: PartRow) -> None:
    """Let a session have this stretch of a stream, instead of any other of that stream."""
    connection.execute(_put_part(connection.dialect.name), part._asdict())


@functools.cache
def _put_part(dialect: str) -> Executable:
    added = insert_into(dialect, _PARTS)
    key = [column.name for column in _PARTS.primary_key]
    rest = {one.name: one for one in added.excluded if one.name not in key}
    return added.on_conflict_do_update(index_elements=key, set_=rest)


def drop_part(connection: Connection, session_id: int, stream_id: str) -> None:
    """Let a session have nothing of a stream."""
    mine = _PARTS.c.session_id == session_id, _PARTS.c.stream_id == stream_id
    connection.execute(delete(_PARTS).where(*mine))
