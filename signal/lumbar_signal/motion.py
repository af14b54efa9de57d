"""Tick clock: is the body changing its position, and how much does it shake when it is not."""

from __future__ import annotations

from lumbar_signal.constants import (
    BASELINE_FALSE,
    BASELINE_TICKS,
    BASELINE_UNREST,
    CALM_FORWARD,
    HEAVE_G,
    HEAVE_NOISE,
    HEAVE_TAU_TICKS,
    KNOCK_RATIO,
    MOTION_CHORD,
    MOTION_MERGE_TICKS,
    MOTION_TICKS,
    RING_MASK,
    SETTLE_TICKS,
    SHAKE_TAU_TICKS,
    TICK_HZ,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def follow_motion(s: Record) -> None:
    """Mark the latest movement: gravity turns, or the body is lifted or lowered."""
    s.heave_slow_g += (s.norm_g - s.heave_slow_g) / HEAVE_TAU_TICKS
    s.heave_g = s.norm_g - s.heave_slow_g
    if s.tick < MOTION_TICKS:
        s.heave_slow_g = s.norm_g
        s.heave_g = 0.0
    s.ring_heave_g[s.tick & RING_MASK] = s.heave_g
    heaves = s.heave_g * s.heave_g > max(HEAVE_G * HEAVE_G, HEAVE_NOISE * noise_g2(s))
    chord = 0.0
    if s.tick >= MOTION_TICKS:
        then = s.ring_up[(s.tick - MOTION_TICKS) & RING_MASK]
        for axis in range(3):
            step = s.up[axis] - then[axis]
            chord += step * step
    if heaves:
        s.heave_last = s.tick
    if chord > MOTION_CHORD * MOTION_CHORD or heaves:
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
    """Learn the wearer's calm level where no effort is to be expected: not leaning or face down."""
    calm = s.shake_ticks >= SHAKE_TAU_TICKS and s.valid == 1
    if not calm or s.up[2] > CALM_FORWARD:
        return
    if s.calm_ticks > SHAKE_TAU_TICKS and s.shake_g2 > BASELINE_UNREST * s.calm_shake_g2:
        return
    if s.shake_g2 < BASELINE_FALSE * s.calm_shake_g2:
        s.calm_ticks = min(s.calm_ticks, SHAKE_TAU_TICKS)
    s.calm_ticks = min(s.calm_ticks + 1, BASELINE_TICKS)
    s.calm_shake_g2 += (s.shake_g2 - s.calm_shake_g2) / s.calm_ticks


@stage
def noise_g2(s: Record) -> float:
    """Return the energy in 3 to 12 Hz of the wearer at rest, or of the converter alone."""
    return float(s.calm_shake_g2 if s.calm_shake_g2 > 0.0 else s.floor_g2)


@stage
def tick_noise_g2(s: Record) -> float:
    """Return the variance that the converter's noise leaves in the mean of one tick."""
    sample_g2 = noise_g2(s) / (3.0 * s.shake_noise_gain)
    return float(sample_g2 * TICK_HZ / s.sampling_rate_hz)


@stage
def unrest_g(s: Record, first: int, end: int) -> float:
    """Return the RMS of |a| about its mean from tick ``first`` to before ``end``, without noise."""
    mean = 0.0
    for tick in range(first, end):
        mean += s.ring_accel_g[tick & RING_MASK] / (end - first)
    squares = 0.0
    for tick in range(first, end):
        step = s.ring_accel_g[tick & RING_MASK] - mean
        squares += step * step
    return float(max(0.0, squares / (end - first) - tick_noise_g2(s)) ** 0.5)
