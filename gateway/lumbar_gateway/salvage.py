"""A damaged spool file is kept aside, and what can be read of it goes into a new one."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from lumbar_gateway.errors import SpoolDamagedError, SpoolError
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.packet_table import is_whole
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.stream_table import stream_of

_SIDES = ("", "-wal", "-shm")
_MARK = b"CREATE TABLE packet"  # at the start of every spool
_LOOK_BYTES = 2**16
_ROWS_AT_ONCE = 256
_Row = tuple[Any, ...]

_log = logging.getLogger(__name__)


def open_or_salvage(path: Path, opened: Callable[[Path], SpoolFile]) -> SpoolFile:
    """Return the spool at ``path`` as ``opened`` opens it; a damaged one is replaced.

    Raises ``SpoolError`` where something else lies at ``path``, or nothing can be written there.
    """
    try:
        return opened(path)
    except SpoolDamagedError as error:
        if not _was_spool(path):
            raise SpoolError(f"{path} is not a spool ({error}): choose another path") from None
        return replace_damaged(path, opened)


def replace_damaged(path: Path, opened: Callable[[Path], SpoolFile]) -> SpoolFile:
    """Move the damaged spool at ``path`` aside; return a new one with all that can be read."""
    aside = _move_aside(path)
    opened(path).close()
    packets = _copy_readable(aside, path)
    _log.error(
        "the spool %s was damaged: it is kept as %s, %d packets of it go on; what else it held is "
        "asked for from the sensors' logs",
        path,
        aside.name,
        packets,
    )
    return opened(path)


def _was_spool(path: Path) -> bool:
    """Tell a damaged spool from a file that somebody else needs."""
    with path.open("rb") as file:
        head = file.read(_LOOK_BYTES)
    return _MARK in head or not head.strip(b"\0")


def _move_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for side in _SIDES:
        source = path.with_name(path.name + side)
        if source.exists():
            source.rename(aside.with_name(aside.name + side))
    return aside


def _copy_readable(aside: Path, path: Path) -> int:
    """Copy everything but what was received, which is now what there is; returns the packets."""
    old, new = sqlite3.connect(aside), sqlite3.connect(path)
    try:
        with new:  # one transaction: all of it or nothing
            streams = [row for row in _read(old, "SELECT * FROM stream") if _is_stream(row)]
            _insert(new, "stream", streams)
            for table in _other_tables(new):
                _insert(new, table, _read(old, f"SELECT * FROM {table}"))
            known = {row[0] for row in streams}
            _insert(
                new, "packet", (row for row in _packets(old) if row[1] in known and is_whole(row))
            )
            for key in known:
                _insert(new, "received", _received(new, key))
        (copied,) = new.execute("SELECT count(*) FROM packet").fetchone()
        return int(copied)
    finally:
        old.close()
        new.close()


def _is_stream(row: _Row) -> bool:
    try:
        stream_of(row[1:])
    except (ValueError, KeyError, TypeError):
        return False
    return True


def _other_tables(db: sqlite3.Connection) -> list[str]:
    copied = {"stream", "packet", "received"}
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [name for (name,) in rows if name not in copied and not name.startswith("sqlite_")]


def _received(db: sqlite3.Connection, key: object) -> Iterator[_Row]:
    rows = db.execute("SELECT first_index, n FROM packet WHERE stream = ?", (key,))
    ranges = IndexRanges((first, first + n) for first, n in rows if first >= 0 and n > 0)
    return ((key, start, end) for start, end in ranges)


def _insert(db: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    for row in rows:
        places = ",".join("?" * len(row))
        db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", row)


def _packets(db: sqlite3.Connection) -> Iterator[_Row]:
    """Yield every packet that can be read, however many pages are damaged."""
    bounds = _read(db, "SELECT max(row) FROM packet") or _read(
        db, "SELECT seq FROM sqlite_sequence WHERE name = 'packet'"
    )
    last = bounds[0][0] if bounds else None
    for first in range(1, (last if isinstance(last, int) else 0) + 1, _ROWS_AT_ONCE):
        yield from _packets_between(db, first, first + _ROWS_AT_ONCE - 1)


def _packets_between(db: sqlite3.Connection, first: int, last: int) -> list[_Row]:
    try:
        query = "SELECT * FROM packet WHERE row BETWEEN ? AND ?"
        return db.execute(query, (first, last)).fetchall()
    except sqlite3.Error:
        if first == last:
            return []
    middle = (first + last) // 2
    return _packets_between(db, first, middle) + _packets_between(db, middle + 1, last)


def _read(db: sqlite3.Connection, query: str) -> list[_Row]:
    try:
        return db.execute(query).fetchall()
    except sqlite3.Error:
        return []
