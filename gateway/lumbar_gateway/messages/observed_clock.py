"""From observations to a fit: the lower envelope of the arrivals of a stream's live packets.

A radio can only delay a packet, never deliver it early. So the true line of time over device time
runs along the lower edge of the observed arrivals. The gateway fits as packets arrive; whoever has
kept the observations may fit again at any time, with the same result.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

TICKS_PER_S = 32768  # of the sensor's counter
MAX_DRIFT = 200e-6  # chosen: ten times the tolerance of a usual watch crystal
MAX_RATE_ERROR = 0.05  # a converter's own oscillator may be off its nominal rate by some percent
DRIFT_BASE_S = 30.0  # with less than this, jitter would be taken for drift
WINDOW_S = 3600.0  # older observations are forgotten: a crystal's drift follows its temperature
# Only the promptest packet of each such span counts: it may hide the drift of one span, 0.2 ms.
SPAN_S = 1.0
EARLY_S = 1.0  # a packet this much early: the observer's clock stood still (a machine that slept)
# A chord from an old point is taken for the drift where it is this much longer than the window's
# own base: the old point is good to some ten ms, the envelope to a fraction of one.
FAR = 50.0
FAR_BASE_S = 3600.0  # over less, the old point's error would be some 10 ppm

Point = tuple[float, float]  # device time, lateness: seconds


@dataclass(frozen=True, slots=True)
class Line:
    """The observer's time over the sample index."""

    at_zero_s: float
    s_per_sample: float
    observed_s: float  # how long packets were observed


