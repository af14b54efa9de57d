"""Tick clock: repetitions by adaptive extremum hysteresis on the rise of an angle of gravity.

Each lane follows one angle, its sign turned so that a movement goes up from its base. A movement
is a top that the angle rose to, and fell from, by more than the lane's threshold. It closes as
soon as it is back where it began; where it began elsewhere (lying down, then at once a bridge),
as soon as it rests or turns.
"""

from __future__ import annotations

from lumbar_signal.constants import (
    ADAPTIVE_SHARE,
    AMPLITUDES,
    ANCHOR_TICKS,
    EDGE_SHARE,
    HESITATION_TICKS,
    LANE_LEFT_TICKS,
    MIDDLE_TICKS,
    PLATEAU_TICKS,
    REARRANGED_SHARE,
    REP_MAX_TICKS,
    RETURN_SHARE,
    STOP_NEAR_SHARE,
    STOP_SHARE,
    STOP_TICKS,
    TURN_SHARE,
)
from lumbar_signal.jit import rare, stage
from lumbar_signal.movement import rise_at, tell_movement
from lumbar_signal.state import Record

# What a lane is doing
AWAY, FALLING, RISING = 0, 1, 2


@stage
def follow_repetitions(s: Record, lanes: Record, log: Record) -> None:
    """Advance the counter of every lane by one tick."""
    if s.turned_sagittal_deg != 0.0 or s.turned_lateral_deg != 0.0:
        for n in range(len(lanes)):
            _turn(s, lanes[n], s.lane[n])
        s.turned_sagittal_deg = s.turned_lateral_deg = 0.0
    for n in range(len(lanes)):
        _follow(s, lanes[n], s.lane[n], n, log)


@rare
def _turn(s: Record, lane: Record, rep: Record) -> None:
    """Tell what a lane remembers in the angles of a corrected frame."""
    step = lane.direction * (s.turned_lateral_deg if lane.lateral else s.turned_sagittal_deg)
    rep.entry_deg += step
    rep.base_deg += step
    rep.top_deg += step
    rep.low_deg += step
    rep.anchor_deg += step
    rep.rest_deg += step


@stage
def _follow(s: Record, lane: Record, rep: Record, n: int, log: Record) -> None:
    """Advance one lane."""
    if not _is_inside(s, lane):
        if rep.phase != AWAY:
            rep.outside += 1
            if rep.outside > LANE_LEFT_TICKS:
                rep.phase = AWAY
        return
    rep.outside = 0
    rise = _rise_now(s, lane, rep)
    if rep.phase == AWAY:
        rep.amplitude_count = 0
        rep.threshold_deg = lane.floor_deg
        rep.rested = 0
        _begin(s, rep, rise)
    elif rep.phase == FALLING:
        _follow_base(s, lane, rep, rise)
    else:
        _follow_top(s, lane, rep, n, rise, log)


@stage
def _rise_now(s: Record, lane: Record, rep: Record) -> float:
    """Return the angle followed; to a side it begins in the middle, not on the other side."""
    if lane.lateral == 0:
        return float(lane.direction * s.sagittal_deg)
    if rep.phase == AWAY:
        rep.middle_deg = s.lateral_deg
    rep.middle_deg += (s.lateral_deg - rep.middle_deg) / MIDDLE_TICKS
    return float(max(lane.direction * s.lateral_deg, lane.direction * rep.middle_deg))


@stage
def _is_inside(s: Record, lane: Record) -> bool:
    """Say whether gravity is where the lane looks."""
    return bool(
        s.valid == 1
        and lane.low_deg < s.sagittal_deg < lane.high_deg
        and abs(s.lateral_deg) < lane.lateral_deg
    )


@stage
def _begin(s: Record, rep: Record, rise: float) -> None:
    """Look for a base from this tick on."""
    rep.phase = FALLING
    rep.entry_deg = rise
    rep.entry_tick = s.tick
    rep.perhaps_top = 0
    rep.base_deg = rise
    rep.base_tick = s.tick
    rep.arrived = 1
    rep.anchor_deg = rise
    rep.anchor_tick = s.tick


@stage
def _follow_base(s: Record, lane: Record, rep: Record, rise: float) -> None:
    """Track the lowest angle; a rest somewhere else is a new base."""
    if rise <= rep.base_deg:
        rep.base_deg = rise
        rep.base_tick = s.tick
    if _rests(s, lane, rep, rise) and (rise > rep.base_deg + lane.rest_deg or rep.rested == 0):
        perhaps = rep.perhaps_top
        _rest_at(s, rep, rise)
        rep.perhaps_top = perhaps
    if rep.perhaps_top == 1 and rise < rep.rest_deg - rep.threshold_deg:
        _take_rest_for_top(s, rep, rise)
    elif rise - rep.base_deg >= rep.threshold_deg:
        if _is_above_bases(lane, rep.base_deg):
            return
        if _is_below_bases(lane, rep.base_deg):
            rep.arrived = 1  # on the way to a base
        elif rep.base_deg < rep.entry_deg - lane.rest_deg:
            rep.arrived = 0  # it fell to the base before: a turn
        rep.phase = RISING
        rep.top_deg = rep.low_deg = rise
        rep.top_tick = rep.low_tick = s.tick
        rep.anchor_deg = rise
        rep.anchor_tick = s.tick


@stage
def _is_above_bases(lane: Record, rise: float) -> bool:
    """Say whether a rise is beyond every angle at which a movement of the lane begins."""
    edges = lane.direction * lane.base_low_deg, lane.direction * lane.base_high_deg
    return bool(rise > max(edges))


@stage
def _is_below_bases(lane: Record, rise: float) -> bool:
    """Say whether a rise is short of every angle at which a movement of the lane begins."""
    edges = lane.direction * lane.base_low_deg, lane.direction * lane.base_high_deg
    return bool(rise < min(edges))


