"""What changed, in order, for whoever keeps a copy: of each thing the newest change only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, Connection, Table, bindparam, delete, func, insert, select, text
from sqlalchemy import cast as cast_to

from lumbar_server import models

_CHANGES = cast(Table, models.Change.__table__)
# Built once, as workers ask again and again: to build a statement takes longer than to run it.
_NEWEST = select(func.max(_CHANGES.c.number))
_NOTE = insert(_CHANGES)
_REPLACED = delete(_CHANGES).where(
    _CHANGES.c.kind == bindparam("of_kind"),
    _CHANGES.c.key.in_(bindparam("keys", expanding=True)),
    _CHANGES.c.number <= bindparam("before"),
)
_BREAK = "break"
_STEP = 2**20  # chosen: more than anything changes between a backup and its return
_LOCK = 0x6C756D63  # any number that nobody else locks in this database


@dataclass(frozen=True, slots=True)
class Change:
    """That something is new, different, or gone."""

    number: int
    kind: str  # session, wearer, sensor or stream; a break is not told of
    key: str
    gone: bool
    at_utc: datetime


def wait_for_turn(connection: Connection) -> bool:
    """Let one transaction at a time change the record, to the transaction's end.

    So numbers become visible in their order, and nobody finds half of another's work. SQLite has
    only one that writes. Returns whether others may have changed the record since this
    transaction began.
    """
    if connection.dialect.name != "postgresql":
        return False
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_LOCK))
    return True


def note(
    connection: Connection, kind: str, key: str, now_utc: datetime, *, gone: bool = False
) -> None:
    """Note a change within the transaction that makes it."""
    note_all(connection, kind, [key], now_utc, gone=gone)


def note_all(
    connection: Connection, kind: str, keys: Sequence[str], now_utc: datetime, *, gone: bool = False
) -> None:
    """Note a change of each of ``keys``, instead of whatever was noted of it before.

    Who reads later needs to know only that it is another, so the table does not grow with time.
    """
    if not keys:
        return
    wait_for_turn(connection)
    before = newest_number(connection)
    rows = [{"kind": kind, "key": key, "gone": gone, "at_utc": now_utc} for key in keys]
    connection.execute(_NOTE, rows)
    # Only afterwards: SQLite would give a number that was the highest a second time.
    connection.execute(_REPLACED, {"of_kind": kind, "keys": keys, "before": before})


def since(connection: Connection, number: int, limit: int) -> list[Change]:
    """Return the changes after ``number``, the oldest first."""
    after = _CHANGES.c.number > number, _CHANGES.c.kind != _BREAK
    query = select(_CHANGES).where(*after).order_by(_CHANGES.c.number)
    return [Change(**row._mapping) for row in connection.execute(query.limit(limit))]


def highest_key(connection: Connection, kind: str) -> int:
    """Return the highest number that a thing of a kind ever had, gone or not; 0 for none."""
    query = select(func.max(cast_to(_CHANGES.c.key, BigInteger))).where(_CHANGES.c.kind == kind)
    return int(connection.scalar(query) or 0)


def newest_number(connection: Connection, kind: str | None = None) -> int:
    """Return the number of the newest change, of a kind or any; 0 where there is none."""
    query = _NEWEST if kind is None else _NEWEST.where(_CHANGES.c.kind == kind)
    return int(connection.scalar(query) or 0)


def note_break(connection: Connection, at_utc: datetime) -> None:
    """Note that an older state came back: numbers from here on never stand for what it undid."""
    newest = newest_number(connection)
    row = {"kind": _BREAK, "key": str(newest), "gone": True, "at_utc": at_utc}
    connection.execute(insert(_CHANGES).values(number=newest + _STEP, **row))


def is_undone(connection: Connection, number: int) -> bool:
    """Tell whether a number is of a history that an older state took the place of."""
    if number > newest_number(connection):
        return True
    breaks = select(_CHANGES.c.key, _CHANGES.c.number).where(_CHANGES.c.kind == _BREAK)
    return any(int(last) < number < after for last, after in connection.execute(breaks))
