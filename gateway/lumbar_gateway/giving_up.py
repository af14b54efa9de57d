"""What the spool has to give up: always declared, never silently."""

from __future__ import annotations

import logging

from lumbar_gateway.age_table import AgeTable
from lumbar_gateway.errors import SpoolDamagedError
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.packet_table import OldRow, PacketTable, SpooledPacket
from lumbar_gateway.range_tables import LostTable, ReceivedTable
from lumbar_gateway.spool_database import SpoolDatabase
from lumbar_gateway.stream_table import StreamTable
from lumbar_gateway.streams import LostRange

EVICTED = "evicted from the gateway's spool"
DAMAGED = "unreadable in the gateway's spool"
EVICTED_PART = 64  # of the room, given up at once: not again at every commit

_log = logging.getLogger(__name__)


class GivingUp:
    """Takes packets out of the file that the server does not have."""

    def __init__(
        self,
        database: SpoolDatabase,
        streams: StreamTable,
        packets: PacketTable,
        received: ReceivedTable,
        lost: LostTable,
        ages: AgeTable,
    ) -> None:
        self._database = database
        self._streams = streams
        self._packets = packets
        self._received = received
        self._lost = lost
        self._ages = ages

    def make_room(self) -> int:
        """Give up what is too old, and the oldest of what is too much; returns how many samples."""
        evicted, expired = 0, self._ages.expired_row()
        while expired is not None and (rows := self._oldest(expired)):
            evicted += self._evict(rows)
        room_bytes = self._database.room_bytes
        if self._database.used_bytes <= room_bytes:
            return evicted
        enough_bytes = room_bytes - room_bytes // EVICTED_PART
        while self._database.used_bytes > enough_bytes and (rows := self._oldest()):
            evicted += self._evict(rows)
        return evicted

    def _oldest(self, up_to_row: int = 2**63 - 1) -> list[OldRow]:
        return self._packets.oldest(self._database.rows_at_once, up_to_row)

    def damaged(self, stream_id: int, damaged: list[SpooledPacket]) -> None:
        """Give up damaged packets, so that the sensor's log is asked for them again.

        Where the stream is closed its log was freed, and they are declared lost. Raises
        ``SpoolDamagedError`` where a packet does not even say truly which samples it held.
        """
        draft = self._received.draft()
        left = draft.of(stream_id).copy()
        for one in damaged:
            if not self._says_its_place(one):
                raise SpoolDamagedError(f"row {one.row} of the spool is damaged")
            first, end = one.packet.first_index, one.packet.end_index
            _log.error(
                "stream %016x: samples %d to %d are damaged in the spool, asking for them again",
                stream_id,
                first,
                end - 1,
            )
            left.remove(first, end)
        draft.replace(stream_id, left)
        holes = left.missing(0, self._streams.known[stream_id].end_index or 0)
        lost = [LostRange(stream_id, start, end, DAMAGED) for start, end in holes]
        with self._database.transaction():
            for one in damaged:
                self._packets.delete_rows(stream_id, one.row, one.row)
            draft.write()
            self._lost.insert(lost)
        draft.commit()
        self._streams.counts[stream_id].waiting -= sum(one.packet.n for one in damaged)
        self.note_lost(lost)

    def note_lost(self, lost: list[LostRange]) -> int:
        """Let it be known what was written as lost; returns the number of samples."""
        self._lost.commit(lost)
        for one in lost:
            self._streams.counts[one.stream_id].lost += one.end_index - one.first_index
        return sum(one.end_index - one.first_index for one in lost)

    def _evict(self, rows: list[OldRow]) -> int:
        """Declare the samples of the oldest rows lost; they stay received: nobody brings them."""
        ranges: dict[int, IndexRanges] = {}
        for one in rows:
            ranges.setdefault(one.stream_id, IndexRanges()).add(one.first_index, one.end_index)
        lost = [
            LostRange(stream_id, start, end, EVICTED)
            for stream_id, given_up in ranges.items()
            for start, end in given_up
        ]

        def evict() -> None:
            self._packets.delete_oldest(rows[-1].row)
            self._ages.forget(rows[-1].row)
            self._lost.insert(lost)

        self._database.freeing(evict)
        for stream_id, given_up in ranges.items():
            self._streams.counts[stream_id].waiting -= given_up.count
        return self.note_lost(lost)

    def _says_its_place(self, damaged: SpooledPacket) -> bool:
        """Tell whether a damaged packet's indices can be trusted: the index has a copy of them."""
        packet = damaged.packet
        width = self._streams.known[packet.stream_id].description.channels.count
        return (
            isinstance(packet.body, bytes)
            and len(packet.body) == 2 * width * packet.n > 0
            and self._packets.indexed_at(packet.stream_id, packet.first_index) == damaged.row
        )
