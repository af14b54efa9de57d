"""Tick clock, first stage: from the sensor's axes to angles of the body, and the ring of both."""

from __future__ import annotations

from lumbar_signal.angle import atan2_deg
from lumbar_signal.constants import (
    ACCEL_TAU_TICKS,
    NORM_HIGH_G,
    NORM_LOW_G,
    RING_MASK,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def rotate(s: Record) -> None:
    """Turn low-passed gravity into the unit vector ``up`` in body axes, and its two angles.

    Where there is no gravity to see (free fall, zeros, a clipped converter) the last direction
    stays and ``valid`` is 0.
    """
    g = s.gravity_g
    norm = (g[0] * g[0] + g[1] * g[1] + g[2] * g[2]) ** 0.5
    s.valid = 1 if NORM_LOW_G < norm < NORM_HIGH_G and s.clipped == 0 else 0
    s.clipped = 0
    s.norm_g = norm
    if norm > 0.5 * NORM_LOW_G:
        for axis in range(3):
            row = s.frame[axis]
            s.sensor_up[axis] = g[axis] / norm
            s.up[axis] = (row[0] * g[0] + row[1] * g[1] + row[2] * g[2]) / norm
    x, y, z = s.up[0], s.up[1], s.up[2]
    s.sagittal_deg = atan2_deg(z, x)
    s.lateral_deg = atan2_deg(y, (x * x + z * z) ** 0.5)


@stage
def remember(s: Record) -> None:
    """Close the tick: mean acceleration without its slow part, and everything into the ring."""
    mean_norm = s.sum_norm / max(s.sum_samples, 1)
    if s.tick == 0:
        s.accel_slow_g = mean_norm
    s.accel_slow_g += (mean_norm - s.accel_slow_g) / ACCEL_TAU_TICKS
    s.accel_g = mean_norm - s.accel_slow_g
    s.accel_power_g2 += (s.accel_g * s.accel_g - s.accel_power_g2) / ACCEL_TAU_TICKS
    slot = s.tick & RING_MASK
    s.ring_at[slot] = s.next_index - 1
    s.ring_sagittal_deg[slot] = s.sagittal_deg
    s.ring_lateral_deg[slot] = s.lateral_deg
    s.ring_accel_g[slot] = mean_norm
    s.ring_shake_g2[slot] = s.sum_shake / max(s.sum_samples, 1)
    for axis in range(3):
        s.ring_up[slot, axis] = s.up[axis]
