"""Event clock: what a closed movement is measured by, and where its edges lie."""

from __future__ import annotations

from lumbar_signal.angle import between_deg
from lumbar_signal.calibration import BOWS
from lumbar_signal.constants import (
    EDGE_SHARE,
    GRAVITY_M_S2,
    RING_MASK,
    RING_TICKS,
    TICK_HZ,
    TOP_SHARE,
)
from lumbar_signal.eventlog import MOVEMENT_CLOSED, entry_of
from lumbar_signal.jit import rare, stage
from lumbar_signal.motion import noise_g2, tick_noise_g2, unrest_g
from lumbar_signal.state import Record

# Gravity's filter lags by 2.7 ticks; a movement begins some 5 ticks before it has covered 10 %.
LIFT_BEFORE_TICKS = 8
LIFT_AFTER_TICKS = 2
LEVEL_TICKS = 3
UNREST_TICKS = 19  # 1.5 s: two steps or three
EDGE_SIGMA = 1.2816  # standard deviations from the middle of a normal way to its 10 % edge
FILTER_VARIANCE_S2 = 0.0157  # of the impulse response of gravity's filter


@rare
def tell_movement(
    s: Record, lane: Record, rep: Record, n: int, end_deg: float, last: int, log: Record
) -> None:
    """Measure a movement that has closed, and write it down."""
    base_deg = _level_deg(s, lane, rep.base_tick)
    range_deg = rep.top_deg - base_deg
    top = rep.top_deg - (1.0 - TOP_SHARE) * range_deg
    edge = base_deg + EDGE_SHARE * range_deg
    if end_deg == rep.base_deg:
        end_deg = base_deg
    back = end_deg + EDGE_SHARE * (rep.top_deg - end_deg)
    start = _crossing(s, lane, edge, rep.top_tick, rep.base_tick, -1)
    top_start = _crossing(s, lane, top, rep.top_tick, rep.base_tick, -1)
    top_end = _crossing(s, lane, top, rep.top_tick, last, 1)
    end = _crossing(s, lane, back, last, rep.top_tick, -1)
    fs = s.sampling_rate_hz
    delay = s.delay_samples
    start += _smear_s((top_start - start) / fs) * fs
    end -= _smear_s((end - top_end) / fs) * fs
    first, last_lift = _lift_ticks(s, start, top_start)
    first_fall, last_fall = _lift_ticks(s, top_end, end)
    v = entry_of(log, MOVEMENT_CLOSED, s.next_index - 1, n)
    v[0] = start - delay
    v[1] = 0.5 * (top_start + top_end) - delay
    v[2] = end - delay
    v[3] = _turned_deg(s, lane, rep, start)
    v[4] = lane.direction * rep.base_deg
    v[5] = s.ring_lateral_deg[_tick_of(s, start) & RING_MASK]
    first_top, last_top = _tick_of(s, top_start), _tick_of(s, top_end)
    v[6] = _rolled_deg(s, v[5], first_top, last_top)
    after_deg = s.ring_lateral_deg[_tick_of(s, end) & RING_MASK]
    v[21] = _dropped_deg(s, v[5], after_deg, first_top, last_top)
    v[7] = (end - start) / fs
    v[8] = (top_start - start) / fs
    v[9] = (top_end - top_start) / fs
    v[10] = (end - top_end) / fs
    v[11] = _lift_m(s, first, last_lift)
    v[12] = -_lift_m(s, first_fall, last_fall)
    v[13] = _lift_error_m(s, last_lift - first + 1)
    v[14] = unrest_g(s, first, s.tick + 1)
    v[15] = _shake_g2(s, first)
    v[16] = noise_g2(s)
    v[17] = (end_deg - rep.base_deg) / range_deg
    v[18] = (rep.rest_deg - rep.base_deg) / range_deg if rep.rested == 1 else 0.0
    v[20] = 0.0 if s.cal_source == BOWS and s.bend_count > 3 else 1.0
    v[19] = _unrest_before_g(s, start, rep.closed_tick)
    rep.closed_tick = s.tick


@stage
def _crossing(s: Record, lane: Record, level: float, origin: int, limit: int, step: int) -> float:
    """Go from tick ``origin`` to ``limit``; return the sample where the rise crosses ``level``.

    Interpolated between ticks; ``limit``'s sample where it does not cross.
    """
    inside = rise_at(s, lane, origin)
    tick = origin
    while tick != limit:
        outside = rise_at(s, lane, tick + step)
        if (inside - level) * (outside - level) <= 0.0 and inside != outside:
            at = float(s.ring_at[tick & RING_MASK])
            then = float(s.ring_at[(tick + step) & RING_MASK])
            return float(at + (then - at) * (inside - level) / (inside - outside))
        inside = outside
        tick += step
    return float(s.ring_at[limit & RING_MASK])


@stage
def _level_deg(s: Record, lane: Record, tick: int) -> float:
    """Return the mean rise about a tick: breath and tremor make the least one too low."""
    first = max(tick - LEVEL_TICKS, s.tick - s.since_gap + 1, s.tick - RING_TICKS + 1)
    last = min(tick + LEVEL_TICKS, s.tick)
    total = 0.0
    for k in range(first, last + 1):
        total += rise_at(s, lane, k)
    return float(total / (last + 1 - first))


