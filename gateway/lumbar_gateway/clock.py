"""The clock of one stream: unwrapped ticks, and what its time is known from.

Times are the gateway's own monotonic ones, of one run (``gateway_boot``); see ``gateway_clock``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Self

from lumbar_gateway.messages.clock_fit import ClockFit, ClockSource
from lumbar_gateway.messages.observed_clock import (
    FAR_BASE_S,
    MAX_DRIFT,
    MAX_RATE_ERROR,
    Line,
    ObservedClock,
    Point,
)
from lumbar_gateway.profiles.lumbar import TICK_HZ, ClockReading, StreamTime

TICK_MODULUS = 2**32  # ticks are u32 on the wire
KNOWN_DRIFT_S = 600.0  # observed for so long a crystal's drift is known to about 1 ppm
# Where the start is not known, a counter is taken for having wrapped as often as leaves the first
# sample between a quarter of a wrap (9 h) before the boot and three quarters (27 h) after it.
BEFORE_BOOT = 0.25
LONGEST_S = 10 * 365 * 86400.0  # chosen: no battery lasts that long
FUTURE_S = 60.0  # a sensor whose clock is ahead of ours by more was set wrongly by somebody


@dataclass(frozen=True, slots=True)
class ClockState:
    """What is known of one stream's clock at some moment; the spool keeps it.

    Device time is counted in seconds from the anchor's ticks.
    """

    nominal_rate_hz: float
    gateway_boot: int
    drift: float = 0.0  # of the sensor's crystal, as known from elsewhere
    anchor_index: int | None = None
    anchor_ticks: int = 0  # unwrapped
    ticks_per_sample: float = 0.0
    points: tuple[Point, ...] = ()  # of the envelope: device time, monotonic time
    far: Point | None = None  # an older one
    read: Point | None = None  # the tick counter as it was read
    told: Point | None = None  # the sensor's own clock: device time, wall time
    told_as: Point | None = None  # the same in monotonic time, as the wall clock was then
    presumed_end: tuple[int, float] | None = None  # (index, monotonic time)
    line: Line | None = None  # the present fit ...
    source: ClockSource = ClockSource.PRESUMED  # ... in wall time where it was told

    @property
    def known_drift(self) -> float:
        """What the sensor's crystal loses in a second, as far as that is known."""
        if self.line is None or self.line.observed_s < KNOWN_DRIFT_S:
            return self.drift
        return self.line.s_per_sample * TICK_HZ / self.ticks_per_sample - 1

    def fit(self, wall_offset_s: float) -> ClockFit:
        """Return the present fit.

        Parameters
        ----------
        wall_offset_s
            Wall time minus monotonic time, in the gateway's run that the times are of.
        """
        assert self.line is not None
        shift_s = 0.0 if self.source is ClockSource.TOLD else wall_offset_s
        return ClockFit(
            self.line.at_zero_s + shift_s,
            self.line.s_per_sample,
            self.source,
            self.line.observed_s,
        )

    def to_json(self) -> str:
        """Return the state as text, for the spool."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what ``to_json`` wrote."""
        fields = json.loads(text)
        fields["points"] = tuple(tuple(point) for point in fields["points"])
        for name in ("far", "read", "told", "told_as", "presumed_end"):
            if fields[name] is not None:
                fields[name] = tuple(fields[name])
        fields["line"] = Line(**fields["line"])
        fields["source"] = ClockSource(fields["source"])
        return cls(**fields)


def presumed(
    nominal_rate_hz: float, gateway_boot: int, end_index: int, now_s: float, drift: float = 0.0
) -> ClockState:
    """Return the clock of a stream of which only this is known: ``end_index`` was just reached."""
    state = ClockState(nominal_rate_hz, gateway_boot, drift, presumed_end=(end_index, now_s))
    return StreamClock(state, gateway_boot).state


def known_drift(states: Iterable[ClockState]) -> float:
    """Return what is known of a crystal's drift from the streams that it timed."""
    observed = [state for state in states if state.source is ClockSource.OBSERVED]
    longest = max(observed, key=lambda state: state.line.observed_s, default=None)  # type: ignore[union-attr]
    return 0.0 if longest is None else longest.known_drift


