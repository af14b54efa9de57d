"""Angles without the platform's mathematics library, so that every machine gets the same bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import DEG_PER_RAD
from lumbar_signal.jit import stage


@stage
def atan2_deg(y: float, x: float) -> float:
    """Return the angle of (x, y) in degrees, -180 to 180, to within 2e-6; 0 at the origin.

    Arctangent series after one reduction to arguments below tan(22.5 deg). One division and a
    series in pairs: what waits for what decides how long it takes.
    """
    abs_x, abs_y = abs(x), abs(y)
    least, most = min(abs_x, abs_y), max(abs_x, abs_y)
    is_far = least > 0.4142135623730950 * most
    over = least - most if is_far else least
    under = least + most if is_far else most
    t = over / under if under > 0.0 else 0.0
    q = t * t
    q2 = q * q
    low = 1.0 - q * (1.0 / 3.0) + q2 * (1.0 / 5.0 - q * (1.0 / 7.0))
    high = 1.0 / 9.0 - q * (1.0 / 11.0) + q2 * (1.0 / 13.0 - q * (1.0 / 15.0))
    angle = (45.0 if is_far else 0.0) + DEG_PER_RAD * t * (low + q2 * q2 * high)
    if abs_y > abs_x:
        angle = 90.0 - angle
    if x < 0.0:
        angle = 180.0 - angle
    return -angle if y < 0.0 else angle


@stage
def dot(u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    """Return the inner product of two vectors of shape (3,)."""
    return float(u[0] * v[0] + u[1] * v[1] + u[2] * v[2])


@stage
def length_of(v: NDArray[np.float64]) -> float:
    """Return the length of a vector of shape (3,)."""
    return float((v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) ** 0.5)


@stage
def between_deg(u: NDArray[np.float64], v: NDArray[np.float64]) -> float:
    """Return the angle between two vectors of shape (3,) in degrees."""
    cross_x = u[1] * v[2] - u[2] * v[1]
    cross_y = u[2] * v[0] - u[0] * v[2]
    cross_z = u[0] * v[1] - u[1] * v[0]
    sine = (cross_x * cross_x + cross_y * cross_y + cross_z * cross_z) ** 0.5
    return atan2_deg(float(sine), u[0] * v[0] + u[1] * v[1] + u[2] * v[2])
