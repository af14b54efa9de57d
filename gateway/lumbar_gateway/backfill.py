"""Fills what live samples left out from the sensor's flash log, and lets the sensor forget.

What the log does not have either is declared lost. The log is freed only below what is committed
to the spool or declared lost there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from lumbar_gateway.clock import StreamClock
from lumbar_gateway.control_point import ControlPoint
from lumbar_gateway.errors import CommandRefusedError, LinkError, ProfileError, SpoolError
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.intake import Intake
from lumbar_gateway.link import Timing
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.profiles.lumbar import (
    BLOCK_SAMPLES,
    Command,
    ControlStatus,
    DirectoryRecord,
    LogAssembler,
    LogBlock,
    LogEnd,
    LogRecord,
    Opcode,
    SensorState,
    Status,
)
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import LostRange, Stream

MOST_ASKED = 50 * BLOCK_SAMPLES  # samples asked for at once: a minute at 50 Hz
# A notification of the log may get lost like any other: only what is missing from as many answers
# is not there.
ANSWERS_NEEDED = 3

OVERWRITTEN = "overwritten in the sensor's log"
FREED = "freed in the sensor's log by another gateway"
UNREADABLE = "unreadable in the sensor's log"
NEVER_MEASURED = "never measured"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LoggedStream:
    """A stream in the sensor's log and what is still to be done about it."""

    intake: Intake
    end_index: int  # samples below this one exist, or existed
    oldest_index: int
    lost_before_index: int
    is_closed: bool
    freed_index: int = 0
    freed_s: float = 0.0
    is_done: bool = False
    answers: dict[int, int] = field(default_factory=dict)  # without data, by the hole's start

    @property
    def stream_id(self) -> int:
        """The stream's identity."""
        return self.intake.stream.stream_id


def next_request(settled: IndexRanges, end_index: int) -> tuple[int, int] | None:
    """Return the range to ask for next: the first hole, with near neighbours, of bounded length."""
    holes = settled.missing(0, end_index)
    if not holes:
        return None
    start, end = holes[0]
    for next_start, next_end in holes[1:]:
        if next_start - end > BLOCK_SAMPLES:
            break
        end = next_end
    return start, min(end, start + MOST_ASKED)


