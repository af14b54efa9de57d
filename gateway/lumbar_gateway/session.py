"""One connection to one sensor, from the first read to the last sample."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from lumbar_gateway.backfill import Backfill
from lumbar_gateway.control_point import ControlPoint
from lumbar_gateway.errors import LinkError, MessageError, ProfileError, ProtocolError
from lumbar_gateway.freed_elsewhere import FreedElsewhere
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.intake import Intake
from lumbar_gateway.link import Connection, Timing
from lumbar_gateway.log_transfer import LogTransfer
from lumbar_gateway.messages import Topic
from lumbar_gateway.profiles.lumbar import (
    CLOCK_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    SERIAL_NUMBER_UUID,
    STATUS_UUID,
    STREAM_UUID,
    ClockReading,
    Command,
    Opcode,
    SamplesPacket,
    SensorState,
    Status,
    StreamDescription,
)
from lumbar_gateway.sensor_streams import SensorStreams
from lumbar_gateway.streams import Stream

CLOCK_LOOK_S = 10.0  # how often it is looked whether the wall clock was set ...
CLOCK_SET_S = 1.0  # ... by so much that the sensor should know
CHANGED_S = 10.0  # a status this far behind the samples speaks of another stream

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SensorRecord:
    """What the gateway has seen of one sensor since it started."""

    address: str
    sensor_id: str | None = None  # known once it was connected
    is_connected: bool = False
    battery_percent: int | None = None
    received_samples: int = 0  # live, whether new or not
    log_records: int = 0  # blocks and gaps that the log has sent
    log_samples: int = 0  # still to be read from the log, as far as is known
    freed: FreedElsewhere = field(default_factory=FreedElsewhere)
    malformed: int = 0  # notifications that did not fit the profile
    connections: int = 0
    failures: int = 0  # of connections, for whatever reason
    last_failure: str = ""


class Session:
    """The conversation with a connected sensor; ends by raising ``LinkError``.

    Parameters
    ----------
    on_change
        Called when there is something new to publish, with a stream that became known.
    """

    def __init__(
        self,
        connection: Connection,
        record: SensorRecord,
        spool: Spool,
        *,
        timing: Timing,
        clock: GatewayClock,
        on_change: Callable[[Stream | None], None],
    ) -> None:
        self._connection = connection
        self._record = record
        self._spool = spool
        self._timing = timing
        self._clock = clock
        self._told_offset_s = 0.0  # wall minus monotonic time, as the sensor knows it
        self._on_change = on_change
        self._control = ControlPoint(connection, timing.answer_s)
        self._transfer = LogTransfer(
            self._control, timing, on_malformed=self._malformed, on_progress=self._log_moved
        )
        self._intake: Intake | None = None
        self._backfill: Backfill | None = None
        self._state = SensorState.IDLE
        self._loop = asyncio.get_running_loop()
        self._sample_s = self._loop.time()
        self._complained = False
        self._failed = asyncio.Event()
        self._failure = ""

    async def run(self) -> None:
        """Talk until the link is gone, the sensor fails or the task is cancelled."""
        self._record.sensor_id = await self._read_sensor_id()
        backfill = await self._set_up()
        self._record.is_connected = True
        self._on_change(None)
        await _until_one_fails(
            backfill.run(),
            self._watch_data(backfill),
            self._watch_link(),
            self._watch_status(),
            self._keep_time(),
        )

    async def _read_sensor_id(self) -> str:
        serial = (await self._connection.read(SERIAL_NUMBER_UUID)).decode("utf-8", "replace")
        try:
            return Topic(serial, "samples").sensor_id
        except MessageError as error:
            raise ProtocolError(f"serial number: {error}") from None

    async def _set_up(self) -> Backfill:
        connection = self._connection
        await self._control.open()
        await connection.subscribe(LOG_UUID, self._transfer.take_notification)
        await connection.subscribe(STATUS_UUID, self._status_notified)
        await self._tell_time()
        if (await self._read_status()).state is SensorState.IDLE:
            await self._control.command(Command(Opcode.START))
        backfill = await self._open_log()
        backfill.take_status(await self._read_status(), is_silent=False)
        # Only now: a notification does not say which stream it belongs to.
        await connection.subscribe(SAMPLES_UUID, self._samples_notified)
        self._backfill = backfill
        return backfill

    async def _open_log(self) -> Backfill:
        sensor_id = self._record.sensor_id
        assert sensor_id is not None
        reading = ClockReading.from_bytes(await self._connection.read(CLOCK_UUID))
        streams = SensorStreams(
            sensor_id,
            self._spool,
            self._record.freed,
            clock=self._clock,
            reading=reading,
            read_s=self._clock.monotonic_s(),
            on_stream=self._on_change,
            on_hole=self._hole_seen,
        )
        description = StreamDescription.from_bytes(await self._connection.read(STREAM_UUID))
        directory = await self._transfer.directory()
        if directory.current.description != description:
            raise ProtocolError("the log's directory does not have the current stream")
        current = await streams.current(directory)
        self._intake = current.intake
        return Backfill(
            self._control,
            self._transfer,
            self._spool,
            current,
            await streams.older(directory),
            self._record.freed,
            timing=self._timing,
            clock=self._clock,
            on_change=self._log_advanced,
            on_malformed=self._malformed,
        )

    async def _read_status(self) -> Status:
        status = Status.from_bytes(await self._connection.read(STATUS_UUID))
        self._state = status.state
        self._record.battery_percent = status.battery_percent
        return status

    def _hole_seen(self) -> None:
        if self._backfill is not None:
            self._backfill.wake()

    def _samples_notified(self, data: bytes) -> None:
        if self._intake is None:
            return
        try:
            self._intake.take_live(
                packet := SamplesPacket.from_bytes(data), self._clock.monotonic_s()
            )
        except ProfileError as error:
            self._malformed(error)
            return
        self._sample_s = self._loop.time()
        self._record.received_samples += len(packet.samples)

    def _log_moved(self) -> None:
        self._record.log_records += 1
        self._sample_s = self._loop.time()

    def _log_advanced(self) -> None:
        if self._backfill is not None:
            self._record.log_samples = self._backfill.unread_samples
        self._on_change(None)

    def _status_notified(self, data: bytes) -> None:
        try:
            status = Status.from_bytes(data)
        except ProfileError as error:
            self._malformed(error)
            return
        self._record.battery_percent = status.battery_percent
        if self._is_of_another_stream(status):
            self._fail("the sensor began another stream")
            return
        self._state = status.state
        if self._backfill is not None:
            self._backfill.take_status(status, is_silent=False)

    def _is_of_another_stream(self, status: Status) -> bool:
        if self._intake is None:
            return False
        slack = CHANGED_S * self._intake.stream.description.sampling_rate_hz
        restarted = self._state is SensorState.FINISHED and status.state is not SensorState.FINISHED
        return restarted or status.next_index + slack < self._intake.live_end

    def _malformed(self, error: ProfileError) -> None:
        self._record.malformed += 1
        if not self._complained:  # a sensor out of its mind must not fill the log
            _log.warning("%s: %s (further ones are only counted)", self._record.sensor_id, error)
        self._complained = True

    def _fail(self, reason: str) -> None:
        self._failure = reason
        self._failed.set()

    async def _watch_status(self) -> None:
        await self._failed.wait()
        raise LinkError(self._failure)

    async def _watch_link(self) -> None:
        await self._connection.until_gone()
        raise LinkError("disconnected")

    async def _tell_time(self) -> None:
        self._told_offset_s = self._clock.wall_offset_s()
        await self._control.command(Command.set_time(self._clock.wall_s()))

    async def _keep_time(self) -> None:
        """Tell the sensor the time again where the gateway's own clock was set."""
        while True:
            await asyncio.sleep(CLOCK_LOOK_S)
            if abs(self._clock.wall_offset_s() - self._told_offset_s) > CLOCK_SET_S:
                await self._tell_time()

    async def _watch_data(self, backfill: Backfill) -> None:
        """Fail where a sensor that measures sends no samples: the link is up in name only.

        Where it sends none live (six axes do not fit the smallest MTU), the log has them.
        """
        self._sample_s = self._loop.time()
        while True:
            await asyncio.sleep(self._timing.data_s / 4)
            silent_s = self._loop.time() - self._sample_s
            if self._state is not SensorState.MEASURING:
                self._sample_s = self._loop.time()
            elif silent_s > self._timing.data_s:
                raise LinkError(f"no samples for {silent_s:.0f} s")
            elif silent_s > self._timing.data_s / 5:
                backfill.take_status(await self._read_status(), is_silent=True)


async def _until_one_fails(*work: Coroutine[Any, Any, None]) -> None:
    """Run all until one fails, and raise that.

    Not a task group: before 3.13 one whose child fails just as it is cancelled from outside
    forgets the cancellation.
    """
    tasks = [asyncio.create_task(part) for part in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
