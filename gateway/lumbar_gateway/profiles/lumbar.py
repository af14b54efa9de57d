"""The GATT profile of our own sensor: UUIDs and the bytes of every characteristic.

Written out for firmware authors in ``docs/gatt-profile.md``. All numbers are little-endian.
Each type converts both ways (``from_bytes`` and ``bytes(...)``) and refuses what does not fit.
"""

from __future__ import annotations

import enum
import struct
import zlib
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.errors import ProfileError

# Our own base UUID; the two bytes after the first say which attribute it is.
SERVICE_UUID = "4c420000-1b5e-4a7c-9d3f-6c756d626172"
STREAM_UUID = "4c420001-1b5e-4a7c-9d3f-6c756d626172"  # read
SAMPLES_UUID = "4c420002-1b5e-4a7c-9d3f-6c756d626172"  # notify
CONTROL_UUID = "4c420003-1b5e-4a7c-9d3f-6c756d626172"  # write, indicate; encrypted
LOG_UUID = "4c420004-1b5e-4a7c-9d3f-6c756d626172"  # notify; encrypted
STATUS_UUID = "4c420005-1b5e-4a7c-9d3f-6c756d626172"  # read, notify

# Standard services (Bluetooth SIG assigned numbers).
BATTERY_LEVEL_UUID = "00002a19-0000-1000-8000-00805f9b34fb"
SERIAL_NUMBER_UUID = "00002a25-0000-1000-8000-00805f9b34fb"
CURRENT_TIME_UUID = "00002a2b-0000-1000-8000-00805f9b34fb"

COMPANY_ID = 0xFFFF  # the SIG's id for companies without one; the magic below tells us apart
ADVERTISEMENT_MAGIC = b"LB"

TICK_HZ = 32768  # the sensor's watch crystal; ticks are u32 and wrap after 36.4 h
PROFILE_VERSION = 1
MAX_INDEX = 2**32 - 1
NOTIFICATION_INTERVAL_S = 0.1  # a samples notification at least this often
BLOCK_SAMPLES = 60  # samples in a full flash block