class Backfill:
    """Works through the log of one connected sensor.

    Parameters
    ----------
    intake
        Of the stream that the sensor is in now.
    on_change
        Called when there is something new to publish.
    on_malformed
        Called with what was wrong with a notification.
    """

    def __init__(
        self,
        control: ControlPoint,
        spool: Spool,
        intake: Intake,
        status: Status,
        *,
        timing: Timing,
        now_s: Callable[[], float],
        on_change: Callable[[Stream | None], None],
        on_malformed: Callable[[ProfileError], None],
    ) -> None:
        self._control = control
        self._spool = spool
        self._timing = timing
        self._now_s = now_s
        self._on_change = on_change
        self._on_malformed = on_malformed
        self._current = LoggedStream(
            intake, status.next_index, status.oldest_index, status.lost_before_index, False
        )
        self._older: list[LoggedStream] = []
        self._assembler = LogAssembler()
        self._records: asyncio.Queue[LogRecord] = asyncio.Queue()
        self._damaged = False
        self._wake = asyncio.Event()
        self.take_status(status)

    def take_status(self, status: Status) -> None:
        """Take the sensor's word on the current stream."""
        current = self._current
        current.oldest_index = status.oldest_index
        current.lost_before_index = status.lost_before_index
        if status.state is SensorState.FINISHED:
            current.end_index = max(current.end_index, status.next_index)
            current.is_closed = True
        self.wake()

    def take_notification(self, data: bytes) -> None:
        """Take a notification of the log characteristic."""
        try:
            record = self._assembler.push(data)
        except ProfileError as error:
            self._damaged = True
            self._on_malformed(error)
            return
        if record is not None:
            self._records.put_nowait(record)

    def wake(self) -> None:
        """Look for holes now."""
        self._wake.set()

    async def run(self) -> None:
        """Fill, declare and free until cancelled; raises ``LinkError`` where the sensor fails."""
        await self._list()
        while True:
            try:
                progress = await self._advance_all()
            except SpoolError as error:
                _log.error("%s: the log waits: %s", self._sensor_id, error)
                progress = False
            if not progress:
                await self._rest()

    @property
    def _sensor_id(self) -> str:
        return self._current.intake.stream.sensor_id

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._timing.poll_s):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _advance_all(self) -> bool:
        self._current.end_index = max(self._current.end_index, self._current.intake.live_end)
        progress = False
        for logged in (self._current, *self._older):
            if not logged.is_done:
                progress |= await self._advance(logged)
        return progress

    async def _advance(self, logged: LoggedStream) -> bool:
        """Do the next thing about a stream; tells whether there may be more to do."""
        # As of now: a status may come in while the spool is asked.
        end_index, is_closed = logged.end_index, logged.is_closed
        await self._spool.flush()
        settled = await self._spool.ask(SpoolFile.settled, logged.stream_id)
        hole = next_request(settled, end_index)
        if hole is not None and hole[0] < logged.oldest_index:
            gone = min(hole[1], logged.oldest_index)
            reason = OVERWRITTEN if hole[0] < logged.lost_before_index else FREED
            await self._declare(logged, settled.missing(hole[0], gone), reason)
            return True
        if hole is not None:
            return await self._fill(logged, *hole)
        await self._free(logged, settled.contiguous_end(), at_once=is_closed)
        if is_closed:
            await self._spool.ask(SpoolFile.close_stream, logged.stream_id, end_index)
            logged.is_done = True
            self._on_change(None)
        return False

    async def _fill(self, logged: LoggedStream, start: int, end: int) -> bool:
        """Ask the log for a range; tells whether it is worth asking again at once."""
        refused = self._spool.refused_packets
        before = await self._spool.ask(SpoolFile.settled, logged.stream_id)
        answered_end = await self._read(logged, start, end)
        await self._spool.flush()
        if self._spool.refused_packets != refused:
            return False
        settled = await self._spool.ask(SpoolFile.settled, logged.stream_id)
        absent = settled.missing(start, min(end, answered_end))
        for hole in absent:
            logged.answers[hole[0]] = logged.answers.get(hole[0], 0) + 1
        certain = [hole for hole in absent if logged.answers[hole[0]] >= ANSWERS_NEEDED]
        reason = UNREADABLE if self._damaged else NEVER_MEASURED
        await self._declare(logged, certain, reason)
        return bool(absent) or settled.count > before.count

    async def _read(self, logged: LoggedStream, start: int, end: int) -> int:
        """Read a range of the log into the spool; returns up to where the log has answered."""
        self._damaged = False
        self._forget_records()
        try:
            await self._control.command(Command.read_log(logged.stream_id, start, end))
        except CommandRefusedError as refusal:
            if refusal.reason == ControlStatus.UNKNOWN_STREAM.name:
                return end
            _log.info("%s: %s, asking again", self._sensor_id, refusal)
            return start
        for _ in range(start, end + 1):  # a block has at least one sample
            record = await self._next_record()
            if isinstance(record, LogEnd):
                return record.end_index
            if isinstance(record, LogBlock):
                self._take_block(logged, record)
        raise LinkError("the log's answer does not end")

    def _take_block(self, logged: LoggedStream, block: LogBlock) -> None:
        try:
            logged.intake.take_block(block, self._now_s())
        except ProfileError as error:
            self._on_malformed(error)

    def _forget_records(self) -> None:
        while not self._records.empty():
            self._records.get_nowait()

    async def _next_record(self) -> LogRecord:
        try:
            async with asyncio.timeout(self._timing.log_s):
                return await self._records.get()
        except TimeoutError:
            raise LinkError(f"the log fell silent for {self._timing.log_s:g} s") from None

    async def _declare(
        self, logged: LoggedStream, holes: list[tuple[int, int]], reason: str
    ) -> None:
        for start, end in holes:
            lost = LostRange(logged.stream_id, start, end, reason)
            await self._spool.ask(SpoolFile.declare_lost, lost)
            _log.warning(
                "%s: samples %d to %d are lost (%s)", self._sensor_id, start, end - 1, reason
            )
            self._on_change(None)

    async def _free(self, logged: LoggedStream, index: int, *, at_once: bool) -> None:
        now_s = asyncio.get_running_loop().time()
        is_due = at_once or now_s - logged.freed_s >= self._timing.free_s
        if index <= logged.freed_index or not is_due:
            return
        try:
            await self._control.command(Command.free_log(logged.stream_id, index))
        except CommandRefusedError as refusal:
            _log.info("%s: %s", self._sensor_id, refusal)
        logged.freed_index, logged.freed_s = index, now_s

    async def _list(self) -> None:
        """Read the log's directory: which older streams there are."""
        await self._control.command(Command(Opcode.LIST_LOG))
        listed: list[DirectoryRecord] = []
        while not isinstance(record := await self._next_record(), LogEnd):
            if isinstance(record, DirectoryRecord):
                listed.append(record)
        for entry in listed:
            if entry.description.stream_id != self._current.stream_id:
                self._older.append(await self._older_stream(entry))
        if not self._damaged:
            await self._close_forgotten({entry.description.stream_id for entry in listed})

    async def _older_stream(self, entry: DirectoryRecord) -> LoggedStream:
        clock = StreamClock(entry.description.sampling_rate_hz)
        stream = Stream(
            self._sensor_id, entry.description, clock.presuming(entry.end_index, self._now_s())
        )
        stream = await self._spool.ask(SpoolFile.register, stream)
        self._on_change(stream)
        intake = Intake(stream, self._spool, entry.end_index, self.wake)
        return LoggedStream(
            intake, entry.end_index, entry.oldest_index, entry.lost_before_index, True
        )

    async def _close_forgotten(self, listed: set[int]) -> None:
        """Close the sensor's older streams that its log no longer has."""
        for stream in self._spool.streams():
            known = stream.stream_id in listed | {self._current.stream_id}
            if known or stream.sensor_id != self._sensor_id or stream.end_index is not None:
                continue
            settled = await self._spool.ask(SpoolFile.settled, stream.stream_id)
            for start, end in settled.missing(0, settled.end):
                lost = LostRange(stream.stream_id, start, end, OVERWRITTEN)
                await self._spool.ask(SpoolFile.declare_lost, lost)
            await self._spool.ask(SpoolFile.close_stream, stream.stream_id, settled.end)
            self._on_change(None)
