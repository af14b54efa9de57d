"""Tick clock: bends from upright and back; they show which way is forward."""

from __future__ import annotations

from lumbar_signal.angle import dot
from lumbar_signal.constants import (
    BEND_BACK_COS,
    BEND_KEEP,
    BEND_LIMIT_COS,
    BEND_MAX_TICKS,
    BEND_OUT_COS,
    BEND_SAGITTAL_COS,
    BOW_BACK_COS,
    SAT_BACK_SIN,
    SAT_DOWN_SIN,
    WAY_BACK_SIN,
    WAY_DOWN_COS,
    WAY_HEAVE_G,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record

NOTHING, LEAN, BOW = 0, 1, 2


@stage
def follow_bend(s: Record) -> int:
    """Return what is over with this tick: nothing, a lean, or a bow.

    Both leave the cone about ``base_up`` by 20 to 85 degrees and are back within 6 s. A lean, as
    on the way into a chair, shows in ``bend_peak`` which side is the front. A bow comes all the
    way back; it is added to ``bend_sum``, and ``bows`` counts those in a row.
    """
    cosine = dot(s.sensor_up, s.base_up)
    if cosine < BEND_BACK_COS:
        s.bow_waits = 0
        _follow_out(s, cosine)
        return NOTHING
    over = LEAN if s.bend_ticks > 0 and _is_bend(s) else NOTHING
    if over == LEAN:
        s.bow_waits = 1
        s.near_cos = 0.0
    s.near_cos = max(s.near_cos, cosine)
    s.bend_ticks = 0
    s.bend_cos = 1.0
    if s.bow_waits == 1 and s.near_cos > BOW_BACK_COS:
        s.bow_waits = 0
        _add_bow(s)
        return BOW
    return over


@stage
def goes_down(s: Record) -> bool:
    """Return whether this tick shows the wearer on the way down to the floor, and which way.

    People lean forward on that way. Since the latest stay upright gravity has gone 45
    degrees to one side, and the body was lowered: who lies back from sitting on the floor is not.
    ``bend_peak`` is that side.
    """
    if s.way_open == 0:
        return False
    front, back = max(s.way_front, s.up[2]), max(s.way_back, -s.up[2])
    s.way_front, s.way_back = front, back
    s.way_heave_g = max(s.way_heave_g, abs(s.heave_g))
    if s.up[0] > WAY_DOWN_COS:
        return False
    s.way_open = 0
    for axis in range(3):
        s.bend_peak[axis] = s.sensor_up[axis] - s.up[0] * s.frame[0, axis]
    return bool(abs(s.up[1]) < abs(s.up[2]) and s.way_heave_g > WAY_HEAVE_G)


@stage
def went_one_way(s: Record) -> bool:
    """Say whether gravity has gone to the front or to the back since the latest stay upright."""
    return bool(min(s.way_front, s.way_back) < WAY_BACK_SIN)


@stage
def sat_down(s: Record) -> int:
    """Return which way the wearer leant while going down to this stay upright: 1 front, -1 back.

    0 where the body was not lowered, or went to both sides.
    """
    if s.way_open == 0 or s.way_heave_g < WAY_HEAVE_G:
        return 0
    if min(s.way_front, s.way_back) > SAT_BACK_SIN:
        return 0
    if max(s.way_front, s.way_back) < SAT_DOWN_SIN:
        return 0
    return 1 if s.way_front > s.way_back else -1


@stage
def begin_way(s: Record) -> None:
    """Look for the way down from this stay upright on."""
    s.way_open = 1
    s.way_front = s.way_back = s.way_heave_g = 0.0


@stage
def _follow_out(s: Record, cosine: float) -> None:
    """Remember the furthest point; too far or too long is no bend."""
    if s.bend_ticks < 0:
        return
    s.bend_ticks += 1
    begun_near = s.near_cos > BOW_BACK_COS
    if s.bend_ticks > BEND_MAX_TICKS or cosine < BEND_LIMIT_COS or not begun_near:
        s.bend_ticks = -1
        s.bows = 0
        s.near_cos = 0.0
    elif cosine < s.bend_cos:
        s.bend_cos = cosine
        for axis in range(3):
            s.bend_peak[axis] = s.sensor_up[axis] - cosine * s.base_up[axis]


@stage
def _is_bend(s: Record) -> bool:
    """Say whether it went far enough, and nearer to the sensor's z axis than to its y axis."""
    peak = s.bend_peak
    squared = peak[0] * peak[0] + peak[1] * peak[1] + peak[2] * peak[2]
    sagittal = peak[2] * peak[2] > BEND_SAGITTAL_COS * BEND_SAGITTAL_COS * squared
    return bool(s.bend_cos < BEND_OUT_COS and sagittal)


@stage
def _add_bow(s: Record) -> None:
    """Add a bow's direction to the row's sum and to the fading sum, the deeper the more.

    People bend much further forward than back, so the direction is forward whatever way round the
    sensor is worn. A bow that contradicts those before is left out of the fading sum.
    """
    peak, total, row = s.bend_peak, s.bend_sum, s.bow_sum
    along = peak[0] * total[0] + peak[1] * total[1] + peak[2] * total[2]
    agrees = s.base_far == 0 and (s.bend_count == 0 or along > 0.0)
    keep_row = 1.0 if s.bows > 0 else 0.0
    keep = BEND_KEEP if s.bend_count > 0 else 0.0
    for axis in range(3):
        row[axis] = keep_row * row[axis] + peak[axis]
        if agrees:
            total[axis] = keep * total[axis] + peak[axis]
    s.bows += 1
    if agrees:
        s.bend_count += 1
