"""Tick clock: stays, the stretches in which the body keeps its position; some of them are holds.

A stay begins where the latest movement ended and lasts while gravity stays in a cone about the
stay's own first seconds and the body is not lifted or lowered. What it was is told by how it is
measured: angle, tremor, sway.
"""

from __future__ import annotations

from lumbar_signal.angle import atan2_deg
from lumbar_signal.constants import (
    DRIFT_BEGUN,
    DRIFT_CHORD,
    DRIFT_TICKS,
    EFFORT_ALARM,
    EFFORT_KNOWN_TICKS,
    EFFORT_RATIO,
    ENTRY_TICKS,
    HOLD_ARRIVED_CHORD,
    HOLD_ARRIVED_SHARE,
    HOLD_CATCH_TICKS,
    HOLD_CONE_OUT_COS,
    HOLD_ENTER_TICKS,
    HOLD_LOOK_BACK_TICKS,
    HOLD_OUT_TICKS,
    HOLD_REFERENCE_TICKS,
    HOLD_RESUME_TICKS,
    HOLD_SETTLED_TICKS,
    KNOCK_RATIO,
    MIN_FLOOR_G2,
    RING_MASK,
    SIDE_DEG,
)
from lumbar_signal.eventlog import STAY_MEASURED, entry_of
from lumbar_signal.jit import rare, stage
from lumbar_signal.motion import noise_g2, tick_noise_g2
from lumbar_signal.state import Record


@stage
def follow_stay(s: Record, places: Record, log: Record) -> None:
    """Open a stay that has lasted for 2 s, measure it now and then, and close it when it is left.

    Who gives way in a hold and catches it again is back in it at once.
    """
    if s.hold_open == 0:
        calm_ticks = s.tick - max(s.motion_last, s.hold_before_tick)
        resumes = s.hold_before_effort == 1 and s.tick - s.hold_before_tick < HOLD_RESUME_TICKS
        if s.valid == 1 and calm_ticks >= (HOLD_CATCH_TICKS if resumes else HOLD_ENTER_TICKS):
            _open(s, resumes and _is_in_cone(s))
            _look(s, places, log)
        return
    _measure(s)
    if s.tick - s.hold_start_tick == HOLD_SETTLED_TICKS and s.hold_resumed == 0:
        _settle(s)
    last = _left(s)
    if last >= 0:
        close_stay(s, last, log)
    else:
        _look(s, places, log)


@rare
def _open(s: Record, resumes: bool) -> None:
    """Begin a stay where the latest movement ended, with the reference of what is in the ring.

    A hold that is resumed keeps its reference: how far it gave way is measured from there.
    """
    first = max(s.motion_last, s.hold_before_tick, s.tick - s.since_gap) + 1
    first = max(first, s.tick - RING_MASK)
    s.hold_open = 1
    s.hold_told = 0
    s.hold_start_tick = first
    s.hold_start = max(s.ring_at[first & RING_MASK] - s.delay_samples, float(s.segment_start))
    s.hold_out = 0
    s.hold_measured = 0
    s.hold_resumed = 1 if resumes else 0
    s.hold_drop = s.hold_rise = 0.0
    s.hold_drop_tick = s.hold_rise_tick = s.tick
    for k in range(len(s.hold_sums)):
        s.hold_sums[k] = 0.0
    s.hold_side = s.hold_side_turns = 0
    s.hold_side_deg = s.lateral_deg
    if not resumes:
        s.hold_entry_g = _entry_g(s, first)
        _refer_from(s, max(first, s.tick - HOLD_REFERENCE_TICKS + 1))
    _measure(s)


@stage
def _entry_g(s: Record, first: int) -> float:
    """Return the RMS of |a| about its mean before a stay: who steps up to a wall shows it.

    -1 where nobody saw how it was entered.
    """
    begin = max(first - ENTRY_TICKS, s.tick - s.since_gap, s.tick - RING_MASK)
    n = first - begin
    if n < ENTRY_TICKS // 2:
        return -1.0
    mean = 0.0
    for tick in range(begin, first):
        mean += s.ring_accel_g[tick & RING_MASK] / n
    squares = 0.0
    for tick in range(begin, first):
        step = s.ring_accel_g[tick & RING_MASK] - mean
        squares += step * step
    return float(max(0.0, squares / n - tick_noise_g2(s)) ** 0.5)


@stage
def _refer_from(s: Record, first: int) -> None:
    """Make the reference of the ticks from ``first`` to this one."""
    s.hold_ticks = 0
    for axis in range(3):
        s.hold_sum_up[axis] = 0.0
    for tick in range(first, s.tick + 1):
        _add_to_reference(s, s.ring_up[tick & RING_MASK])
    _aim(s)


