"""Unit quaternions ``(w, x, y, z)`` in arrays of shape ``(..., 4)``; they map body to world.

Results lie in memory component by component, so that long series are worked on in long runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

UP = np.array([1.0, 0.0, 0.0])  # the world's x axis points up, as the body's does in standing

_SMALL = 0.06  # square of half an angle, below which six terms of a series are exact


def from_rotation_vector(rotation_rad: Array) -> Array:
    """Return the quaternions of rotations about an axis by its length in radians, ``(..., 3)``."""
    x, y, z = _components(rotation_rad)
    squared = 0.25 * (x * x + y * y + z * z)
    if np.all(squared < _SMALL):
        cosine = _polynomial(squared, 1.0, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800)
        # sin(half) / (2 * half)
        scale = _polynomial(squared, 1 / 2, -1 / 12, 1 / 240, -1 / 10080, 1 / 725760, -1 / 79833600)
    else:
        half = np.sqrt(squared)
        cosine, scale = np.cos(half), 0.5 * np.sinc(half / np.pi)
    return _gathered(cosine, scale * x, scale * y, scale * z)


def to_rotation_vector(quaternion: Array) -> Array:
    """Return the shorter rotation vectors in radians, ``(..., 3)``."""
    w, x, y, z = _components(quaternion)
    squared = x * x + y * y + z * z
    if np.all((w > 0.0) & (squared < 0.01 * _SMALL)):
        # 2 * arcsin(length) / length
        scale = _polynomial(squared, 2.0, 1 / 3, 3 / 20, 5 / 56, 35 / 576)
    else:
        length = np.sqrt(squared)
        half = np.arctan2(length, np.abs(w))
        scale = np.copysign(2.0 / np.sinc(half / np.pi), w)
    return _gathered(scale * x, scale * y, scale * z)


def along(rotation_rad: Array, share: Array) -> Array:
    """Return shares, shape ``(n,)``, of one rotation by its vector ``(3,)``: ``(n, 4)``."""
    angle = float(np.linalg.norm(rotation_rad))
    axis = rotation_rad / angle if angle > 0.0 else rotation_rad
    half = 0.5 * angle * share
    sine = np.sin(half)
    return _gathered(np.cos(half), sine * axis[0], sine * axis[1], sine * axis[2])


def multiply(a: Array, b: Array) -> Array:
    """Return ``a * b``: first turn by ``b``, then by ``a``."""
    aw, ax, ay, az = _components(a)
    bw, bx, by, bz = _components(b)
    return _gathered(
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def conjugate(quaternion: Array) -> Array:
    """Return the inverse rotations."""
    w, x, y, z = _components(quaternion)
    return _gathered(w, -x, -y, -z)


def rotate(quaternion: Array, vector: Array) -> Array:
    """Turn vectors of shape ``(..., 3)``; both arguments broadcast."""
    w, x, y, z = _components(quaternion)
    a, b, c = _components(vector)
    u, v, t = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return _gathered(
        a + w * u + (y * t - z * v),
        b + w * v + (z * u - x * t),
        c + w * t + (x * v - y * u),
    )


def about(axis: int, angle_deg: float) -> Array:
    """Return the quaternion of a turn about body axis 0 (x), 1 (y) or 2 (z)."""
    rotation = np.zeros(3)
    rotation[axis] = np.deg2rad(angle_deg)
    return from_rotation_vector(rotation)


def angle_deg(a: Array, b: Array) -> Array:
    """Return the angles between vectors, exact for small ones too, shape ``(...)``."""
    across = np.linalg.norm(np.cross(a, b), axis=-1)
    return np.asarray(np.rad2deg(np.arctan2(across, np.sum(a * b, axis=-1))))


def _components(series: Array) -> Array:
    """Return the last axis as the first."""
    return series.transpose(-1, *range(series.ndim - 1))


def _polynomial(x: Array, *coefficients: float) -> Array:
    """Return the sum of coefficients times powers of ``x``, the constant first."""
    total: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return np.asarray(total)


def _gathered(*components: Any) -> Array:
    """Return arrays that broadcast as the last axis of one, each in a run of its own."""
    out = np.empty((len(components), *np.broadcast(*components).shape))
    for i, component in enumerate(components):
        out[i] = component
    return out.transpose(*range(1, out.ndim), 0)
