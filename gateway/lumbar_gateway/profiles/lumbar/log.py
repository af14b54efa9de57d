"""The records of the flash log: what it holds, samples, what is absent and why, and the end.

Each begins with its kind and ends with a CRC-32, so that a damaged one is never taken for another.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.checksum import CRC_BYTES, fields, opened, sealed
from lumbar_gateway.profiles.lumbar.samples import MAX_INDEX
from lumbar_gateway.profiles.lumbar.stream import StreamDescription

BLOCK_SAMPLES = 60  # samples in a full flash block


class RecordKind(enum.IntEnum):
    """What a record on the log characteristic is."""

    DIRECTORY = 1
    BLOCK = 2
    END = 3
    GAP = 4


class GapReason(enum.IntEnum):
    """Why the log does not have a sample."""

    NEVER_MEASURED = 1
    OVERWRITTEN = 2  # before a gateway freed it
    FREED = 3  # a gateway has it
    UNREADABLE = 4  # the flash block is damaged


@dataclass(frozen=True, slots=True)
class StreamTime:
    """When a stream was measured, by the counters of the boot that it is of."""

    boot: int  # counts the sensor's boots; streams of one boot share a tick counter
    start_ticks: int  # ticks since that boot at sample 0, not wrapped
    # The same when the clock was set: the last time before sample 0, else the first after it; and
    # what it was set to, since 1970-01-01 UTC, 0 where it never was.
    set_ticks: int = 0
    set_time_us: int = 0


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """What the flash log holds of one stream."""

    description: StreamDescription
    oldest_index: int
    lost_before_index: int
    end_index: int  # one past the newest sample
    time: StreamTime

    KIND: ClassVar = RecordKind.DIRECTORY
    _TAIL: ClassVar = struct.Struct("<IIIIQQQ")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a directory record."""
        body = opened(data, "directory record")
        head = len(body) - cls._TAIL.size
        if head < 1 or body[0] != cls.KIND:
            raise ProfileError(f"{len(data)} bytes of kind {body[0]} are no directory record")
        oldest, lost_before, end, *time = cls._TAIL.unpack(body[head:])
        description = StreamDescription.from_bytes(body[1:head])
        return cls(description, oldest, lost_before, end, StreamTime(*time))

    def __bytes__(self) -> bytes:
        tail = self._TAIL.pack(
            self.oldest_index,
            self.lost_before_index,
            self.end_index,
            self.time.boot,
            self.time.start_ticks,
            self.time.set_ticks,
            self.time.set_time_us,
        )
        return sealed(bytes([self.KIND]) + bytes(self.description) + tail)


@dataclass(frozen=True, slots=True)
class LogBlock:
    """A flash block: consecutive samples of one stream."""

    stream_id: int
    first_index: int
    first_ticks: int
    samples: NDArray[np.int16]  # (n, 3) or (n, 6)

    KIND: ClassVar = RecordKind.BLOCK
    _HEADER: ClassVar = struct.Struct("<BQIIBB")
    MAX_BYTES: ClassVar = _HEADER.size + 255 * 6 * 2 + CRC_BYTES  # no record is longer

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return self.first_index + len(self.samples)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a block."""
        body = opened(data, "flash block")
        if len(body) < cls._HEADER.size or body[0] != cls.KIND:
            raise ProfileError(f"{len(data)} bytes of kind {body[0]} are no flash block")
        _, stream_id, first_index, ticks, n, width = cls._HEADER.unpack_from(body)
        if width not in (3, 6) or n == 0 or len(body) != cls._HEADER.size + n * width * 2:
            raise ProfileError(f"{n} samples of {width} values do not fill the flash block")
        if first_index + n - 1 > MAX_INDEX:
            raise ProfileError(f"sample index {first_index} + {n} does not fit 32 bits")
        samples = np.frombuffer(body, "<i2", offset=cls._HEADER.size).reshape(n, width)
        return cls(stream_id, first_index, ticks, samples.astype(np.int16, copy=False))

    def __bytes__(self) -> bytes:
        n, width = self.samples.shape
        header = self._HEADER.pack(
            self.KIND, self.stream_id, self.first_index, self.first_ticks, n, width
        )
        return sealed(header + self.samples.astype("<i2", copy=False).tobytes())


@dataclass(frozen=True, slots=True)
class LogGap:
    """Consecutive indices whose samples the log does not have, and why."""

    stream_id: int
    first_index: int
    end_index: int
    reason: GapReason

    KIND: ClassVar = RecordKind.GAP
    _LAYOUT: ClassVar = struct.Struct("<BQIIB")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a gap record."""
        kind, stream_id, first_index, end_index, reason = fields(cls._LAYOUT, data, "log gap")
        if kind != cls.KIND or reason not in GapReason._value2member_map_:
            raise ProfileError(f"record of kind {kind} with reason {reason} is no gap of the log")
        if first_index >= end_index:
            raise ProfileError(f"log gap from {first_index} to {end_index} is empty")
        return cls(stream_id, first_index, end_index, GapReason(reason))

    def __bytes__(self) -> bytes:
        return sealed(
            self._LAYOUT.pack(
                self.KIND, self.stream_id, self.first_index, self.end_index, self.reason
            )
        )


@dataclass(frozen=True, slots=True)
class LogEnd:
    """Ends every answer on the log characteristic and says what was to arrive."""

    stream_id: int  # asked for; in the directory's answer the current one
    first_index: int  # READ_LOG: every sample from here up to ...
    end_index: int  # ... here was sent, in a block or as absent; else 0 and the next to be measured
    records: int  # sent before this one

    KIND: ClassVar = RecordKind.END
    _LAYOUT: ClassVar = struct.Struct("<BQIII")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode an end record."""
        kind, *values = fields(cls._LAYOUT, data, "log end")
        if kind != cls.KIND:
            raise ProfileError(f"record of kind {kind} is no end of the log")
        return cls(*values)

    def __bytes__(self) -> bytes:
        return sealed(
            self._LAYOUT.pack(
                self.KIND, self.stream_id, self.first_index, self.end_index, self.records
            )
        )


LogRecord = DirectoryRecord | LogBlock | LogEnd | LogGap