@stage
def _take_rest_for_top(s: Record, rep: Record, rise: float) -> None:
    """Go on from a rest on arrival as the top of a movement that began at once."""
    rep.phase = RISING
    rep.arrived = 1
    rep.perhaps_top = 0
    rep.base_deg = rep.entry_deg
    rep.base_tick = rep.entry_tick
    rep.low_deg = rise
    rep.low_tick = s.tick


@stage
def _rests(s: Record, lane: Record, rep: Record, rise: float) -> bool:
    """Say whether the angle has stayed within a share of the lane's floor for the rest's time."""
    if abs(rise - rep.anchor_deg) > lane.rest_deg:
        rep.anchor_deg = rise
        rep.anchor_tick = s.tick
    return bool(s.tick - rep.anchor_tick >= ANCHOR_TICKS)


@stage
def _threshold_deg(rep: Record, lane: Record) -> float:
    """Return the rise that is a movement: a share of the running median amplitude."""
    n = min(rep.amplitude_count, AMPLITUDES)
    middle = 0.0
    for k in range(n):
        rank = 0
        for other in range(n):
            smaller = rep.amplitudes[other] < rep.amplitudes[k]
            if smaller or (rep.amplitudes[other] == rep.amplitudes[k] and other < k):
                rank += 1
        if rank == n // 2:
            middle = rep.amplitudes[k]
    return float(max(lane.floor_deg, ADAPTIVE_SHARE * middle))


@stage
def _follow_top(s: Record, lane: Record, rep: Record, n: int, rise: float, log: Record) -> None:
    """Track the top and the lowest angle since; close the movement when it is back.

    One that follows no other may have begun on the way from another position: its base is then
    where it comes back to.
    """
    if rise > rep.top_deg:
        rep.top_deg = rep.low_deg = rise
        rep.top_tick = rep.low_tick = s.tick
    elif rise < rep.low_deg:
        rep.low_deg = rise
        rep.low_tick = s.tick
    rests = _rests(s, lane, rep, rise)
    range_deg = rep.top_deg - rep.base_deg
    fallen_deg = rep.top_deg - rep.low_deg
    back = rep.low_deg <= rep.base_deg + RETURN_SHARE * range_deg
    rearranged = lane.any_base == 1 and rep.base_tick - rep.closed_tick > ANCHOR_TICKS
    most = rearranged and fallen_deg >= REARRANGED_SHARE * range_deg
    elsewhere = fallen_deg >= rep.threshold_deg and (rep.arrived == 1 or most)
    turned = rise - rep.low_deg > TURN_SHARE * fallen_deg
    near = rise <= rep.base_deg + STOP_NEAR_SHARE * range_deg
    stops = near and _has_stopped(s, lane, rise, range_deg)
    if rise <= rep.base_deg + EDGE_SHARE * range_deg:
        _close(s, lane, rep, n, rep.base_deg, s.tick, log)
        _restart(s, rep, rise, s.tick)
    elif (back or elsewhere) and (
        turned or stops or (rests and rise < rep.top_deg - 0.5 * fallen_deg)
    ):
        if elsewhere and (rearranged or not back):
            rep.base_deg = rep.low_deg
            rep.base_tick = _passed(s, lane, rep)
        _close(s, lane, rep, n, rep.low_deg, rep.low_tick if turned else s.tick, log)
        _restart(s, rep, rep.low_deg, rep.low_tick)
    elif fallen_deg >= rep.threshold_deg and s.tick - rep.anchor_tick > HESITATION_TICKS:
        _close(s, lane, rep, n, rep.low_deg, s.tick, log)
        _restart(s, rep, rise, s.tick)
    elif (rests and rep.arrived == 1) or s.tick - rep.anchor_tick > PLATEAU_TICKS:
        arrived = rep.arrived
        _rest_at(s, rep, rise)
        rep.perhaps_top = arrived
    elif s.tick - rep.base_tick > REP_MAX_TICKS:
        _restart(s, rep, rise, s.tick)


@stage
def _has_stopped(s: Record, lane: Record, rise: float, range_deg: float) -> bool:
    """Say whether the angle has hardly fallen of late."""
    then = rise_at(s, lane, s.tick - STOP_TICKS)
    return bool(then - rise < STOP_SHARE * range_deg)


@stage
def _passed(s: Record, lane: Record, rep: Record) -> int:
    """Return where the way to the top passed the base: one who arrived went through it."""
    tick = rep.top_tick
    while tick > rep.base_tick and rise_at(s, lane, tick) > rep.base_deg:
        tick -= 1
    return int(tick)


@stage
def _rest_at(s: Record, rep: Record, rise: float) -> None:
    """Take the angle at which the body rests for the base of what follows."""
    _restart(s, rep, rise, s.tick)
    rep.rested = 1
    rep.rest_deg = rise


@stage
def _restart(s: Record, rep: Record, base_deg: float, base_tick: int) -> None:
    """Look for the next movement from a base on."""
    rep.phase = FALLING
    rep.base_deg = base_deg
    rep.base_tick = base_tick
    rep.arrived = 0
    rep.perhaps_top = 0


@rare
def _close(
    s: Record, lane: Record, rep: Record, n: int, end_deg: float, last: int, log: Record
) -> None:
    """Measure the movement between its base and ``last``, tell it, and learn its amplitude."""
    if tell_movement(s, lane, rep, n, end_deg, last, log):
        rep.amplitudes[rep.amplitude_count % AMPLITUDES] = rep.top_deg - max(rep.base_deg, end_deg)
        rep.amplitude_count += 1
        rep.threshold_deg = _threshold_deg(rep, lane)
