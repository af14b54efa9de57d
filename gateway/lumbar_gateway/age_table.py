"""How long packets have been in the spool, by the time in which it was open.

Wall time would not do: a gateway whose clock is set ahead by years must not give everything up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

MARK_S = 600.0  # chosen: the age of a packet is known to ten minutes

_SCHEMA = """
CREATE TABLE IF NOT EXISTS age (row INTEGER PRIMARY KEY, open_s REAL NOT NULL);
"""


class AgeTable:
    """Marks: how long the spool had been open, in all, when it had a certain newest row."""

    def __init__(
        self, db: sqlite3.Connection, monotonic_s: Callable[[], float], max_age_s: float
    ) -> None:
        self._db = db
        self._monotonic_s = monotonic_s
        self._max_age_s = max_age_s
        db.executescript(_SCHEMA)
        (open_s,) = db.execute("SELECT coalesce(max(open_s), 0.0) FROM age").fetchone()
        self._opened_s = monotonic_s() - open_s
        self._next_mark_s = self._next_look_s = open_s

    def mark(self, newest_row: int) -> None:
        """Note the newest row, now and then; the caller commits."""
        open_s = self._monotonic_s() - self._opened_s
        if newest_row and open_s >= self._next_mark_s:
            self._db.execute("INSERT OR REPLACE INTO age VALUES (?,?)", (newest_row, open_s))
            self._next_mark_s = open_s + MARK_S

    def expired_row(self) -> int | None:
        """Return the newest row that is too old, where it is time to look for one."""
        open_s = self._monotonic_s() - self._opened_s
        if open_s < self._next_look_s:
            return None
        self._next_look_s = open_s + MARK_S
        (row,) = self._db.execute(
            "SELECT max(row) FROM age WHERE open_s <= ?", (open_s - self._max_age_s,)
        ).fetchone()
        return None if row is None else int(row)

    def forget(self, row: int) -> None:
        """Drop the marks up to a row; the caller commits."""
        self._db.execute("DELETE FROM age WHERE row <= ?", (row,))
