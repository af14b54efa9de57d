"""Sample clock: low-pass every axis to gravity, band-pass it to shake, add up the energies.

Both filters and all sums run in counts: what belongs to a tick is scaled once, when it closes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import FULL_SCALE, PHASE_ONE
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def prime(s: Record, counts: NDArray[np.int16]) -> None:
    """Let the filters begin as if the first sample, shape (3+,), had lasted for ever."""
    for axis in range(3):
        level = counts[axis] / (1.0 + s.gravity_section[3] + s.gravity_section[4])
        s.gravity_1[axis] = s.gravity_2[axis] = s.gravity_3[axis] = level
        level = counts[axis] / (1.0 + s.shake_section[3] + s.shake_section[4])
        s.shake_1[axis] = s.shake_2[axis] = level
        s.last[axis] = counts[axis]
        s.last_step[axis] = 0


@stage
def end_of_tick(s: Record, first: int) -> int:
    """Return one past the row that ends the tick which row ``first`` belongs to."""
    return int(first + (PHASE_ONE - 1 - s.phase) // s.tick_increment + 1)


@stage
def _three(values: NDArray[Any]) -> tuple[Any, Any, Any]:
    return values[0], values[1], values[2]


@stage
def _keep(values: NDArray[Any], x: float, y: float, z: float) -> None:
    values[0], values[1], values[2] = x, y, z


@stage
def take_samples(s: Record, samples: NDArray[np.int16], first: int, last: int) -> None:
    """Advance the filters and the sums by rows ``first`` to before ``last``, within one tick.

    Everything is in locals from row to row and written back as it is, so that the cut into calls
    leaves no trace. The sections are in their direct form 2: what is remembered is behind the
    poles; the zeros of gravity's are left to the end of the tick.
    """
    low_1, low_2 = s.gravity_section[3], s.gravity_section[4]
    band_1, band_2 = s.shake_section[3], s.shake_section[4]
    gx_1, gy_1, gz_1 = _three(s.gravity_1)
    gx_2, gy_2, gz_2 = _three(s.gravity_2)
    gx_3, gy_3, gz_3 = _three(s.gravity_3)
    bx_1, by_1, bz_1 = _three(s.shake_1)
    bx_2, by_2, bz_2 = _three(s.shake_2)
    x_1, y_1, z_1 = _three(s.last)
    dx_1, dy_1, dz_1 = _three(s.last_step)
    norm, shake, floor, clipped = s.sum_norm, s.sum_shake, s.sum_floor, s.clipped
    for n in range(first, last):
        x, y, z = np.int64(samples[n, 0]), np.int64(samples[n, 1]), np.int64(samples[n, 2])
        squared = x * x + y * y + z * z
        if squared >= FULL_SCALE * FULL_SCALE and max(abs(x), abs(y), abs(z)) >= FULL_SCALE:
            clipped += 1
        norm += np.sqrt(squared)
        dx, dy, dz = x - x_1, y - y_1, z - z_1
        floor += (dx - dx_1) ** 2 + (dy - dy_1) ** 2 + (dz - dz_1) ** 2
        x_1, y_1, z_1, dx_1, dy_1, dz_1 = x, y, z, dx, dy, dz
        gx_3, gy_3, gz_3 = gx_2, gy_2, gz_2
        gx_1, gx_2 = x - low_2 * gx_2 - low_1 * gx_1, gx_1
        gy_1, gy_2 = y - low_2 * gy_2 - low_1 * gy_1, gy_1
        gz_1, gz_2 = z - low_2 * gz_2 - low_1 * gz_1, gz_1
        bx = x - band_2 * bx_2 - band_1 * bx_1
        by = y - band_2 * by_2 - band_1 * by_1
        bz = z - band_2 * bz_2 - band_1 * bz_1
        shake += (bx - bx_2) ** 2 + (by - by_2) ** 2 + (bz - bz_2) ** 2
        bx_1, by_1, bz_1, bx_2, by_2, bz_2 = bx, by, bz, bx_1, by_1, bz_1
    _keep(s.gravity_1, gx_1, gy_1, gz_1)
    _keep(s.gravity_2, gx_2, gy_2, gz_2)
    _keep(s.gravity_3, gx_3, gy_3, gz_3)
    _keep(s.shake_1, bx_1, by_1, bz_1)
    _keep(s.shake_2, bx_2, by_2, bz_2)
    _keep(s.last, x_1, y_1, z_1)
    _keep(s.last_step, dx_1, dy_1, dz_1)
    s.sum_norm, s.sum_shake, s.sum_floor, s.clipped = norm, shake, floor, clipped
    s.sum_samples += last - first
    s.next_index += last - first
    s.phase += (last - first) * s.tick_increment


@stage
def close_tick(s: Record) -> None:
    """Turn what the filters hold and the sums into g, and begin the next tick."""
    g, n = s.g_per_step, s.sum_samples
    low_g = s.gravity_section[0] * g
    for axis in range(3):
        zeros = s.gravity_1[axis] + 2.0 * s.gravity_2[axis] + s.gravity_3[axis]
        s.gravity_g[axis] = low_g * zeros
    band_g = s.shake_section[0] * g
    s.tick_norm_g = g * s.sum_norm / n
    s.tick_shake_g2 = band_g * band_g * s.sum_shake / n
    s.tick_floor_g2 = g * g * s.sum_floor / n
    s.sum_norm = s.sum_shake = 0.0
    s.sum_floor = s.sum_samples = 0
    s.phase -= PHASE_ONE
