"""Whole-body poses that meet contacts and directions in the least-squares sense.

A goal says what should hold and how much it matters; the solver is Levenberg and Marquardt's with
the joints kept within their ranges. Weights turn all misfits into one scale on which 1 is as bad
as 1 cm at a contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import mujoco
import numpy as np
from humanoid import Humanoid
from numpy.typing import NDArray

Array = NDArray[np.float64]

PER_M = 100.0  # a contact: 1 cm
PER_UNIT = 12.0  # a direction: about 5 degrees
MAX_ITERATIONS = 400
ENOUGH = 1e-9  # relative gain of a step below which the pose is taken


class Goal(Protocol):
    """Something that a pose should fulfil."""

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """Return the weighted misfit, shape (k,), and its Jacobian, shape (k, nv)."""


@dataclass(frozen=True, slots=True)
class At:
    """A landmark (``hip`` stands for the middle of ``hip_l`` and ``hip_r``) at a place in metres.

    Coordinates that are None are free.
    """

    landmark: str
    x: float | None = None
    y: float | None = None
    z: float | None = None
    weight: float = PER_M

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        place, jacobian = _point(body, self.landmark)
        wanted = [(axis, value) for axis, value in enumerate((self.x, self.y, self.z))]
        axes = [axis for axis, value in wanted if value is not None]
        target = np.array([value for _, value in wanted if value is not None])
        return self.weight * (place[axes] - target), self.weight * jacobian[axes]


@dataclass(frozen=True, slots=True)
class Points:
    """The way from one landmark to another has a direction in the world."""

    start: str
    end: str
    direction: tuple[float, float, float]
    weight: float = PER_UNIT

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        unit, jacobian = _way(body, self.start, self.end)
        return self.weight * (unit - np.array(self.direction)), self.weight * jacobian


@dataclass(frozen=True, slots=True)
class InLine:
    """Three landmarks lie on one line, in this order, but for a bend about the world's y."""

    first: str
    middle: str
    last: str
    bend_rad: float = 0.0  # of a body that heads along x: positive lowers the middle
    weight: float = PER_UNIT

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        before, jacobian_before = _way(body, self.first, self.middle)
        after, jacobian_after = _way(body, self.middle, self.last)
        bend = _turn_about_y(self.bend_rad)
        misfit, jacobian = before - bend @ after, jacobian_before - bend @ jacobian_after
        return self.weight * misfit, self.weight * jacobian


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis (0 up the spine, 1 left, 2 out of the back) of ``l5`` or ``chest`` in the world."""

    landmark: str
    axis: int
    direction: tuple[float, float, float]
    weight: float = PER_UNIT

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        site = body.site(self.landmark)
        unit = body.data.site_xmat[site].reshape(3, 3)[:, self.axis]
        rotation = np.zeros((3, body.model.nv))
        mujoco.mj_jacSite(body.model, body.data, None, rotation, site)
        misfit = unit - np.array(self.direction)
        return self.weight * misfit, self.weight * np.cross(rotation.T, unit).T


@dataclass(frozen=True, slots=True)
class Rounded:
    """The chest leans further forward than the pelvis by an angle about the world's y."""

    angle_rad: float
    weight: float = PER_UNIT

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        chest, chest_jacobian = Axis("chest", 0, (0.0, 0.0, 0.0), 1.0).rows(body)
        pelvis, pelvis_jacobian = Axis("l5", 0, (0.0, 0.0, 0.0), 1.0).rows(body)
        turn = _turn_about_y(self.angle_rad)
        misfit, jacobian = chest - turn @ pelvis, chest_jacobian - turn @ pelvis_jacobian
        return self.weight * misfit, self.weight * jacobian


