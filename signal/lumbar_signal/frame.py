"""Tick clock, first stage: from the sensor's axes to angles of the body, and the ring of both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.angle import atan2_deg, dot, length_of
from lumbar_signal.constants import (
    ACCEL_TAU_TICKS,
    NORM_HIGH_G,
    NORM_LOW_G,
    RING_MASK,
    RING_TICKS,
)
from lumbar_signal.jit import rare, stage
from lumbar_signal.state import Record


@stage
def rotate(s: Record) -> None:
    """Turn low-passed gravity into the unit vector ``up`` in body axes, and its two angles.

    Where there is no gravity to see (free fall, zeros, a clipped converter) the last direction
    stays and ``valid`` is 0.
    """
    g_x, g_y, g_z = _without_error(s, 0), _without_error(s, 1), _without_error(s, 2)
    norm = (g_x * g_x + g_y * g_y + g_z * g_z) ** 0.5
    s.valid = 1 if NORM_LOW_G < norm < NORM_HIGH_G and s.clipped == 0 else 0
    s.clipped = 0
    s.norm_g = norm
    s.norm_error_g = length_of(s.gravity_g) - norm
    if norm > 0.5 * NORM_LOW_G:
        frame = s.frame
        x = frame[0, 0] * g_x + frame[0, 1] * g_y + frame[0, 2] * g_z
        y = frame[1, 0] * g_x + frame[1, 1] * g_y + frame[1, 2] * g_z
        z = frame[2, 0] * g_x + frame[2, 1] * g_y + frame[2, 2] * g_z
        s.sensor_up[0], s.sensor_up[1], s.sensor_up[2] = g_x / norm, g_y / norm, g_z / norm
        s.up[0], s.up[1], s.up[2] = x / norm, y / norm, z / norm
        s.sagittal_deg, s.lateral_deg = angles_deg(x, y, z)


@stage
def _without_error(s: Record, axis: int) -> float:
    """Return gravity along a sensor's axis without its gain and offset."""
    offset_g, gain = s.sensor_error[axis + 3], s.sensor_error[axis]
    return float((s.gravity_g[axis] - offset_g) / (1.0 + gain))


@stage
def remember(s: Record) -> None:
    """Close the tick: mean acceleration without its slow part, and everything into the ring."""
    if s.tick == 0:
        s.accel_slow_g = s.tick_norm_g
    s.accel_slow_g += (s.tick_norm_g - s.accel_slow_g) / ACCEL_TAU_TICKS
    s.accel_g = s.tick_norm_g - s.accel_slow_g
    s.accel_power_g2 += (s.accel_g * s.accel_g - s.accel_power_g2) / ACCEL_TAU_TICKS
    slot = s.tick & RING_MASK
    s.ring_at[slot] = s.next_index - 1
    s.ring_missing[slot] = s.missing
    s.ring_sagittal_deg[slot] = s.sagittal_deg
    s.ring_lateral_deg[slot] = s.lateral_deg
    s.ring_accel_g[slot] = s.tick_norm_g - s.norm_error_g
    s.ring_shake_g2[slot] = s.tick_shake_g2
    for axis in range(3):
        s.ring_up[slot, axis] = s.up[axis]


@rare
def turn_frame(s: Record, x: NDArray[np.float64], forward: NDArray[np.float64]) -> None:
    """Set the body's axes, and tell in them what the ring remembers.

    So a correction looks like no movement.
    """
    old = np.empty((3, 3))
    for row in range(3):
        for axis in range(3):
            old[row, axis] = s.frame[row, axis]
    set_axes(s, x, forward)
    s.cal_index = s.next_index - 1
    if s.swapped == 0 and dot(s.frame[2], old[2]) < 0.0:
        s.swapped = 1
    turn = np.zeros((3, 3))
    for row in range(3):
        for column in range(3):
            for axis in range(3):
                turn[row, column] += s.frame[row, axis] * old[column, axis]
    for slot in range(RING_TICKS):
        _turn(s.ring_up[slot], turn)
        up = s.ring_up[slot]
        angles = angles_deg(up[0], up[1], up[2])
        s.ring_sagittal_deg[slot], s.ring_lateral_deg[slot] = angles
    _turn(s.hold_sum_up, turn)
    if s.hold_ticks > 0:
        total = s.hold_sum_up
        s.hold_sagittal_deg, s.hold_lateral_deg = angles_deg(total[0], total[1], total[2])
    _turn(s.up, turn)
    sagittal_deg, lateral_deg = angles_deg(s.up[0], s.up[1], s.up[2])
    s.turned_sagittal_deg = sagittal_deg - s.sagittal_deg
    s.turned_lateral_deg = lateral_deg - s.lateral_deg
    s.sagittal_deg, s.lateral_deg = sagittal_deg, lateral_deg


@stage
def set_axes(s: Record, x: NDArray[np.float64], forward: NDArray[np.float64]) -> None:
    """Set x, z as the part of ``forward`` at right angles to it, and y."""
    new = np.empty((3, 3))
    length = (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) ** 0.5
    dot = (x[0] * forward[0] + x[1] * forward[1] + x[2] * forward[2]) / length
    squared = 0.0
    for axis in range(3):
        new[0, axis] = x[axis] / length
        new[2, axis] = forward[axis] - dot * new[0, axis]
        squared += new[2, axis] * new[2, axis]
    for axis in range(3):
        new[2, axis] /= squared**0.5
    new[1, 0] = new[2, 1] * new[0, 2] - new[2, 2] * new[0, 1]
    new[1, 1] = new[2, 2] * new[0, 0] - new[2, 0] * new[0, 2]
    new[1, 2] = new[2, 0] * new[0, 1] - new[2, 1] * new[0, 0]
    for row in range(3):
        for axis in range(3):
            s.frame[row, axis] = new[row, axis]


@stage
def angles_deg(x: float, y: float, z: float) -> tuple[float, float]:
    """Return the sagittal and the lateral angle of a direction in body axes, of any length."""
    return atan2_deg(z, x), atan2_deg(y, (x * x + z * z) ** 0.5)


@stage
def _turn(up: NDArray[np.float64], turn: NDArray[np.float64]) -> None:
    """Tell a direction in other axes."""
    x, y, z = up[0], up[1], up[2]
    for row in range(3):
        up[row] = turn[row, 0] * x + turn[row, 1] * y + turn[row, 2] * z
