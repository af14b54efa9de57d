"""Samples of one stream on their way from the radio into the spool."""

from __future__ import annotations

from collections.abc import Callable

from lumbar_gateway.clock import StreamClock
from lumbar_gateway.errors import ProfileError
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.profiles.lumbar import (
    ClockReading,
    LogBlock,
    SamplesPacket,
    StreamTime,
)
from lumbar_gateway.streams import Packet, Stream

MAX_JUMP_S = 600.0  # chosen: no link stays up that long without a sample


class Intake:
    """Takes live packets and log blocks of ``stream``; keeps its clock.

    Parameters
    ----------
    gateway_boot
        This run of the gateway; arrivals are by its monotonic clock.
    next_index
        The sample that the sensor said it would measure next.
    on_hole
        Called when live samples are missing.
    """

    def __init__(
        self,
        stream: Stream,
        spool: Spool,
        gateway_boot: int,
        next_index: int,
        on_hole: Callable[[], None],
    ) -> None:
        self.stream = stream
        self.live_end = next_index  # one past the newest sample known to exist
        self.received_samples = 0
        self._spool = spool
        self._on_hole = on_hole
        self._gateway_boot = gateway_boot
        self._clock = StreamClock(stream.clock, gateway_boot)

    def take_live(self, packet: SamplesPacket, arrival_s: float) -> None:
        """Take a notification; raises ``ProfileError`` for one that cannot be of this stream."""
        n, width = packet.samples.shape
        self._check_width(width)
        end_index = packet.first_index + n
        rate_hz = self.stream.description.sampling_rate_hz
        if end_index > self.live_end + 255 + MAX_JUMP_S * rate_hz:
            raise ProfileError(f"sample {packet.first_index} is far ahead of {self.live_end}")
        if not self._clock.is_plausible(packet.first_index, packet.first_ticks):
            raise ProfileError(f"sample {packet.first_index} has another clock's ticks")
        ticks = self._clock.observe(packet.first_index, n, packet.first_ticks, arrival_s)
        self.received_samples += n
        self._append(packet, ticks, arrival_s, live=True)
        hole = packet.first_index > self.live_end
        self.live_end = max(self.live_end, end_index)
        if hole:
            self._on_hole()

    def take_block(self, block: LogBlock, arrival_s: float) -> None:
        """Take a block of the log; raises ``ProfileError`` for one of another stream."""
        if block.stream_id != self.stream.stream_id:
            raise ProfileError(f"flash block of stream {block.stream_id:016x}, which was not asked")
        self._check_width(block.samples.shape[1])
        ticks = self._clock.anchor(block.first_index, block.first_ticks)
        self._append(block, ticks, arrival_s, live=False)

    def take_time(
        self, time: StreamTime, reading: ClockReading, read_s: float, wall_offset_s: float
    ) -> None:
        """Take what the sensor says of when the stream was measured; see ``StreamClock``."""
        self._clock.take_time(time, reading, read_s, wall_offset_s)

    def _check_width(self, width: int) -> None:
        count = self.stream.description.channels.count
        if width != count:
            raise ProfileError(f"samples of {width} values in a stream of {count}")

    def _append(
        self, source: SamplesPacket | LogBlock, ticks: int, arrival_s: float, *, live: bool
    ) -> None:
        packet = Packet(
            stream_id=self.stream.stream_id,
            first_index=source.first_index,
            ticks=ticks,
            gateway_boot=self._gateway_boot,
            monotonic_s=arrival_s,
            live=live,
            body=source.samples.astype("<i2", copy=False).tobytes(),
            n=len(source.samples),
        )
        self._spool.append(packet, self._clock.state)
