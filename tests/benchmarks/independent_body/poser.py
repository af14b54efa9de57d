"""One person taking postures: the solver with this person's own neutral pose and stiffness."""

from __future__ import annotations

import mujoco
import numpy as np
from humanoid import Humanoid
from inverse_kinematics import Goal, Near, misfits_m, solve
from numpy.typing import NDArray
from postures import knees_bent, standing

Array = NDArray[np.float64]

# Chosen: where contacts leave a choice, the whole spine resists three times as much as both hips
# together, so that a quarter of a bend is the pelvis' (the lumbo-pelvic share of hip flexion
# lying down is reported between a fifth and a third).
SPINE_TO_HIPS = 3.0
HIP = 0.5
LIMB = 0.15
GIRDLE = 3.0  # chosen: shoulders and head are carried with the chest
STAYING = 0.4
BRACED = 5.0  # chosen: a plank's trunk muscles hold the spine
NEAR_ENOUGH_M = 0.03  # a contact that is missed by more cannot be made


class Poser:
    """Solves postures of one person, always starting from upright standing."""

    def __init__(self, body: Humanoid, pelvis_tilt_deg: float) -> None:
        self.body = body
        self.pelvis_tilt_deg = pelvis_tilt_deg
        levels = sum(kind == "spine" for kind in body.kind_of_dof) / 3
        self._stiffness = {
            "spine": HIP * np.sqrt(2.0 * SPINE_TO_HIPS * levels),
            "hip": HIP,
            "girdle": GIRDLE,
            "limb": LIMB,
        }
        weak = Near(body.model.qpos0, {"spine": 0.5, "girdle": 0.5, "hip": 0.05, "limb": 0.05})
        goals = [*standing(body, 0.0, pelvis_tilt_deg), weak]
        self.neutral = solve(body, goals, _facing_forward(body))

        self.knees_bent = self.pose(knees_bent(body), self.neutral)

    def pose(self, goals: list[Goal], start: Array | None = None, braced: bool = False) -> Array:
        """Return the pose for the goals, searched from ``start`` (bent knees without).

        A ``braced`` spine gives way to the hips.
        """
        stiffness = dict(self._stiffness)
        if braced:
            stiffness["spine"] *= BRACED
        begin = self.knees_bent if start is None else start
        return solve(self.body, [*goals, Near(self.neutral, stiffness)], begin)

    def next_pose(self, goals: list[Goal], last: Array, braced: bool) -> Array:
        """Return the pose for goals that have moved on a little from those of ``last``.

        Joints that nothing else decides stay, so that a movement does not jump.
        """
        staying: Goal = Near(last, dict.fromkeys(self._stiffness, STAYING))
        return self.pose([*goals, staying], last, braced)

    def missed_m(self, goals: list[Goal], qpos: Array) -> float:
        """Return the worst miss of a contact, in metres."""
        return float(misfits_m(self.body, goals, qpos).max(initial=0.0))

    def place_m(self, qpos: Array, landmark: str) -> Array:
        """Return where a landmark is in a pose, shape (3,)."""
        self.body.data.qpos[:] = qpos
        mujoco.mj_kinematics(self.body.model, self.body.data)
        return self.body.point_m(landmark)


def _facing_forward(body: Humanoid) -> Array:
    qpos: Array = body.model.qpos0.copy()
    upright = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    turn = upright @ np.array(body.skeleton.axes).T
    mujoco.mju_mat2Quat(qpos[3:7], turn.ravel())
    qpos[:3] = 0.0, 0.0, body.leg_m + 0.15
    return qpos
