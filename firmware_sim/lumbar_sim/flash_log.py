"""The sensor's flash log: a ring of fixed blocks, oldest overwritten first.

The log answers for every sample index that it is asked for: it has the sample, or says why not.
It remembers a stream until a gateway has freed all of it after its end, also when nothing of it is
left: who frees what there is so far does not know that nothing will follow.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.profiles.lumbar import (
    BLOCK_SAMPLES,
    TICK_HZ,
    DirectoryRecord,
    GapReason,
    LogBlock,
    LogGap,
    StreamDescription,
    StreamTime,
)

# Chosen: 36 000 blocks of 382 bytes fit a 16 MB flash chip and hold 6 h at 100 Hz.
DEFAULT_CAPACITY_BLOCKS = 36_000
# Settings of the clock that differ by more than this cannot both be right; chosen: a slow link,
# and ten times the tolerance of a usual watch crystal.
SETTING_ERROR_S = 2.0
CRYSTAL_ERROR = 200e-6


@dataclass(slots=True)
class _Block:
    first_index: int
    first_ticks: int
    samples: NDArray[np.int16]  # (BLOCK_SAMPLES, width), the first n are written
    n: int = 0
    is_readable: bool = True  # else its CRC does not fit

    @property
    def end_index(self) -> int:
        return self.first_index + self.n


@dataclass(slots=True)
class _Stream:
    description: StreamDescription
    time: StreamTime
    is_started: bool = False
    blocks: list[_Block] = field(default_factory=list)  # by first_index
    freed_below: int = 0
    lost_before: int = 0
    end_index: int = 0

    @property
    def oldest_index(self) -> int:
        if not self.blocks:
            return self.end_index
        return max(self.blocks[0].first_index, min(self.freed_below, self.blocks[0].end_index))

    @property
    def record(self) -> DirectoryRecord:
        return DirectoryRecord(
            self.description, self.oldest_index, self.lost_before, self.end_index, self.time
        )

    @property
    def is_freed(self) -> bool:
        return self.freed_below >= self.end_index

    def room(self, first_index: int) -> _Block | None:
        """Return the block that takes the sample ``first_index``, if there is one."""
        if self.blocks and self.blocks[-1].n < BLOCK_SAMPLES:
            last = self.blocks[-1]
            return last if last.end_index == first_index else None
        return None


class FlashLog:
    """A ring of ``capacity_blocks`` blocks of at most ``BLOCK_SAMPLES`` consecutive samples.

    Streams are written one after the other; only the newest grows. A block never spans a gap.

    Parameters
    ----------
    capacity_blocks
        At least 1; when all are in use the oldest block is overwritten.

    Attributes
    ----------
    boot
        How often the sensor was switched on, so far.
    """

    def __init__(self, capacity_blocks: int = DEFAULT_CAPACITY_BLOCKS) -> None:
        if capacity_blocks < 1:
            raise ValueError(f"capacity of {capacity_blocks} blocks: need at least 1")
        self.boot = 0
        self._capacity_blocks = capacity_blocks
        self._streams: dict[int, _Stream] = {}
        self._used_blocks = 0
        self._time_set = (0, 0)  # ticks, microseconds: of this boot

    @property
    def used_blocks(self) -> int:
        """Number of blocks that hold samples."""
        return self._used_blocks

    def begin_boot(self) -> None:
        """Note that the sensor was switched on: ticks count from 0, the time is not known."""
        self.boot += 1
        self._time_set = (0, 0)

    def note_start(self, start_ticks: int) -> None:
        """Note when sample 0 of the newest stream is taken, in ticks since the boot."""
        stream = self._newest()
        stream.time = replace(stream.time, start_ticks=start_ticks)
        stream.is_started = True

    def note_time_set(self, set_ticks: int, set_time_us: int) -> None:
        """Note that the clock was set.

        A stream keeps what it had when it started, if anything, unless that was wrong.
        """
        self._time_set = (set_ticks, set_time_us)
        for stream in self._streams.values():
            if stream.time.boot == self.boot and not (
                stream.is_started and _agree(stream.time, set_ticks, set_time_us)
            ):
                stream.time = replace(stream.time, set_ticks=set_ticks, set_time_us=set_time_us)

    def open_stream(self, description: StreamDescription) -> None:
        """Begin a stream; everything appended from now on belongs to it."""
        if description.stream_id in self._streams:
            raise ValueError(f"stream {description.stream_id:#x} is in the log already")
        for stream_id in [i for i, stream in self._streams.items() if stream.end_index == 0]:
            del self._streams[stream_id]
        self._streams[description.stream_id] = _Stream(
            description, StreamTime(self.boot, 0, *self._time_set)
        )

    def append(self, first_index: int, first_ticks: int, samples: NDArray[np.int16]) -> None:
        """Write consecutive samples of the newest stream.

        Parameters
        ----------
        first_index
            Index of the first sample, not below the stream's end; a larger one leaves a gap.
        first_ticks
            Device ticks (u32) at the first sample.
        samples
            (n, 3) or (n, 6) counts.
        """
        stream = self._newest()
        if first_index < stream.end_index:
            raise ValueError(f"sample {first_index} is below the end {stream.end_index}")
        at = 0
        while at < len(samples):
            block = stream.room(first_index + at)
            if block is None:
                block = self._erase(stream, first_index + at, _later(stream, first_ticks, at))
            n = min(BLOCK_SAMPLES - block.n, len(samples) - at)
            block.samples[block.n : block.n + n] = samples[at : at + n]
            block.n += n
            at += n
            stream.end_index = block.end_index

    def read(self, stream_id: int, first_index: int, end_index: int) -> LogBlock | LogGap:
        """Return what the log knows of the sample ``first_index`` and those that follow it.

        Parameters
        ----------
        stream_id
            One that the log knows; KeyError for another.
        first_index, end_index
            The range, without ``end_index``; not empty.

        Returns
        -------
        record
            Begins at ``first_index``: the samples of one block, or why there are none.
        """
        stream = self._streams[stream_id]
        for border, reason in (
            (stream.freed_below, GapReason.FREED),
            (stream.lost_before, GapReason.OVERWRITTEN),
        ):
            if first_index < border:
                return LogGap(stream_id, first_index, min(end_index, border), reason)
        at = bisect_right(stream.blocks, first_index, key=lambda block: block.end_index)
        if at == len(stream.blocks):
            return LogGap(stream_id, first_index, end_index, GapReason.NEVER_MEASURED)
        block = stream.blocks[at]
        if first_index < block.first_index:
            gap_end = min(end_index, block.first_index)
            return LogGap(stream_id, first_index, gap_end, GapReason.NEVER_MEASURED)
        end_index = min(end_index, block.end_index)
        if not block.is_readable:
            return LogGap(stream_id, first_index, end_index, GapReason.UNREADABLE)
        first, end = first_index - block.first_index, end_index - block.first_index
        ticks = _later(stream, block.first_ticks, first)
        return LogBlock(stream_id, first_index, ticks, block.samples[first:end].copy())

    def knows(self, stream_id: int) -> bool:
        """Whether the log remembers a stream."""
        return stream_id in self._streams

    def free(self, stream_id: int, index: int) -> None:
        """Allow every sample of the stream below ``index`` to be overwritten.

        Raises
        ------
        KeyError
            For a stream that the log does not know.
        """
        stream = self._streams[stream_id]
        stream.freed_below = max(stream.freed_below, min(index, stream.end_index))
        whole = bisect_right(stream.blocks, stream.freed_below, key=lambda block: block.end_index)
        del stream.blocks[:whole]
        self._used_blocks -= whole
        if stream.is_freed and stream is not self._newest():
            del self._streams[stream_id]

    def damage(self, stream_id: int, index: int) -> None:
        """Let the block with a sample go bad, as flash does."""
        for block in self._streams[stream_id].blocks:
            if block.first_index <= index < block.end_index:
                block.is_readable = False

    def directory(self) -> list[DirectoryRecord]:
        """Return what the log remembers, oldest stream first; the newest is always listed."""
        return [stream.record for stream in self._streams.values()]

    def record(self, stream_id: int) -> DirectoryRecord:
        """Return one stream's line of the directory; KeyError for an unknown one."""
        return self._streams[stream_id].record

    def _newest(self) -> _Stream:
        if not self._streams:
            raise ValueError("no stream is open: call open_stream first")
        return next(reversed(self._streams.values()))

    def _erase(self, stream: _Stream, first_index: int, first_ticks: int) -> _Block:
        if self._used_blocks == self._capacity_blocks:
            self._overwrite_oldest()
        width = stream.description.channels.count
        block = _Block(first_index, first_ticks, np.empty((BLOCK_SAMPLES, width), np.int16))
        stream.blocks.append(block)
        self._used_blocks += 1
        return block

    def _overwrite_oldest(self) -> None:
        oldest = next(stream for stream in self._streams.values() if stream.blocks)
        block = oldest.blocks.pop(0)
        self._used_blocks -= 1
        if block.end_index > oldest.freed_below:
            oldest.lost_before = block.end_index


def _agree(time: StreamTime, set_ticks: int, set_time_us: int) -> bool:
    """Tell whether a crystal may count from one setting of the clock to another."""
    counted_s = (set_ticks - time.set_ticks) / TICK_HZ
    error_s = (set_time_us - time.set_time_us) / 1e6 - counted_s
    return time.set_time_us > 0 and abs(error_s) <= SETTING_ERROR_S + CRYSTAL_ERROR * counted_s


def _later(stream: _Stream, ticks: int, n: int) -> int:
    """Ticks ``n`` samples after ``ticks``, within half a tick of the sample's own."""
    return (ticks + round(n * TICK_HZ / stream.description.sampling_rate_hz)) % 2**32
