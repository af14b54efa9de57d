"""Tick clock: repetitions by adaptive extremum hysteresis on the rise of the sagittal angle.

The rise is the sagittal angle with its sign turned so that a movement goes up from its base. A
movement must leave a base it has rested at or turned at, pass an adaptive threshold, and come back.
"""

from __future__ import annotations

from lumbar_signal.constants import (
    ADAPTIVE_SHARE,
    AMPLITUDES,
    BASE_FORGET_TICKS,
    BASE_NEAR_DEG,
    BASE_RESCAN_TICKS,
    BASE_TICKS,
    EDGE_SHARE,
    FLAT_DEG,
    FLAT_TICKS,
    PAUSE_TICKS,
    PLATEAU_TICKS,
    REP_MAX_TICKS,
    RETURN_SHARE,
    RING_MASK,
    ROLLING,
    TURN_SHARE,
)
from lumbar_signal.jit import stage
from lumbar_signal.recognition import recognise
from lumbar_signal.state import Record


@stage
def follow_repetition(s: Record, lanes: Record, rows: Record, log: Record) -> None:
    """Advance the counter by one tick."""
    lane = _lane_of(s, lanes)
    if lane < 0:
        s.lane = -1
        return
    rise = lanes[lane].direction * s.sagittal_deg
    if lane != s.lane:
        s.lane = lane
        s.amplitude_count = 0
        _rebase(s, rise)
    elif not s.rising:
        _follow_base(s, lanes[lane], rise)
    else:
        _follow_rise(s, lanes[lane], rows, rise, log)


@stage
def _lane_of(s: Record, lanes: Record) -> int:
    """Return the lane that gravity is in, -1 for none."""
    if s.valid == 0:
        return -1
    for n in range(len(lanes)):
        lane = lanes[n]
        inside = lane.low_deg < s.sagittal_deg < lane.high_deg
        if inside and abs(s.lateral_deg) < lane.lateral_deg:
            return n
    return -1


@stage
def _rebase(s: Record, rise: float) -> None:
    """Begin anew at this tick."""
    s.rising = 0
    s.base_deg = rise
    s.base_tick = s.tick
    s.base_near = 0


@stage
def _follow_base(s: Record, lane: Record, rise: float) -> None:
    """Track the least rise; a base counts as one after 0.4 s near it without rolling over."""
    before = s.ring_up[(s.tick - FLAT_TICKS) & RING_MASK]
    if s.since_gap >= FLAT_TICKS and abs(s.up[1] - before[1]) > ROLLING:
        _rebase(s, rise)
        return
    if rise <= s.base_deg:
        if rise < s.base_deg - BASE_NEAR_DEG:
            s.base_near = 0
        s.base_deg = rise
        s.base_tick = s.tick
    if rise < s.base_deg + BASE_NEAR_DEG:
        s.base_near += 1
    elif s.base_near < BASE_TICKS:
        _rebase(s, rise)
    if s.tick - s.base_tick > BASE_FORGET_TICKS:
        _rescan_base(s, lane)
    threshold = _threshold(s, lane)
    if rise - s.base_deg >= threshold:
        _settle_base(s, lane)
    if rise - s.base_deg >= threshold:
        s.rising = 1
        s.top_deg = s.low_deg = s.level_deg = rise
        s.top_tick = s.low_tick = s.level_tick = s.tick
        s.pause_tick = -1


@stage
def _rescan_base(s: Record, lane: Record) -> None:
    """Forget a base of long ago for the least of the latest 4 s."""
    s.base_tick = s.tick
    s.base_deg = lane.direction * s.sagittal_deg
    for tick in range(s.tick - BASE_RESCAN_TICKS, s.tick):
        rise = lane.direction * s.ring_sagittal_deg[tick & RING_MASK]
        if rise < s.base_deg:
            s.base_deg = rise
            s.base_tick = tick


@stage
def _settle_base(s: Record, lane: Record) -> None:
    """Move the base to where the rise was last flat: what went before was settling down."""
    for tick in range(s.tick, s.base_tick + FLAT_TICKS, -1):
        rise = lane.direction * s.ring_sagittal_deg[tick & RING_MASK]
        before = lane.direction * s.ring_sagittal_deg[(tick - FLAT_TICKS) & RING_MASK]
        if rise - before < FLAT_DEG:
            s.base_deg = min(rise, before)
            s.base_tick = tick if rise < before else tick - FLAT_TICKS
            return


@stage
def _threshold(s: Record, lane: Record) -> float:
    """Return the rise that begins a movement: a share of the running median amplitude."""
    n = min(s.amplitude_count, AMPLITUDES)
    if n == 0:
        return float(lane.floor_deg)
    below = s.amplitudes[0]
    for k in range(n):
        rank = 0
        for other in range(n):
            smaller = s.amplitudes[other] < s.amplitudes[k]
            if smaller or (s.amplitudes[other] == s.amplitudes[k] and other < k):
                rank += 1
        if rank == n // 2:
            below = s.amplitudes[k]
    return float(max(lane.floor_deg, ADAPTIVE_SHARE * below))


@stage
def _follow_rise(s: Record, lane: Record, rows: Record, rise: float, log: Record) -> None:
    """Track the top, and close the repetition when the movement is back."""
    if rise > s.top_deg:
        s.top_deg = rise
        s.top_tick = s.tick
        s.low_deg = rise
        s.low_tick = s.tick
    elif rise < s.low_deg:
        s.low_deg = rise
        s.low_tick = s.tick
    _follow_pause(s, lane, rise)
    range_deg = s.top_deg - s.base_deg
    turned = rise - s.low_deg > TURN_SHARE * range_deg
    short = s.low_deg < s.base_deg + RETURN_SHARE * range_deg
    if rise <= s.base_deg + EDGE_SHARE * range_deg:
        _close(s, lane, rows, s.base_deg, s.tick, log)
        _rebase(s, rise)
        s.base_near = BASE_TICKS
    elif turned and short:
        _close(s, lane, rows, s.low_deg, s.low_tick, log)
        s.rising = 0
        s.base_deg = s.low_deg
        s.base_tick = s.low_tick
        s.base_near = BASE_TICKS
    elif s.tick - s.level_tick > PLATEAU_TICKS or s.tick - s.base_tick > REP_MAX_TICKS:
        _rebase(s, rise)


@stage
def _follow_pause(s: Record, lane: Record, rise: float) -> None:
    """Begin the movement anew where it rested on the way up: that was lying down, then a bridge."""
    if abs(rise - s.level_deg) > BASE_NEAR_DEG:
        if rise > s.level_deg and s.tick - s.level_tick >= PAUSE_TICKS:
            s.pause_deg = s.level_deg
            s.pause_tick = s.tick - 1
        s.level_deg = rise
        s.level_tick = s.tick
    if s.pause_tick >= 0 and rise - s.pause_deg >= _threshold(s, lane):
        s.base_deg = s.pause_deg
        s.base_tick = s.pause_tick
        s.pause_tick = -1
        s.top_deg = s.low_deg = rise
        s.top_tick = s.low_tick = s.tick


@stage
def _close(s: Record, lane: Record, rows: Record, end_deg: float, last: int, log: Record) -> None:
    """Recognise the movement between its base and ``last``, and learn its amplitude."""
    if recognise(s, lane, rows, end_deg, last, log):
        s.amplitudes[s.amplitude_count % AMPLITUDES] = s.top_deg - s.base_deg
        s.amplitude_count += 1