@rare
def _settle(s: Record) -> None:
    """Let the stay begin where the body arrived at the direction of the latest 3 s."""
    first = s.hold_start_tick
    _refer_from(s, s.tick - HOLD_REFERENCE_TICKS + 1)
    whole = _off_reference2(s, first)
    near = max(HOLD_ARRIVED_CHORD * HOLD_ARRIVED_CHORD, HOLD_ARRIVED_SHARE**2 * whole)
    tick = first
    while tick < s.tick and _off_reference2(s, tick) > near:
        tick += 1
    if tick > first:
        s.hold_start_tick = tick
        s.hold_start = float(s.ring_at[tick & RING_MASK] - s.delay_samples)


@stage
def _off_reference2(s: Record, tick: int) -> float:
    """Return the squared distance between a tick's direction and the stay's reference."""
    total, length = s.hold_sum_up, s.hold_length
    up = s.ring_up[tick & RING_MASK]
    squared = 0.0
    for axis in range(3):
        step = up[axis] - total[axis] / length
        squared += step * step
    return squared


@stage
def _add_to_reference(s: Record, up: Record) -> None:
    for axis in range(3):
        s.hold_sum_up[axis] += up[axis]
    s.hold_ticks += 1


@stage
def _aim(s: Record) -> None:
    """Bring the reference's length and angles up to its sum."""
    x, y, z = s.hold_sum_up[0], s.hold_sum_up[1], s.hold_sum_up[2]
    s.hold_length = (x * x + y * y + z * z) ** 0.5
    s.hold_sagittal_deg = atan2_deg(z, x)
    s.hold_lateral_deg = atan2_deg(y, (x * x + z * z) ** 0.5)


@stage
def _measure(s: Record) -> None:
    """Add this tick to the stay's sums."""
    if s.hold_ticks < HOLD_REFERENCE_TICKS:
        _add_to_reference(s, s.up)
        _aim(s)
    s.hold_measured += 1
    sagittal = s.sagittal_deg - s.hold_sagittal_deg
    lateral = s.lateral_deg - s.hold_lateral_deg
    sums = s.hold_sums
    sums[0] += sagittal
    sums[1] += sagittal * sagittal
    sums[2] += lateral
    sums[3] += lateral * lateral
    sums[4] += s.heave_g * s.heave_g
    _turn_aside(s)
    if s.shake_ticks > 0:
        sums[5] += min(s.tick_shake_g2, 4.0 * s.shake_g2)
        sums[6] += 1.0


@stage
def _turn_aside(s: Record) -> None:
    """Count how often the lateral tilt turned round: lifting one leg, then the other, does that."""
    gone_deg = s.lateral_deg - s.hold_side_deg
    if s.hold_side == 0 and abs(gone_deg) > SIDE_DEG:
        s.hold_side = 1 if gone_deg > 0.0 else -1
    if s.hold_side * gone_deg > 0.0:
        s.hold_side_deg = s.lateral_deg
    elif s.hold_side * gone_deg < -SIDE_DEG:
        s.hold_side = -s.hold_side
        s.hold_side_deg = s.lateral_deg
        s.hold_side_turns += 1


@stage
def _left(s: Record) -> int:
    """Return the tick at which the stay ended, -1 while it lasts.

    It ends when gravity leaves its cone, when the body is lifted or lowered, when effort sets in
    or is over, and when one who makes no effort moves on.
    """
    s.hold_out = 0 if s.valid == 1 and _is_in_cone(s) else s.hold_out + 1
    if s.hold_out >= HOLD_OUT_TICKS:
        return _movement_start(s, HOLD_OUT_TICKS)
    if s.heave_last == s.tick:
        return _movement_start(s, 0)
    changed = _effort_changed(s)
    if changed >= 0:
        if s.motion_first > s.hold_start_tick and s.motion_last >= changed - HOLD_ENTER_TICKS:
            changed = min(changed, s.motion_first)
        return int(max(changed, s.hold_start_tick))
    return _drift_start(s)


@stage
def makes_effort(s: Record) -> bool:
    """Say whether the stay shakes more than rest does."""
    rest_g2 = max(noise_g2(s), MIN_FLOOR_G2)
    return bool(s.hold_sums[5] > EFFORT_RATIO * rest_g2 * s.hold_sums[6])


@stage
def _is_in_cone(s: Record) -> bool:
    """Say whether gravity is near the stay's reference."""
    total = s.hold_sum_up
    dot = total[0] * s.up[0] + total[1] * s.up[1] + total[2] * s.up[2]
    return bool(dot > HOLD_CONE_OUT_COS * s.hold_length)


