"""From a sensor's directory to the streams that its log is read for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from lumbar_gateway.backfill import LoggedStream
from lumbar_gateway.clock import known_drift, presumed
from lumbar_gateway.freed_elsewhere import FreedElsewhere
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.intake import Intake
from lumbar_gateway.log_transfer import Directory
from lumbar_gateway.profiles.lumbar import TICK_HZ, ClockReading, DirectoryRecord
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import Stream


class SensorStreams:
    """Registers the streams of one sensor.

    Parameters
    ----------
    freed
        What of this sensor is with another gateway; gains the streams that the sensor forgot.
    reading
        The sensor's tick counter, read at the monotonic time ``read_s`` (s).
    on_stream
        Called with every stream that became known.
    on_hole
        Called when live samples of a stream are missing.
    """

    def __init__(
        self,
        sensor_id: str,
        spool: Spool,
        freed: FreedElsewhere,
        *,
        clock: GatewayClock,
        reading: ClockReading,
        read_s: float,
        on_stream: Callable[[Stream], None],
        on_hole: Callable[[], None],
    ) -> None:
        self._sensor_id = sensor_id
        self._spool = spool
        self._freed = freed
        self._clock = clock
        self._reading = reading
        self._read_s = read_s
        self._on_stream = on_stream
        self._on_hole = on_hole

    async def current(self, directory: Directory) -> LoggedStream:
        """Take in the stream that the sensor is in now."""
        return await self._listed(directory.current, directory.next_index, is_closed=False)

    async def older(self, directory: Directory) -> list[LoggedStream]:
        """Take in the other streams that the sensor remembers, and those that it forgot."""
        listed = [
            await self._listed(entry, entry.end_index, is_closed=True) for entry in directory.older
        ]
        known = {directory.current.description.stream_id, *(old.stream_id for old in listed)}
        return listed + [
            await self._forgotten(stream)
            for stream in self._spool.streams()
            if stream.sensor_id == self._sensor_id
            and stream.stream_id not in known
            and not await self._is_settled(stream)
        ]

    async def _listed(
        self, entry: DirectoryRecord, end_index: int, *, is_closed: bool
    ) -> LoggedStream:
        clock = presumed(
            entry.description.sampling_rate_hz,
            self._clock.boot,
            end_index,
            self._ended_by_s(entry),
            self._known_drift(),
        )
        stream = Stream(self._sensor_id, entry.description, clock)
        stream = await self._spool.ask(SpoolFile.register, stream)
        self._on_stream(stream)
        if is_closed:  # more may have come live than was written when the power failed
            end_index = max(end_index, await self._settled_end(stream))
        intake = Intake(stream, self._spool, self._clock.boot, end_index, self._on_hole)
        intake.take_time(entry.time, self._reading, self._read_s, self._clock.wall_offset_s())
        return LoggedStream(intake, end_index, is_closed)

    def _ended_by_s(self, entry: DirectoryRecord) -> float:
        """Return when a stream had ended at the latest: that of an earlier boot before this one."""
        if entry.time.boot == self._reading.boot:
            return self._clock.monotonic_s()
        return self._read_s - self._reading.ticks_now / TICK_HZ

    def _known_drift(self) -> float:
        return known_drift(
            stream.clock for stream in self._spool.streams() if stream.sensor_id == self._sensor_id
        )

    async def _forgotten(self, stream: Stream) -> LoggedStream:
        """Take up a stream that the sensor forgot, since some gateway has freed all of it."""
        settled = await self._spool.ask(SpoolFile.settled, stream.stream_id)
        end_index = max(settled.end, stream.end_index or 0)
        at_s = asyncio.get_running_loop().time()
        for start, end in settled.missing(0, end_index):
            self._freed.note(stream.stream_id, start, end, at_s)
        intake = Intake(stream, self._spool, self._clock.boot, end_index, self._on_hole)
        return LoggedStream(intake, end_index, is_closed=True, is_in_log=False)

    async def _settled_end(self, stream: Stream) -> int:
        return (await self._spool.ask(SpoolFile.settled, stream.stream_id)).end

    async def _is_settled(self, stream: Stream) -> bool:
        if stream.end_index is None:
            return False
        settled = await self._spool.ask(SpoolFile.settled, stream.stream_id)
        return settled.covers(0, stream.end_index)
