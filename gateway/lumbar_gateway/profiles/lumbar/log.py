"""The transfer of flash blocks."""

from __future__ import annotations

import enum
import struct
import zlib
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.stream import StreamDescription

BLOCK_SAMPLES = 60  # samples in a full flash block


class RecordKind(enum.IntEnum):
    """What a record on the log characteristic is."""

    DIRECTORY = 1
    BLOCK = 2
    END = 3


@dataclass(frozen=True, slots=True)
class StreamTime:
    """When a stream was measured, by the counters of the boot that it is of."""

    boot: int  # counts the sensor's boots; streams of one boot share a tick counter
    start_ticks: int  # ticks since that boot at sample 0, not wrapped
    set_ticks: int = (
        0  # the same when the clock was set: last before sample 0, else first after ...
    )
    set_time_us: int = 0  # ... and what it was set to, since 1970-01-01 UTC; 0 where it never was


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """What the flash log holds of one stream."""

    description: StreamDescription
    oldest_index: int
    lost_before_index: int
    end_index: int  # one past the newest sample
    time: StreamTime

    _TAIL = struct.Struct("<IIIIQQQ")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a directory record's body."""
        head = len(data) - cls._TAIL.size
        if head < 0:
            raise ProfileError(f"directory record of {len(data)} bytes is too short")
        oldest, lost_before, end, *time = cls._TAIL.unpack(data[head:])
        description = StreamDescription.from_bytes(data[:head])
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
        return bytes(self.description) + tail


@dataclass(frozen=True, slots=True)
class LogBlock:
    """A flash block: consecutive samples of one stream, guarded by a CRC-32."""

    stream_id: int
    first_index: int
    first_ticks: int
    samples: NDArray[np.int16]  # (n, 3) or (n, 6)

    _HEADER = struct.Struct("<QIIBB")
    _CRC = struct.Struct("<I")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a block; raises ``ProfileError`` where the CRC does not fit."""
        if len(data) < cls._HEADER.size + cls._CRC.size:
            raise ProfileError(f"flash block of {len(data)} bytes is too short")
        body = data[: -cls._CRC.size]
        (crc,) = cls._CRC.unpack(data[-cls._CRC.size :])
        if zlib.crc32(body) != crc:
            raise ProfileError("flash block with a wrong CRC: ask for it again")
        stream_id, first_index, ticks, n, width = cls._HEADER.unpack_from(body)
        if width not in (3, 6) or n == 0 or len(body) != cls._HEADER.size + n * width * 2:
            raise ProfileError(f"{n} samples of {width} values do not fill the flash block")
        samples = np.frombuffer(body, "<i2", offset=cls._HEADER.size).reshape(n, width)
        return cls(stream_id, first_index, ticks, samples.astype(np.int16, copy=False))

    def __bytes__(self) -> bytes:
        n, width = self.samples.shape
        header = self._HEADER.pack(self.stream_id, self.first_index, self.first_ticks, n, width)
        body = header + self.samples.astype("<i2", copy=False).tobytes()
        return body + self._CRC.pack(zlib.crc32(body))


@dataclass(frozen=True, slots=True)
class LogEnd:
    """Ends every answer on the log characteristic."""

    stream_id: int
    end_index: int  # READ_LOG: everything the log had in the asked range below this was sent

    _LAYOUT = struct.Struct("<QI")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode an end record's body."""
        if len(data) != cls._LAYOUT.size:
            raise ProfileError(f"log end of {len(data)} bytes, not {cls._LAYOUT.size}")
        return cls(*cls._LAYOUT.unpack(data))

    def __bytes__(self) -> bytes:
        return self._LAYOUT.pack(self.stream_id, self.end_index)


LogRecord = DirectoryRecord | LogBlock | LogEnd

_KIND_OF: dict[type[LogRecord], RecordKind] = {
    DirectoryRecord: RecordKind.DIRECTORY,
    LogBlock: RecordKind.BLOCK,
    LogEnd: RecordKind.END,
}
_FIRST, _LAST = 0x40, 0x80


def fragment(record: LogRecord, payload_bytes: int) -> list[bytes]:
    """Cut a record into log notifications of at most ``payload_bytes`` each.

    The first byte of each is the record's kind, with 0x40 on the first and 0x80 on the last.
    """
    body = bytes(record)
    step = payload_bytes - 1
    pieces = [body[at : at + step] for at in range(0, len(body), step)]
    kind = int(_KIND_OF[type(record)])
    return [
        bytes([kind | (_FIRST if i == 0 else 0) | (_LAST if i == len(pieces) - 1 else 0)]) + piece
        for i, piece in enumerate(pieces)
    ]


class LogAssembler:
    """Puts log notifications together again; a lost fragment discards its record."""

    def __init__(self) -> None:
        self._kind: int | None = None
        self._body = bytearray()

    def push(self, notification: bytes) -> LogRecord | None:
        """Take one notification; returns the record that it completes."""
        if not notification:
            raise ProfileError("empty log notification")
        flags, kind = notification[0] & (_FIRST | _LAST), notification[0] & 0x3F
        if flags & _FIRST:
            self._kind, self._body = kind, bytearray()
        if kind != self._kind:
            raise ProfileError(f"log fragment of kind {kind} without its beginning")
        self._body += notification[1:]
        if not flags & _LAST:
            return None
        self._kind = None
        body = bytes(self._body)
        if kind == RecordKind.DIRECTORY:
            return DirectoryRecord.from_bytes(body)
        if kind == RecordKind.BLOCK:
            return LogBlock.from_bytes(body)
        if kind == RecordKind.END:
            return LogEnd.from_bytes(body)
        raise ProfileError(f"unknown kind {kind} of log record")
