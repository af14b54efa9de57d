"""Battery, state and what the flash log still has."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import ProfileError


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
