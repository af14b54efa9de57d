"""The spool's SQLite file: how it is opened, how large it gets and how its errors are told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from lumbar_gateway.ballast import Ballast
from lumbar_gateway.errors import SpoolDamagedError, SpoolError, SpoolFullError

Connect = Callable[..., sqlite3.Connection]  # opens a database as sqlite3.connect does

FORMAT = 2  # of the tables; another one has other columns

WAL_BYTES = 4 * 2**20  # SQLite's own choice: 1000 pages, then the log is merged
_SMALL_PART = 16  # of a small limit the log takes no more than one part in so many
_LARGEST_ROW_BYTES = 4096  # 255 samples of six axes and their places in the indexes

_SHARED_MEMORY_BYTES = 2**15  # SQLite's index of the log, at its size

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_T = TypeVar("_T")


class SpoolDatabase:
    """One file with its write-ahead log and its ballast, together at most ``limit_bytes``.

    Raises ``SpoolError`` where the file cannot be used: ``SpoolDamagedError`` where it is damaged,
    ``SpoolFullError`` where the disk or ``limit_bytes`` has no room for a transaction.

    Attributes
    ----------
    used_bytes
        The part of the file that was in use at the last commit; what was deleted is used again.
    """

    def __init__(self, path: Path, limit_bytes: int, connect: Connect) -> None:
        self._path = path
        wal_bytes = min(WAL_BYTES, limit_bytes // _SMALL_PART)
        ballast_bytes = 2 * wal_bytes  # enough to merge a full log and to write another
        logs_bytes = 3 * wal_bytes + _SHARED_MEMORY_BYTES  # merged late, and with a last commit
        self.room_bytes = limit_bytes - logs_bytes - ballast_bytes
        self.rows_at_once = max(1, wal_bytes // 2 // _LARGEST_ROW_BYTES)
        self.ballast = Ballast(path.with_name(path.name + ".ballast"), ballast_bytes)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise SpoolError(f"cannot open the spool {path} ({error}): check the path") from None
        try:
            self._prepare(wal_bytes)
        except BaseException as error:
            self.connection.close()
            if isinstance(error, sqlite3.Error):
                raise self.told(error) from None
            raise
        self.ballast.restore()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of it or nothing; what is done is on disk at the end."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            used_bytes = self._count_used_bytes()
            self.connection.execute("COMMIT")
        except BaseException as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise self.told(error) from None
            raise
        self.used_bytes = used_bytes

    def freeing(self, work: Callable[[], _T]) -> _T:
        """Do ``work`` as a transaction; on a full disk with the room of the ballast.

        It has to delete at most ``rows_at_once`` rows, so that it fits the log.
        """
        try:
            with self.transaction():
                done = work()
        except SpoolFullError:
            if not self.ballast.release():
                raise
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with self.transaction():
                done = work()
        self.ballast.restore()
        return done

    def told(self, error: sqlite3.Error) -> SpoolError:
        """Return an error of SQLite as one of ours."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what SQLite adds to it
        if code == sqlite3.SQLITE_FULL:
            return SpoolFullError(
                f"no room for the spool {self._path}: free disk space or let the server catch up; "
                "until then samples stay in the sensor's log"
            )
        if code in _DAMAGED:
            return SpoolDamagedError(f"the spool {self._path} is damaged ({error})")
        return SpoolError(f"cannot use the spool {self._path} ({error}): check the disk")

    def _prepare(self, wal_bytes: int) -> None:
        db = self.connection
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version != FORMAT and db.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise SpoolError(f"{self._path} is no spool of this version: choose another path")
        db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        (self._page_bytes,) = map(int, db.execute("PRAGMA page_size").fetchone())
        db.execute(f"PRAGMA wal_autocheckpoint = {max(8, wal_bytes // self._page_bytes)}")
        db.execute(f"PRAGMA journal_size_limit = {wal_bytes}")
        self.used_bytes = self._count_used_bytes()

    def _count_used_bytes(self) -> int:
        """Return how much of the file is in use; within a transaction that needs no more locks."""
        (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
        (free,) = self.connection.execute("PRAGMA freelist_count").fetchone()
        return int(pages - free) * self._page_bytes