@dataclass(frozen=True, slots=True)
class Balanced:
    """The centre of mass is above a place on the floor."""

    x: float | None
    y: float | None
    weight: float = 30.0

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        jacobian = np.zeros((3, body.model.nv))
        mujoco.mj_jacSubtreeCom(body.model, body.data, jacobian, 1)
        axes = [axis for axis, value in enumerate((self.x, self.y)) if value is not None]
        target = np.array([value for value in (self.x, self.y) if value is not None])
        return self.weight * (body.data.subtree_com[1][axes] - target), self.weight * jacobian[axes]


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The joints are near those of a given pose; ``stiffness`` is by kind, per radian."""

    qpos: Array
    stiffness: dict[str, float]

    def rows(self, body: Humanoid) -> tuple[Array, Array]:
        """See ``Goal``."""
        weights = np.array([self.stiffness.get(kind, 0.0) for kind in body.kind_of_dof])
        return weights * tangent(body, self.qpos, body.data.qpos), np.diag(weights)


def tangent(body: Humanoid, start: Array, end: Array) -> Array:
    """Return the velocity that leads from one pose to another in 1 s, shape (nv,)."""
    velocity = np.zeros(body.model.nv)
    mujoco.mj_differentiatePos(body.model, velocity, 1.0, start, end)
    return velocity


def moved(body: Humanoid, start: Array, velocity: Array) -> Array:
    """Return the pose after 1 s of a velocity, shape (nq,)."""
    qpos = start.copy()
    mujoco.mj_integratePos(body.model, qpos, velocity, 1.0)
    return qpos


def solve(body: Humanoid, goals: list[Goal], start: Array) -> Array:
    """Return the pose, shape (nq,), that fits the goals best, searched from ``start``."""
    qpos, damping = start.copy(), 1e-2
    misfit, jacobian = _rows(body, goals, qpos)
    for _ in range(MAX_ITERATIONS):
        step = _step(misfit, jacobian, _free(body, qpos, jacobian.T @ misfit), damping)
        tried = _within_ranges(body, moved(body, qpos, _shortened(step)))
        tried_misfit, tried_jacobian = _rows(body, goals, tried)
        gain = misfit @ misfit - tried_misfit @ tried_misfit
        if gain > 0.0:
            done = gain < ENOUGH * (1.0 + misfit @ misfit) and damping < 1e-4
            qpos, misfit, jacobian = tried, tried_misfit, tried_jacobian
            damping = max(damping / 3.0, 1e-7)
            if done:
                break
        elif damping > 1e6:
            break
        else:
            damping *= 4.0
    return qpos


def misfits_m(body: Humanoid, goals: list[Goal], qpos: Array) -> Array:
    """Return how far the contacts of a pose are from their places, in metres."""
    _place(body, qpos)
    return np.array(
        [np.linalg.norm(goal.rows(body)[0]) / goal.weight for goal in goals if isinstance(goal, At)]
    )


def _step(misfit: Array, jacobian: Array, free: NDArray[np.bool_], damping: float) -> Array:
    part = jacobian[:, free]
    curvature = part.T @ part
    curvature += damping * (np.diag(np.diag(curvature)) + 1e-3 * np.eye(len(curvature)))
    step = np.zeros(jacobian.shape[1])
    step[free] = np.linalg.solve(curvature, -part.T @ misfit)
    return step


def _free(body: Humanoid, qpos: Array, gradient: Array) -> NDArray[np.bool_]:
    """Return which velocities may change: not those of joints pressed against an end stop."""
    free = np.ones(body.model.nv, dtype=bool)
    limited = np.flatnonzero(body.model.jnt_limited)
    angles, dofs = qpos[body.model.jnt_qposadr[limited]], body.model.jnt_dofadr[limited]
    low, high = body.model.jnt_range[limited].T
    downhill = -gradient[dofs]
    free[dofs] = ~((angles <= low) & (downhill < 0.0) | (angles >= high) & (downhill > 0.0))
    return free


def _shortened(step: Array, longest: float = 0.5) -> Array:
    largest = float(np.abs(step).max())
    return step * min(1.0, longest / largest) if largest > 0.0 else step


def _within_ranges(body: Humanoid, qpos: Array) -> Array:
    limited = np.flatnonzero(body.model.jnt_limited)
    addresses = body.model.jnt_qposadr[limited]
    low, high = body.model.jnt_range[limited].T
    qpos[addresses] = np.clip(qpos[addresses], low, high)
    return qpos


def _rows(body: Humanoid, goals: list[Goal], qpos: Array) -> tuple[Array, Array]:
    _place(body, qpos)
    parts = [goal.rows(body) for goal in goals]
    return np.concatenate([part[0] for part in parts]), np.vstack([part[1] for part in parts])


def _place(body: Humanoid, qpos: Array) -> None:
    body.data.qpos[:] = qpos
    mujoco.mj_kinematics(body.model, body.data)
    mujoco.mj_comPos(body.model, body.data)


def _turn_about_y(angle_rad: float) -> Array:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


def _point(body: Humanoid, landmark: str) -> tuple[Array, Array]:
    if landmark in body.skeleton.landmarks:
        jacobian = np.zeros((3, body.model.nv))
        mujoco.mj_jacSite(body.model, body.data, jacobian, None, body.site(landmark))
        return body.point_m(landmark), jacobian
    left, right = _point(body, f"{landmark}_l"), _point(body, f"{landmark}_r")
    return 0.5 * (left[0] + right[0]), 0.5 * (left[1] + right[1])


def _way(body: Humanoid, start: str, end: str) -> tuple[Array, Array]:
    from_place, from_jacobian = _point(body, start)
    to_place, to_jacobian = _point(body, end)
    way = to_place - from_place
    length = float(np.linalg.norm(way))
    unit = way / length
    across = (np.eye(3) - np.outer(unit, unit)) / length
    return unit, across @ (to_jacobian - from_jacobian)
