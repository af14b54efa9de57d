"""What of a stream is to be published next: once in order, again where no acknowledgement came.

Times are monotonic seconds given by the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lumbar_gateway.messages import IndexRanges, PacketStamp, SampleBatch
from lumbar_gateway.packet_table import SpooledPacket
from lumbar_gateway.streams import Stream

MERGED_SAMPLES = 200  # a backlog travels in batches of this size: fewer messages, small enough
MAX_UNACKED = 1000  # batches a stream may have at the broker without the server's word
MAX_FRESH = 256  # rows kept in memory for each stream until they are published
TOGETHER_S = 0.05  # notifications this close share a message: less than a tick of the detector
RETRY_S = 10.0  # the server acknowledges once a second; after this long something was lost
MAX_RETRY_S = 600.0  # a server that is away is not flooded with repetitions


@dataclass(slots=True)
class Sent:
    """A published batch that the server has not acknowledged."""

    first_row: int
    last_row: int
    first_index: int
    end_index: int
    checksum: int  # of its message
    puback_s: float | None = None


class StreamOutbox:
    """One stream's place in the spool and its batches on the way."""

    def __init__(self, newest_row: int = 0) -> None:
        self.newest_row = newest_row
        self.cursor = 0  # rows up to this one were published
        self.retry_s = RETRY_S
        self.fresh: list[SpooledPacket] = []  # all behind the cursor, or empty: then to be read
        self._published_s = -TOGETHER_S
        self._unacked: deque[Sent] = deque()

    @property
    def has_unpublished(self) -> bool:
        """Whether the spool has rows that were not published yet."""
        return self.cursor < self.newest_row

    @property
    def may_publish(self) -> bool:
        """Whether something may be published now."""
        return self.has_unpublished and len(self._unacked) < MAX_UNACKED

    def is_due(self, at_s: float) -> bool:
        """Tell whether something is to be published now, fresh rows in company of others."""
        return self.may_publish and not self.waits_s(at_s)

    def waits_s(self, at_s: float) -> float:
        """Return how long fresh rows wait for others, to share a message with them."""
        return max(0.0, self._published_s + TOGETHER_S - at_s) if self.fresh else 0.0

    def committed(self, rows: Sequence[SpooledPacket]) -> None:
        """Note new rows in the spool; they need not be read where nothing is in front of them."""
        if self.fresh or not self.has_unpublished:
            self.fresh += rows
        if len(self.fresh) > MAX_FRESH:
            self.fresh = []
        self.newest_row = rows[-1].row

    def published(self, rows: Sequence[SpooledPacket], checksum: int, at_s: float) -> Sent:
        """Note that ``rows`` were handed to the broker as one batch, in a message so marked."""
        first, last = rows[0], rows[-1]
        sent = Sent(first.row, last.row, first.packet.first_index, last.packet.end_index, checksum)
        self._unacked.append(sent)
        self._published_s = at_s
        self._go_to(last.row)
        return sent

    def exhausted(self) -> None:
        """Note that the spool has nothing behind the cursor: it was acknowledged and deleted."""
        self._go_to(self.newest_row)

    def acked(self, stored: IndexRanges) -> None:
        """Forget what the server has stored."""
        waiting = [
            sent for sent in self._unacked if not stored.covers(sent.first_index, sent.end_index)
        ]
        if len(waiting) < len(self._unacked):
            self.retry_s = RETRY_S
        self._unacked = deque(waiting)

    def refused(self, checksums: Container[int]) -> list[Sent]:
        """Forget the batches whose message the server refused for ever, and return them."""
        refused = [sent for sent in self._unacked if sent.checksum in checksums]
        self._unacked = deque(sent for sent in self._unacked if sent.checksum not in checksums)
        return refused

    def rewind(self) -> None:
        """Publish everything again that is still in the spool: the broker may have lost it."""
        self._go_to(0)
        self._unacked.clear()

    def rewind_if_overdue(self, at_s: float) -> bool:
        """Publish again from the oldest batch on, where its acknowledgement is overdue."""
        if not self._unacked:
            return False
        oldest = self._unacked[0]
        if oldest.puback_s is None or at_s - oldest.puback_s < self.retry_s:
            return False
        self._go_to(oldest.first_row - 1)
        self._unacked.clear()
        self.retry_s = min(2 * self.retry_s, MAX_RETRY_S)
        return True

    def _go_to(self, row: int) -> None:
        is_back = row < self.cursor
        self.cursor = row
        self.fresh = [] if is_back else [one for one in self.fresh if one.row > row]


def batches(rows: Sequence[SpooledPacket], stale_row: int) -> Iterator[list[SpooledPacket]]:
    """Group neighbours whose indices follow on one another and that are equally fresh.

    A batch is of one run of the gateway.
    """
    batch: list[SpooledPacket] = []
    samples = 0
    for row in rows:
        if batch and not (
            batch[-1].packet.end_index == row.packet.first_index
            and _is_live(batch[-1], stale_row) == _is_live(row, stale_row)
            and batch[-1].packet.gateway_boot == row.packet.gateway_boot
            and samples + row.packet.n <= MERGED_SAMPLES
        ):
            yield batch
            batch, samples = [], 0
        batch.append(row)
        samples += row.packet.n
    if batch:
        yield batch


def message(
    stream: Stream,
    rows: Sequence[SpooledPacket],
    stale_row: int,
    wall_offset_s: Callable[[int], float],
) -> SampleBatch:
    """Put rows that follow on one another into one message.

    ``wall_offset_s`` returns wall minus monotonic time in a run of the gateway.
    """
    body = b"".join(row.packet.body for row in rows)
    samples = np.frombuffer(body, "<i2").reshape(-1, stream.description.channels.count)
    gateway_boot, clock_boot = rows[0].packet.gateway_boot, stream.clock.gateway_boot
    offset_s = wall_offset_s(gateway_boot)
    fit_offset_s = offset_s if clock_boot == gateway_boot else wall_offset_s(clock_boot)
    return SampleBatch(
        stream_id=stream.stream_id,
        first_index=rows[0].packet.first_index,
        samples=samples,
        packets=tuple(_stamp(row) for row in rows),
        gateway_boot=gateway_boot,
        wall_offset_s=offset_s,
        live=_is_live(rows[0], stale_row),
        sampling_rate_hz=stream.description.sampling_rate_hz,
        g_per_step=stream.description.g_per_step,
        dps_per_step=stream.description.dps_per_step,
        fit=stream.clock.fit(fit_offset_s),
    )


def _stamp(row: SpooledPacket) -> PacketStamp:
    packet = row.packet
    return PacketStamp(packet.n, packet.ticks, packet.monotonic_s if packet.live else None)


def _is_live(row: SpooledPacket, stale_row: int) -> bool:
    """Tell whether a cue could still be given: came live, and waited only shortly."""
    return row.packet.live and row.row > stale_row
