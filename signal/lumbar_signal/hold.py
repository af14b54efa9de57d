"""Tick clock: stays, the stretches in which the body keeps its position; some of them are holds.

A stay begins where the latest movement ended and lasts while gravity stays in a cone about the
stay's own first seconds. Who rests there leaves it by being lifted or lowered; who makes an effort
may give way by as much, and leaves it when the tremor is gone.
"""

from __future__ import annotations

from lumbar_signal.constants import (
    CUE_EFFORT_TICKS,
    DRIFT_BEGUN,
    DRIFT_CHORD,
    DRIFT_TICKS,
    EFFORT_ALARM,
    EFFORT_KNOWN_TICKS,
    EFFORT_RATIO,
    HOLD_CATCH_TICKS,
    HOLD_ENTER_TICKS,
    HOLD_LOOK_BACK_TICKS,
    HOLD_OUT_TICKS,
    HOLD_REFERENCE_TICKS,
    HOLD_RESUME_TICKS,
    KNOCK_RATIO,
    LYING_FROM_DEG,
    MIN_FLOOR_G2,
    RING_MASK,
    STANDING_TO_DEG,
    TURNS_HELD,
)
from lumbar_signal.jit import rare, stage
from lumbar_signal.motion import noise_g2
from lumbar_signal.state import Record
from lumbar_signal.stay_measures import (
    begin_measures,
    effort_middle_g2,
    makes_effort,
    measure_entry,
    measure_stay,
    measure_until,
    tell_stay,
    turns_of,
)
from lumbar_signal.stay_reference import (
    chord2,
    departure,
    follow_reference,
    is_in_cone,
    refer_from,
    settle,
)


@stage
def follow_stay(s: Record, places: Record, log: Record) -> None:
    """Open a stay that has lasted for 2 s, measure it now and then, and close it when it is left.

    Who gives way in a hold and catches it again is back in it at once.
    """
    if s.hold_open == 0:
        calm_ticks = s.tick - max(s.motion_last, s.hold_before_tick)
        resumes = _resumes(s)
        if s.valid == 1 and calm_ticks >= (HOLD_CATCH_TICKS if resumes else HOLD_ENTER_TICKS):
            _open(s, resumes)
            _look(s, places, log)
        return
    follow_reference(s)
    measure_stay(s)
    last = _left(s)
    if last >= 0:
        close_stay(s, last, log)
    else:
        _look(s, places, log)


@stage
def _resumes(s: Record) -> bool:
    """Say whether the body is back where it was just held with effort."""
    soon = s.hold_before_effort == 1 and s.tick - s.hold_before_tick < HOLD_RESUME_TICKS
    return bool(soon and is_in_cone(s))


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
    s.hold_resumed = 1 if resumes else 0
    s.hold_drop = s.hold_rise = 0.0
    s.hold_drop_tick = s.hold_rise_tick = s.tick
    s.heave_slow_g = s.norm_g
    s.hold_shakes = s.hold_left_tick = 0
    begin_measures(s)
    if not resumes:
        s.hold_settled = 0
        measure_entry(s, first)
        refer_from(s, max(first, s.tick - HOLD_REFERENCE_TICKS + 1))
        settle(s)
    measure_stay(s)


@stage
def _left(s: Record) -> int:
    """Return the tick at which the stay ended, -1 while it lasts.

    It ends when gravity leaves its cone, when one who rests is lifted or lowered or moves on, when
    the body moves for longer than it takes to give way, and when effort sets in or is over.
    """
    if s.hold_shakes == 1 and s.motion_first == s.tick:
        s.hold_shakes = 0
        s.hold_left_tick = s.tick
    s.hold_out = 0 if s.valid == 1 and is_in_cone(s) else s.hold_out + 1
    if s.hold_out >= HOLD_OUT_TICKS:
        return _movement_start(s, HOLD_OUT_TICKS)
    if s.heave_last == s.tick and not _may_give_way(s):
        return _movement_start(s, 0)
    if s.motion_last == s.tick and s.tick - s.motion_first > HOLD_LOOK_BACK_TICKS:
        return int(max(s.motion_first, s.hold_start_tick))
    changed = _effort_changed(s)
    if changed >= 0:
        if s.motion_first > s.hold_start_tick and s.motion_last >= changed - HOLD_ENTER_TICKS:
            changed = min(changed, s.motion_first)
        return int(max(_unconfirmed(s, changed), s.hold_start_tick))
    return _drift_start(s)


@stage
def _may_give_way(s: Record) -> bool:
    """Say whether the stay is held with effort.

    Who turns to and fro lifts one leg after the other, and goes on to something else.
    """
    return bool(makes_effort(s) and turns_of(s) <= TURNS_HELD)


