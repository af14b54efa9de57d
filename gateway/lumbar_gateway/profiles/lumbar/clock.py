"""What the sensor's tick counter shows."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import ProfileError


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The clock characteristic: the counter at the moment of the read."""

    boot: int  # counts the sensor's boots
    ticks_now: int  # since that boot, not wrapped; samples carry its low 32 bits

    _LAYOUT = struct.Struct("<IQ")
    _CRC = struct.Struct("<I")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode the clock characteristic; raises ``ProfileError`` where the CRC does not fit."""
        if len(data) != cls._LAYOUT.size + cls._CRC.size:
            raise ProfileError(f"clock of {len(data)} bytes")
        body = data[: cls._LAYOUT.size]
        if cls._CRC.unpack(data[cls._LAYOUT.size :]) != (zlib.crc32(body),):
            raise ProfileError("clock with a wrong CRC: read it again")
        return cls(*cls._LAYOUT.unpack(body))

    def __bytes__(self) -> bytes:
        body = self._LAYOUT.pack(self.boot, self.ticks_now)
        return body + self._CRC.pack(zlib.crc32(body))
