"""Motion of the sensor site as a function of time: planned moves, and what the body adds.

The world's axes are those of a standing wearer: x up, y to the left, z backwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.oscillation import Grid, Jolt, Oscillation
from lumbar_sim.trajectory import minimum_jerk as minimum_jerk
from lumbar_sim.trajectory import steady

Array = NDArray[np.float64]

STANDARD_GRAVITY = 9.80665  # m/s^2, CGPM 1901
CHUNK = 1 << 13  # times worked on at once: what they need stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the pelvis is and how it is turned.

    The turn is heading (to the left, about the vertical), then pitch (forward, about y), then
    roll (about the spine, left side up), then lean (to the left, about z). Lying on the back is
    a roll of 180.
    """

    pitch_deg: float
    roll_deg: float = 0.0
    lean_deg: float = 0.0
    height_m: float = 0.0  # of the hip centre above the floor
    back_m: float = 0.0
    left_m: float = 0.0
    heading_deg: float = 0.0

    @property
    def quaternion(self) -> Array:
        """The turn from the body's axes to the world's."""
        turns = ((0, self.heading_deg), (1, self.pitch_deg), (0, self.roll_deg), (2, self.lean_deg))
        w, x, y, z = 1.0, 0.0, 0.0, 0.0
        for axis, angle_deg in turns:  # by hand: there are thousands of poses, one at a time
            half = 0.5 * math.radians(angle_deg)
            c, s = math.cos(half), math.sin(half)
            if axis == 0:
                w, x, y, z = w * c - x * s, x * c + w * s, y * c + z * s, z * c - y * s
            elif axis == 1:
                w, x, y, z = w * c - y * s, x * c - z * s, y * c + w * s, z * c + x * s
            else:
                w, x, y, z = w * c - z * s, x * c + y * s, y * c - x * s, z * c + w * s
        return np.array([w, x, y, z])

    def towards(self, other: Pose, share: float) -> Pose:
        """Return the pose a share of the way to another one that is not turned far."""
        values = {
            field.name: (1.0 - share) * getattr(self, field.name)
            + share * getattr(other, field.name)
            for field in fields(self)
        }
        return Pose(**values)

    @property
    def position_m(self) -> Array:
        """The hip centre in the world."""
        return np.array([self.height_m, self.left_m, self.back_m])


@dataclass(frozen=True, slots=True)
class Move:
    """A reach for a pose; moves may overlap, but begin and end in their order."""

    start_s: float
    duration_s: float
    target: Pose
    jerkiness: float = 0.0  # 0 in one go, 1 in separate pushes
    ramp_s: float | None = None  # to a steady speed and from it, where that is kept between

    PUSH_S = 0.6  # chosen: a push of one who halts takes about that long

    @property
    def end_s(self) -> float:
        """When the pose is reached."""
        return self.start_s + self.duration_s

    def progress(self, t_s: Array) -> Array:
        """Return how much of the way is done, 0 to 1."""
        fraction = (t_s - self.start_s) / self.duration_s
        if self.ramp_s is not None:
            return steady(fraction, self.ramp_s / self.duration_s)
        smooth = minimum_jerk(fraction)
        if self.jerkiness == 0.0:
            return smooth
        pushes = max(2, round(self.duration_s / self.PUSH_S))
        whole, part = np.divmod(pushes * np.clip(fraction, 0.0, 1.0), 1.0)
        halting = (whole + minimum_jerk(part)) / pushes
        return np.asarray(smooth + self.jerkiness * (halting - smooth))

    def reaches_s(self, progress: float) -> float:
        """Return when that much of the way is done."""
        t_s = np.linspace(self.start_s, self.end_s, 1001)
        return float(np.interp(progress, self.progress(t_s), t_s))


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

    @cached_property
    def _times(self) -> tuple[Array, Array, Array, Array]:
        """When each move starts and ends, and when each addition does."""
        return (
            np.array([move.start_s for move in self.moves]),
            np.array([move.end_s for move in self.moves]),
            np.array([source.start_s for source in self.involuntary]),
            np.array([source.end_s for source in self.involuntary]),
        )

    def planned(self, t_s: Array) -> tuple[Array, Array]:
        """Return orientation ``(n, 4)`` and hip position ``(n, 3)`` of the moves alone.

        ``t_s`` must increase.
        """
        quaternion, position = self._planned(t_s)
        n = len(t_s)
        return np.broadcast_to(quaternion, (n, 4)), np.broadcast_to(position, (n, 3))

    def _planned(self, t_s: Array) -> tuple[Array, Array]:
        """Return the same, or one pose where no move is under way."""
        turns, positions, steps = self._keys
        starts, ends, _, _ = self._times
        first = int(np.searchsorted(ends, t_s[0], side="right"))
        end = int(np.searchsorted(starts, t_s[-1], side="right"))
        if first >= end:
            return turns[first : first + 1], positions[first : first + 1]
        done = np.searchsorted(ends, t_s, side="right")
        quaternion, position = turns.T[:, done].T, positions.T[:, done].T
        for i in range(first, end):
            move = self.moves[i]
            now = slice(*np.searchsorted(t_s, [move.start_s, move.end_s]))
            progress = move.progress(t_s[now])
            part = rotation.along(steps[i], progress)
            quaternion[now] = rotation.multiply(quaternion[now], part)
            position[now] += np.multiply.outer(progress, positions[i + 1] - positions[i])
        return quaternion, position

    def at(self, t_s: Array) -> tuple[Array, Array]:
        """Return the sensor site's orientation ``(n, 4)`` and position ``(n, 3)`` in metres.

        ``t_s`` must increase; evenly spaced times take a fraction of the work.
        """
        grid = Grid.of(t_s)
        turns, places = np.empty((4, len(t_s))), np.empty((3, len(t_s)))
        for first in range(0, len(t_s), CHUNK):
            now = slice(first, first + CHUNK)
            turns.T[now], places.T[now] = self._at(grid.part(now))
        return turns.T, places.T

    def _at(self, grid: Grid) -> tuple[Array, Array]:
        quaternion, hip = self._planned(grid.t_s)
        added = np.zeros((6, len(grid.t_s)))
        _, _, starts, ends = self._times
        for i in np.flatnonzero((starts < grid.t_s[-1]) & (ends > grid.t_s[0])):
            source = self.involuntary[i]
            now = grid.within(source.start_s, source.end_s)
            added[:, now] += source.at(grid.part(now))
        quaternion = rotation.multiply(quaternion, rotation.from_rotation_vector(added[:3].T))
        return quaternion, hip + added[3:].T + rotation.rotate(quaternion, self.site_m)

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
