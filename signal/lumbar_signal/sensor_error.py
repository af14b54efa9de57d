"""Tick clock: the sensor's offset and gain, from the length of gravity while nothing moves.

Gravity is 1 g long whichever way the sensor lies. Its reading is longer by ``gain_i * u_i**2 +
offset_i * u_i``, summed over the axes, along the unit vector u: each still stay is one measurement
of six unknowns, taken up by recursive least squares (a Kalman filter of constants). Standing,
supine, prone and side lying tell them apart; until then they share by what parts usually have.
"""

from __future__ import annotations

import numpy as np

from lumbar_signal.constants import (
    ERROR_CREEP_G2,
    ERROR_NOISE_G2,
    ERROR_STEP_G,
    ERROR_TICKS,
    OFFSET_PRIOR_G2,
    SETTLE_TICKS,
)
from lumbar_signal.frame import set_axes
from lumbar_signal.jit import rare, stage
from lumbar_signal.state import Record


@stage
def follow_sensor_error(s: Record) -> None:
    """Average gravity while nothing moves; each 2 s of it are a measurement."""
    if s.error_told == 1:
        _correct(s)
    if s.valid == 0 or s.tick - s.motion_last <= SETTLE_TICKS:
        s.error_ticks = 0
        return
    keep = 1.0 if s.error_ticks > 0 else 0.0
    for axis in range(3):
        s.error_sum[axis] = keep * s.error_sum[axis] + s.gravity_g[axis]
    s.error_ticks += 1
    if s.error_ticks == ERROR_TICKS:
        _measure(s)
        s.error_ticks = 0


@rare
def _measure(s: Record) -> None:
    """Update the estimates by the length of the mean."""
    total, estimate, spread = s.error_sum, s.error_estimate, s.error_spread
    length = (total[0] * total[0] + total[1] * total[1] + total[2] * total[2]) ** 0.5
    share = np.empty(6)
    for axis in range(3):
        share[axis + 3] = total[axis] / length
        share[axis] = share[axis + 3] * share[axis + 3]
    excess = length / ERROR_TICKS - 1.0
    weight = np.zeros(6)
    # Squats and a car turn gravity by little, but make it longer and shorter.
    variance = ERROR_NOISE_G2 + s.accel_power_g2
    for row in range(6):
        excess -= share[row] * estimate[row]
        for column in range(6):
            weight[row] += spread[row, column] * share[column]
        variance += share[row] * weight[row]
    for row in range(6):
        estimate[row] += weight[row] * excess / variance
        for column in range(6):
            spread[row, column] -= weight[row] * weight[column] / variance
    for axis in range(3, 6):
        spread[axis, axis] = min(spread[axis, axis] + ERROR_CREEP_G2, OFFSET_PRIOR_G2)
    s.error_told = 1


@rare
def length_step_error_g(s: Record, before_up: Record, after_up: Record) -> float:
    """Return the standard error of what gravity's length seems to change by between directions.

    What the sensor's own error is not known by: nothing has moved up or down for it.
    """
    step = np.empty(6)
    for axis in range(3):
        before = after = 0.0
        for row in range(3):
            before += s.frame[row, axis] * before_up[row]
            after += s.frame[row, axis] * after_up[row]
        step[axis] = after * after - before * before
        step[axis + 3] = after - before
    variance = 0.0
    for row in range(6):
        for column in range(6):
            variance += step[row] * s.error_spread[row, column] * step[column]
    return float(max(variance, 0.0) ** 0.5)


@rare
def _correct(s: Record) -> None:
    """Bring what is taken off nearer to the estimates, too slowly to look like a movement.

    The body's x was measured with the same error: it turns along.
    """
    x = np.empty(3)
    changed = 0.0
    for axis in range(3):
        gain_step = _step(s.error_estimate[axis] - s.sensor_error[axis])
        offset_step = _step(s.error_estimate[axis + 3] - s.sensor_error[axis + 3])
        s.sensor_error[axis] += gain_step
        s.sensor_error[axis + 3] += offset_step
        x[axis] = s.frame[0, axis] * (1.0 - gain_step) - offset_step
        changed += abs(gain_step) + abs(offset_step)
    if changed == 0.0:
        s.error_told = 0
    elif s.cal_source > 0:
        set_axes(s, x, s.frame[2])


@stage
def _step(distance_g: float) -> float:
    return min(max(distance_g, -ERROR_STEP_G), ERROR_STEP_G)
