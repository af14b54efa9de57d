"""What the sensor's tick counter shows."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.profiles.lumbar.checksum import fields, sealed


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The clock characteristic: the counter at the moment of the read."""

    boot: int  # counts the sensor's boots
    ticks_now: int  # since that boot, not wrapped; samples carry its low 32 bits

    _LAYOUT = struct.Struct("<IQ")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode the clock characteristic."""
        return cls(*fields(cls._LAYOUT, data, "clock"))

    def __bytes__(self) -> bytes:
        return sealed(self._LAYOUT.pack(self.boot, self.ticks_now))
