"""Commands to the sensor and their answers."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.checksum import fields, opened, sealed

MAX_READ_SAMPLES = 2**16 - 1


class Opcode(enum.IntEnum):
    """Commands of the control point."""

    START = 0x01  # no parameters; does nothing where it is already measuring
    STOP = 0x02
    SET_RATE = 0x03  # float32 Hz; starts a new stream
    SET_RANGE = 0x04  # u8 g (2, 4, 8 or 16); starts a new stream
    IDENTIFY = 0x05  # blinks
    SET_TIME = 0x06  # u64 microseconds since 1970-01-01 UTC
    LIST_LOG = 0x10  # answers on the log characteristic with one directory record a stream
    READ_LOG = 0x11  # u64 stream id, u32 first index, u16 number of samples
    FREE_LOG = 0x12  # u64 stream id, u32 index: everything below it may be overwritten


class ControlStatus(enum.IntEnum):
    """How a command ended."""

    OK = 0
    UNKNOWN_OPCODE = 1
    BAD_PARAMETERS = 2
    UNKNOWN_STREAM = 3
    BUSY = 4
    DAMAGED = 5  # the command's CRC does not fit


class RefusedWriteError(ProfileError):
    """A write to the control point that is no command, and what the sensor answers."""

    def __init__(self, opcode: int, status: ControlStatus, reason: str) -> None:
        super().__init__(reason)
        self.opcode = opcode
        self.status = status


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
        Opcode.READ_LOG: 14,
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
        n = end_index - first_index
        if not 0 < n <= MAX_READ_SAMPLES:
            raise ProfileError(f"{n} samples of the log at once: ask for 1 to {MAX_READ_SAMPLES}")
        return cls(Opcode.READ_LOG, struct.pack("<QIH", stream_id, first_index, n))

    @classmethod
    def free_log(cls, stream_id: int, index: int) -> Self:
        """Allow the sensor to overwrite every sample below ``index``."""
        return cls(Opcode.FREE_LOG, struct.pack("<QI", stream_id, index))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode a write; raises ``RefusedWriteError`` for what is no command."""
        try:
            body = opened(data, "command")
        except ProfileError as error:
            raise RefusedWriteError(0, ControlStatus.DAMAGED, str(error)) from None
        if body[0] not in Opcode._value2member_map_:
            raise RefusedWriteError(body[0], ControlStatus.UNKNOWN_OPCODE, f"opcode {body[0]:#x}")
        command = cls(Opcode(body[0]), body[1:])
        if len(command.parameters) != cls._LENGTHS[command.opcode]:
            reason = f"{command.opcode.name} with {len(body) - 1} bytes of parameters"
            raise RefusedWriteError(command.opcode, ControlStatus.BAD_PARAMETERS, reason)
        return command

    def __bytes__(self) -> bytes:
        return sealed(bytes([self.opcode]) + self.parameters)

    def values(self) -> tuple[int | float, ...]:
        """Return the parameters as numbers, in the order of the opcode's description."""
        layout = {4: "<f", 1: "<B", 8: "<Q", 14: "<QIH", 12: "<QI"}
        length = len(self.parameters)
        return struct.unpack(layout[length], self.parameters) if length else ()


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The indication that answers a command."""

    opcode: int
    status: ControlStatus

    _LAYOUT = struct.Struct("<BB")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode an indication of the control point."""
        opcode, status = fields(cls._LAYOUT, data, "answer of the control point")
        if status not in ControlStatus._value2member_map_:
            raise ProfileError(f"answer of the control point with status {status}")
        return cls(opcode, ControlStatus(status))

    def __bytes__(self) -> bytes:
        return sealed(self._LAYOUT.pack(self.opcode, self.status))
