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
from lumbar_signal.motion import tick_noise_g2, unrest_g
from lumbar_signal.sensor_error import length_step_error_g
from lumbar_signal.state import Record

FILTER_TICKS = 3  # by which gravity's filter lags
LIFT_BEFORE_TICKS = 8  # most before 10 % of the way: by then the slowest have rested
LIFT_AFTER_TICKS = 2  # most after 90 %
LEVEL_TICKS = 3
BASE_KEPT = 0.5  # of the rise from the least angle: what the mean about it must leave
UNREST_TICKS = 19  # 1.5 s: two steps or three
EDGE_SIGMA = 1.2816  # standard deviations from the middle of a normal way to its 10 % edge
FILTER_VARIANCE_S2 = 0.0157  # of the impulse response of gravity's filter


@rare
def tell_movement(
    s: Record, lane: Record, rep: Record, n: int, end_deg: float, last: int, log: Record
) -> bool:
    """Measure a movement that has closed, and write it down; say whether all of it was seen.

    The filters stand still in a gap, so positions in here count received samples. What begins
    before the ring does, or at a base that nobody kept, is no movement.
    """
    base_deg = _level_deg(s, lane, rep.base_tick)
    range_deg = rep.top_deg - base_deg
    if rep.base_tick < _oldest_tick(s) or range_deg < BASE_KEPT * (rep.top_deg - rep.base_deg):
        return False
    top = rep.top_deg - (1.0 - TOP_SHARE) * range_deg
    edge = base_deg + EDGE_SHARE * range_deg
    if end_deg == rep.base_deg:
        end_deg = base_deg
    back = end_deg + EDGE_SHARE * (rep.top_deg - end_deg)
    start = _crossing(s, lane, edge, rep.top_tick, rep.base_tick, -1)
    top_start = _crossing(s, lane, top, rep.top_tick, rep.base_tick, -1)
    top_end = _crossing(s, lane, top, rep.top_tick, last, 1)
    end = float(_received(s, last))
    if rise_at(s, lane, last) < back:
        end = _crossing(s, lane, back, last, rep.top_tick, -1)
    fs = s.sampling_rate_hz
    start += _smear_s((top_start - start) / fs) * fs
    end -= _smear_s((end - top_end) / fs) * fs
    first, last_lift = _lift_ticks(s, start, top_start, rep.base_tick)
    first_fall, last_fall = _lift_ticks(s, top_end, end, rep.top_tick)
    first_top, last_top = _tick_of(s, top_start), _tick_of(s, top_end)
    before_deg = s.ring_lateral_deg[_tick_of(s, start) & RING_MASK]
    after_deg = s.ring_lateral_deg[_tick_of(s, end) & RING_MASK]
    is_whole = _is_whole(s, start, end)
    v = entry_of(log, MOVEMENT_CLOSED, s.next_index - 1, n)
    v[0] = _index_at(s, start)
    v[1] = _index_at(s, 0.5 * (top_start + top_end))
    v[2] = _index_at(s, end)
    v[3] = _turned_deg(s, lane, rep, start)
    v[4] = lane.direction * rep.base_deg
    v[5] = _rolled_deg(s, before_deg, first_top, last_top)
    if lane.any_base == 1:
        v[5] = _nearer(v[5], _rolled_deg(s, after_deg, first_top, last_top))
    v[6] = _dropped_deg(s, before_deg, after_deg, first_top, last_top)
    v[7] = (end - start) / fs
    v[8] = (top_start - start) / fs
    v[9] = (top_end - top_start) / fs
    v[10] = (end - top_end) / fs
    v[11] = _lift_m(s, first, last_lift)
    v[12] = -_lift_m(s, first_fall, last_fall)
    top_up, base_up = s.ring_up[rep.top_tick & RING_MASK], s.ring_up[_tick_of(s, start) & RING_MASK]
    length_error_g = length_step_error_g(s, base_up, top_up)
    noise_m = _lift_noise_m(s, last_lift - first + 1)
    tilt_m = abs(_tilt_lift_m_deg(s, lane, first, last_lift)) / max(range_deg, 0.5) * length_error_g
    v[13] = (0.5 * noise_m * noise_m + tilt_m * tilt_m) ** 0.5
    v[14] = length_error_g
    v[15] = unrest_g(s, first, s.tick + 1)
    v[16] = (end_deg - rep.base_deg) / range_deg
    v[17] = _unrest_before_g(s, start, rep.closed_tick)
    v[18] = 0.0 if s.cal_source == BOWS and s.bend_count > 3 else 1.0
    v[19] = 0.0 if is_whole else 1.0
    rep.closed_tick = s.tick
    return is_whole


@stage
def _is_whole(s: Record, start: float, end: float) -> bool:
    """Say whether every sample of a movement was received, its beginning among them."""
    begun = start - s.delay_samples
    seen = begun >= s.segment_start
    return bool(seen and _missing_at(s, begun) == _missing_at(s, end - s.delay_samples))


