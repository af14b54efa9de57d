"""Tick clock: gravity's mean while the wearer stays upright without a stir."""

from __future__ import annotations

from lumbar_signal.angle import dot, length_of
from lumbar_signal.constants import (
    MOTION_MERGE_TICKS,
    STAY_CONE_COS,
    STAY_TICKS,
    UPRIGHT_CONE_COS,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def follow_stay(s: Record) -> bool:
    """Return whether a still stay reaches 3 s with this tick; ``stay_up`` is its mean.

    Upright is what could be with the sensor turned by 20 degrees about two axes, either end up:
    standing and sitting alike.
    """
    unit, total = s.sensor_up, s.stay_sum
    still = s.valid == 1 and s.tick - s.motion_last > MOTION_MERGE_TICKS
    upright = abs(unit[0]) >= UPRIGHT_CONE_COS
    if not (still and upright) or dot(unit, total) < STAY_CONE_COS * length_of(total):
        s.stay_ticks = 0
        for axis in range(3):
            total[axis] = 0.0
        return False
    for axis in range(3):
        total[axis] += unit[axis]
    s.stay_ticks += 1
    if s.stay_ticks > STAY_TICKS:
        s.stay_last = s.tick
    if s.stay_ticks != STAY_TICKS:
        return False
    length = length_of(total)
    for axis in range(3):
        s.stay_up[axis] = total[axis] / length
    return True
