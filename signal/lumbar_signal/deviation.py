"""Tick clock: departures from the hold's own start, or from upright standing outside exercise."""

from __future__ import annotations

from lumbar_signal.calibration import NONE
from lumbar_signal.constants import (
    CUE_CALM_TICKS,
    CUE_EFFORT_TICKS,
    CUE_RECENT_TICKS,
    CUE_RING_TICKS,
    DEVIATION_BEFORE_TICKS,
    EDGE_SHARE,
    HOLD_RESUME_TICKS,
    KNOCK_RATIO,
    LYING_FROM_DEG,
    RING_MASK,
    RING_TICKS,
    STANDING_TO_DEG,
    TURNS_MOST,
)
from lumbar_signal.eventlog import DEVIATION_ENDED, DEVIATION_STARTED, write
from lumbar_signal.jit import rare, stage
from lumbar_signal.posture import LEANING_FORWARD, UPRIGHT
from lumbar_signal.state import Record
from lumbar_signal.stay_measures import effort_middle_g2, makes_effort, tell_stay, turns_of

# What a monitor does. In a hold it waits to see the hold's own level: who is still on the way into
# a posture has not departed from it.
WAITING, IDLE, PENDING, TOLD = 0, 1, 2, 3


@stage
def follow_deviations(s: Record, monitors: Record, log: Record) -> None:
    """Advance every monitor whose situation holds; stop the others.

    Between a hold and its resumption nothing is decided. Where the frame has just been corrected,
    those that look at upright standing begin anew.
    """
    in_hold = s.hold_open == 1 and s.hold_told > 0 and s.hold_settled == 1
    waiting = s.hold_before_effort == 1 and s.tick - s.hold_before_tick < HOLD_RESUME_TICKS
    waiting = waiting and (s.hold_open == 0 or (s.hold_resumed == 1 and s.hold_told == 0))
    upright = s.posture in (UPRIGHT, LEANING_FORWARD) and s.valid == 1
    outside = upright and s.cal_source != NONE and s.cal_index != s.next_index - 1
    for kind in range(len(monitors)):
        row = monitors[kind]
        if row.in_hold == 1 and waiting:
            continue
        if not (in_hold if row.in_hold else outside):
            if s.monitor_phase[kind] != WAITING:
                stop_deviation(s, row, kind, s.monitor_last[kind], log)
            continue
        level = _level_deg(s, row, s.lateral_deg if row.lateral else s.sagittal_deg)
        _follow(s, row, kind, level, log)


@stage
def _level_deg(s: Record, row: Record, angle_deg: float) -> float:
    """Return how far an angle has departed the way that a monitor looks."""
    if row.in_hold:
        angle_deg -= s.hold_lateral_deg if row.lateral else s.hold_sagittal_deg
    return float(abs(angle_deg) if row.sign == 0.0 else row.sign * angle_deg)


@stage
def _follow(s: Record, row: Record, kind: int, level_deg: float, log: Record) -> None:
    """Advance one monitor: pending above on, told after the dwell, over below off.

    Outside exercise both thresholds are divided by the wearer's sensitivity. The peak is taken
    where the body does not move fast: leaving the posture is no part of it.
    """
    sensitivity = 1.0 if row.in_hold else s.sensitivity
    stays = level_deg * sensitivity >= row.off_deg
    if s.monitor_phase[kind] == WAITING and (row.in_hold == 0 or not stays):
        s.monitor_phase[kind] = IDLE
    if s.monitor_phase[kind] == WAITING:
        return
    if s.monitor_phase[kind] == IDLE and level_deg * sensitivity < row.on_deg:
        return
    at = s.next_index - 1 - s.delay_samples
    fs = s.sampling_rate_hz
    if s.monitor_phase[kind] == IDLE:
        s.monitor_phase[kind] = PENDING
        s.monitor_start[kind] = at
        s.monitor_peak_deg[kind] = level_deg
    if s.tick - s.motion_last > 0:
        s.monitor_peak_deg[kind] = max(s.monitor_peak_deg[kind], level_deg)
    if stays:
        s.monitor_last[kind] = at
    if s.monitor_phase[kind] == PENDING:
        if not stays:
            s.monitor_phase[kind] = IDLE
        elif at - s.monitor_start[kind] >= row.dwell_s * fs and _is_held(s, row):
            s.monitor_phase[kind] = TOLD
            if row.in_hold:
                s.monitor_start[kind] = _onset(s, row, kind)
                tell_stay(s, at, 0.0, log)
            start, inside = s.monitor_start[kind], float(row.in_hold)
            write(log, DEVIATION_STARTED, s.next_index - 1, kind, start, 0.0, 0.0, inside, 0.0)
    elif at - s.monitor_last[kind] >= row.release_s * fs:
        stop_deviation(s, row, kind, s.monitor_last[kind], log)