class StreamClock:
    """Goes on from ``state`` in the gateway's run ``gateway_boot``."""

    def __init__(self, state: ClockState, gateway_boot: int) -> None:
        self._state = state
        self._boot = gateway_boot
        same = state.gateway_boot == gateway_boot
        # Arrivals of another run say nothing about this one's clock; the crystal stays the same.
        self._ticks = ObservedClock(state.nominal_rate_hz, state.known_drift)
        if state.anchor_index is not None:
            self._ticks.anchor(state.anchor_index, state.anchor_ticks)
            self._ticks.ticks_per_sample = state.ticks_per_sample
        if same:
            self._ticks.drift, self._ticks.far = state.drift, state.far
            self._ticks.restore(state.points)
        if state.line is None:
            self._fit_anew()

    @property
    def state(self) -> ClockState:
        """What is known now."""
        return self._state

    def unwrap(self, index: int, raw_ticks: int) -> int:
        """Return the full tick count of a u32 stamp that belongs to sample ``index``."""
        behind = (self._ticks.ticks_at(index) - raw_ticks) / TICK_MODULUS
        if self._ticks.anchor_index is None:
            wraps = math.ceil(behind - BEFORE_BOOT)
        else:
            wraps = round(behind)
        return raw_ticks + max(0, wraps) * TICK_MODULUS

    def is_plausible(self, index: int, raw_ticks: int) -> bool:
        """Tell whether a stamp fits what is known of the stream's rate."""
        if self._ticks.anchor_index is None:
            return True
        nominal_s = (index - self._ticks.anchor_index) / self._ticks.nominal_rate_hz
        error_s = self._ticks.device_s(self.unwrap(index, raw_ticks)) - nominal_s
        return abs(error_s) <= 1.0 + MAX_RATE_ERROR * abs(nominal_s)

    def anchor(self, index: int, raw_ticks: int) -> int:
        """Take a stamp of the log; the first of all is the anchor. Returns the full tick count."""
        ticks = self.unwrap(index, raw_ticks)
        if self._ticks.anchor_index is None:
            self._ticks.anchor(index, ticks)
            self._fit_anew()
        return ticks

    def observe(self, first_index: int, n: int, raw_ticks: int, arrival_s: float) -> int:
        """Take a live packet of ``n`` samples whose first has the stamp ``raw_ticks``.

        Ask ``is_plausible`` first where the packet comes from a stranger. Returns its full tick
        count.
        """
        ticks = self.unwrap(first_index, raw_ticks)
        if self._ticks.observe(first_index, n, ticks, arrival_s):
            self._fit_anew()
        return ticks

    def take_time(
        self, time: StreamTime, reading: ClockReading, read_s: float, wall_offset_s: float
    ) -> None:
        """Take what the sensor says of when the stream was measured.

        Parameters
        ----------
        time
            Of the stream, from the log's directory.
        reading
            The tick counter, read at ``read_s`` (s).
        wall_offset_s
            Wall time minus monotonic time.
        """
        if time.start_ticks == 0:
            return  # it has not begun
        if self._ticks.anchor_index is None:
            self._ticks.anchor(0, time.start_ticks % TICK_MODULUS)
        wraps = round((time.start_ticks - self._ticks.ticks_at(0)) / TICK_MODULUS)
        start = wraps * TICK_MODULUS  # what was left out of the ticks of this stream
        told_as = None
        at_s, wall_s = self._ticks.device_s(time.set_ticks - start), time.set_time_us / 1e6
        if 0.0 < wall_s <= read_s + wall_offset_s + FUTURE_S and abs(at_s) <= LONGEST_S:
            told_as = (at_s, wall_s - wall_offset_s)
            self._state = replace(self._state, told=(at_s, wall_s))
            self._ticks.far = self._ticks.far or told_as
        at_s = self._ticks.device_s(reading.ticks_now - start)
        is_same = reading.boot == time.boot and abs(at_s) <= LONGEST_S
        if is_same and self._state.source is not ClockSource.OBSERVED:
            read = (at_s, read_s)
            self._state = replace(self._state, gateway_boot=self._boot, read=read, told_as=told_as)
        self._fit_anew()

    def _fit_anew(self) -> None:
        ticks, state = self._ticks, self._state
        if ticks.is_observed:
            line, source, boot = ticks.line(), ClockSource.OBSERVED, self._boot
        elif state.source is ClockSource.OBSERVED and state.line is not None:
            return  # by an earlier run of the gateway
        else:
            line, source, boot = *self._unobserved(), state.gateway_boot
        self._state = replace(
            state,
            gateway_boot=boot,
            drift=ticks.drift,
            anchor_index=ticks.anchor_index,
            anchor_ticks=ticks.anchor_ticks,
            ticks_per_sample=ticks.ticks_per_sample,
            points=tuple(ticks.points),
            far=ticks.far,
            line=line,
            source=source,
        )

    def _unobserved(self) -> tuple[Line, ClockSource]:
        """Return the fit by the best of what is known without packets."""
        ticks, state = self._ticks, self._state
        drift, point, source = ticks.drift, state.told, ClockSource.TOLD
        if state.read is not None:
            point, source = state.read, ClockSource.READ
            if state.told_as is not None:
                drift = _chord(state.told_as, state.read, drift)
        if point is None:
            assert state.presumed_end is not None
            end_index, now_s = state.presumed_end
            return Line(
                now_s - end_index / ticks.nominal_rate_hz, 1 / ticks.nominal_rate_hz, 0.0
            ), ClockSource.PRESUMED
        since_zero_s = point[0] - ticks.device_s(ticks.ticks_at(0))
        return Line(
            point[1] - (1 + drift) * since_zero_s,
            (1 + drift) * ticks.ticks_per_sample / TICK_HZ,
            0.0,
        ), source


def _chord(earlier: Point, later: Point, otherwise: float) -> float:
    """Return the drift between two points, or ``otherwise`` where they do not tell one."""
    base_s = later[0] - earlier[0]
    if base_s < FAR_BASE_S:
        return otherwise
    drift = (later[1] - earlier[1]) / base_s - 1
    return drift if abs(drift) <= MAX_DRIFT else otherwise
