"""Unit quaternions ``(w, x, y, z)`` in arrays of shape ``(..., 4)``; they map body to world."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

UP = np.array([1.0, 0.0, 0.0])  # the world's x axis points up, as the body's does in standing


def from_rotation_vector(rotation_rad: Array) -> Array:
    """Return the quaternions of rotations about an axis by its length in radians, ``(..., 3)``."""
    half = 0.5 * np.linalg.norm(rotation_rad, axis=-1, keepdims=True)
    # sin(half) / (2 * half), finite where there is no rotation
    scale = 0.5 * np.sinc(half / np.pi)
    return np.concatenate([np.cos(half), scale * rotation_rad], axis=-1)


def to_rotation_vector(quaternion: Array) -> Array:
    """Return the shorter rotation vectors in radians, ``(..., 3)``."""
    q = np.where(quaternion[..., :1] < 0.0, -quaternion, quaternion)
    length = np.linalg.norm(q[..., 1:], axis=-1, keepdims=True)
    half = np.arctan2(length, q[..., :1])
    return np.asarray(q[..., 1:] * 2.0 / np.sinc(half / np.pi))


def multiply(a: Array, b: Array) -> Array:
    """Return ``a * b``: first turn by ``b``, then by ``a``."""
    aw, ax, ay, az = np.moveaxis(a, -1, 0)
    bw, bx, by, bz = np.moveaxis(b, -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def conjugate(quaternion: Array) -> Array:
    """Return the inverse rotations."""
    return np.asarray(quaternion * np.array([1.0, -1.0, -1.0, -1.0]))


def rotate(quaternion: Array, vector: Array) -> Array:
    """Turn vectors of shape ``(..., 3)``; both arguments broadcast."""
    w, x, y, z = np.moveaxis(quaternion, -1, 0)
    a, b, c = np.moveaxis(vector, -1, 0)
    # twice the cross product of axis and vector, and then once more: by hand, for speed
    u, v, t = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return np.stack(
        [
            a + w * u + y * t - z * v,
            b + w * v + z * u - x * t,
            c + w * t + x * v - y * u,
        ],
        axis=-1,
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
