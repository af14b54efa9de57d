"""Tick clock: postures held still with the tremor of effort."""

from __future__ import annotations

from lumbar_signal.angle import atan2_deg
from lumbar_signal.calibration import NONE
from lumbar_signal.constants import (
    HOLD_AGREE_TICKS,
    HOLD_CONE_OUT_COS,
    HOLD_ENTER_TICKS,
    HOLD_LOOK_BACK_TICKS,
    HOLD_LOST_AFTER_TICKS,
    HOLD_LOST_SHARE,
    HOLD_LOST_TICKS,
    HOLD_OUT_TICKS,
    HOLD_REFERENCE_TICKS,
    HOLD_SHAKE_TICKS,
    HOLD_TREMOR_RATE,
    PRESCRIBED_SHARE,
    RING_MASK,
)
from lumbar_signal.eventlog import HOLD_ENDED, HOLD_STARTED, write
from lumbar_signal.jit import stage
from lumbar_signal.motion import shake_ratio
from lumbar_signal.state import Record


@stage
def follow_hold(s: Record, rows: Record, log: Record) -> None:
    """Open a hold that has lasted for 2 s, keep its reference, and close it when it is left."""
    if s.hold < 0:
        exercise = _held(s, rows)
        s.hold_agrees = s.hold_agrees + 1 if exercise >= 0 else 0
        settled = s.tick - s.motion_last >= HOLD_ENTER_TICKS
        if settled and s.hold_agrees >= HOLD_AGREE_TICKS:
            _open(s, exercise, log)
        return
    if s.hold_ticks < HOLD_REFERENCE_TICKS:
        _refer(s, s.up)
    ended = _left(s)
    if ended >= 0.0:
        close_hold(s, ended, log)


@stage
def _held(s: Record, rows: Record) -> int:
    """Return the exercise of the first row that fits this tick, -1 for none."""
    if s.valid == 0 or s.shake_ticks < HOLD_SHAKE_TICKS:
        return -1
    ratio = shake_ratio(s)
    for n in range(len(rows)):
        row = rows[n]
        wanted = row.shake_ratio
        if row.exercise == s.prescribed:
            wanted = max(1.0, wanted * PRESCRIBED_SHARE)
        elif row.prescribed:
            continue
        angles = row.low_deg <= s.sagittal_deg <= row.high_deg
        level = abs(s.lateral_deg) <= row.lateral_deg
        known = row.calibrated == 0 or s.cal_source != NONE
        if angles and level and known and ratio >= wanted:
            return int(row.exercise)
    return -1


@stage
def _open(s: Record, exercise: int, log: Record) -> None:
    """Begin a hold where the latest movement ended, with the reference of what is in the ring."""
    first = max(s.motion_last, s.tick - s.since_gap) + 1
    first = max(first, s.tick - RING_MASK)
    s.hold = exercise
    s.hold_agrees = 0
    s.hold_start_tick = first
    s.hold_start = max(s.ring_at[first & RING_MASK] - s.delay_samples, float(s.segment_start))
    s.hold_tremor = shake_ratio(s) - 1.0
    s.hold_ticks = 0
    s.hold_out = 0
    s.hold_lost = 0
    for axis in range(3):
        s.hold_sum[axis] = 0.0
    for tick in range(max(first, s.tick - HOLD_REFERENCE_TICKS + 1), s.tick + 1):
        _refer(s, s.ring_up[tick & RING_MASK])
    write(log, HOLD_STARTED, s.next_index - 1, exercise, s.hold_start, 0.0, 0.0, 0.0, 0.0)


@stage
def _refer(s: Record, up: Record) -> None:
    """Add a direction to the hold's reference."""
    for axis in range(3):
        s.hold_sum[axis] += up[axis]
    s.hold_ticks += 1
    x, y, z = s.hold_sum[0], s.hold_sum[1], s.hold_sum[2]
    s.hold_sagittal_deg = atan2_deg(z, x)
    s.hold_lateral_deg = atan2_deg(y, (x * x + z * z) ** 0.5)


@stage
def _left(s: Record) -> float:
    """Return where the hold ended, -1 while it lasts.

    It ends when gravity leaves its cone, or when the tremor of effort is gone: someone who lowers
    to the floor turns L5 by less than the cone.
    """
    total = s.hold_sum
    length = (total[0] * total[0] + total[1] * total[1] + total[2] * total[2]) ** 0.5
    cosine = (total[0] * s.up[0] + total[1] * s.up[1] + total[2] * s.up[2]) / length
    s.hold_out = 0 if cosine > HOLD_CONE_OUT_COS and s.valid == 1 else s.hold_out + 1
    tremor = shake_ratio(s) - 1.0
    settled = s.shake_ticks >= HOLD_LOST_AFTER_TICKS
    s.hold_lost = s.hold_lost + 1 if settled and tremor < HOLD_LOST_SHARE * s.hold_tremor else 0
    if settled and s.hold_lost == 0:
        s.hold_tremor += HOLD_TREMOR_RATE * (tremor - s.hold_tremor)
    if s.hold_out >= HOLD_OUT_TICKS:
        return _movement_start(s, HOLD_OUT_TICKS)
    if s.hold_lost >= HOLD_LOST_TICKS:
        return _movement_start(s, HOLD_LOST_TICKS + HOLD_LOST_AFTER_TICKS)
    return -1.0


@stage
def _movement_start(s: Record, ticks_ago: int) -> float:
    """Return where the movement that ended the hold began, else ``ticks_ago``."""
    tick = s.tick - ticks_ago
    if s.tick - s.motion_first <= HOLD_LOOK_BACK_TICKS:
        tick = min(tick, s.motion_first)
    tick = max(tick, s.hold_start_tick)
    return float(s.ring_at[tick & RING_MASK] - s.delay_samples)


@stage
def close_hold(s: Record, end: float, log: Record) -> None:
    """Close the open hold at ``end``."""
    end = max(end, s.hold_start)
    write(log, HOLD_ENDED, s.next_index - 1, s.hold, s.hold_start, end, 0.0, 0.0, 0.0)
    s.hold = -1
