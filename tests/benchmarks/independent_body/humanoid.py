"""The physics engine's humanoids with other proportions, a sensor at L5 and named landmarks."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SITE = "landmark_"  # the models have sites of their own, some with the same names


@dataclass(frozen=True, slots=True)
class Proportions:
    """How much longer than the model a person's parts are (1: as in the model)."""

    trunk: float = 1.0
    legs: float = 1.0
    arms: float = 1.0


@dataclass(frozen=True, slots=True)
class Landmark:
    """A point of a body, and how far it stays from what that body's surface touches there."""

    body: str
    local_m: tuple[float, float, float]
    radius_m: float


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the rest needs to know of one model file, in the file's own names.

    The columns of ``axes`` are x up the spine, y left, z out of the back, in the model's own frame
    of pelvis and chest. ``joints`` lists (prefix of the joint's name, kind).
    """

    name: str
    file: str  # below dm_control's folder
    axes: tuple[tuple[float, float, float], ...]
    landmarks: dict[str, Landmark]
    parts: tuple[tuple[str, str], ...]  # (part of a body's name, proportion), the first that fits
    joints: tuple[tuple[str, str], ...]


def _both_sides(left: dict[str, Landmark], mirrored_axis: int) -> dict[str, Landmark]:
    """Return left and right landmarks; ``{s}`` in a body's name is the side."""
    result = {}
    for name, mark in left.items():
        for side, long_side, sign in (("l", "left", 1.0), ("r", "right", -1.0)):
            x, y, z = mark.local_m
            local = (sign * x, y, z) if mirrored_axis == 0 else (x, sign * y, z)
            body = mark.body.replace("{s}", side).replace("{side}", long_side)
            result[f"{name}_{side}"] = replace(mark, body=body, local_m=local)
    return result


SUITE = Skeleton(
    name="suite_humanoid",
    file="suite/humanoid.xml",
    axes=((0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
    landmarks={
        # The site of the sensor: on the skin behind L5, 9 cm above and 11 cm behind the hips.
        "l5": Landmark("pelvis", (-0.11, 0.0, 0.05), 0.0),
        "chest": Landmark("torso", (0.0, 0.0, 0.0), 0.07),
        "waist": Landmark("lower_waist", (0.0, 0.0, 0.0), 0.06),
        "seat": Landmark("pelvis", (-0.02, 0.0, 0.0), 0.09),
        "head": Landmark("head", (0.0, 0.0, 0.0), 0.09),
        **_both_sides(
            {
                "hip": Landmark("{side}_thigh", (0.0, 0.0, 0.0), 0.06),
                "knee": Landmark("{side}_shin", (0.0, 0.0, 0.02), 0.055),
                "ankle": Landmark("{side}_foot", (0.0, 0.0, 0.08), 0.05),
                "heel": Landmark("{side}_foot", (-0.07, 0.01, 0.0), 0.027),
                "toe": Landmark("{side}_foot", (0.14, 0.01, 0.0), 0.027),
                "shoulder": Landmark("{side}_upper_arm", (0.0, 0.0, 0.0), 0.04),
                "elbow": Landmark("{side}_lower_arm", (0.0, 0.0, 0.0), 0.035),
                "hand": Landmark("{side}_hand", (0.0, 0.0, 0.0), 0.04),
            },
            mirrored_axis=1,
        ),
    },
    parts=(
        ("thigh", "legs"),
        ("shin", "legs"),
        ("foot", "legs"),
        ("arm", "arms"),
        ("hand", "arms"),
    ),
    joints=(("abdomen", "spine"), ("left_hip", "hip"), ("right_hip", "hip")),
)

CMU = Skeleton(
    name="cmu_humanoid",
    file="suite/humanoid_CMU.xml",
    axes=((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    landmarks={
        "l5": Landmark("root", (0.0, 0.0, -0.06), 0.0),  # 9 cm above, 11 cm behind the hips
        "chest": Landmark("thorax", (0.0, 0.05, 0.0), 0.08),
        "waist": Landmark("lowerback", (0.0, 0.056, 0.03), 0.065),
        "seat": Landmark("root", (0.0, -0.05, 0.0), 0.09),
        "head": Landmark("head", (0.0, 0.11, 0.03), 0.09),
        **_both_sides(
            {
                "hip": Landmark("{s}femur", (0.0, 0.0, 0.0), 0.06),
                "knee": Landmark("{s}tibia", (0.0, 0.0, 0.0), 0.055),
                "ankle": Landmark("{s}foot", (0.0, 0.0, 0.0), 0.04),
                "heel": Landmark("{s}foot", (0.0, 0.037, -0.03), 0.02),
                "toe": Landmark("{s}toes", (0.0, -0.005, -0.01), 0.02),
                "shoulder": Landmark("{s}humerus", (0.0, 0.0, 0.0), 0.04),
                "elbow": Landmark("{s}radius", (0.0, 0.0, 0.0), 0.035),
                "hand": Landmark("{s}hand", (0.0, 0.0, 0.0), 0.03),
            },
            mirrored_axis=0,
        ),
    },
    parts=(
        ("hipjoint", "trunk"),
        *((part, "legs") for part in ("femur", "tibia", "foot", "toes")),
        *((part, "arms") for part in ("humerus", "radius", "wrist", "hand", "finger", "thumb")),
    ),
    joints=(
        ("lowerback", "spine"),
        ("upperback", "spine"),
        ("thorax", "spine"),
        ("lfemur", "hip"),
        ("rfemur", "hip"),
        *(
            (bone, "girdle")
            for bone in ("lclavicle", "rclavicle", "lowerneck", "upperneck", "head")
        ),
    ),
)

# The locomotion library's revision of the CMU skeleton: other feet, neck and upper back.
CMU_2020 = replace(
    CMU, name="cmu_2020_humanoid", file="locomotion/walkers/assets/humanoid_CMU_V2020.xml"
)

SKELETONS = (SUITE, CMU, CMU_2020)


class Humanoid:
    """One person: a model with its work space.

    ``model`` and ``data`` are MuJoCo's; every landmark is a site of its own name, ``l5`` with the
    axes of the sensor (x up the spine, y left, z out of the back) and ``chest`` with the same
    axes in the chest.
    """

    def __init__(self, skeleton: Skeleton, proportions: Proportions) -> None:
        self.skeleton = skeleton
        self.proportions = proportions
        self.model = _compiled(skeleton, proportions)
        self.data = mujoco.MjData(self.model)
        self._measure_rest()

    def _measure_rest(self) -> None:
        mujoco.mj_forward(self.model, self.data)
        self._rest_m = {name: self.point_m(name) for name in self.skeleton.landmarks}
        kinds = [self._kind(joint) for joint in range(self.model.njnt)]
        self.kind_of_dof = [kinds[joint] for joint in self.model.dof_jntid]

    def _kind(self, joint: int) -> str:
        name = self.model.joint(joint).name
        fitting = (kind for prefix, kind in self.skeleton.joints if name.startswith(prefix))
        return next(fitting, "root" if joint == 0 else "limb")

    def point_m(self, landmark: str) -> Array:
        """Return a landmark's place in the world as ``data`` has it, shape (3,).

        ``hip`` stands for the middle of ``hip_l`` and ``hip_r``, and so on.
        """
        if landmark not in self.skeleton.landmarks:
            middle: Array = 0.5 * (self.point_m(f"{landmark}_l") + self.point_m(f"{landmark}_r"))
            return middle
        place: Array = self.data.site_xpos[self.site(landmark)].copy()
        return place

    def site(self, landmark: str) -> int:
        """Return the index of a landmark's site."""
        return int(self.model.site(SITE + landmark).id)

    def radius_m(self, landmark: str) -> float:
        """Return how far a landmark is from what it touches."""
        return self.skeleton.landmarks[landmark].radius_m * self._factor(landmark)

    def length_m(self, start: str, end: str) -> float:
        """Return the distance of two landmarks in the model's own zero pose."""
        return float(np.linalg.norm(self._rest_m[end] - self._rest_m[start]))

    @property
    def leg_m(self) -> float:
        """From hip to ankle."""
        return self.length_m("hip_l", "knee_l") + self.length_m("knee_l", "ankle_l")

    def _factor(self, landmark: str) -> float:
        return _factor(self.skeleton, self.proportions, self.skeleton.landmarks[landmark].body)


def _compiled(skeleton: Skeleton, proportions: Proportions) -> mujoco.MjModel:
    spec = mujoco.MjSpec.from_file(str(_assets() / skeleton.file))
    _resize(spec, skeleton, proportions)
    root = spec.worldbody.first_body()
    if not root.joints:
        root.add_freejoint()
    for name, mark in skeleton.landmarks.items():
        factor = _factor(skeleton, proportions, mark.body)
        site = spec.body(mark.body).add_site(name=SITE + name, pos=np.array(mark.local_m) * factor)
        if name in ("l5", "chest"):
            quat = np.empty(4)
            mujoco.mju_mat2Quat(quat, np.array(skeleton.axes).ravel())
            site.quat = quat
    kinds = mujoco.mjtSensor.mjSENS_ACCELEROMETER, mujoco.mjtSensor.mjSENS_GYRO
    for name, kind in zip(("l5_acc", "l5_gyro"), kinds, strict=True):
        spec.add_sensor(name=name, type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=SITE + "l5")
    # Motion is given, so forces of contact and joint limits have no say in it.
    spec.option.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONSTRAINT
    return spec.compile()


def _resize(spec: mujoco.MjSpec, skeleton: Skeleton, proportions: Proportions) -> None:
    for body in spec.bodies[1:]:
        parent = body.parent.name
        body.pos = body.pos * _factor(skeleton, proportions, parent)
        factor = _factor(skeleton, proportions, body.name)
        for geom in body.geoms:
            geom.pos, geom.size = geom.pos * factor, geom.size * factor
            geom.fromto = geom.fromto * factor
        for joint in body.joints:
            joint.pos = joint.pos * factor


def _factor(skeleton: Skeleton, proportions: Proportions, body: str) -> float:
    part = next((part for word, part in skeleton.parts if word in body), "trunk")
    return float(getattr(proportions, part))


def _assets() -> Path:
    found = importlib.util.find_spec("dm_control")
    if found is None or found.origin is None:
        raise ModuleNotFoundError(
            "dm_control is not installed: pip install --require-hashes "
            "-r requirements-independent-body.txt (see this folder's README)"
        )
    return Path(found.origin).parent
