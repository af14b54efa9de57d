"""Which indices of each stream have come, and which are declared lost; in memory and on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.packet_table import stream_id_of, stream_key
from lumbar_gateway.streams import LostRange

_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (
    stream BLOB NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    PRIMARY KEY (stream, start)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lost (
    stream BLOB NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    reason TEXT NOT NULL, is_acked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (stream, start)
) WITHOUT ROWID;
"""


class ReceivedTable:
    """Indices whose samples were received; its caller opens and commits the transactions."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(_SCHEMA)
        self._ranges: dict[int, IndexRanges] = {}
        for key, start, end in db.execute('SELECT stream, start, "end" FROM received'):
            self._ranges.setdefault(stream_id_of(key), IndexRanges()).add(start, end)

    def of(self, stream_id: int) -> IndexRanges:
        """Return a stream's ranges as last committed."""
        return self._ranges.get(stream_id, IndexRanges())

    def draft(self) -> ReceivedDraft:
        """Begin changes that belong to one transaction."""
        return ReceivedDraft(self._db, self._ranges)


class ReceivedDraft:
    """Changed ranges: ``write`` within the transaction, ``commit`` after it."""

    def __init__(self, db: sqlite3.Connection, committed: dict[int, IndexRanges]) -> None:
        self._db = db
        self._committed = committed
        self._ranges: dict[int, IndexRanges] = {}
        self._rows: dict[tuple[int, int], int | None] = {}  # end by stream and start; None: gone

    def of(self, stream_id: int) -> IndexRanges:
        """Return a stream's ranges with the changes so far."""
        if stream_id not in self._ranges:
            self._ranges[stream_id] = self._committed.get(stream_id, IndexRanges()).copy()
        return self._ranges[stream_id]

    def add(self, stream_id: int, start: int, end: int) -> None:
        """Add a range."""
        replaced, (first, last) = self.of(stream_id).add(start, end)
        for gone in replaced:
            self._rows[stream_id, gone] = None
        self._rows[stream_id, first] = last

    def replace(self, stream_id: int, ranges: IndexRanges) -> None:
        """Put ``ranges`` in the place of all that was known of a stream."""
        for start, _ in self.of(stream_id):
            self._rows[stream_id, start] = None
        self._rows.update({(stream_id, start): end for start, end in ranges})
        self._ranges[stream_id] = ranges

    def write(self) -> None:
        """Write what changed."""
        self._db.executemany(
            "DELETE FROM received WHERE stream = ? AND start = ?",
            [(stream_key(key), start) for (key, start), end in self._rows.items() if end is None],
        )
        self._db.executemany(
            'INSERT INTO received VALUES (?,?,?) ON CONFLICT DO UPDATE SET "end" = excluded."end"',
            [
                (stream_key(key), start, end)
                for (key, start), end in self._rows.items()
                if end is not None
            ],
        )

    def commit(self) -> None:
        """Let the changes be known: they are on disk."""
        self._committed.update(self._ranges)


class LostTable:
    """Indices declared lost, and whether the server has recorded that."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(_SCHEMA)
        self._ranges: dict[int, IndexRanges] = {}
        for key, start, end in db.execute('SELECT stream, start, "end" FROM lost'):
            self._ranges.setdefault(stream_id_of(key), IndexRanges()).add(start, end)

    def of(self, stream_id: int) -> IndexRanges:
        """Return a stream's ranges as last committed."""
        return self._ranges.get(stream_id, IndexRanges())

    def insert(self, lost: Iterable[LostRange], *, is_acked: bool = False) -> None:
        """Write ranges; one that goes on where another of its reason ended makes that longer."""
        for one in lost:
            key = stream_key(one.stream_id)
            longer = self._db.execute(
                'UPDATE lost SET "end" = ?, is_acked = ?'
                ' WHERE stream = ? AND "end" = ? AND reason = ?',
                (one.end_index, is_acked, key, one.first_index, one.reason),
            )
            if not longer.rowcount:
                self._db.execute(
                    'INSERT INTO lost (stream, start, "end", reason, is_acked) VALUES (?,?,?,?,?)'
                    ' ON CONFLICT DO UPDATE SET "end" = max("end", excluded."end"), is_acked = 0',
                    (key, one.first_index, one.end_index, one.reason, is_acked),
                )

    def commit(self, lost: Iterable[LostRange]) -> None:
        """Let what was inserted be known: it is on disk."""
        for one in lost:
            ranges = self.of(one.stream_id).copy()  # other threads read what is there
            ranges.add(one.first_index, one.end_index)
            self._ranges[one.stream_id] = ranges

    def unacked(self) -> list[LostRange]:
        """Return the ranges that the server has not recorded yet."""
        rows = self._db.execute('SELECT stream, start, "end", reason FROM lost WHERE NOT is_acked')
        return [LostRange(stream_id_of(key), start, end, why) for key, start, end, why in rows]

    def mark(self, stream_id: int, starts: Iterable[int]) -> None:
        """Note that the server has dealt with the ranges that begin at ``starts``."""
        self._db.executemany(
            "UPDATE lost SET is_acked = 1 WHERE stream = ? AND start = ?",
            [(stream_key(stream_id), start) for start in starts],
        )

    def mark_recorded(self, acks: Iterable[Ack]) -> None:
        """Note what of all unacknowledged ranges the server has recorded."""
        unacked = self.unacked()
        for ack in acks:
            recorded = ack.lost.copy()
            recorded.update(ack.stored)
            mine = (one for one in unacked if one.stream_id == ack.stream_id)
            starts = [
                one.first_index for one in mine if recorded.covers(one.first_index, one.end_index)
            ]
            self.mark(ack.stream_id, starts)
