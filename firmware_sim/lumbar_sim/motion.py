"""Motion of the sensor site as a function of time: planned moves, and what the body adds.

The world's axes are those of a standing wearer: x up, y to the left, z backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation

Array = NDArray[np.float64]

STANDARD_GRAVITY = 9.80665  # m/s^2, CGPM 1901


def minimum_jerk(fraction: Array) -> Array:
    """Return the path travelled, 0 to 1, at a fraction 0 to 1 of a reach's time.

    Flash and Hogan, "The coordination of arm movements", J. Neurosci. 5 (1985).
    """
    x = np.clip(fraction, 0.0, 1.0)
    return np.asarray(x**3 * (10.0 - 15.0 * x + 6.0 * x**2))


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the pelvis is and how it is turned.

    The turn is pitch (forward, about y), then roll (about the spine, left side up), then lean
    (to the left, about z). Lying on the back is a roll of 180.
    """

    pitch_deg: float
    roll_deg: float = 0.0
    lean_deg: float = 0.0
    height_m: float = 0.0  # of the hip centre above the floor
    back_m: float = 0.0

    @property
    def quaternion(self) -> Array:
        """The turn from the body's axes to the world's."""
        turned = rotation.multiply(
            rotation.about(1, self.pitch_deg), rotation.about(0, self.roll_deg)
        )
        return rotation.multiply(turned, rotation.about(2, self.lean_deg))

    @property
    def position_m(self) -> Array:
        """The hip centre in the world."""
        return np.array([self.height_m, 0.0, self.back_m])


@dataclass(frozen=True, slots=True)
class Move:
    """A reach for a pose; moves may overlap, but begin and end in their order."""

    start_s: float
    duration_s: float
    target: Pose

    @property
    def end_s(self) -> float:
        """When the pose is reached."""
        return self.start_s + self.duration_s

    def progress(self, t_s: Array) -> Array:
        """Return how much of the way is done, 0 to 1."""
        return minimum_jerk((t_s - self.start_s) / self.duration_s)


@dataclass(frozen=True, slots=True)
class Oscillation:
    """A sum of sines in six channels, faded in and out: breathing, sway, tremor, steps.

    Channels are the turn about the body's x, y, z (radians) and the shift along the world's
    x, y, z (metres).
    """

    start_s: float
    end_s: float
    fade_s: float
    frequency_hz: Array  # (k,)
    amplitude: Array  # (k, 6)
    phase_rad: Array  # (k, 6)
    gain: tuple[float, float] = (1.0, 1.0)  # at the start and at the end

    def at(self, t_s: Array) -> Array:
        """Return the six channels, shape ``(n, 6)``."""
        rise = minimum_jerk((t_s - self.start_s) / self.fade_s)
        fall = minimum_jerk((self.end_s - t_s) / self.fade_s)
        gain = np.interp(t_s, [self.start_s, self.end_s], self.gain)
        angle = 2.0 * np.pi * np.outer(t_s, self.frequency_hz)
        # sin(a + b) by its parts: two sines for all six channels
        waves = np.sin(angle) @ (self.amplitude * np.cos(self.phase_rad))
        waves += np.cos(angle) @ (self.amplitude * np.sin(self.phase_rad))
        return np.asarray((rise * fall * gain)[:, None] * waves)


@dataclass(frozen=True, slots=True)
class Jolt:
    """A knee, hand or hip that meets the floor: a short damped bounce."""

    at_s: float
    amplitude: Array  # (6,), as the channels of an oscillation

    FREQUENCY_HZ = 7.0  # chosen: soft tissue and a mat let little pass above 10 Hz
    WIDTH_S = 0.04

    @property
    def start_s(self) -> float:
        """When the bounce begins to matter."""
        return self.at_s - 5.0 * self.WIDTH_S

    @property
    def end_s(self) -> float:
        """When it has died away."""
        return self.at_s + 5.0 * self.WIDTH_S

    def at(self, t_s: Array) -> Array:
        """Return the six channels, shape ``(n, 6)``."""
        since = t_s - self.at_s
        wave = np.sin(2.0 * np.pi * self.FREQUENCY_HZ * since)
        return np.outer(wave * np.exp(-0.5 * (since / self.WIDTH_S) ** 2), self.amplitude)