@stage
def _is_held(s: Record, row: Record) -> bool:
    """Say whether what departed goes on being held: who moves on is not told to correct it.

    Standing up from the wall goes the way of a sag, lying down that of a pike; there, where a hold
    was broken, and wherever the effort of the hold can be seen, its tremor must go on after the
    movement. Who turns to and fro lifts one leg after the other.
    """
    if row.in_hold == 0:
        return True
    if s.tick - s.motion_last < CUE_CALM_TICKS:
        return False
    if row.lateral and turns_of(s) > TURNS_MOST:
        return False
    effort = makes_effort(s)
    lies_down = row.lateral == 0 and row.sign > 0.0 and s.sagittal_deg > LYING_FROM_DEG
    leaves = lies_down or s.sagittal_deg < STANDING_TO_DEG or s.hold_resumed == 1
    if not effort:
        return bool(not leaves)
    return _shakes_on(s)


@stage
def _shakes_on(s: Record) -> bool:
    """Say whether the tremor of the hold is there again after the latest movement."""
    first = max(s.motion_last + CUE_RING_TICKS, s.tick - CUE_RECENT_TICKS) + 1
    n = s.tick + 1 - first
    if n < CUE_EFFORT_TICKS:
        return False
    middle_g2 = effort_middle_g2(s)
    total = 0.0
    for tick in range(first, s.tick + 1):
        total += min(s.ring_shake_g2[tick & RING_MASK] / middle_g2, KNOCK_RATIO)
    return bool(total > n)


@rare
def _onset(s: Record, row: Record, kind: int) -> float:
    """Return where a departure in a hold began: at a tenth of the way from the lowest level.

    The level is followed back to where it is small, or for as long as it gets lower within 2 s: a
    hold may have drifted before.
    """
    small = EDGE_SHARE * s.monitor_peak_deg[kind]
    oldest = max(s.tick - RING_TICKS + 1, s.hold_start_tick, s.tick - s.since_gap + 1)
    tick = low_tick = s.tick
    lowest = _level_at(s, row, tick)
    while tick > oldest and lowest > small and low_tick - tick < DEVIATION_BEFORE_TICKS:
        tick -= 1
        level = _level_at(s, row, tick)
        if level < lowest or s.ring_at[tick & RING_MASK] - s.delay_samples > s.monitor_start[kind]:
            lowest = level
            low_tick = tick
    edge = lowest + EDGE_SHARE * (s.monitor_peak_deg[kind] - lowest)
    tick = low_tick
    while tick < s.tick and _level_at(s, row, tick) < edge:
        tick += 1
    return float(min(s.ring_at[tick & RING_MASK] - s.delay_samples, s.monitor_start[kind]))


@stage
def _level_at(s: Record, row: Record, tick: int) -> float:
    """Return how far gravity had departed at a tick of the ring."""
    slot = tick & RING_MASK
    return _level_deg(
        s, row, s.ring_lateral_deg[slot] if row.lateral else s.ring_sagittal_deg[slot]
    )


@rare
def stop_deviation(s: Record, row: Record, kind: int, end: float, log: Record) -> None:
    """End a deviation that was told, with its hold at the latest; forget one that was not."""
    if s.monitor_phase[kind] == TOLD:
        start, peak_deg = s.monitor_start[kind], s.monitor_peak_deg[kind]
        goes_on = s.hold_open == 1 and s.hold_resumed == 1
        if row.in_hold == 1 and s.hold_before_end > start and not goes_on:
            end = min(end, s.hold_before_end)
        end = max(end, start)
        inside = float(row.in_hold)
        write(log, DEVIATION_ENDED, s.next_index - 1, kind, start, end, peak_deg, inside, 0.0)
    s.monitor_phase[kind] = WAITING
