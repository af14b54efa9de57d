"""Fills what live samples left out from the sensor's flash log, and lets the sensor forget.

Lost is what the sensor says that it lost, never what merely did not arrive: the log answers for
every index that it is asked for, and what is missing from an answer is asked for again. The log is
freed only below what is committed to the spool, declared lost there, or with another gateway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from lumbar_gateway.control_point import ControlPoint
from lumbar_gateway.errors import CommandRefusedError, ProfileError, ProtocolError, SpoolError
from lumbar_gateway.freed_elsewhere import FreedElsewhere
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.intake import Intake
from lumbar_gateway.link import Timing
from lumbar_gateway.log_transfer import LogTransfer
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.profiles.lumbar import (
    BLOCK_SAMPLES,
    Command,
    GapReason,
    LogBlock,
    LogGap,
    SensorState,
    Status,
)
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import LostRange

MOST_ASKED = 50 * BLOCK_SAMPLES  # samples asked for at once: a minute at 50 Hz

REASONS = {
    GapReason.NEVER_MEASURED: "never measured",
    GapReason.OVERWRITTEN: "overwritten in the sensor's log",
    GapReason.FREED: "freed in the sensor's log for another gateway, which did not deliver",
    GapReason.UNREADABLE: "unreadable in the sensor's log",
}

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class LoggedStream:
    """A stream of the sensor and what is still to be done about it."""

    intake: Intake
    end_index: int  # samples below this one exist, or existed
    is_closed: bool
    is_in_log: bool = True  # else a gateway has freed all of it
    freed_index: int = 0
    freed_s: float = 0.0
    is_done: bool = False
    unread_samples: int = 0

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
    current
        The stream that the sensor is in now.
    older
        The others that it remembers, or that the gateway has not finished.
    freed
        What of this sensor is with another gateway.
    on_change
        Called when there is something new to publish.
    on_malformed
        Called with what was wrong with a record.
    """

    def __init__(
        self,
        control: ControlPoint,
        transfer: LogTransfer,
        spool: Spool,
        current: LoggedStream,
        older: list[LoggedStream],
        freed: FreedElsewhere,
        *,
        timing: Timing,
        clock: GatewayClock,
        on_change: Callable[[], None],
        on_malformed: Callable[[ProfileError], None],
    ) -> None:
        self._control = control
        self._transfer = transfer
        self._spool = spool
        self._current = current
        self._streams = [current, *older]
        self._freed = freed
        self._timing = timing
        self._clock = clock
        self._on_change = on_change
        self._on_malformed = on_malformed
        self._wake = asyncio.Event()

    @property
    def unread_samples(self) -> int:
        """How many samples are still to be read from the log, as far as is known."""
        return sum(logged.unread_samples for logged in self._streams)

    def take_status(self, status: Status, *, is_silent: bool) -> None:
        """Take the sensor's word on the current stream.

        ``is_silent``: no live samples come, so everything measured is to be read from the log.
        """
        current = self._current
        if status.state is SensorState.FINISHED:
            current.is_closed = True
        if current.is_closed or is_silent:
            current.end_index = max(current.end_index, status.next_index)
        self.wake()

    def wake(self) -> None:
        """Look for holes now."""
        self._wake.set()

    async def run(self) -> None:
        """Fill, declare and free until cancelled; raises ``LinkError`` where the sensor fails."""
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
        for logged in self._streams:
            if not logged.is_done:
                progress |= await self._advance(logged)
        return progress

    async def _advance(self, logged: LoggedStream) -> bool:
        """Do the next thing about a stream; tells whether there may be more to do."""
        # As of now: a status may come in while the spool commits.
        end_index, is_closed = logged.end_index, logged.is_closed
        await self._spool.flush()
        settled = self._spool.settled(logged.stream_id)
        await self._settle_freed(logged, settled)
        settled.update(self._freed.ranges(logged.stream_id))
        self._note_unread(logged, settled, end_index)
        hole = next_request(settled, end_index) if logged.is_in_log else None
        is_over = is_closed and hole is None
        await self._free(logged, settled.contiguous_end(), at_once=is_over)
        if is_over:
            await self._close(logged, end_index)
        return hole is not None and await self._fill(logged, *hole)

    def _note_unread(self, logged: LoggedStream, settled: IndexRanges, end_index: int) -> None:
        unread = sum(end - start for start, end in settled.missing(0, end_index))
        if unread != logged.unread_samples:
            logged.unread_samples = unread
            self._on_change()

    async def _fill(self, logged: LoggedStream, start: int, end: int) -> bool:
        """Ask the log for a range; tells whether it is worth asking again at once.

        Raises
        ------
        ProtocolError
            Where the whole answer leaves samples out without a word.
        """
        refused = self._spool.refused_packets
        before = self._known(logged)
        gaps: list[LogGap] = []

        def take(record: LogBlock | LogGap) -> None:
            if isinstance(record, LogGap):
                gaps.append(record)
            else:
                self._take_block(logged, record)

        try:
            answer = await self._transfer.read(logged.stream_id, start, end, take)
        except CommandRefusedError as refusal:
            _log.info("%s: %s, asking again", self._sensor_id, refusal)
            return False
        await self._spool.flush()
        if self._spool.refused_packets != refused:
            return False
        for gap in gaps:
            await self._take_gap(logged, gap)
        known = self._known(logged)
        unsaid = known.missing(start, answer.end_index) if start < answer.end_index else []
        if unsaid and answer.is_whole:
            raise ProtocolError(f"the log says nothing of samples from {unsaid[0][0]} on")
        return known.count > before.count

    def _known(self, logged: LoggedStream) -> IndexRanges:
        """Return the indices of which nothing is to be asked: settled, or with another gateway."""
        known = self._spool.settled(logged.stream_id)
        known.update(self._freed.ranges(logged.stream_id))
        return known

    def _take_block(self, logged: LoggedStream, block: LogBlock) -> None:
        try:
            logged.intake.take_block(block, self._clock.monotonic_s())
        except ProfileError as error:
            self._on_malformed(error)

    async def _take_gap(self, logged: LoggedStream, gap: LogGap) -> None:
        if gap.reason is GapReason.FREED:
            now_s = asyncio.get_running_loop().time()
            settled = self._spool.settled(logged.stream_id)
            for start, end in settled.missing(gap.first_index, gap.end_index):
                self._freed.note(logged.stream_id, start, end, now_s)
        else:
            await self._declare(logged, gap.first_index, gap.end_index, gap.reason)

    async def _settle_freed(self, logged: LoggedStream, settled: IndexRanges) -> None:
        """Forget what the server has by now, and give up what was awaited for too long."""
        self._freed.settle(logged.stream_id, settled)
        long_ago_s = asyncio.get_running_loop().time() - self._timing.freed_s
        for start, end in self._freed.overdue(logged.stream_id, long_ago_s):
            await self._declare(logged, start, end, GapReason.FREED)
            settled.add(start, end)
        self._freed.settle(logged.stream_id, settled)

    async def _declare(self, logged: LoggedStream, start: int, end: int, reason: GapReason) -> None:
        lost = LostRange(logged.stream_id, start, end, REASONS[reason])
        if await self._spool.ask(SpoolFile.declare_lost, lost):
            _log.warning(
                "%s: samples %d to %d are lost (%s)", self._sensor_id, start, end - 1, lost.reason
            )
            self._on_change()

    async def _free(self, logged: LoggedStream, index: int, *, at_once: bool) -> None:
        now_s = asyncio.get_running_loop().time()
        is_due = at_once or now_s - logged.freed_s >= self._timing.free_s
        if index <= logged.freed_index or not is_due or not logged.is_in_log:
            return
        try:
            await self._control.command(Command.free_log(logged.stream_id, index))
        except CommandRefusedError as refusal:
            _log.info("%s: %s", self._sensor_id, refusal)
        logged.freed_index, logged.freed_s = index, now_s

    async def _close(self, logged: LoggedStream, end_index: int) -> None:
        """Record the end; of a stream that is with another gateway only when it is settled."""
        is_awaited = bool(self._freed.ranges(logged.stream_id).count)
        if logged.is_in_log or not is_awaited:
            await self._spool.ask(SpoolFile.close_stream, logged.stream_id, end_index)
            self._on_change()
        logged.is_done = not is_awaited
