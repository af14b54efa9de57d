"""The spool: what was received stays on disk until the server says that it is stored.

One SQLite file. Each call that writes is one transaction and is on disk when it returns. What is
known in memory (received ranges, streams) changes only after the commit.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from lumbar_gateway.boot_table import BootTable
from lumbar_gateway.clock import ClockState
from lumbar_gateway.errors import ProfileError, SpoolError, SpoolFullError
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.packet_table import PacketTable, cut, stream_id_of, stream_key
from lumbar_gateway.profiles.lumbar import StreamDescription
from lumbar_gateway.streams import LostRange, Packet, Stream

DEFAULT_LIMIT_BYTES = 4 * 2**30  # chosen: over 1000 wearer-hours at 100 Hz, still fits a small card

Connect = Callable[..., sqlite3.Connection]  # opens a database as sqlite3.connect does

LOST_ELSEWHERE = "declared lost by another gateway"
CLOCK_S = 5.0  # a clock can be fitted again: it is written with a commit at most this often

_SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (
    stream BLOB PRIMARY KEY, sensor_id TEXT NOT NULL, description BLOB NOT NULL,
    clock TEXT NOT NULL, end_index INTEGER, end_is_acked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
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


@dataclass(frozen=True, slots=True)
class AppendReport:
    """What became of packets that were appended."""

    stored: dict[int, int]  # samples stored, by stream
    newest_row: dict[int, int]  # by stream, where something was stored
    differing: tuple[tuple[int, int, int], ...]  # (stream, start, end): others than stored before


@dataclass(slots=True)
class SampleCounts:
    """How many samples of a stream are where."""

    waiting: int = 0  # in the file, not yet acknowledged
    acked: int = 0  # acknowledged and deleted since the file was opened
    lost: int = 0  # declared lost
    refused: int = 0  # refused by the server and dropped since the file was opened


@dataclass(slots=True)
class Refused:
    """What of a stream the server will never take."""

    stream_id: int
    rows: list[tuple[int, int]] = field(default_factory=list)  # first and last of a message
    lost: list[int] = field(default_factory=list)  # starts of declared ranges
    end: bool = False


@dataclass(slots=True)
class _Known:
    """Indices of one stream that are settled: received (and committed) or lost."""

    received: IndexRanges = field(default_factory=IndexRanges)
    lost: IndexRanges = field(default_factory=IndexRanges)


class SpoolFile:
    """The spool's file; blocking, to be used by one thread at a time.

    Raises ``SpoolError`` where the file cannot be used, and ``SpoolFullError`` where the disk or
    ``limit_bytes`` has no room: then nothing of the call was stored and nothing stored is lost.
    """

    def __init__(
        self,
        path: Path,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        monotonic_s: Callable[[], float] = time.monotonic,
        connect: Connect = sqlite3.connect,
    ) -> None:
        self._path = path
        self._monotonic_s = monotonic_s
        self.streams: dict[int, Stream] = {}
        self.counts: dict[int, SampleCounts] = {}  # by stream
        self._known: dict[int, _Known] = {}
        self._clock_written_s: dict[int, float] = {}  # monotonic
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise SpoolError(f"cannot open the spool {path} ({error}): check the path") from None
        try:
            self._prepare(limit_bytes)
            self._load()
        except sqlite3.Error as error:
            self._db.close()
            raise SpoolError(f"cannot use the spool {path} ({error}): move it away") from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def register(self, stream: Stream) -> Stream:
        """Take in a stream, or return what is known of it already.

        Raises ``ProfileError`` where its id belongs to another sensor or means other samples.
        """
        known = self.streams.get(stream.stream_id)
        if known is not None and known.sensor_id != stream.sensor_id:
            raise ProfileError(f"its stream {stream.stream_id:016x} is {known.sensor_id}'s")
        if known is not None and known.description != stream.description:
            raise ProfileError(
                f"stream {stream.stream_id:016x} changed its rate, scale or channels"
            )
        if known is None:
            with self._transaction():
                self._db.execute(
                    "INSERT INTO stream (stream, sensor_id, description, clock) VALUES (?,?,?,?)",
                    (
                        stream_key(stream.stream_id),
                        stream.sensor_id,
                        bytes(stream.description),
                        stream.clock.to_json(),
                    ),
                )
            self._take(stream)
        return self.streams[stream.stream_id]

    def append(
        self, packets: Iterable[Packet], clocks: Mapping[int, ClockState] = MappingProxyType({})
    ) -> AppendReport:
        """Store what is new of ``packets``; of indices received twice the first bytes stay.

        ``clocks`` are their streams' clocks after the packets; they are on disk after some time.
        """
        known: dict[int, IndexRanges] = {}
        stored: dict[int, int] = {}
        newest: dict[int, int] = {}
        differing: list[tuple[int, int, int]] = []
        with self._transaction():
            for packet in packets:
                key = packet.stream_id
                ranges = known.setdefault(key, self._known[key].received.copy())
                if ranges.overlap(packet.first_index, packet.end_index):
                    differing += self.packets.contradictions(packet)
                for start, end in ranges.missing(packet.first_index, packet.end_index):
                    new = cut(packet, start, end, self._rate_hz(key))
                    newest[key] = self.packets.insert(new)
                    stored[key] = stored.get(key, 0) + end - start
                ranges.add(packet.first_index, packet.end_index)
            for key, ranges in known.items():
                self._write_received(key, ranges)
            self._write_clocks(clocks)
        for key, ranges in known.items():
            self._known[key].received = ranges
            self.counts[key].waiting += stored.get(key, 0)
        for key, clock in clocks.items():
            self.streams[key] = replace(self.streams[key], clock=clock)
        return AppendReport(stored, newest, tuple(differing))

    def note_wall_offset(self, boot: int, wall_offset_s: float) -> None:
        """Record what turns the monotonic time of a run of the gateway into wall time."""
        with self._transaction():
            self.boots.note(boot, wall_offset_s)
        self.boots.wall_offset_s[boot] = wall_offset_s

    def received(self, stream_id: int) -> IndexRanges:
        """Return the indices whose samples were received and committed."""
        return self._known[stream_id].received.copy()

    def settled(self, stream_id: int) -> IndexRanges:
        """Return the indices of which nothing more is expected: received or declared lost."""
        known = self._known[stream_id]
        both = known.received.copy()
        both.update(known.lost)
        return both

    def declare_lost(self, lost: LostRange) -> int:
        """Record as lost what is not settled of a range; returns the number of samples."""
        known = self._known[lost.stream_id]
        holes = self.settled(lost.stream_id).missing(lost.first_index, lost.end_index)
        with self._transaction():
            self._insert_lost(lost.stream_id, holes, lost.reason, is_acked=False)
        known.lost.update(holes)
        count = sum(end - start for start, end in holes)
        self.counts[lost.stream_id].lost += count
        return count

    def close_stream(self, stream_id: int, end_index: int) -> None:
        """Record that the sensor closed the stream; the first end stays."""
        stream = self.streams[stream_id]
        if stream.end_index is None:
            with self._transaction():
                self._db.execute(
                    "UPDATE stream SET end_index = ? WHERE stream = ?",
                    (end_index, stream_key(stream_id)),
                )
            self.streams[stream_id] = replace(stream, end_index=end_index)

    def unacked_lost(self) -> list[LostRange]:
        """Return the lost ranges that the server has not recorded yet."""
        rows = self._db.execute('SELECT stream, start, "end", reason FROM lost WHERE NOT is_acked')
        return [LostRange(stream_id_of(key), start, end, why) for key, start, end, why in rows]

    def apply_acks(self, acks: Iterable[Ack]) -> int:
        """Delete what the server has stored; returns the number of samples deleted.

        What the server has is received, whoever brought it: it will not be asked for again. So is
        what it recorded as lost, since a sensor said so to some gateway.
        """
        known = [ack for ack in acks if ack.stream_id in self.streams]
        received: dict[int, IndexRanges] = {}
        lost: dict[int, IndexRanges] = {}
        deleted: dict[int, int] = {}
        with self._transaction():
            recorded = self._unacked_lost_by_stream()
            for ack in known:
                ranges = received.setdefault(ack.stream_id, self.received(ack.stream_id))
                ranges.update(ack.stored)
                samples = self.packets.delete_within(ack.stream_id, ack.stored)
                deleted[ack.stream_id] = deleted.get(ack.stream_id, 0) + samples
                self._mark_recorded(ack, recorded.get(ack.stream_id, []))
                news = self._lost_elsewhere(ack)
                self._insert_lost(ack.stream_id, news, LOST_ELSEWHERE, is_acked=True)
                lost.setdefault(ack.stream_id, IndexRanges()).update(news)
            for stream_id, ranges in received.items():
                self._write_received(stream_id, ranges)
        for stream_id, ranges in received.items():
            self._known[stream_id].received = ranges
            self.counts[stream_id].waiting -= deleted[stream_id]
            self.counts[stream_id].acked += deleted[stream_id]
            self._known[stream_id].lost.update(lost[stream_id])
            self.counts[stream_id].lost += lost[stream_id].count
        for ack in known:
            if self._ends(ack):
                stream = self.streams[ack.stream_id]
                self.streams[ack.stream_id] = replace(stream, end_is_acked=True)
        return sum(deleted.values())

    def drop_refused(self, refused: Refused) -> int:
        """Delete what the server will never take; returns the number of samples.

        They count as received: the sensor's log would only bring the same again.
        """
        stream_id = refused.stream_id
        with self._transaction():
            dropped = sum(self.packets.delete_rows(stream_id, *rows) for rows in refused.rows)
            self._db.executemany(
                "UPDATE lost SET is_acked = 1 WHERE stream = ? AND start = ?",
                [(stream_key(stream_id), start) for start in refused.lost],
            )
            if refused.end:
                self._mark_end(stream_id)
        self.counts[stream_id].waiting -= dropped
        self.counts[stream_id].refused += dropped
        if refused.end:
            self.streams[stream_id] = replace(self.streams[stream_id], end_is_acked=True)
        return dropped

    def _lost_elsewhere(self, ack: Ack) -> list[tuple[int, int]]:
        """Return what the server recorded as lost and we neither have nor declared."""
        settled = self.settled(ack.stream_id)
        settled.update(ack.stored)
        return [hole for start, end in ack.lost for hole in settled.missing(start, end)]

    def _insert_lost(
        self, stream_id: int, holes: list[tuple[int, int]], reason: str, *, is_acked: bool
    ) -> None:
        self._db.executemany(
            'INSERT INTO lost (stream, start, "end", reason, is_acked) VALUES (?,?,?,?,?)',
            [(stream_key(stream_id), start, end, reason, is_acked) for start, end in holes],
        )

    def _unacked_lost_by_stream(self) -> dict[int, list[LostRange]]:
        by_stream: dict[int, list[LostRange]] = {}
        for lost in self.unacked_lost():
            by_stream.setdefault(lost.stream_id, []).append(lost)
        return by_stream

    def _mark_recorded(self, ack: Ack, unacked_lost: list[LostRange]) -> None:
        recorded = ack.lost.copy()
        recorded.update(ack.stored)
        self._db.executemany(
            "UPDATE lost SET is_acked = 1 WHERE stream = ? AND start = ?",
            [
                (stream_key(lost.stream_id), lost.first_index)
                for lost in unacked_lost
                if recorded.covers(lost.first_index, lost.end_index)
            ],
        )
        if self._ends(ack) and not self.streams[ack.stream_id].end_is_acked:
            self._mark_end(ack.stream_id)

    def _ends(self, ack: Ack) -> bool:
        """Tell whether the server knows our end; another gateway may have seen more."""
        ours, theirs = self.streams[ack.stream_id].end_index, ack.end_index
        return ours is not None and theirs is not None and theirs >= ours

    def _mark_end(self, stream_id: int) -> None:
        self._db.execute(
            "UPDATE stream SET end_is_acked = 1 WHERE stream = ?", (stream_key(stream_id),)
        )

    def _prepare(self, limit_bytes: int) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        self.packets = PacketTable(self._db)
        self.boots = BootTable(self._db)
        (page_bytes,) = self._db.execute("PRAGMA page_size").fetchone()
        self._db.execute(f"PRAGMA max_page_count = {limit_bytes // page_bytes}")

    def _load(self) -> None:
        for sensor_id, description, clock, end_index, acked in self._db.execute(
            "SELECT sensor_id, description, clock, end_index, end_is_acked FROM stream"
        ):
            self._take(
                Stream(
                    sensor_id,
                    StreamDescription.from_bytes(description),
                    ClockState.from_json(clock),
                    end_index,
                    bool(acked),
                )
            )
        for key, start, end in self._db.execute('SELECT stream, start, "end" FROM received'):
            self._known[stream_id_of(key)].received.add(start, end)
        for key, start, end in self._db.execute('SELECT stream, start, "end" FROM lost'):
            self._known[stream_id_of(key)].lost.add(start, end)
            self.counts[stream_id_of(key)].lost += end - start
        for key, samples in self._db.execute("SELECT stream, sum(n) FROM packet GROUP BY stream"):
            self.counts[stream_id_of(key)].waiting = samples

    def _take(self, stream: Stream) -> None:
        self.counts[stream.stream_id] = SampleCounts()
        self._known[stream.stream_id] = _Known()
        self.streams[stream.stream_id] = stream  # last: other threads look here first

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise self._spool_error(error) from None
            raise

    def _spool_error(self, error: sqlite3.Error) -> SpoolError:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
            return SpoolFullError(
                f"no room for the spool {self._path}: free disk space or let the server catch up; "
                "until then samples stay in the sensor's log"
            )
        return SpoolError(f"cannot write the spool {self._path} ({error}): check the disk")

    def _rate_hz(self, stream_id: int) -> float:
        return self.streams[stream_id].description.sampling_rate_hz

    def _write_clocks(self, clocks: Mapping[int, ClockState]) -> None:
        now_s = self._monotonic_s()
        for stream_id, clock in clocks.items():
            if now_s - self._clock_written_s.get(stream_id, -CLOCK_S) >= CLOCK_S:
                self._db.execute(
                    "UPDATE stream SET clock = ? WHERE stream = ?",
                    (clock.to_json(), stream_key(stream_id)),
                )
                self._clock_written_s[stream_id] = now_s

    def _write_received(self, stream_id: int, ranges: IndexRanges) -> None:
        before, after = set(self._known[stream_id].received), set(ranges)
        key = stream_key(stream_id)
        self._db.executemany(
            "DELETE FROM received WHERE stream = ? AND start = ?",
            [(key, start) for start, _ in before - after],
        )
        self._db.executemany(
            "INSERT INTO received VALUES (?,?,?)",
            [(key, start, end) for start, end in after - before],
        )
