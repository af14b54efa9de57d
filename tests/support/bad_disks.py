"""Disks that are full or damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any


class FiniteDisk:
    """A disk on which no transaction can be committed while it ``is_full``.

    ``has_room`` is asked as well, e.g. whether something else gave its place back.
    """

    def __init__(self, has_room: Callable[[], bool] = lambda: False) -> None:
        self.is_full = False
        self._has_room = has_room

    def connect(self, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        """Open a database on this disk, as ``sqlite3.connect`` does."""
        disk = self

        class OnDisk(sqlite3.Connection):
            def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
                if sql == "COMMIT" and disk.is_full and not disk._has_room():
                    error = sqlite3.OperationalError("database or disk is full")
                    error.sqlite_errorcode = sqlite3.SQLITE_FULL
                    raise error
                return super().execute(sql, *args)

        return sqlite3.connect(*args, factory=OnDisk, **kwargs)


def overwrite(path: Path, at: int, n_bytes: int) -> None:
    """Put other bytes into the midst of a file, as a dying disk does."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * n_bytes)
