"""What a sensor measured, boot by boot, and what it had to give up for want of room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lumbar_gateway.profiles.lumbar import TICK_HZ
from lumbar_sim.firmware import Firmware
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.measurement import Measurement


class RememberingFlashLog(FlashLog):
    """A flash log that can tell afterwards what it overwrote.

    Attributes
    ----------
    overwritten_below
        By stream id: no sample from this one on was overwritten before it was freed.
    """

    def __init__(self, capacity_blocks: int) -> None:
        super().__init__(capacity_blocks)
        self.overwritten_below: dict[int, int] = {}

    def append(self, *args: Any) -> None:
        """Write samples of the newest stream."""
        super().append(*args)
        for record in self.directory():
            stream_id = record.description.stream_id
            self.overwritten_below[stream_id] = record.lost_before_index


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one stream."""

    index: np.ndarray[Any, np.dtype[np.int64]]  # (n,)
    counts: np.ndarray[Any, np.dtype[np.int16]]  # (n, channels)

    def only(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Samples:
        """Return those that are chosen."""
        return Samples(self.index[chosen], self.counts[chosen])


@dataclass(slots=True)
class Boot:
    """One life of a sensor: one stream."""

    firmware: Firmware
    flash_log: RememberingFlashLog
    measurement: Measurement  # as planned; a reboot ends it sooner
    booted_s: float  # virtual
    clock_ppm: float
    ended_at: int | None = None  # sample index

    @property
    def stream_id(self) -> int:
        """The stream that it measures."""
        return self.firmware.sensor.description.stream_id

    @property
    def overwritten_below(self) -> int:
        """Only samples below this index may be lost."""
        return self.flash_log.overwritten_below.get(self.stream_id, 0)

    def taken_s(self, index: int) -> float:
        """Return the virtual time at which a sample was taken."""
        by_crystal_s = self.firmware.sensor.ticks_at(index) / TICK_HZ
        return self.booted_s + by_crystal_s / (1.0 + self.clock_ppm * 1e-6)

    def measured(self) -> Samples:
        """Return what the converter delivered before the end."""
        end = self.ended_at
        if end is None:
            end = self.firmware.sensor.status.next_index
        whole = Samples(self.measurement.index, self.measurement.counts)
        return whole.only(whole.index < end)
