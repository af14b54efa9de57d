"""Tick clock: bends from upright, and back again or not; they show which way is forward."""

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
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record

NOTHING, LEAN, BOW, LEFT = 0, 1, 2, 3


@stage
def follow_bend(s: Record) -> int:
    """Return what is over with this tick: nothing, a lean, a bow, or being upright.

    Both leave the cone about ``base_up`` by 20 to 85 degrees and are back within 6 s. A lean, as
    on the way into a chair, shows in ``bend_peak`` which side is the front. A bow comes all the
    way back; it is added to ``bend_sum``, and ``bows`` counts those in a row. Who left to sit or
    lie on the floor began that way too: ``bend_first`` is where the cone was left, ``bend_stood``
    is 1 where nobody can have sat down since a walk.
    """
    cosine = dot(s.sensor_up, s.base_up)
    if cosine < BEND_BACK_COS:
        s.bow_waits = 0
        return _follow_out(s, cosine)
    over = LEAN if s.bend_ticks > 0 and _is_bend(s) else NOTHING
    if over == LEAN:
        s.bow_waits = 1
        s.near_cos = 0.0
    s.near_cos = max(s.near_cos, cosine)
    if cosine > BOW_BACK_COS:
        s.bend_stood = s.on_feet
    s.bend_ticks = 0
    s.bend_cos = 1.0
    if s.bow_waits == 1 and s.near_cos > BOW_BACK_COS:
        s.bow_waits = 0
        _add_bow(s)
        return BOW
    return over


@stage
def _follow_out(s: Record, cosine: float) -> int:
    """Remember the first and the furthest point; too far or too long is no bend."""
    if s.bend_ticks < 0:
        return NOTHING
    s.bend_ticks += 1
    begun_near = s.near_cos > BOW_BACK_COS
    if s.bend_ticks > BEND_MAX_TICKS or cosine < BEND_LIMIT_COS or not begun_near:
        left = begun_near and s.bend_cos < BEND_OUT_COS and _is_sagittal(s.bend_first)
        s.bend_ticks = -1
        s.bows = 0
        s.near_cos = 0.0
        return LEFT if left else NOTHING
    if cosine < s.bend_cos:
        first = s.bend_cos > BEND_OUT_COS
        s.bend_cos = cosine
        for axis in range(3):
            s.bend_peak[axis] = s.sensor_up[axis] - cosine * s.base_up[axis]
            if first:
                s.bend_first[axis] = s.bend_peak[axis]
    return NOTHING


@stage
def _is_bend(s: Record) -> bool:
    """Say whether it went far enough, and forward or back."""
    return bool(s.bend_cos < BEND_OUT_COS and _is_sagittal(s.bend_peak))


@stage
def _is_sagittal(away: Record) -> bool:
    """Say whether a way goes nearer to the sensor's z axis than to its y axis."""
    squared = away[0] * away[0] + away[1] * away[1] + away[2] * away[2]
    return bool(away[2] * away[2] > BEND_SAGITTAL_COS * BEND_SAGITTAL_COS * squared)


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
