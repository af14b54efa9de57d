"""Tick clock: is the body changing its position, and how much does it shake when it is not."""

from __future__ import annotations

from lumbar_signal.constants import (
    BASELINE_RATE,
    FLOOR_MIN_RATE_HZ,
    KNOCK_RATIO,
    MIN_FLOOR_G2,
    MOTION_ACCEL_G,
    MOTION_CHORD,
    MOTION_MERGE_TICKS,
    MOTION_TICKS,
    RING_MASK,
    SETTLE_TICKS,
    SHAKE_TAU_TICKS,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def follow_motion(s: Record) -> None:
    """Mark the latest movement: gravity turns, or the body meets the floor."""
    chord = 0.0
    if s.tick >= MOTION_TICKS:
        then = s.ring_up[(s.tick - MOTION_TICKS) & RING_MASK]
        for axis in range(3):
            step = s.up[axis] - then[axis]
            chord += step * step
    if chord > MOTION_CHORD * MOTION_CHORD or abs(s.accel_g) > MOTION_ACCEL_G:
        if s.tick - s.motion_last > MOTION_MERGE_TICKS:
            s.motion_first = s.tick
        s.motion_last = s.tick


@stage
def follow_shake(s: Record) -> None:
    """Average the energy in 3 to 12 Hz since the latest movement, and the converter's own noise.

    The mean covers all ticks since the movement, then the latest 2 s: no knock leaks into it.
    """
    if s.tick - s.motion_last <= SETTLE_TICKS:
        s.shake_ticks = 0
        return
    s.shake_ticks += 1
    weight = 1.0 / min(float(s.shake_ticks), SHAKE_TAU_TICKS)
    energy = s.tick_shake_g2
    if s.shake_ticks > 1:
        energy = min(energy, KNOCK_RATIO * s.shake_g2)
    s.shake_g2 += weight * (energy - s.shake_g2)
    # White noise has six times its variance in second differences.
    white = s.tick_floor_g2 / 6.0 * s.shake_noise_gain
    s.floor_g2 += weight * (white - s.floor_g2)


@stage
def follow_baseline(s: Record) -> None:
    """Learn the wearer's calm level where no tremor is to be expected: not face down."""
    calm = s.shake_ticks >= SHAKE_TAU_TICKS and s.valid == 1
    if not calm or s.up[2] > 0.3:
        return
    if s.calm_shake_g2 == 0.0:
        s.calm_shake_g2 = s.shake_g2
    s.calm_shake_g2 += BASELINE_RATE * (s.shake_g2 - s.calm_shake_g2)


@stage
def shake_ratio(s: Record) -> float:
    """Return the variance in 3 to 12 Hz over the level of rest: 1 where nothing shakes."""
    level = s.calm_shake_g2
    if level == 0.0 and s.sampling_rate_hz >= FLOOR_MIN_RATE_HZ:
        level = s.floor_g2
    if level == 0.0:
        return 1.0
    return float(s.shake_g2 / max(level, MIN_FLOOR_G2))
