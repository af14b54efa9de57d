"""Tick clock: gravity's mean while the wearer walks."""

from __future__ import annotations

from lumbar_signal.angle import dot, length_of
from lumbar_signal.constants import (
    NEAR_WALK_COS,
    STEP_G,
    STEPPING_RMS_G,
    STEPS_NEEDED,
    UPRIGHT_CONE_COS,
    WALK_CONE_COS,
    WALK_RMS_G,
    WALK_TICKS,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def follow_walk(s: Record) -> bool:
    """Return whether 5 s of steps end with this tick; ``walk_up`` is gravity's mean in them.

    Steps are rises of |a| at 1.2 Hz or more; squats, push-ups and a car do not rise that often
    or that far. ``walk_near`` stays 1 until the wearer leans.
    """
    unit, total, mean = s.sensor_up, s.walk_sum, s.walk_up
    if s.walk_near == 1 and dot(unit, mean) < NEAR_WALK_COS:
        s.walk_near = 0
    if s.valid == 0 or s.accel_power_g2 <= STEPPING_RMS_G * STEPPING_RMS_G:
        if s.walk_ticks > 0:
            _begin_walk(s)
        return False
    s.walk_last = s.tick
    if abs(unit[0]) < UPRIGHT_CONE_COS or dot(unit, total) < WALK_CONE_COS * length_of(total):
        _begin_walk(s)
        return False
    for axis in range(3):
        total[axis] += unit[axis]
    s.walk_power_g2 += s.accel_power_g2 / WALK_TICKS
    s.walk_ticks += 1
    _count_step(s)
    if s.walk_ticks < WALK_TICKS:
        return False
    walked = s.walk_steps >= STEPS_NEEDED and s.walk_power_g2 > WALK_RMS_G * WALK_RMS_G
    if walked:
        length = length_of(total)
        for axis in range(3):
            mean[axis] = total[axis] / length
        s.walk_near = 1
    _begin_walk(s)
    return bool(walked)


@stage
def _begin_walk(s: Record) -> None:
    s.walk_ticks = 0
    s.walk_steps = 0
    s.walk_power_g2 = 0.0
    for axis in range(3):
        s.walk_sum[axis] = 0.0


@stage
def _count_step(s: Record) -> None:
    """Count a rise of |a| from below its mean to above."""
    if s.accel_g > STEP_G and s.walk_rising == 0:
        s.walk_steps += 1
        s.walk_rising = 1
    elif s.accel_g < -STEP_G:
        s.walk_rising = 0
