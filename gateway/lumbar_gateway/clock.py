"""From device ticks to wall time: unwrapping, observations and the lower-envelope fit.

A radio can only delay a packet, never deliver it early. So the true line of wall time over device
time runs along the lower edge of the observed arrivals. Everything here is a value: an observation
gives a new clock, and a fit may be computed again at any time.
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import asdict, dataclass, replace
from typing import Self

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar import TICK_HZ

TICK_MODULUS = 2**32  # ticks are u32 on the wire
MAX_DRIFT = 200e-6  # chosen: ten times the tolerance of a usual watch crystal
MAX_RATE_ERROR = 0.05  # a converter's own oscillator may be off its nominal rate by some percent
DRIFT_BASE_S = 30.0  # with less than this, jitter would be taken for drift: the drift counts as 0
WINDOW_S = 3600.0  # older observations are forgotten: a crystal's drift follows its temperature
STEP_S = 1.0  # a packet this much early, or late for STEP_LASTS_S on end: the wall clock was set
STEP_LASTS_S = 60.0


@dataclass(frozen=True, slots=True)
class ClockFit:
    """Wall time of a stream as a line over the sample index."""

    wall_at_zero_s: float  # wall time of sample index 0, seconds since 1970-01-01 UTC
    wall_s_per_sample: float

    def wall_s(self, index: int) -> float:
        """Return the wall time at which sample ``index`` was taken."""
        return self.wall_at_zero_s + index * self.wall_s_per_sample


@dataclass(frozen=True, slots=True)
class StreamClock:
    """What is known of one stream's clock.

    Device time is counted in seconds from the first tick stamp seen (the anchor), lateness is
    arrival minus device time; both stay small, so that no precision is lost.
    """

    nominal_rate_hz: float
    anchor_index: int | None = None
    anchor_ticks: int = 0  # unwrapped
    ticks_per_sample: float = 0.0
    anchor_wall_s: float = 0.0
    hull: tuple[tuple[float, float], ...] = ()  # lower hull of (device time, lateness), in seconds
    late_since_s: float | None = None  # device time from which on every packet came STEP_S late
    presumed_end: tuple[int, float] | None = None  # (index, wall time), used without observations

    def ticks_at(self, index: int) -> float:
        """Return the unwrapped device ticks at which sample ``index`` was taken."""
        if self.anchor_index is None:
            return index * TICK_HZ / self.nominal_rate_hz
        return self.anchor_ticks + (index - self.anchor_index) * self.ticks_per_sample

    def unwrap(self, index: int, raw_ticks: int) -> int:
        """Return the full tick count of a u32 stamp that belongs to sample ``index``."""
        wraps = round((self.ticks_at(index) - raw_ticks) / TICK_MODULUS)
        return raw_ticks + max(0, wraps) * TICK_MODULUS

    def is_plausible(self, index: int, raw_ticks: int) -> bool:
        """Tell whether a stamp fits what is known of the stream's rate."""
        if self.anchor_index is None:
            return True
        nominal_s = (index - self.anchor_index) / self.nominal_rate_hz
        error_s = (self.unwrap(index, raw_ticks) - self.anchor_ticks) / TICK_HZ - nominal_s
        return abs(error_s) <= 1.0 + MAX_RATE_ERROR * abs(nominal_s)

    def anchored(self, index: int, raw_ticks: int) -> StreamClock:
        """Take the first tick stamp as the stream's anchor; later stamps change nothing."""
        if self.anchor_index is not None:
            return self
        return replace(
            self,
            anchor_index=index,
            anchor_ticks=self.unwrap(index, raw_ticks),
            ticks_per_sample=TICK_HZ / self.nominal_rate_hz,
        )

    def observed(self, first_index: int, n: int, raw_ticks: int, arrival_s: float) -> StreamClock:
        """Take a live packet of ``n`` samples whose first has the stamp ``raw_ticks``.

        A packet can be sent only after its last sample, so it is that sample whose time is
        compared with the arrival. Packets older than the newest observation change
        nothing. Ask ``is_plausible`` first where the packet comes from a stranger.
        """
        clock = self.anchored(first_index, raw_ticks)
        ticks = clock.unwrap(first_index, raw_ticks)
        clock = clock._rate_refined(first_index, ticks)
        at_s = (ticks - clock.anchor_ticks + (n - 1) * clock.ticks_per_sample) / TICK_HZ
        if not clock.hull:
            clock = replace(clock, anchor_wall_s=arrival_s - at_s)
        elif at_s <= clock.hull[-1][0]:
            return self
        return clock._with_point(at_s, arrival_s - clock.anchor_wall_s - at_s)

    def presuming(self, end_index: int, wall_s: float) -> StreamClock:
        """Presume that ``end_index`` was reached at ``wall_s``; used without observations."""
        return replace(self, presumed_end=(end_index, wall_s))

    def fit(self) -> ClockFit:
        """Return the present fit; raises ``ProfileError`` where nothing at all is known."""
        if not self.hull:
            if self.presumed_end is None:
                raise ProfileError("no packet of this stream was seen yet: its time is unknown")
            end_index, wall_s = self.presumed_end
            return ClockFit(wall_s - end_index / self.nominal_rate_hz, 1 / self.nominal_rate_hz)
        drift, lateness_s = _envelope(self.hull)
        zero_s = (self.ticks_at(0) - self.anchor_ticks) / TICK_HZ
        return ClockFit(
            self.anchor_wall_s + lateness_s + (1 + drift) * zero_s,
            (1 + drift) * self.ticks_per_sample / TICK_HZ,
        )

    def _rate_refined(self, index: int, ticks: int) -> StreamClock:
        assert self.anchor_index is not None
        samples = index - self.anchor_index
        # Stamps are whole ticks: over less than a second the nominal rate is the better guess.
        if samples < self.nominal_rate_hz:
            return self
        return replace(self, ticks_per_sample=(ticks - self.anchor_ticks) / samples)

    def _with_point(self, at_s: float, lateness_s: float) -> StreamClock:
        late_since_s = None
        if self.hull:
            drift, floor_s = _envelope(self.hull)
            excess_s = lateness_s - (floor_s + drift * at_s)
            if excess_s > STEP_S:
                late_since_s = at_s if self.late_since_s is None else self.late_since_s
            clock_was_set = late_since_s is not None and at_s - late_since_s > STEP_LASTS_S
            if excess_s < -STEP_S or clock_was_set:
                return replace(self, hull=((at_s, lateness_s),), late_since_s=None)
        recent = [point for point in self.hull if point[0] >= at_s - WINDOW_S]
        hull = _extended(recent, (at_s, lateness_s))
        return replace(self, hull=tuple(hull), late_since_s=late_since_s)

    def to_json(self) -> str:
        """Return the clock as text, for the spool."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what ``to_json`` wrote."""
        fields = json.loads(text)
        fields["hull"] = tuple((at_s, lateness_s) for at_s, lateness_s in fields["hull"])
        if fields["presumed_end"] is not None:
            fields["presumed_end"] = tuple(fields["presumed_end"])
        return cls(**fields)


def _extended(
    hull: list[tuple[float, float]], point: tuple[float, float]
) -> list[tuple[float, float]]:
    """Add a point right of all others to a lower convex hull (Andrew's monotone chain)."""
    while len(hull) >= 2:
        (x0, y0), (x1, y1) = hull[-2:]
        if (x1 - x0) * (point[1] - y0) > (y1 - y0) * (point[0] - x0):
            break
        hull.pop()
    return [*hull, point]


def _envelope(hull: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    """Return (drift, lateness at device time 0) of the line below all points, nearest to them.

    Among all lines below evenly spread points, the one with the least sum of distances carries
    the hull's edge over the middle of their span.
    """
    first_s, last_s = hull[0][0], hull[-1][0]
    drift = 0.0
    if last_s - first_s >= DRIFT_BASE_S:
        middle_s = (first_s + last_s) / 2
        for (x0, y0), (x1, y1) in itertools.pairwise(hull):
            if x0 <= middle_s <= x1:
                drift = (y1 - y0) / (x1 - x0)
                break
    drift = math.copysign(min(abs(drift), MAX_DRIFT), drift)
    return drift, min(y - drift * x for x, y in hull)
