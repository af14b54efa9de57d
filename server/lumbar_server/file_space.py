"""Giving space back after a deletion, and leaving nothing of it in SQLite's files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import Engine

PAGES_AT_ONCE = 2000  # in one transaction, chosen: 8 MB, so that nobody waits for long
STEPS_AT_ONCE = 20
LOOSE = 0.25
"""A file of which so much is free is shortened even if nobody deletes (chosen)."""
_PATIENCE_MS = 250  # for readers in the way of the log's end; the next deletion tries again
_INCREMENTAL = 2


def is_loose(engine: Engine) -> bool:
    """Tell whether much of a SQLite file is free."""
    if engine.dialect.name != "sqlite":
        return False
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        free, pages = (_number(cursor, name) for name in ("freelist_count", "page_count"))
        cursor.close()
    return free > LOOSE * pages


def give_back(engine: Engine) -> bool:
    """Shorten the file by its free pages and empty its write-ahead log; PostgreSQL does so itself.

    Returns false where so much is free that it has to be called again.

    Deleted rows are overwritten with zeros as they go (``secure_delete``), but first in the log
    only: once it is written into the file and emptied, nothing of them is left in either. Where a
    reader is in the way, as much is done as can be. A file that an earlier version made is
    rewritten once, which holds up whoever writes.
    """
    if engine.dialect.name != "sqlite":
        return True
    is_done = True
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            is_done = _shorten(cursor)
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
        finally:
            cursor.close()
            connection.invalidate()  # its patience is not the others'
    return is_done


def _shorten(cursor: Any) -> bool:
    if _number(cursor, "auto_vacuum") != _INCREMENTAL:
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
        cursor.execute("VACUUM")
        return True
    for _ in range(STEPS_AT_ONCE):
        if not _number(cursor, "freelist_count"):
            return True
        # As a script: a plain statement would stop after the first page.
        cursor.executescript(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})")
    return False


def _number(cursor: Any, pragma: str) -> int:
    return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])