@stage
def _smear_s(way_s: float) -> float:
    """Return by how much gravity's filter moved the 10 % edge of a way from 10 to 90 %.

    The filter adds its own variance to that of the movement's speed, taken as normal.
    """
    spread_s = way_s / (2.0 * EDGE_SIGMA)
    own_s = max(spread_s * spread_s - FILTER_VARIANCE_S2, 0.0) ** 0.5
    return float(EDGE_SIGMA * (spread_s - own_s))


@stage
def rise_at(s: Record, lane: Record, tick: int) -> float:
    """Return the angle that a lane follows, as it was at a tick."""
    slot = tick & RING_MASK
    angle_deg = s.ring_lateral_deg[slot] if lane.lateral else s.ring_sagittal_deg[slot]
    return float(lane.direction * angle_deg)


@stage
def _rolled_deg(s: Record, base_deg: float, first: int, last: int) -> float:
    """Return the lateral tilt farthest from that at the base, less it, from tick to tick."""
    farthest = 0.0
    for tick in range(first, last + 1):
        rolled = s.ring_lateral_deg[tick & RING_MASK] - base_deg
        if abs(rolled) > abs(farthest):
            farthest = rolled
    return float(farthest)


@stage
def _dropped_deg(s: Record, before_deg: float, after_deg: float, first: int, last: int) -> float:
    """Return the farthest lateral tilt from tick to tick, less that of the nearer base.

    A hip that drops comes up again: a tilt that differs from one base alone is rolling onto the
    back, or off it.
    """
    before = _rolled_deg(s, before_deg, first, last)
    after = _rolled_deg(s, after_deg, first, last)
    if before * after <= 0.0:
        return 0.0
    return before if abs(before) < abs(after) else after


@stage
def _tick_of(s: Record, at: float) -> int:
    """Return the tick in which a sample lies."""
    per_tick = s.sampling_rate_hz / TICK_HZ
    tick = s.tick - int((s.next_index - 1 - at) / per_tick)
    return int(max(tick, s.tick - s.since_gap, s.tick - RING_TICKS + 1))


@stage
def _unrest_before_g(s: Record, start: float, since_tick: int) -> float:
    """Return the unrest just before a movement: steps show there.

    -1 where the movement before had only just ended.
    """
    end = _tick_of(s, start) - LIFT_BEFORE_TICKS // 2
    first = max(end - UNREST_TICKS, s.tick - s.since_gap, since_tick)
    return unrest_g(s, first, end) if end - first >= UNREST_TICKS // 2 else -1.0


@stage
def _turned_deg(s: Record, lane: Record, rep: Record, start: float) -> float:
    """Return the angle between gravity at base and top.

    Measured from the start, where the body no longer rolls over to lie down, and scaled from the
    share of the rise that is left there.
    """
    tick = min(_tick_of(s, start), rep.top_tick - 1)
    rise = rise_at(s, lane, tick)
    turned_deg = between_deg(s.ring_up[tick & RING_MASK], s.ring_up[rep.top_tick & RING_MASK])
    range_deg = rep.top_deg - rep.base_deg
    return float(turned_deg * range_deg / max(rep.top_deg - rise, 0.5 * range_deg))


@stage
def _lift_ticks(s: Record, start: float, top_start: float) -> tuple[int, int]:
    """Return the first and last tick of the way from the rest at the base to that at the top."""
    first = _tick_of(s, start)
    last = _tick_of(s, top_start) + LIFT_AFTER_TICKS
    first -= min(LIFT_BEFORE_TICKS, max(last - first, LIFT_AFTER_TICKS))
    oldest = max(s.tick - s.since_gap, s.tick - RING_TICKS + 1)
    return max(first, oldest), min(last, s.tick)


@stage
def _lift_m(s: Record, first: int, last: int) -> float:
    """Return the rise of the sensor from tick to tick: |a| integrated twice.

    The body rests at both ends, so the mean acceleration in between is zero: what is left of it is
    the converter's gain and offset, and taken out.
    """
    total = moment = 0.0
    n = last - first + 1
    for k in range(n):
        accel = s.ring_accel_g[(first + k) & RING_MASK]
        total += accel
        moment += k * accel
    return float((total * (n - 1) / 2.0 - moment) * GRAVITY_M_S2 / (TICK_HZ * TICK_HZ))


@stage
def _lift_error_m(s: Record, n: int) -> float:
    """Return the standard error of the rise over ``n`` ticks by the converter's noise."""
    moment = (n * n * n / 12.0) ** 0.5
    return float(tick_noise_g2(s) ** 0.5 * moment * GRAVITY_M_S2 / (TICK_HZ * TICK_HZ))


@stage
def _shake_g2(s: Record, first: int) -> float:
    """Return the mean energy in 3 to 12 Hz from tick ``first`` until now."""
    total = 0.0
    n = s.tick - first + 1
    for k in range(n):
        total += s.ring_shake_g2[(first + k) & RING_MASK]
    return float(total / n)
