"""The gateway's runs in the spool's file: what turned their monotonic time into wall time."""

from __future__ import annotations

import sqlite3

KEPT_BOOTS = 1000  # chosen: a gateway that fails once a minute for half a day

_SCHEMA = """
CREATE TABLE IF NOT EXISTS gateway_boot (
    row INTEGER PRIMARY KEY AUTOINCREMENT, boot INTEGER NOT NULL UNIQUE, wall_offset_s REAL NOT NULL
);
"""


class BootTable:
    """The table of the newest runs; its caller opens and commits the transactions.

    Attributes
    ----------
    wall_offset_s
        By run: wall time minus monotonic time, as last observed.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(_SCHEMA)
        self.wall_offset_s: dict[int, float] = dict(
            db.execute("SELECT boot, wall_offset_s FROM gateway_boot ORDER BY row")
        )

    def note(self, boot: int, wall_offset_s: float) -> None:
        """Write a run's offset."""
        self._db.execute(
            "INSERT INTO gateway_boot (boot, wall_offset_s) VALUES (?1,?2)"
            " ON CONFLICT (boot) DO UPDATE SET wall_offset_s = ?2",
            (boot, wall_offset_s),
        )
        self._db.execute(
            "DELETE FROM gateway_boot WHERE row <= (SELECT max(row) - ? FROM gateway_boot)",
            (KEPT_BOOTS,),
        )
