"""The spool: what was received stays on disk until the server says that it is stored.

One SQLite file. Each call that writes is one transaction and is on disk when it returns. What is
known in memory (received ranges, streams) changes only after the commit.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from lumbar_gateway.age_table import AgeTable
from lumbar_gateway.boot_table import BootTable
from lumbar_gateway.clock import ClockState
from lumbar_gateway.errors import SpoolDamagedError
from lumbar_gateway.giving_up import GivingUp
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.packet_table import PacketTable, SpooledPacket, cut
from lumbar_gateway.range_tables import LostTable, ReceivedTable
from lumbar_gateway.spool_database import Connect, SpoolDatabase
from lumbar_gateway.stream_table import SampleCounts, StreamTable
from lumbar_gateway.streams import LostRange, Packet, Stream

DEFAULT_LIMIT_BYTES = 4 * 2**30  # chosen: over 1000 wearer-hours at 100 Hz, still fits a small card

LOST_ELSEWHERE = "declared lost by another gateway"
DEFAULT_MAX_AGE_S = 30 * 86400.0  # chosen: a server that is away for a month does not come back


@dataclass(frozen=True, slots=True)
class AppendReport:
    """What became of packets that were appended."""

    rows: dict[int, list[SpooledPacket]]  # what was stored, by stream
    differing: tuple[tuple[int, int, int], ...]  # (stream, start, end): others than stored before
    evicted: int  # samples given up to make room

    @property
    def stored(self) -> dict[int, int]:
        """Samples stored, by stream."""
        return {key: sum(row.packet.n for row in rows) for key, rows in self.rows.items()}


@dataclass(slots=True)
class Refused:
    """What of a stream the server will never take."""

    stream_id: int
    rows: list[tuple[int, int]] = field(default_factory=list)  # first and last of a message
    lost: list[int] = field(default_factory=list)  # starts of declared ranges
    end: bool = False


class SpoolFile:
    """The spool's file; blocking, to be used by one thread at a time.

    Raises ``SpoolError`` where the file cannot be used, ``SpoolDamagedError`` where it is damaged,
    and ``SpoolFullError`` where the disk has no room: then nothing of the call was stored and
    nothing stored is lost. At ``limit_bytes`` the samples that wait longest are given up, and so
    are those that have waited for ``max_age_s`` of the time in which the spool was open.
    """

    def __init__(
        self,
        path: Path,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        monotonic_s: Callable[[], float] = time.monotonic,
        connect: Connect = sqlite3.connect,
        max_age_s: float = DEFAULT_MAX_AGE_S,
    ) -> None:
        self._database = SpoolDatabase(path, limit_bytes, connect)
        db = self._database.connection
        try:
            self._streams = StreamTable(db, monotonic_s)
            self.packets = PacketTable(db)
            self.boots = BootTable(db)
            self._received = ReceivedTable(db)
            self._lost = LostTable(db)
            ages = AgeTable(db, monotonic_s, max_age_s)
            self._count()
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            self._database.close()
            if isinstance(error, sqlite3.Error):
                raise self._database.told(error) from None
            raise SpoolDamagedError(f"the spool {path} is damaged ({error})") from None
        self._giving_up = GivingUp(
            self._database, self._streams, self.packets, self._received, self._lost, ages
        )
        self._ages = ages

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @property
    def streams(self) -> Mapping[int, Stream]:
        """All streams as last committed."""
        return self._streams.known

    @property
    def counts(self) -> Mapping[int, SampleCounts]:
        """Where the samples of each stream are."""
        return self._streams.counts

    def register(self, stream: Stream) -> Stream:
        """Take in a stream, or return what is known of it already.

        Raises ``ProfileError`` where its id belongs to another sensor or means other samples.
        """
        self._streams.refuse_clash(stream)
        if stream.stream_id not in self.streams:
            with self._database.transaction():
                self._streams.insert(stream)
            self._streams.take(stream)
        return self.streams[stream.stream_id]

    def append(
        self, packets: Iterable[Packet], clocks: Mapping[int, ClockState] = MappingProxyType({})
    ) -> AppendReport:
        """Store what is new of ``packets``; of indices received twice the first bytes stay.

        ``clocks`` are their streams' clocks after the packets; they are on disk after some time.
        """
        evicted = self._giving_up.make_room()
        draft = self._received.draft()
        rows: dict[int, list[SpooledPacket]] = {}
        differing: list[tuple[int, int, int]] = []
        with self._database.transaction():
            for packet in packets:
                key, first, end = packet.stream_id, packet.first_index, packet.end_index
                if draft.of(key).overlap(first, end):
                    differing += self.packets.contradictions(packet)
                for start, stop in draft.of(key).missing(first, end):
                    new = cut(packet, start, stop, self._rate_hz(key))
                    rows.setdefault(key, []).append(SpooledPacket(self.packets.insert(new), new))
                    draft.add(key, start, stop)
            draft.write()
            self._streams.write_clocks(clocks)
            self._ages.mark(max((stored[-1].row for stored in rows.values()), default=0))
        draft.commit()
        self._streams.take_clocks(clocks)
        for key, stored in rows.items():
            self.counts[key].waiting += sum(row.packet.n for row in stored)
        return AppendReport(rows, tuple(differing), evicted)

    def note_wall_offset(self, boot: int, wall_offset_s: float) -> None:
        """Record what turns the monotonic time of a run of the gateway into wall time."""
        with self._database.transaction():
            self.boots.note(boot, wall_offset_s)
        self.boots.wall_offset_s[boot] = wall_offset_s

    def rows_after(self, stream_id: int, row: int, most: int) -> list[SpooledPacket]:
        """Return up to ``most`` packets of a stream behind ``row``, in the order of arrival.

        Damaged ones are given up: what they held is expected from the sensor's log again, or
        declared lost where the stream is closed.
        """
        try:
            whole, damaged = self.packets.rows_after(stream_id, row, most)
        except sqlite3.Error as error:
            raise self._database.told(error) from None
        if damaged:
            self._giving_up.damaged(stream_id, damaged)
        return whole

    def received(self, stream_id: int) -> IndexRanges:
        """Return the indices whose samples were received and committed."""
        return self._received.of(stream_id).copy()

    def settled(self, stream_id: int) -> IndexRanges:
        """Return the indices of which nothing more is expected: received or declared lost."""
        both = self.received(stream_id)
        both.update(self._lost.of(stream_id))
        return both

    def declare_lost(self, lost: LostRange) -> int:
        """Record as lost what is not settled of a range; returns the number of samples."""
        holes = self.settled(lost.stream_id).missing(lost.first_index, lost.end_index)
        ranges = [replace(lost, first_index=start, end_index=end) for start, end in holes]
        with self._database.transaction():
            self._lost.insert(ranges)
        return self._giving_up.note_lost(ranges)

    def close_stream(self, stream_id: int, end_index: int) -> None:
        """Record that the sensor closed the stream; the first end stays."""
        if self.streams[stream_id].end_index is None:
            with self._database.transaction():
                self._streams.write_end(stream_id, end_index)
            self._streams.take_end(stream_id, end_index)

    def unacked_lost(self) -> list[LostRange]:
        """Return the lost ranges that the server has not recorded yet."""
        return self._lost.unacked()

    def apply_acks(self, acks: Iterable[Ack]) -> None:
        """Delete what the server has stored.

        What the server has is received, whoever brought it: it will not be asked for again. So is
        what it recorded as lost, since a sensor said so to some gateway.
        """
        known = [ack for ack in acks if ack.stream_id in self.streams]
        ended = self._streams.ended_by(known)
        lost_elsewhere = self._lost_elsewhere(known)
        draft = self._received.draft()

        def record() -> None:
            for ack in known:
                for start, end in ack.stored:
                    draft.add(ack.stream_id, start, end)
            draft.write()
            self._streams.write_end_acked(ended)
            self._lost.mark_recorded(known)
            self._lost.insert(lost_elsewhere, is_acked=True)

        rest = self._delete_stored(known, record)
        draft.commit()
        self._streams.take_end_acked(ended)
        self._giving_up.note_lost(lost_elsewhere)
        while rest:
            rest = self._delete_stored(rest, lambda: None)

    def _delete_stored(self, acks: list[Ack], before: Callable[[], None]) -> list[Ack]:
        """Delete what the server has, as much as fits one transaction; returns what is left to do.

        ``before`` is done in the same transaction.
        """

        def delete() -> tuple[Counter[int], list[Ack]]:
            before()
            left, rest = self._database.rows_at_once, deque(acks)
            deleted: Counter[int] = Counter()
            while rest:
                ack = rest[0]
                packets, samples = self.packets.delete_within(ack.stream_id, ack.stored, left)
                deleted[ack.stream_id] += samples
                left -= packets
                if left == 0:
                    break
                rest.popleft()
            return deleted, list(rest)

        deleted, rest = self._database.freeing(delete)
        for stream_id, samples in deleted.items():
            self.counts[stream_id].waiting -= samples
            self.counts[stream_id].acked += samples
        return rest

    def drop_refused(self, refused: Refused) -> int:
        """Delete what the server will never take; returns the number of samples.

        They count as received: the sensor's log would only bring the same again.
        """
        stream_id = refused.stream_id
        ended = [stream_id] if refused.end else []

        def drop() -> int:
            self._lost.mark(stream_id, refused.lost)
            self._streams.write_end_acked(ended)
            return sum(self.packets.delete_rows(stream_id, *rows) for rows in refused.rows)

        dropped = self._database.freeing(drop)
        self.counts[stream_id].waiting -= dropped
        self.counts[stream_id].refused += dropped
        self._streams.take_end_acked(ended)
        return dropped

    def _lost_elsewhere(self, acks: Iterable[Ack]) -> list[LostRange]:
        """Return what the server recorded as lost and we neither have nor declared."""
        found: dict[int, IndexRanges] = {}
        for ack in acks:
            settled = self.settled(ack.stream_id)
            settled.update(ack.stored)
            holes = found.setdefault(ack.stream_id, IndexRanges())
            for start, end in ack.lost:
                holes.update(settled.missing(start, end))
        return [
            LostRange(stream_id, start, end, LOST_ELSEWHERE)
            for stream_id, holes in found.items()
            for start, end in holes
        ]

    def _count(self) -> None:
        for stream_id, counts in self.counts.items():
            counts.lost = self._lost.of(stream_id).count
        for stream_id, samples in self.packets.samples().items():
            self.counts[stream_id].waiting = samples

    def _rate_hz(self, stream_id: int) -> float:
        return self.streams[stream_id].description.sampling_rate_hz
