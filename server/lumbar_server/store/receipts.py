"""Receipts: what is to be deleted, how far that has come, and what was."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, delete, insert, select, update

from lumbar_server import models
from lumbar_server.errors import NotFoundError

_RECEIPTS = cast(Table, models.Receipt.__table__)


class DeletionKind(enum.StrEnum):
    """What is deleted."""

    SESSION = "session"  # one, with its samples and all that was found and said
    RAW = "raw"  # a wearer's samples; what was found stays
    EVERYTHING = "everything"  # of a wearer
    RETENTION = "retention"  # old samples, by the settings; what was found stays


@dataclass(frozen=True, slots=True)
class StreamPart:
    """Stretches of one stream, ``[start, end)`` each, and how many samples were deleted there."""

    stream_id: str
    ranges: tuple[tuple[int, int], ...]
    samples: int = 0

    @classmethod
    def of(cls, row: dict[str, Any]) -> StreamPart:
        """Return what a column keeps."""
        return cls(row["stream_id"], tuple((a, b) for a, b in row["ranges"]), row["samples"])


@dataclass(frozen=True, slots=True)
class Receipt:
    """One deletion; ``id`` 0 is not yet stored."""

    id: int
    kind: DeletionKind
    wearer_id: int | None
    session_id: int | None
    before_utc: datetime | None
    made_utc: datetime
    due_utc: datetime
    begun_utc: datetime | None = None
    done_utc: datetime | None = None
    sessions: int = 0
    corrections: int = 0
    answers: int = 0  # to the programme
    sets: int = 0
    messages: int = 0
    samples: int = 0
    bytes: int = 0
    streams: tuple[StreamPart, ...] = ()
    todo: tuple[StreamPart, ...] = ()


def add(connection: Connection, receipt: Receipt) -> Receipt:
    """Store a new receipt."""
    row = _row(receipt)
    del row["id"]
    key = connection.execute(insert(_RECEIPTS).values(row)).inserted_primary_key
    assert key is not None
    return replace(receipt, id=key[0])


def change(connection: Connection, receipt: Receipt) -> None:
    """Store how far a deletion has come."""
    statement = update(_RECEIPTS).where(_RECEIPTS.c.id == receipt.id)
    connection.execute(statement.values(_row(receipt)))


def drop(connection: Connection, receipt_id: int) -> None:
    """Take back an announcement."""
    connection.execute(delete(_RECEIPTS).where(_RECEIPTS.c.id == receipt_id))


def one(connection: Connection, receipt_id: int) -> Receipt:
    """Return a receipt; raises ``NotFoundError``."""
    return _one(connection, receipt_id, select(_RECEIPTS))


def locked(connection: Connection, receipt_id: int) -> Receipt:
    """Return a receipt that nobody else changes before the transaction's end."""
    return _one(connection, receipt_id, select(_RECEIPTS).with_for_update())


def _one(connection: Connection, receipt_id: int, query: Select[Any]) -> Receipt:
    row = connection.execute(query.where(_RECEIPTS.c.id == receipt_id)).first()
    if row is None:
        raise NotFoundError(f"no receipt {receipt_id}: GET /api/v1/receipts lists all there are")
    return _receipt(row)


def newest(connection: Connection, before_id: int | None, limit: int) -> list[Receipt]:
    """Return receipts, the last made first."""
    query = select(_RECEIPTS).order_by(_RECEIPTS.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(_RECEIPTS.c.id < before_id)
    return _all(connection, query)


def announced(connection: Connection) -> list[Receipt]:
    """Return the deletions that have not begun."""
    return _all(connection, select(_RECEIPTS).where(_RECEIPTS.c.begun_utc.is_(None)))


def unfinished(connection: Connection) -> list[Receipt]:
    """Return the deletions that have begun and are not done."""
    begun = _RECEIPTS.c.begun_utc.is_not(None)
    return _all(connection, select(_RECEIPTS).where(begun, _RECEIPTS.c.done_utc.is_(None)))


def everything_deleted_utc(connection: Connection, wearer_id: int) -> datetime | None:
    """Return when everything of a wearer was last deleted."""
    is_it = (
        _RECEIPTS.c.kind == DeletionKind.EVERYTHING.value,
        _RECEIPTS.c.wearer_id == wearer_id,
    )
    query = select(_RECEIPTS.c.made_utc).where(*is_it).order_by(_RECEIPTS.c.made_utc.desc())
    found: datetime | None = connection.scalars(query.limit(1)).first()
    return found


def _all(connection: Connection, query: Select[Any]) -> list[Receipt]:
    return [_receipt(row) for row in connection.execute(query)]


def _row(receipt: Receipt) -> dict[str, Any]:
    return {
        **{name: getattr(receipt, name) for name in Receipt.__slots__},
        "kind": receipt.kind.value,
        "streams": _parts(receipt.streams),
        "todo": _parts(receipt.todo),
    }


def _parts(parts: Sequence[StreamPart]) -> list[dict[str, Any]]:
    return [{**asdict(part), "ranges": [list(pair) for pair in part.ranges]} for part in parts]


def _receipt(row: Any) -> Receipt:
    values = dict(row._mapping)
    for name in ("streams", "todo"):
        values[name] = tuple(StreamPart.of(part) for part in values[name])
    return Receipt(**{**values, "kind": DeletionKind(values["kind"])})