@dataclass(frozen=True)
class Motion:
    """All of a wearer's motion; before and after its moves the pose is kept."""

    start: Pose
    moves: tuple[Move, ...]
    involuntary: tuple[Oscillation | Jolt, ...]
    site_m: Array  # (3,) the sensor from the hip centre, in the body's axes

    @cached_property
    def _keys(self) -> tuple[Array, Array, Array]:
        """Orientation and position before each move and after the last, and each move's turn."""
        poses = [self.start, *(move.target for move in self.moves)]
        turns = np.stack([pose.quaternion for pose in poses])
        steps = rotation.multiply(rotation.conjugate(turns[:-1]), turns[1:])
        return (
            turns,
            np.stack([pose.position_m for pose in poses]),
            rotation.to_rotation_vector(steps),
        )

    def planned(self, t_s: Array) -> tuple[Array, Array]:
        """Return orientation ``(n, 4)`` and hip position ``(n, 3)`` of the moves alone.

        ``t_s`` must increase.
        """
        turns, positions, steps = self._keys
        ends = np.array([move.end_s for move in self.moves])
        done = np.searchsorted(ends, t_s, side="right")
        quaternion, position = turns[done], positions[done]
        begun = int(np.searchsorted([move.start_s for move in self.moves], t_s[-1]))
        for i in range(int(done[0]), begun):
            move = self.moves[i]
            now = slice(*np.searchsorted(t_s, [move.start_s, move.end_s]))
            progress = move.progress(t_s[now])[:, None]
            part = rotation.from_rotation_vector(progress * steps[i])
            quaternion[now] = rotation.multiply(quaternion[now], part)
            position[now] += progress * (positions[i + 1] - positions[i])
        return quaternion, position

    def at(self, t_s: Array) -> tuple[Array, Array]:
        """Return the sensor site's orientation ``(n, 4)`` and position ``(n, 3)`` in metres.

        ``t_s`` must increase.
        """
        quaternion, hip = self.planned(t_s)
        added = np.zeros((len(t_s), 6))
        for source in self.involuntary:
            now = slice(*np.searchsorted(t_s, [source.start_s, source.end_s]))
            added[now] += source.at(t_s[now])
        quaternion = rotation.multiply(quaternion, rotation.from_rotation_vector(added[:, :3]))
        return quaternion, hip + added[:, 3:] + rotation.rotate(quaternion, self.site_m)

    def planned_up(self, t_s: Array) -> Array:
        """Return the world's up in the body's axes by the moves alone, ``(n, 3)``."""
        return up_in_body(self.planned(t_s)[0])


def up_in_body(quaternion: Array) -> Array:
    """Return the world's up in the body's axes, ``(n, 3)``: what a still sensor reads in g."""
    return rotation.rotate(rotation.conjugate(quaternion), rotation.UP)


def specific_force_g(quaternion: Array, position_m: Array, step_s: float) -> Array:
    """Return what an ideal accelerometer reads, in the body's axes.

    Parameters
    ----------
    quaternion, position_m
        Shapes ``(n, 4)`` and ``(n, 3)``, at equal steps of ``step_s`` seconds.

    Returns
    -------
    Array
        Shape ``(n - 2, 3)``, in g: the first and the last instant have no second difference.
    """
    acceleration = np.diff(position_m, n=2, axis=0) / step_s**2 / STANDARD_GRAVITY
    return rotation.rotate(rotation.conjugate(quaternion[1:-1]), acceleration + rotation.UP)


def angular_velocity_dps(quaternion: Array, step_s: float) -> Array:
    """Return what an ideal gyroscope reads in the body's axes, ``(n - 2, 3)`` in degrees/s."""
    turn = rotation.multiply(rotation.conjugate(quaternion[:-2]), quaternion[2:])
    return np.asarray(np.rad2deg(rotation.to_rotation_vector(turn)) / (2.0 * step_s))
