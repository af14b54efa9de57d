"""What a body does besides the exercise: it sways, breathes and trembles, here as one piece.

Sums of sines with drawn frequencies, so that the motion has derivatives of every order.
"""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Chosen: band in Hz and amplitude (root mean square) of each part at level 1.
SWAY_HZ, SWAY_DEG = (0.1, 0.6), 0.35
BREATH_HZ, BREATH_DEG = (0.2, 0.32), 0.5
TREMOR_HZ, TREMOR_G = (4.0, 10.0), 0.006
SINES = 8
FADE_S = 1.0  # from one level to another


@dataclass(frozen=True, slots=True)
class Level:
    """From ``start_s`` on, how much of each there is, in multiples of the amplitudes above."""

    start_s: float
    sway: float
    breath: float
    tremor: float


STANDING = (1.0, 0.3, 1.0)
RESTING = (0.0, 1.0, 0.3)
MOVING = (0.3, 0.3, 1.0)
STRAINING = (0.3, 0.6, 3.0)  # 18 mg: a plank's shaking is reported as 5 to 50 mg


class Unrest:
    """Turns and shifts a pose's root by small amounts that depend on time."""

    def __init__(self, levels: list[Level], rng: np.random.Generator) -> None:
        strengths = np.array([(level.sway, level.breath, level.tremor) for level in levels])
        changes = np.diff(strengths, axis=0, prepend=np.zeros((1, 3)))
        changing = np.any(changes != 0.0, axis=1)
        self._changes = changes[changing]
        self._starts_s = np.array([level.start_s for level in levels])[changing]
        self._starts_s[0] = -FADE_S  # the first level is there from the beginning
        self._hz = np.stack([rng.uniform(*band, (3, SINES)) for band in (SWAY_HZ, TREMOR_HZ)])
        self._phase = rng.uniform(0.0, 2.0 * np.pi, (2, 3, SINES))
        self._breath_hz, self._breath_phase = rng.uniform(*BREATH_HZ), rng.uniform(0.0, 2 * np.pi)

    def moved(self, qpos: Array, time_s: float) -> Array:
        """Return the pose with the unrest of an instant."""
        sway, breath, tremor = self._strength(time_s)
        turn_deg = np.array([1.0, 1.0, 0.5]) * SWAY_DEG * sway * self._sines(0, time_s)
        breathing = np.sin(2.0 * np.pi * self._breath_hz * time_s + self._breath_phase)
        turn_deg[1] += BREATH_DEG * np.sqrt(2.0) * breath * breathing
        middle_hz = 0.5 * sum(TREMOR_HZ)
        shift_m = TREMOR_G * 9.81 / (2.0 * np.pi * middle_hz) ** 2 * tremor * self._sines(1, time_s)
        return _turned(qpos, np.radians(turn_deg), shift_m)

    def _sines(self, part: int, time_s: float) -> Array:
        waves = np.sin(2.0 * np.pi * self._hz[part] * time_s + self._phase[part])
        sums: Array = waves.sum(axis=1) * np.sqrt(2.0 / SINES)
        return sums

    def _strength(self, time_s: float) -> Array:
        x = np.clip((time_s - self._starts_s) / FADE_S + 0.5, 0.0, 1.0)
        strength: Array = (x**3 * (10.0 + x * (6.0 * x - 15.0))) @ self._changes
        return strength


def _turned(qpos: Array, turn_rad: Array, shift_m: Array) -> Array:
    """Turn a pose about the place on the floor below its root, then shift it."""
    angle = float(np.linalg.norm(turn_rad))
    turn, result = np.empty(4), qpos.copy()
    mujoco.mju_axisAngle2Quat(turn, turn_rad / angle if angle else np.array([0.0, 0.0, 1.0]), angle)
    pivot = np.array([qpos[0], qpos[1], 0.0])
    mujoco.mju_rotVecQuat(result[:3], qpos[:3] - pivot, turn)
    result[:3] += pivot + shift_m
    mujoco.mju_mulQuat(result[3:7], turn, qpos[3:7])
    return result
