"""The spool for the event loop: packets that come close together share one commit.

SQLite runs in one thread of its own, in the order of the calls.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from lumbar_gateway.clock import ClockState
from lumbar_gateway.errors import SpoolDamagedError, SpoolError
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.salvage import open_or_salvage, replace_damaged
from lumbar_gateway.spool import DEFAULT_LIMIT_BYTES, AppendReport, SpoolFile
from lumbar_gateway.spool_database import Connect
from lumbar_gateway.stream_table import SampleCounts
from lumbar_gateway.streams import Packet, Stream

GROUP_COMMIT_S = 0.01  # a packet waits at most this long for others to share its commit
TOLD_S = 60.0  # between two lines about samples that are given up
MAX_GROUP_PACKETS = 1000  # in one commit: below 2 MB, so that the write-ahead log stays bounded
MAX_WAITING_PACKETS = 10_000  # chosen: some minutes of a stalled disk; then the log has to help

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class Spool:
    """A spool file behind one thread; use ``async with Spool(path) as spool``."""

    def __init__(
        self,
        path: Path,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        connect: Connect = sqlite3.connect,
    ) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._connect = connect
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self._waiting: list[Packet] = []
        self._clocks: dict[int, ClockState] = {}
        self._committing: asyncio.Task[None] | None = None
        self._in_trouble = self._has_refused_for_good = False
        self._listeners: list[Callable[[AppendReport], None]] = []
        self.refused_packets = 0  # not stored for want of room: the sensor's log still has them
        self.differing_samples = 0
        self._next_told_s = 0.0
        self.evicted_samples = 0  # given up for want of room or for their age

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        try:
            self._file = await self._loop.run_in_executor(
                self._thread, open_or_salvage, self._path, self._opened
            )
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.flush()
        await self._loop.run_in_executor(self._thread, self._file.close)
        self._thread.shutdown()

    def on_commit(self, listener: Callable[[AppendReport], None]) -> None:
        """Call ``listener`` in the event loop after every commit of packets."""
        self._listeners.append(listener)

    def stream(self, stream_id: int) -> Stream | None:
        """Return a stream as last committed."""
        return self._file.streams.get(stream_id)

    def streams(self) -> list[Stream]:
        """Return all streams as last committed."""
        return list(self._file.streams.values())

    def settled(self, stream_id: int) -> IndexRanges:
        """Return the indices of which nothing more is expected, as last committed."""
        return self._file.settled(stream_id)

    def wall_offset_s(self, boot: int) -> float | None:
        """Return wall minus monotonic time in a run of the gateway, as last committed."""
        return self._file.boots.wall_offset_s.get(boot)

    def counts(self, sensor_id: str) -> SampleCounts:
        """Return where a sensor's samples are, over all its streams."""
        total = SampleCounts()
        for stream in self.streams():
            if stream.sensor_id == sensor_id:
                counts = self._file.counts[stream.stream_id]
                total.waiting += counts.waiting
                total.acked += counts.acked
                total.lost += counts.lost
                total.refused += counts.refused
        return total

    def append(self, packet: Packet, clock: ClockState) -> None:
        """Commit a packet and its stream's clock soon.

        What finds no room is refused and counted; the sensor's log still has it.
        """
        if len(self._waiting) >= MAX_WAITING_PACKETS:
            self._refuse(1, "the disk is too slow: samples stay in the sensor's log")
            return
        self._waiting.append(packet)
        self._clocks[packet.stream_id] = clock
        if self._committing is None:
            self._committing = self._loop.create_task(self._commit_soon())

    async def flush(self) -> None:
        """Return once every packet appended so far is committed or refused."""
        while self._committing is not None:
            await asyncio.shield(self._committing)

    async def ask(
        self,
        method: Callable[Concatenate[SpoolFile, _P], _T],
        /,
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """Call a method of the spool file in its thread, behind what was asked before."""
        return await self._loop.run_in_executor(
            self._thread, lambda: self._call(lambda: method(self._file, *args, **kwargs))
        )

    def _opened(self, path: Path) -> SpoolFile:
        return SpoolFile(path, self._limit_bytes, self._loop.time, self._connect)

    def _call(self, action: Callable[[], _T]) -> _T:
        """Do something with the file; with a new one where it turns out to be damaged."""
        try:
            return action()
        except SpoolDamagedError as error:
            _log.error("spool: %s", error)
            self._replace_file()
            return action()

    def _replace_file(self) -> None:
        streams = list(self._file.streams.values())
        self._file.close()
        self._file = replace_damaged(self._path, self._opened)
        for stream in streams:  # the sensors are in the midst of some
            self._file.register(stream)
            if stream.end_index is not None:
                self._file.close_stream(stream.stream_id, stream.end_index)

    async def _commit_soon(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GROUP_COMMIT_S)
                packets, self._waiting = self._waiting, []
                clocks, self._clocks = self._clocks, {}
                for first in range(0, len(packets), MAX_GROUP_PACKETS):
                    await self._commit(packets[first : first + MAX_GROUP_PACKETS], clocks)
        finally:
            self._committing = None

    async def _commit(self, packets: list[Packet], clocks: dict[int, ClockState]) -> None:
        try:
            report = await self.ask(SpoolFile.append, packets, clocks)
        except SpoolError as error:
            self._refuse(len(packets), str(error))
        except Exception as error:  # something of one of them: the others must not suffer
            if len(packets) == 1:
                self._refuse_for_good(error)
            else:
                for packet in packets:
                    await self._commit([packet], {})
        else:
            self._tell(report)

    def _refuse_for_good(self, error: Exception) -> None:
        if not self._has_refused_for_good:
            _log.error(
                "spool: a packet cannot be stored, the sensor's log still has it (more are only "
                "counted)",
                exc_info=error,
            )
        self._has_refused_for_good = True
        self.refused_packets += 1

    def _tell(self, report: AppendReport) -> None:
        if self._in_trouble:
            self._in_trouble = False
            _log.info("spool: storing samples again")
        if report.evicted:
            self._tell_evicted(report.evicted)
        for stream_id, start, end in report.differing:
            self.differing_samples += end - start
            _log.warning(
                "stream %016x: samples %d to %d came again with other values; the first ones stay",
                stream_id,
                start,
                end - 1,
            )
        for listener in self._listeners:
            listener(report)

    def _tell_evicted(self, samples: int) -> None:
        self.evicted_samples += samples
        if self._loop.time() < self._next_told_s:
            return
        self._next_told_s = self._loop.time() + TOLD_S
        _log.error(
            "spool: too full or too old: the oldest samples are given up and declared lost, so far "
            "%d; is the server there?",
            self.evicted_samples,
        )

    def _refuse(self, packets: int, reason: str) -> None:
        self.refused_packets += packets
        if not self._in_trouble:
            self._in_trouble = True
            _log.error("spool: %s", reason)
