"""Wall time as a view: a line over the sample index, and what it rests on."""

from __future__ import annotations

import enum
from dataclasses import dataclass

SETTLED_S = 60.0  # observed for so long a fit is within 5 ms (100 ppm off, 30 ms of radio jitter)


class ClockSource(enum.IntEnum):
    """What a fit rests on; a higher one never gives way to a lower one."""

    PRESUMED = 0  # nothing is known but that the samples existed when the gateway heard of them
    TOLD = 1  # the sensor's own clock, as somebody set it in the boot it measured in
    READ = 2  # the sensor's tick counter, read in the boot it measured in
    OBSERVED = 3  # when live packets arrived


@dataclass(frozen=True, slots=True)
class ClockFit:
    """Wall time of a stream as a line over the sample index."""

    wall_at_zero_s: float  # wall time of sample index 0, seconds since 1970-01-01 UTC
    wall_s_per_sample: float
    source: ClockSource
    observed_s: float = 0.0  # over how long packets were observed for it

    def wall_s(self, index: float) -> float:
        """Return the wall time at which sample ``index`` was taken; fractions are allowed."""
        return self.wall_at_zero_s + index * self.wall_s_per_sample

    def index(self, wall_s: float) -> float:
        """Return the sample index of a wall time."""
        return (wall_s - self.wall_at_zero_s) / self.wall_s_per_sample

    def gives_way_to(self, newer: ClockFit) -> bool:
        """Tell whether a newer fit is to be believed instead.

        The newest belief about the time wins, wherever it rests on no less: a wall clock that
        was set since was wrong before. Of what is only presumed the first is the nearest.
        """
        if newer.source is not self.source:
            return newer.source > self.source
        if self.source is ClockSource.PRESUMED:
            return False
        return newer.observed_s >= min(self.observed_s, SETTLED_S)