@stage
def _effort_changed(s: Record) -> int:
    """Return the tick at which the tremor of effort set in or was gone, -1 for neither.

    Two cumulative sums about the level half-way, as a ratio, between effort and rest. Nobody begins
    to make an effort without a movement.
    """
    if s.shake_ticks == 0 or s.hold_shake_ticks < EFFORT_KNOWN_TICKS:
        s.hold_drop = s.hold_rise = 0.0
        return -1
    if makes_effort(s):
        middle_g2 = effort_middle_g2(s)
        s.hold_drop = max(0.0, s.hold_drop + 1.0 - min(s.tick_shake_g2 / middle_g2, KNOCK_RATIO))
        if s.hold_drop == 0.0:
            s.hold_drop_tick = s.tick
            if s.shake_ticks >= CUE_EFFORT_TICKS:
                s.hold_shakes = 1
        if s.hold_drop > EFFORT_ALARM:
            return int(s.hold_drop_tick)
    else:
        own_g2 = s.hold_shake_sum_g2 / s.hold_shake_ticks
        middle_g2 = EFFORT_RATIO * max(own_g2, max(noise_g2(s), MIN_FLOOR_G2))
        s.hold_rise = max(0.0, s.hold_rise + min(s.tick_shake_g2 / middle_g2, KNOCK_RATIO) - 1.0)
        if s.hold_rise == 0.0:
            s.hold_rise_tick = s.tick
        since = max(s.hold_rise_tick - HOLD_ENTER_TICKS, s.hold_start_tick + 1)
        if s.hold_rise > EFFORT_ALARM and s.motion_last >= since:
            return int(s.hold_rise_tick)
    return -1


@stage
def _drift_start(s: Record) -> int:
    """Return where one who makes no effort began to move on, too slowly for a movement; else -1.

    Leaning on something may be an effort that the converter's noise hides.
    """
    if s.tick - s.hold_start_tick < DRIFT_TICKS + HOLD_ENTER_TICKS:
        return -1
    if makes_effort(s) or (s.hold_settled == 1 and _leans(s)):
        return -1
    before = s.ring_up[(s.tick - DRIFT_TICKS) & RING_MASK]
    whole = chord2(before, s.up)
    if whole < DRIFT_CHORD * DRIFT_CHORD:
        return -1
    tick = s.tick - DRIFT_TICKS
    while chord2(before, s.ring_up[tick & RING_MASK]) < DRIFT_BEGUN * whole:
        tick += 1
    return int(tick)


@stage
def _leans(s: Record) -> bool:
    """Say whether the body leans forward from upright, and did when the stay began."""
    reference_deg = s.hold_sagittal_deg
    return bool(STANDING_TO_DEG <= reference_deg <= LYING_FROM_DEG) and bool(
        s.sagittal_deg > STANDING_TO_DEG
    )


@stage
def _movement_start(s: Record, ticks_ago: int) -> int:
    """Return where the movement that ended the stay began, else ``ticks_ago``."""
    tick = s.tick - ticks_ago
    if s.tick - s.motion_first <= HOLD_LOOK_BACK_TICKS:
        tick = min(tick, s.motion_first)
    return int(max(_unconfirmed(s, tick), s.hold_start_tick))


@stage
def _unconfirmed(s: Record, tick: int) -> int:
    """Return where the first movement began after which no tremor was seen any more, or ``tick``.

    The way out of a hold may be in several movements.
    """
    if s.hold_shakes == 0 and s.hold_left_tick > s.hold_start_tick:
        return int(min(tick, s.hold_left_tick))
    return tick


@stage
def _look(s: Record, places: Record, log: Record) -> None:
    """Tell a stay in a place where something is held, ever more seldom."""
    lasted = s.tick - s.hold_start_tick
    if s.hold_settled == 0 or lasted < s.hold_told * 1.4 + 12.0 or not _is_place(s, places):
        return
    tell_stay(s, float(s.next_index - 1) - s.delay_samples, 0.0, log)


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
    out = departure(s, last)
    _close(s, last, max(s.ring_at[out & RING_MASK] - s.delay_samples, s.hold_start), log)


@stage
def break_stay(s: Record, log: Record) -> None:
    """Close the open stay at the latest sample: nobody saw how it went on."""
    _close(s, s.tick - 1, float(s.next_index), log)


@stage
def _close(s: Record, last: int, end: float, log: Record) -> None:
    measure_until(s, last)
    if s.hold_told > 0:
        tell_stay(s, end, 1.0, log)
    s.hold_open = 0
    s.hold_before_end = end
    s.hold_before_tick = last
    s.hold_before_effort = 1 if s.hold_settled == 1 and _may_give_way(s) else 0