@stage
def _index_at(s: Record, filtered: float) -> float:
    """Return the index of what the filter showed at a position, its delay taken off."""
    at = filtered - s.delay_samples
    return float(at + _missing_at(s, at))


@stage
def _missing_at(s: Record, at: float) -> int:
    """Return how many samples were missing before a position."""
    tick = s.tick
    while tick > _oldest_tick(s) and _received(s, tick - 1) >= at:
        tick -= 1
    return int(s.ring_missing[tick & RING_MASK])


@stage
def _received(s: Record, tick: int) -> int:
    """Return the position of a tick's last sample."""
    return int(s.ring_at[tick & RING_MASK] - s.ring_missing[tick & RING_MASK])


@stage
def _oldest_tick(s: Record) -> int:
    """Return the first tick of the segment that the ring remembers."""
    return int(max(0, s.tick - RING_TICKS + 1))


@stage
def _crossing(s: Record, lane: Record, level: float, origin: int, limit: int, step: int) -> float:
    """Go from tick ``origin`` to ``limit``; return the position where the rise crosses ``level``.

    Interpolated between ticks; ``limit``'s position where it does not cross.
    """
    inside = rise_at(s, lane, origin)
    tick = origin
    while tick != limit:
        outside = rise_at(s, lane, tick + step)
        if (inside - level) * (outside - level) <= 0.0 and inside != outside:
            at, then = _received(s, tick), _received(s, tick + step)
            return float(at + (then - at) * (inside - level) / (inside - outside))
        inside = outside
        tick += step
    return float(_received(s, limit))


@stage
def _level_deg(s: Record, lane: Record, tick: int) -> float:
    """Return the mean rise about a tick: breath and tremor make the least one too low."""
    first = max(tick - LEVEL_TICKS, _oldest_tick(s))
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
    return _nearer(before, after)


@stage
def _nearer(before_deg: float, after_deg: float) -> float:
    """Return the tilt that is less: the body may still roll over when a movement begins."""
    return before_deg if abs(before_deg) < abs(after_deg) else after_deg


@stage
def _tick_of(s: Record, at: float) -> int:
    """Return the tick in which a position lies."""
    per_tick = s.sampling_rate_hz / TICK_HZ
    tick = s.tick - int((_received(s, s.tick) - at) / per_tick)
    return int(max(tick, _oldest_tick(s)))


@stage
def _unrest_before_g(s: Record, start: float, since_tick: int) -> float:
    """Return the unrest just before a movement: steps show there.

    -1 where the movement before had only just ended.
    """
    end = _tick_of(s, start) - LIFT_BEFORE_TICKS // 2
    first = max(end - UNREST_TICKS, _oldest_tick(s), since_tick)
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
def _lift_ticks(s: Record, start: float, top_start: float, turn_tick: int) -> tuple[int, int]:
    """Return the first and last tick of the way from the rest at the base to that at the top.

    Before it has covered 10 % of a way, and after 90, a body moves for half as long as in between
    (minimum jerk; Flash and Hogan 1985). Where that is short there may be no rest beyond.
    """
    first, last = _tick_of(s, start), _tick_of(s, top_start)
    way = last - first
    first -= min(LIFT_BEFORE_TICKS, way // 2 + FILTER_TICKS)
    last += min(LIFT_AFTER_TICKS, (way + 1) // 2 - FILTER_TICKS)
    first = max(first, turn_tick - FILTER_TICKS, _oldest_tick(s))
    return first, min(max(last, first + 2), s.tick)


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
    return _way_m(total, moment, n)


@stage
def _tilt_lift_m_deg(s: Record, lane: Record, first: int, last: int) -> float:
    """Return the rise that the turn of gravity feigns, for 1 g more per degree."""
    total = moment = 0.0
    n = last - first + 1
    for k in range(n):
        rise = rise_at(s, lane, first + k)
        total += rise
        moment += k * rise
    return _way_m(total, moment, n)


@stage
def _way_m(total_g: float, moment_g: float, n: int) -> float:
    """Return what accelerations of ``n`` ticks add up to twice, their mean taken out.

    ``total_g`` is their sum, ``moment_g`` that of each times its number from 0.
    """
    steps_g = total_g * (n - 1) / 2.0 - moment_g
    return float(steps_g * GRAVITY_M_S2 / (TICK_HZ * TICK_HZ))


@stage
def _lift_noise_m(s: Record, n: int) -> float:
    """Return the standard error of the rise over ``n`` ticks by the converter's noise."""
    moment = (n * n * n / 12.0) ** 0.5
    return float(tick_noise_g2(s) ** 0.5 * moment * GRAVITY_M_S2 / (TICK_HZ * TICK_HZ))
