"""The packets in the spool's file: consecutive samples, none of them twice."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.profiles.lumbar import TICK_HZ
from lumbar_gateway.streams import Packet

MAX_PACKET_SAMPLES = 255  # the count is a u8, in notifications and in flash blocks

_SCHEMA = """
CREATE TABLE IF NOT EXISTS packet (
    row INTEGER PRIMARY KEY AUTOINCREMENT, stream BLOB NOT NULL, first_index INTEGER NOT NULL,
    n INTEGER NOT NULL, ticks INTEGER NOT NULL, gateway_boot INTEGER NOT NULL,
    monotonic_s REAL NOT NULL, live INTEGER NOT NULL, body BLOB NOT NULL, crc INTEGER NOT NULL
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


def checksum(packet: Packet) -> int:
    """Return the CRC-32 of all that a packet is."""
    head = (
        packet.stream_id,
        packet.first_index,
        packet.n,
        packet.ticks,
        packet.gateway_boot,
        packet.monotonic_s,
        packet.live,
    )
    return zlib.crc32(packet.body, zlib.crc32(repr(head).encode()))


def packet_of(columns: tuple[Any, ...]) -> SpooledPacket:
    """Return the packet of a row of the table."""
    row, key, first, n, ticks, boot, monotonic_s, live, body, _ = columns
    packet = Packet(stream_id_of(key), first, ticks, boot, monotonic_s, bool(live), body, n)
    return SpooledPacket(row, packet)


def is_whole(columns: tuple[Any, ...]) -> bool:
    """Tell whether a row of the table is as it was written."""
    *_, body, crc = columns
    return isinstance(body, bytes) and checksum(packet_of(columns).packet) == crc


@dataclass(frozen=True, slots=True)
class OldRow:
    """Which samples a row holds."""

    row: int
    stream_id: int
    first_index: int
    end_index: int


class PacketTable:
    """The table of packets; its caller opens and commits the transactions."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.executescript(_SCHEMA)

    def newest_rows(self) -> dict[int, int]:
        """Return the newest row of every stream that has any."""
        rows = self._db.execute("SELECT stream, max(row) FROM packet GROUP BY stream")
        return {stream_id_of(key): row for key, row in rows}

    def row_span(self) -> tuple[int, int] | None:
        """Return the oldest and the newest row; None where there is none."""
        oldest, newest = self._db.execute(
            "SELECT (SELECT min(row) FROM packet), (SELECT max(row) FROM packet)"
        ).fetchone()
        return None if oldest is None else (oldest, newest)

    def samples(self) -> dict[int, int]:
        """Return how many samples there are of every stream that has any."""
        rows = self._db.execute("SELECT stream, sum(n) FROM packet GROUP BY stream")
        return {stream_id_of(key): samples for key, samples in rows}

    def rows_after(
        self, stream_id: int, row: int, most: int
    ) -> tuple[list[SpooledPacket], list[SpooledPacket]]:
        """Return up to ``most`` packets of a stream behind ``row``, in the order of arrival.

        Those whose checksum does not fit are returned apart.
        """
        found = self._db.execute(
            "SELECT * FROM packet WHERE stream = ? AND row > ? ORDER BY row LIMIT ?",
            (stream_key(stream_id), row, most),
        )
        whole: list[SpooledPacket] = []
        damaged: list[SpooledPacket] = []
        for columns in found:
            (whole if is_whole(columns) else damaged).append(packet_of(columns))
        return whole, damaged

    def oldest(self, most: int, up_to_row: int) -> list[OldRow]:
        """Return the packets that were stored first, without what they hold."""
        found = self._db.execute(
            "SELECT row, stream, first_index, n FROM packet WHERE row <= ? ORDER BY row LIMIT ?",
            (up_to_row, most),
        )
        return [OldRow(row, stream_id_of(key), first, first + n) for row, key, first, n in found]

    def indexed_at(self, stream_id: int, first_index: int) -> int | None:
        """Return the row that the index has for a first index."""
        row = self._db.execute(
            "SELECT row FROM packet INDEXED BY packet_by_index"
            " WHERE stream = ? AND first_index = ?",
            (stream_key(stream_id), first_index),
        ).fetchone()
        return None if row is None else int(row[0])

    def insert(self, packet: Packet) -> int:
        """Store a packet; returns its row."""
        cursor = self._db.execute(
            "INSERT INTO packet"
            " (stream, first_index, n, ticks, gateway_boot, monotonic_s, live, body, crc)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (
                stream_key(packet.stream_id),
                packet.first_index,
                packet.n,
                packet.ticks,
                packet.gateway_boot,
                packet.monotonic_s,
                packet.live,
                packet.body,
                checksum(packet),
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def delete_oldest(self, up_to_row: int) -> None:
        """Delete the packets of all streams up to a row."""
        self._db.execute("DELETE FROM packet WHERE row <= ?", (up_to_row,))

    def delete_within(self, stream_id: int, stored: IndexRanges, most: int) -> tuple[int, int]:
        """Delete packets that lie wholly in ``stored``; returns how many, and of how many samples.

        Where ``most`` packets were deleted there may be more.
        """
        key = stream_key(stream_id)
        first, last = self._db.execute(
            "SELECT min(first_index), max(first_index) FROM packet WHERE stream = ?", (key,)
        ).fetchone()
        if first is None:
            return 0, 0
        packets = samples = 0
        for start, end in stored.overlap(first, last + MAX_PACKET_SAMPLES):
            rows = self._db.execute(
                "DELETE FROM packet WHERE row IN (SELECT row FROM packet WHERE stream = ?"
                " AND first_index >= ? AND first_index < ? AND first_index + n <= ? LIMIT ?)"
                " RETURNING n",
                (key, start, end, end, most - packets),
            ).fetchall()
            packets += len(rows)
            samples += sum(n for (n,) in rows)
        return packets, samples

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
