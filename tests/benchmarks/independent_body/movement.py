"""A movement: whole-body poses along a phase, solved for one person.

Phase 0 is the base and 1 the far end at full amplitude; smaller amplitudes stop on the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from inverse_kinematics import Goal, moved, tangent
from numpy.typing import NDArray
from poser import NEAR_ENOUGH_M, Poser
from scipy.interpolate import CubicSpline

Array = NDArray[np.float64]
Goals = Callable[[float], list[Goal]]

KNOTS = 9


class CannotDoError(Exception):
    """A person's joints or lengths do not allow a posture; the message says what is missed."""


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """Poses of one person by phase, smooth in between."""

    poser: Poser
    base: Array
    curve: CubicSpline  # the velocity that leads from the base to the pose in 1 s, by phase

    def qpos(self, phase: float) -> Array:
        """Return the pose at a phase, shape (nq,)."""
        return moved(self.poser.body, self.base, self.curve(phase))


def between(poser: Poser, poses: list[Array]) -> Movement:
    """Return the movement through poses at equally spaced phases from 0 to 1."""
    velocities = [tangent(poser.body, poses[0], pose) for pose in poses]
    phases = np.linspace(0.0, 1.0, len(poses))
    return Movement(poser, poses[0], CubicSpline(phases, np.array(velocities)))


def solved(
    poser: Poser, goals: Goals, start: Array, *, first: float = 0.0, braced: bool = False
) -> Movement:
    """Return the movement whose poses fulfil ``goals(phase)`` from phase ``first`` to 1.

    Raises
    ------
    CannotDoError
        A contact is missed by more than ``NEAR_ENOUGH_M``.
    """
    phases = np.linspace(first, 1.0, KNOTS if first == 0.0 else 2 * KNOTS - 1)
    poses, pose = [], poser.pose(goals(first), start, braced)
    for phase in phases:
        pose = poser.next_pose(goals(float(phase)), pose, braced)
        missed_m = poser.missed_m(goals(float(phase)), pose)
        if missed_m > NEAR_ENOUGH_M:
            raise CannotDoError(f"a contact is missed by {100 * missed_m:.0f} cm")
        poses.append(pose)
    base = poses[int(np.argmin(np.abs(phases)))]
    velocities = [tangent(poser.body, base, each) for each in poses]
    return Movement(poser, base, CubicSpline(phases, np.array(velocities)))


def sagittal_deg(poser: Poser, qpos: Array) -> float:
    """Return how far the spine at L5 leans forward from upright: 90 prone, -90 supine."""
    up_in_sensor = up_at_l5(poser, qpos)
    return math.degrees(math.atan2(up_in_sensor[2], up_in_sensor[0]))


def up_at_l5(poser: Poser, qpos: Array) -> Array:
    """Return the world's up in the axes of the sensor's site, shape (3,)."""
    poser.place_m(qpos, "l5")
    body = poser.body
    up: Array = body.data.site_xmat[body.site("l5")].reshape(3, 3)[2].copy()
    return up