@stage
def _effort_changed(s: Record) -> int:
    """Return the tick at which the tremor of effort set in or was gone, -1 for neither.

    Two cumulative sums about the level half-way, as a ratio, between effort and rest.
    """
    rest_g2 = max(noise_g2(s), MIN_FLOOR_G2)
    if s.shake_ticks == 0 or s.hold_sums[6] < EFFORT_KNOWN_TICKS:
        s.hold_drop = s.hold_rise = 0.0
        return -1
    own_g2 = s.hold_sums[5] / s.hold_sums[6]
    if makes_effort(s):
        middle_g2 = (own_g2 * rest_g2) ** 0.5
        s.hold_drop = max(0.0, s.hold_drop + 1.0 - min(s.tick_shake_g2 / middle_g2, KNOCK_RATIO))
        if s.hold_drop == 0.0:
            s.hold_drop_tick = s.tick
        if s.hold_drop > EFFORT_ALARM:
            return int(s.hold_drop_tick)
    else:
        middle_g2 = EFFORT_RATIO * max(own_g2, rest_g2)
        s.hold_rise = max(0.0, s.hold_rise + min(s.tick_shake_g2 / middle_g2, KNOCK_RATIO) - 1.0)
        if s.hold_rise == 0.0:
            s.hold_rise_tick = s.tick
        if s.hold_rise > EFFORT_ALARM:
            return int(s.hold_rise_tick)
    return -1


@stage
def _drift_start(s: Record) -> int:
    """Return where one who makes no effort began to move on, too slowly for a movement; else -1."""
    if s.tick - s.hold_start_tick < DRIFT_TICKS + HOLD_ENTER_TICKS:
        return -1
    if makes_effort(s):
        return -1
    before = s.ring_up[(s.tick - DRIFT_TICKS) & RING_MASK]
    whole = _chord2(before, s.up)
    if whole < DRIFT_CHORD * DRIFT_CHORD:
        return -1
    tick = s.tick - DRIFT_TICKS
    while _chord2(before, s.ring_up[tick & RING_MASK]) < DRIFT_BEGUN * whole:
        tick += 1
    return int(tick)


@stage
def _chord2(u: Record, v: Record) -> float:
    """Return the squared distance of two unit vectors."""
    total = 0.0
    for axis in range(3):
        step = u[axis] - v[axis]
        total += step * step
    return total


@stage
def _movement_start(s: Record, ticks_ago: int) -> int:
    """Return where the movement that ended the stay began, else ``ticks_ago``."""
    tick = s.tick - ticks_ago
    if s.tick - s.motion_first <= HOLD_LOOK_BACK_TICKS:
        tick = min(tick, s.motion_first)
    return int(max(tick, s.hold_start_tick))


@stage
def _look(s: Record, places: Record, log: Record) -> None:
    """Tell a stay in a place where something is held, ever more seldom."""
    lasted = s.tick - s.hold_start_tick
    if lasted < s.hold_told * 1.4 + 12.0 or not _is_place(s, places):
        return
    s.hold_told = lasted
    _tell(s, float(s.next_index - 1) - s.delay_samples, 0.0, log)


@stage
def _is_place(s: Record, places: Record) -> bool:
    """Say whether something of the programme is held where this stay is."""
    for n in range(len(places)):
        row = places[n]
        if row.low_deg <= s.hold_sagittal_deg <= row.high_deg and (
            row.lateral_low_deg <= abs(s.hold_lateral_deg) <= row.lateral_high_deg
        ):
            return True
    return False


@stage
def close_stay(s: Record, last: int, log: Record) -> None:
    """Close the open stay at tick ``last``; tell it where it was told before."""
    _close(s, last, max(s.ring_at[last & RING_MASK] - s.delay_samples, s.hold_start), log)


@stage
def break_stay(s: Record, log: Record) -> None:
    """Close the open stay at the latest sample: nobody saw how it went on."""
    _close(s, s.tick - 1, float(s.next_index), log)


@stage
def _close(s: Record, last: int, end: float, log: Record) -> None:
    if s.hold_told > 0:
        _tell(s, end, 1.0, log)
    s.hold_open = 0
    s.hold_before_deg = s.hold_sagittal_deg
    s.hold_before_end = end
    s.hold_before_tick = last
    s.hold_before_effort = 1 if makes_effort(s) else 0


@rare
def _tell(s: Record, end: float, closed: float, log: Record) -> None:
    """Write the stay down as it is measured so far."""
    n = max(s.hold_measured, 1)
    sums = s.hold_sums
    v = entry_of(log, STAY_MEASURED, s.next_index - 1, 0)
    v[0] = s.hold_start
    v[1] = end
    v[2] = s.hold_sagittal_deg
    v[3] = s.hold_lateral_deg
    v[4] = max(0.0, sums[1] / n - (sums[0] / n) * (sums[0] / n)) ** 0.5
    v[5] = max(0.0, sums[3] / n - (sums[2] / n) * (sums[2] / n)) ** 0.5
    v[14] = float(s.hold_side_turns)
    v[15] = s.hold_entry_g
    v[6] = (sums[4] / n) ** 0.5
    v[7] = sums[5] / max(sums[6], 1.0)
    v[8] = noise_g2(s)
    v[9] = sums[6]
    v[10] = s.hold_before_deg
    v[11] = (s.hold_start - s.hold_before_end) / s.sampling_rate_hz
    v[12] = closed
    v[13] = 1.0 if s.cal_source > 0 else 0.0
