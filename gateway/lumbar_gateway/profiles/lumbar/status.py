"""Battery, state and what the flash log still has."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.checksum import fields, sealed


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
    lost_before_index: int  # some samples below this one were overwritten before they were freed
    next_index: int  # the sample that will be measured next

    _LAYOUT = struct.Struct("<BBIII")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode the status characteristic."""
        battery, state, oldest, lost_before, next_index = fields(cls._LAYOUT, data, "status")
        if battery > 100 or state > SensorState.FINISHED:
            raise ProfileError(f"battery {battery} %, state {state}: out of range")
        if oldest > next_index or lost_before > oldest:
            raise ProfileError(
                f"status with oldest {oldest}, lost before {lost_before}, next {next_index}: "
                "out of order"
            )
        return cls(battery, SensorState(state), oldest, lost_before, next_index)

    def __bytes__(self) -> bytes:
        return sealed(
            self._LAYOUT.pack(
                self.battery_percent,
                int(self.state),
                self.oldest_index,
                self.lost_before_index,
                self.next_index,
            )
        )
