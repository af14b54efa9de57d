"""Event clock: which exercise a closed movement was, and where its edges lie."""

from __future__ import annotations

from lumbar_signal.angle import between_deg
from lumbar_signal.constants import (
    EDGE_SHARE,
    GRAVITY_M_S2,
    RING_MASK,
    RING_TICKS,
    TICK_HZ,
    TOP_SHARE,
)
from lumbar_signal.eventlog import REPETITION_COUNTED, write
from lumbar_signal.jit import stage
from lumbar_signal.state import Record

# Gravity's filter lags by 2.7 ticks; a movement begins some 5 ticks before it has covered 10 %.
LIFT_BEFORE_TICKS = 8
LIFT_AFTER_TICKS = 2
# Confidence grows from 0.5 at the edge of a band to 1 at this share of its width inside it.
SURE_SHARE = 0.25


@stage
def recognise(
    s: Record, lane: Record, rows: Record, end_deg: float, last: int, log: Record
) -> bool:
    """Tell the movement that has just closed if a row of the table fits; say whether one did."""
    if s.hold >= 0:  # a dip in a hold is a deviation of the hold
        return False
    range_deg = s.top_deg - s.base_deg
    top = s.base_deg + TOP_SHARE * range_deg
    edge = s.base_deg + EDGE_SHARE * range_deg
    back = end_deg + EDGE_SHARE * (s.top_deg - end_deg)
    start = _crossing(s, lane, edge, s.top_tick, s.base_tick, -1)
    top_start = _crossing(s, lane, top, s.top_tick, s.base_tick, -1)
    top_end = _crossing(s, lane, top, s.top_tick, last, 1)
    end = _crossing(s, lane, back, last, s.top_tick, -1)
    duration_s = (end - start) / s.sampling_rate_hz
    first, last_lift = _lift_ticks(s, start, top_start)
    lift_m = _lift_m(s, first, last_lift)
    unsure_m = _lift_error_m(s, last_lift - first + 1)
    accel_g2 = _accel_variance_g2(s, first)
    base_deg = lane.direction * s.base_deg
    for n in range(len(rows)):
        row = rows[n]
        if row.lane != s.lane or not row.base_low_deg <= base_deg <= row.base_high_deg:
            continue
        if accel_g2 > row.accel_high_g * row.accel_high_g + _tick_noise_g2(s):
            continue
        margin = min(
            _margin(range_deg, row.range_low_deg, row.range_high_deg),
            _margin(duration_s, row.duration_low_s, row.duration_high_s),
            _margin(lift_m, row.lift_low_m - unsure_m, row.lift_high_m + unsure_m),
        )
        if margin < 0.0:
            continue
        confidence = 0.5 + 0.5 * min(1.0, margin / SURE_SHARE)
        turned_deg = _turned_deg(s, lane, start)
        delay = s.delay_samples
        peak = 0.5 * (top_start + top_end) - delay
        at = s.next_index - 1
        write(
            log,
            REPETITION_COUNTED,
            at,
            row.exercise,
            start - delay,
            peak,
            end - delay,
            turned_deg,
            confidence,
        )
        return True
    return False


@stage
def _margin(value: float, low: float, high: float) -> float:
    """Return how far inside the band a value lies, as a share of its width; negative outside."""
    return float(min(value - low, high - value) / (high - low))


@stage
def _crossing(s: Record, lane: Record, level: float, origin: int, limit: int, step: int) -> float:
    """Go from tick ``origin`` to ``limit``; return the sample where the rise crosses ``level``.

    Interpolated between ticks; ``limit``'s sample where it does not cross.
    """
    inside = lane.direction * s.ring_sagittal_deg[origin & RING_MASK]
    tick = origin
    while tick != limit:
        outside = lane.direction * s.ring_sagittal_deg[(tick + step) & RING_MASK]
        if (inside - level) * (outside - level) <= 0.0 and inside != outside:
            at = float(s.ring_at[tick & RING_MASK])
            then = float(s.ring_at[(tick + step) & RING_MASK])
            return float(at + (then - at) * (inside - level) / (inside - outside))
        inside = outside
        tick += step
    return float(s.ring_at[limit & RING_MASK])


@stage
def _turned_deg(s: Record, lane: Record, start: float) -> float:
    """Return the angle between gravity at base and top.

    Measured from the start, where the body no longer rolls over to lie down, and scaled from the
    share of the rise that is left there.
    """
    per_tick = s.sampling_rate_hz / TICK_HZ
    tick = min(s.tick - int((s.next_index - 1 - start) / per_tick), s.top_tick - 1)
    rise = lane.direction * s.ring_sagittal_deg[tick & RING_MASK]
    turned_deg = between_deg(s.ring_up[tick & RING_MASK], s.ring_up[s.top_tick & RING_MASK])
    return float(turned_deg * (s.top_deg - s.base_deg) / (s.top_deg - rise))


@stage
def _lift_ticks(s: Record, start: float, top_start: float) -> tuple[int, int]:
    """Return the first and last tick of the way from the rest at the base to that at the top."""
    per_tick = s.sampling_rate_hz / TICK_HZ
    now = s.next_index - 1
    first = s.tick - int((now - start) / per_tick) - LIFT_BEFORE_TICKS
    last = s.tick - int((now - top_start) / per_tick) + LIFT_AFTER_TICKS
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
    return float(_tick_noise_g2(s) ** 0.5 * moment * GRAVITY_M_S2 / (TICK_HZ * TICK_HZ))


@stage
def _tick_noise_g2(s: Record) -> float:
    """Return the variance that the converter's noise leaves in the mean of one tick."""
    level = s.calm_shake_g2 if s.calm_shake_g2 > 0.0 else s.floor_g2
    sample_g2 = level / (3.0 * s.shake_noise_gain)
    return float(sample_g2 * TICK_HZ / s.sampling_rate_hz)


@stage
def _accel_variance_g2(s: Record, first: int) -> float:
    """Return the variance of |a| from tick ``first`` until now."""
    total = 0.0
    n = s.tick - first + 1
    for k in range(n):
        total += s.ring_accel_g[(first + k) & RING_MASK]
    mean = total / n
    squares = 0.0
    for k in range(n):
        step = s.ring_accel_g[(first + k) & RING_MASK] - mean
        squares += step * step
    return float(squares / n)
