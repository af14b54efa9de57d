"""The packets in the spool's file: consecutive samples, none of them twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.profiles.lumbar import TICK_HZ
from lumbar_gateway.streams import Packet

MAX_PACKET_SAMPLES = 255  # the count is a u8, in notifications and in flash blocks

_SCHEMA = """
CREATE TABLE IF NOT EXISTS packet (
    row INTEGER PRIMARY KEY AUTOINCREMENT, stream BLOB NOT NULL, first_index INTEGER NOT NULL,
    n INTEGER NOT NULL, ticks INTEGER NOT NULL, gateway_boot INTEGER NOT NULL,
    monotonic_s REAL NOT NULL, live INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS packet_by_index ON packet (stream, first_index);
CREATE INDEX IF NOT EXISTS packet_by_row ON packet (stream, row);
"""


def stream_key(stream_id: int) -> bytes:
    """Return a stream id as SQLite keeps it: 8 bytes, since its integers are signed."""
    return stream_id.to_bytes(8, "big")


def stream_id_of(key: bytes) -> int:
    """Return the stream id of a key."""
    return int.from_bytes(key, "big")


@dataclass(frozen=True, slots=True)
class SpooledPacket:
    """A packet in the spool; rows count upwards in the order of their commits."""

    row: int
    packet: Packet


class PacketTable:
    """The table of packets; its caller opens and commits the transactions."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(_SCHEMA)

    def newest_rows(self) -> dict[int, int]:
        """Return the newest row of every stream that has any."""
        rows = self._db.execute("SELECT stream, max(row) FROM packet GROUP BY stream")
        return {stream_id_of(key): row for key, row in rows}

    def rows_after(self, stream_id: int, row: int, most: int) -> list[SpooledPacket]:
        """Return up to ``most`` packets of a stream behind ``row``, in the order of arrival."""
        found = self._db.execute(
            "SELECT row, first_index, ticks, gateway_boot, monotonic_s, live, body, n FROM packet"
            " WHERE stream = ? AND row > ? ORDER BY row LIMIT ?",
            (stream_key(stream_id), row, most),
        )
        return [
            SpooledPacket(
                row,
                Packet(stream_id, first, ticks, boot, monotonic_s, bool(live), body, n),
            )
            for row, first, ticks, boot, monotonic_s, live, body, n in found
        ]

    def insert(self, packet: Packet) -> int:
        """Store a packet; returns its row."""
        cursor = self._db.execute(
            "INSERT INTO packet"
            " (stream, first_index, n, ticks, gateway_boot, monotonic_s, live, body)"
            " VALUES (?,?,?,?,?,?,?,?)",
            (
                stream_key(packet.stream_id),
                packet.first_index,
                packet.n,
                packet.ticks,
                packet.gateway_boot,
                packet.monotonic_s,
                packet.live,
                packet.body,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def delete_within(self, stream_id: int, stored: IndexRanges) -> int:
        """Delete the packets that lie wholly in ``stored``; returns how many samples."""
        key = stream_key(stream_id)
        first, last = self._db.execute(
            "SELECT min(first_index), max(first_index) FROM packet WHERE stream = ?", (key,)
        ).fetchone()
        if first is None:
            return 0
        deleted = 0
        for start, end in stored.overlap(first, last + MAX_PACKET_SAMPLES):
            rows = self._db.execute(
                "DELETE FROM packet WHERE stream = ? AND first_index >= ? AND first_index < ?"
                " AND first_index + n <= ? RETURNING n",
                (key, start, end, end),
            )
            deleted += sum(n for (n,) in rows)
        return deleted

    def delete_rows(self, stream_id: int, first_row: int, last_row: int) -> int:
        """Delete a stream's packets from a row to another; returns how many samples."""
        rows = self._db.execute(
            "DELETE FROM packet WHERE stream = ? AND row BETWEEN ? AND ? RETURNING n",
            (stream_key(stream_id), first_row, last_row),
        )
        return sum(n for (n,) in rows)

    def contradictions(self, packet: Packet) -> Iterator[tuple[int, int, int]]:
        """Find where a packet differs from what is still in the file: stream, start, end."""
        for first, n, body in self._db.execute(
            "SELECT first_index, n, body FROM packet"
            " WHERE stream = ? AND first_index BETWEEN ? AND ? AND first_index + n > ?",
            (
                stream_key(packet.stream_id),
                packet.first_index - MAX_PACKET_SAMPLES,
                packet.end_index - 1,
                packet.first_index,
            ),
        ):
            held = replace(packet, first_index=first, n=n, body=body)
            start, end = max(first, packet.first_index), min(held.end_index, packet.end_index)
            if _slice(held, start, end) != _slice(packet, start, end):
                yield packet.stream_id, start, end


def cut(packet: Packet, start: int, end: int, sampling_rate_hz: float) -> Packet:
    """Return the samples of ``[start, end)``, which must be within the packet."""
    if (start, end) == (packet.first_index, packet.end_index):
        return packet
    skipped = start - packet.first_index
    return replace(
        packet,
        first_index=start,
        n=end - start,
        ticks=packet.ticks + round(skipped * TICK_HZ / sampling_rate_hz),
        body=_slice(packet, start, end),
    )


def _slice(packet: Packet, start: int, end: int) -> bytes:
    step = len(packet.body) // packet.n
    at = packet.first_index
    return packet.body[(start - at) * step : (end - at) * step]