class Channels(enum.IntFlag):
    """What a sample consists of; acceleration is always there."""

    ACC = 1
    GYRO = 2

    @property
    def count(self) -> int:
        """Number of int16 values in a sample."""
        return 6 if Channels.GYRO in self else 3


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """What every sample of a stream means; a change of any field starts a new stream.

    ``stream_id`` is drawn at random by the sensor at each boot and each change of configuration.
    """

    stream_id: int  # u64
    sampling_rate_hz: float  # nominal, by the sensor's own crystal
    g_per_step: float
    dps_per_step: float  # 0 where there is no gyro
    range_g: int
    channels: Channels

    # version, stream id, rate, acceleration step, gyro step, range, channels, tick unit
    _LAYOUT = struct.Struct("<BQfffHBI")

    def __post_init__(self) -> None:
        """Refuse what no sensor can mean."""
        if not 0 <= self.stream_id < 2**64:
            raise ProfileError(f"stream_id {self.stream_id} does not fit 64 bits")
        if not 1.0 <= self.sampling_rate_hz <= 2000.0:
            raise ProfileError(f"sampling_rate_hz {self.sampling_rate_hz} is not in 1 to 2000")
        if not 0.0 < self.g_per_step <= 0.1:
            raise ProfileError(f"g_per_step {self.g_per_step} is not in 0 to 0.1")
        if not 0.0 <= self.dps_per_step <= 1.0:
            raise ProfileError(f"dps_per_step {self.dps_per_step} is not in 0 to 1")
        if Channels.ACC not in self.channels:
            raise ProfileError("a stream always carries acceleration: set Channels.ACC")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode the stream characteristic."""
        if len(data) != cls._LAYOUT.size:
            raise ProfileError(f"stream description of {len(data)} bytes, not {cls._LAYOUT.size}")
        version, stream_id, rate_hz, g, dps, range_g, channels, tick_hz = cls._LAYOUT.unpack(data)
        if version != PROFILE_VERSION:
            raise ProfileError(f"profile version {version}; this gateway speaks {PROFILE_VERSION}")
        if tick_hz != TICK_HZ:
            raise ProfileError(f"tick unit of {tick_hz} Hz, not {TICK_HZ}")
        if channels & ~3:
            raise ProfileError(f"unknown channels {channels:#04x}")
        return cls(stream_id, rate_hz, g, dps, range_g, Channels(channels))

    def __bytes__(self) -> bytes:
        return self._LAYOUT.pack(
            PROFILE_VERSION,
            self.stream_id,
            self.sampling_rate_hz,
            self.g_per_step,
            self.dps_per_step,
            self.range_g,
            int(self.channels),
            TICK_HZ,
        )


@dataclass(frozen=True, slots=True)
class SamplesPacket:
    """A samples notification: consecutive samples of the current stream."""

    first_index: int
    first_ticks: int  # device ticks (u32) at the first sample
    samples: NDArray[np.int16]  # (n, 3) or (n, 6): ax ay az [gx gy gz]

    _HEADER = struct.Struct("<BBII")
    _HAS_GYRO = 0x01

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a notification of the samples characteristic."""
        if len(data) < cls._HEADER.size:
            raise ProfileError(f"samples notification of {len(data)} bytes is too short")
        flags, n, first_index, ticks = cls._HEADER.unpack_from(data)
        if flags & ~cls._HAS_GYRO:
            raise ProfileError(f"unknown flags {flags:#04x} in a samples notification")
        width = 6 if flags & cls._HAS_GYRO else 3
        if n == 0 or len(data) != cls._HEADER.size + n * width * 2:
            raise ProfileError(f"{n} samples of {width} values do not fill {len(data)} bytes")
        if first_index + n - 1 > MAX_INDEX:
            raise ProfileError(f"sample index {first_index} + {n} does not fit 32 bits")
        samples = np.frombuffer(data, "<i2", offset=cls._HEADER.size).reshape(n, width)
        return cls(first_index, ticks, samples.astype(np.int16, copy=False))

    def __bytes__(self) -> bytes:
        n, width = self.samples.shape
        if not 1 <= n <= 255:
            raise ProfileError(f"{n} samples do not fit one notification (1 to 255)")
        flags = self._HAS_GYRO if width == 6 else 0
        header = self._HEADER.pack(flags, n, self.first_index, self.first_ticks)
        return header + self.samples.astype("<i2", copy=False).tobytes()

    @staticmethod
    def capacity(payload_bytes: int, width: int) -> int:
        """How many samples of ``width`` values fit a notification of ``payload_bytes``."""
        return min(255, (payload_bytes - SamplesPacket._HEADER.size) // (2 * width))


class SensorState(enum.IntEnum):
    """What the sensor is doing."""

    IDLE = 0  # not measuring
    MEASURING = 1
    FINISHED = 2  # the stream is closed: next_index will not grow


@dataclass(frozen=True, slots=True)
class Status:
    """The status characteristic; indices are of the current stream."""

    battery_percent: int
    state: SensorState
    oldest_index: int  # oldest sample still in the flash log
    lost_before_index: int  # samples below this one were overwritten before they were freed
    next_index: int  # the sample that will be measured next

    _LAYOUT = struct.Struct("<BBIII")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode the status characteristic."""
        if len(data) != cls._LAYOUT.size:
            raise ProfileError(f"status of {len(data)} bytes, not {cls._LAYOUT.size}")
        battery, state, oldest, lost_before, next_index = cls._LAYOUT.unpack(data)
        if battery > 100 or state > SensorState.FINISHED:
            raise ProfileError(f"battery {battery} %, state {state}: out of range")
        return cls(battery, SensorState(state), oldest, lost_before, next_index)

    def __bytes__(self) -> bytes:
        return self._LAYOUT.pack(
            self.battery_percent,
            int(self.state),
            self.oldest_index,
            self.lost_before_index,
            self.next_index,
        )


class Opcode(enum.IntEnum):
    """Commands of the control point."""

    START = 0x01  # no parameters; does nothing where it is already measuring
    STOP = 0x02
    SET_RATE = 0x03  # float32 Hz; starts a new stream
    SET_RANGE = 0x04  # u8 g (2, 4, 8 or 16); starts a new stream
    IDENTIFY = 0x05  # blinks
    SET_TIME = 0x06  # u64 microseconds since 1970-01-01 UTC
    LIST_LOG = 0x10  # answers on the log characteristic with one directory record a stream
    READ_LOG = 0x11  # u64 stream id, u32 first index, u32 end index (excluded)
    FREE_LOG = 0x12  # u64 stream id, u32 index: everything below it may be overwritten


class ControlStatus(enum.IntEnum):
    """How a command ended."""

    OK = 0
    UNKNOWN_OPCODE = 1
    BAD_PARAMETERS = 2
    UNKNOWN_STREAM = 3
    BUSY = 4


@dataclass(frozen=True, slots=True)
class Command:
    """A write to the control point."""

    opcode: Opcode
    parameters: bytes = b""

    _LENGTHS = {  # noqa: RUF012 - slots leave it on the class
        Opcode.START: 0,
        Opcode.STOP: 0,
        Opcode.SET_RATE: 4,
        Opcode.SET_RANGE: 1,
        Opcode.IDENTIFY: 0,
        Opcode.SET_TIME: 8,
        Opcode.LIST_LOG: 0,
        Opcode.READ_LOG: 16,
        Opcode.FREE_LOG: 12,
    }

    @classmethod
    def set_rate(cls, sampling_rate_hz: float) -> Self:
        """Ask for another sampling rate."""
        return cls(Opcode.SET_RATE, struct.pack("<f", sampling_rate_hz))

    @classmethod
    def set_range(cls, range_g: int) -> Self:
        """Ask for another range."""
        return cls(Opcode.SET_RANGE, struct.pack("<B", range_g))

    @classmethod
    def set_time(cls, wall_s: float) -> Self:
        """Set the sensor's clock, in seconds since 1970-01-01 UTC."""
        return cls(Opcode.SET_TIME, struct.pack("<Q", round(wall_s * 1e6)))

    @classmethod
    def read_log(cls, stream_id: int, first_index: int, end_index: int) -> Self:
        """Ask for logged samples ``first_index`` up to, not including, ``end_index``."""
        return cls(Opcode.READ_LOG, struct.pack("<QII", stream_id, first_index, end_index))

    @classmethod
    def free_log(cls, stream_id: int, index: int) -> Self:
        """Allow the sensor to overwrite every sample below ``index``."""
        return cls(Opcode.FREE_LOG, struct.pack("<QI", stream_id, index))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a write; raises ``ProfileError`` for an unknown opcode or a wrong length."""
        if not data or data[0] not in Opcode._value2member_map_:
            raise ProfileError(f"unknown command {data[:1].hex() or 'of no bytes'}")
        command = cls(Opcode(data[0]), bytes(data[1:]))
        if len(command.parameters) != cls._LENGTHS[command.opcode]:
            raise ProfileError(f"{command.opcode.name} with {len(data) - 1} bytes of parameters")
        return command

    def __bytes__(self) -> bytes:
        return bytes([self.opcode]) + self.parameters

    def values(self) -> tuple[int | float, ...]:
        """Return the parameters as numbers, in the order of the opcode's description."""
        layout = {4: "<f", 1: "<B", 8: "<Q", 16: "<QII", 12: "<QI"}
        length = len(self.parameters)
        return struct.unpack(layout[length], self.parameters) if length else ()


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The indication that answers a command."""

    opcode: int
    status: ControlStatus

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode an indication of the control point."""
        if len(data) != 2 or data[1] not in ControlStatus._value2member_map_:
            raise ProfileError(f"control point answered {data.hex()}")
        return cls(data[0], ControlStatus(data[1]))

    def __bytes__(self) -> bytes:
        return bytes([self.opcode, self.status])


class RecordKind(enum.IntEnum):
    """What a record on the log characteristic is."""

    DIRECTORY = 1
    BLOCK = 2
    END = 3


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """What the flash log holds of one stream."""

    description: StreamDescription
    oldest_index: int
    lost_before_index: int
    end_index: int  # one past the newest sample

    _TAIL = struct.Struct("<III")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a directory record's body."""
        head = len(data) - cls._TAIL.size
        if head < 0:
            raise ProfileError(f"directory record of {len(data)} bytes is too short")
        return cls(StreamDescription.from_bytes(data[:head]), *cls._TAIL.unpack(data[head:]))

    def __bytes__(self) -> bytes:
        tail = self._TAIL.pack(self.oldest_index, self.lost_before_index, self.end_index)
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
