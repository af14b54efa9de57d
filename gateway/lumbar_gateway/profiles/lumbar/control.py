"""Commands to the sensor and their answers."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import ProfileError


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