class ObservedClock:
    """The tick counter of one stream against one observer's monotonic clock.

    Device time is counted in seconds from an anchor, lateness is arrival minus device time, from
    the first arrival on; both stay small, so that no precision is lost.

    Parameters
    ----------
    nominal_rate_hz
        Sampling rate by the stream's description.
    drift
        What is already known of the sensor's crystal: seconds it loses in one.
    window_s
        How long observations count.
    """

    __slots__ = (
        "_anchor_s",
        "_end_s",
        "_hull",
        "_lowest",
        "_newest_s",
        "_window_s",
        "anchor_index",
        "anchor_ticks",
        "drift",
        "far",
        "nominal_rate_hz",
        "ticks_per_sample",
    )

    def __init__(
        self, nominal_rate_hz: float, drift: float = 0.0, window_s: float = WINDOW_S
    ) -> None:
        self.nominal_rate_hz = nominal_rate_hz
        self.drift = drift
        self._window_s = window_s
        self.far: Point | None = None  # device time, observer's time
        self.anchor_index: int | None = None
        self.anchor_ticks = 0
        self.ticks_per_sample = TICKS_PER_S / nominal_rate_hz
        self._hull: list[Point] = []  # of the spans before
        self._lowest: Point | None = None  # of the span that is going on
        self._end_s = self._newest_s = -math.inf  # of that span; of the newest packet
        self._anchor_s = 0.0  # the observer's time at device time 0, by the first arrival

    @property
    def is_observed(self) -> bool:
        """Whether any packet was observed."""
        return self._lowest is not None

    @property
    def points(self) -> list[Point]:
        """The envelope's points: device time, observer's time."""
        hull = _extended(self._hull, self._lowest) if self._lowest else self._hull
        return [(at_s, lateness_s + at_s + self._anchor_s) for at_s, lateness_s in hull]

    def anchor(self, index: int, ticks: int) -> None:
        """Take the ticks of a sample as the origin of device time; later ones change nothing."""
        if self.anchor_index is None:
            self.anchor_index, self.anchor_ticks = index, ticks

    def restore(self, points: Sequence[Point]) -> None:
        """Take back the points of an envelope of the same anchor, before any packet."""
        if points:
            self._begin(*points[0])
            *self._hull, self._lowest = [(x, time_s - self._anchor_s - x) for x, time_s in points]
            self._newest_s = self._lowest[0]
            self._end_s = self._newest_s + SPAN_S

    def device_s(self, ticks: float) -> float:
        """Return the device time of a tick count."""
        return (ticks - self.anchor_ticks) / TICKS_PER_S

    def ticks_at(self, index: float) -> float:
        """Return the ticks at which sample ``index`` was taken."""
        if self.anchor_index is None:
            return index * self.ticks_per_sample
        return self.anchor_ticks + (index - self.anchor_index) * self.ticks_per_sample

    def observe(self, first_index: int, n: int, ticks: int, arrival_s: float) -> bool:
        """Take a live packet of ``n`` samples whose first has ``ticks``; tells of a new fit.

        A packet can be sent only after its last sample, so it is that sample whose time is
        compared with the arrival. Packets older than the newest one change nothing.
        """
        if self.anchor_index is None:
            self.anchor(first_index, ticks)
        samples = first_index - self.anchor_index  # type: ignore[operator]
        # Stamps are whole ticks: over less than a second the nominal rate is the better guess.
        if samples >= self.nominal_rate_hz:
            per_sample = (ticks - self.anchor_ticks) / samples
            if abs(per_sample * self.nominal_rate_hz / TICKS_PER_S - 1) <= MAX_RATE_ERROR:
                self.ticks_per_sample = per_sample
        at_s = (ticks - self.anchor_ticks + (n - 1) * self.ticks_per_sample) / TICKS_PER_S
        return self._take(at_s, arrival_s)

    def line(self) -> Line:
        """Return the present fit; only once something was observed."""
        drift, lateness_s = self._envelope()
        zero_s = self.device_s(self.ticks_at(0))
        return Line(
            self._anchor_s + lateness_s + (1 + drift) * zero_s,
            (1 + drift) * self.ticks_per_sample / TICKS_PER_S,
            self._span_s(),
        )

    def _take(self, at_s: float, time_s: float) -> bool:
        if at_s <= self._newest_s:
            return False
        self._newest_s = at_s
        if self._lowest is None:
            return self._begin(at_s, time_s)
        lateness_s = time_s - self._anchor_s - at_s
        lowest_s = self._lowest[1]
        if lateness_s < lowest_s - EARLY_S and self._is_early(at_s, lateness_s):
            return self._begin(at_s, time_s)
        if at_s < self._end_s:
            if lateness_s < lowest_s:
                self._lowest = (at_s, lateness_s)
            return False
        self._close_span(at_s)
        self._lowest, self._end_s = (at_s, lateness_s), at_s + SPAN_S
        return True

    def _begin(self, at_s: float, time_s: float) -> bool:
        self._hull = []
        self._anchor_s = time_s - at_s
        self._lowest, self._end_s, self._newest_s = (at_s, 0.0), at_s + SPAN_S, at_s
        return True

    def _is_early(self, at_s: float, lateness_s: float) -> bool:
        assert self._lowest is not None
        return all(
            lateness_s < y - EARLY_S - MAX_DRIFT * (at_s - x)
            for x, y in [*self._hull, self._lowest]
        )

    def _close_span(self, now_s: float) -> None:
        assert self._lowest is not None
        hull = _extended(self._hull, self._lowest)
        recent = [point for point in hull if point[0] >= now_s - self._window_s]
        if len(recent) < len(hull) and self.far is None:
            at_s, lateness_s = hull[0]
            self.far = (at_s, lateness_s + at_s + self._anchor_s)
        self._hull = recent

    def _envelope(self) -> tuple[float, float]:
        """Return (drift, lateness at device time 0) of the line below all points, nearest to them.

        Among all lines below evenly spread points, the one with the least sum of distances carries
        the hull's edge over the middle of their span.
        """
        assert self._lowest is not None
        hull = _extended(self._hull, self._lowest)
        first_s, last_s = hull[0][0], hull[-1][0]
        drift = self.drift
        if last_s - first_s >= DRIFT_BASE_S:
            middle_s = (first_s + last_s) / 2
            drift = next(
                (y1 - y0) / (x1 - x0)
                for (x0, y0), (x1, y1) in itertools.pairwise(hull)
                if x0 <= middle_s <= x1
            )
        if self.far is not None and last_s - self.far[0] >= max(
            FAR_BASE_S, FAR * (last_s - first_s)
        ):
            drift = self._chord(self.far, hull, drift)
        drift = math.copysign(min(abs(drift), MAX_DRIFT), drift)
        return drift, min(y - drift * x for x, y in hull)

    def _chord(self, far: Point, hull: Sequence[Point], otherwise: float) -> float:
        """Return the drift since ``far``, or ``otherwise`` where no crystal does that."""
        far_s, time_s = far
        far_lateness_s = time_s - self._anchor_s - far_s
        drift = min((y - far_lateness_s) / (x - far_s) for x, y in hull)
        return drift if abs(drift) <= MAX_DRIFT else otherwise

    def _span_s(self) -> float:
        assert self._lowest is not None
        first_s = self._hull[0][0] if self._hull else self._lowest[0]
        return self._newest_s - first_s


def _extended(hull: Sequence[Point], point: Point) -> list[Point]:
    """Add a point right of all others to a lower convex hull (Andrew's monotone chain)."""
    kept = list(hull)
    while len(kept) >= 2:
        (x0, y0), (x1, y1) = kept[-2:]
        if (x1 - x0) * (point[1] - y0) > (y1 - y0) * (point[0] - x0):
            break
        kept.pop()
    return [*kept, point]
