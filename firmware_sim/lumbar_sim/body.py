"""The body: segment lengths, and the pose of the pelvis in each stance."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.motion import Pose
from lumbar_sim.wearer import Wearer


class Stance(enum.Enum):
    """How the body is supported."""

    STANDING = "standing"
    KNEELING = "kneeling"
    ALL_FOURS = "all_fours"
    RIGHT_SIDE = "right_side"
    LEFT_SIDE = "left_side"
    SUPINE = "supine"
    PRONE = "prone"
    FOREARM_PLANK = "forearm_plank"
    HIGH_PLANK = "high_plank"
    WALL_PLANK = "wall_plank"
    CHILDS_POSE = "childs_pose"
    LONG_SITTING = "long_sitting"  # on the floor, legs out
    CHAIR = "chair"
    CAR = "car"
    BED_EDGE = "bed_edge"
    BED_SUPINE = "bed_supine"
    BED_PRONE = "bed_prone"
    BED_RIGHT_SIDE = "bed_right_side"
    BED_LEFT_SIDE = "bed_left_side"


@dataclass(frozen=True, slots=True)
class Unrest:
    """How much the body moves while it stays in a stance."""

    breathing: float  # fraction of the wearer's breathing amplitude
    sway_deg: float  # RMS below 1 Hz
    sway_mm: float


# Pitch, roll, height, distance and heading. Angles: reference angles of L5 (standing 0, all fours
# mid cat-cow, bridge base -97, sitting -7.5). Heights and distances: fractions of stature, from
# segment lengths by Drillis and Contini (1966): hip 0.53, thigh 0.245, shank 0.246; trunk depth at
# the hips about 0.065 each way. A chair lowers the hips by 0.36 m in a body of 1.72 m.
MATTRESS = 0.27  # its top above the floor, a usual bed (chosen)
_STANCES: dict[Stance, tuple[float, float, float, float, float]] = {
    Stance.STANDING: (0.0, 0.0, 0.53, 0.0, 0.0),
    Stance.KNEELING: (3.0, 0.0, 0.275, 0.03, 0.0),
    Stance.ALL_FOURS: (77.0, 0.0, 0.28, 0.0, 0.0),
    Stance.RIGHT_SIDE: (88.0, 84.0, 0.105, 0.04, 0.0),
    Stance.LEFT_SIDE: (88.0, -84.0, 0.105, 0.04, 0.0),
    Stance.SUPINE: (97.0, 180.0, 0.067, 0.04, 0.0),
    Stance.PRONE: (92.0, 0.0, 0.065, 0.05, 0.0),
    Stance.FOREARM_PLANK: (84.0, 0.0, 0.155, 0.05, 0.0),
    Stance.HIGH_PLANK: (68.0, 0.0, 0.235, 0.05, 0.0),
    Stance.WALL_PLANK: (22.0, 0.0, 0.505, 0.08, 0.0),
    Stance.CHILDS_POSE: (78.0, 0.0, 0.135, 0.19, 0.0),
    Stance.LONG_SITTING: (-4.0, 0.0, 0.06, 0.08, 180.0),
    Stance.CHAIR: (-7.5, 0.0, 0.321, 0.13, 0.0),
    Stance.CAR: (-20.0, 0.0, 0.27, 0.15, 0.0),
    Stance.BED_EDGE: (-5.0, 0.0, MATTRESS + 0.045, 0.1, 90.0),
    Stance.BED_SUPINE: (97.0, 180.0, MATTRESS + 0.067, 0.04, 0.0),
    Stance.BED_PRONE: (92.0, 0.0, MATTRESS + 0.065, 0.05, 0.0),
    Stance.BED_RIGHT_SIDE: (86.0, 82.0, MATTRESS + 0.1, 0.04, 0.0),
    Stance.BED_LEFT_SIDE: (86.0, -82.0, MATTRESS + 0.1, 0.04, 0.0),
}

BED = frozenset({Stance.BED_SUPINE, Stance.BED_PRONE, Stance.BED_RIGHT_SIDE, Stance.BED_LEFT_SIDE})
LYING = BED | {Stance.SUPINE, Stance.PRONE, Stance.RIGHT_SIDE, Stance.LEFT_SIDE}
ON_LEGS = frozenset({Stance.STANDING, Stance.KNEELING, Stance.ALL_FOURS, Stance.WALL_PLANK})
SITTING = frozenset({Stance.LONG_SITTING, Stance.CHAIR, Stance.CAR, Stance.BED_EDGE})
UPRIGHT = SITTING | {Stance.STANDING, Stance.KNEELING, Stance.WALL_PLANK}

# Chosen: sway of quiet standing is some mm and tenths of a degree; lying has next to none.
# Breathing moves L5 most where the belly lies on the floor.
_ON_THE_BACK = Unrest(0.6, 0.06, 0.2)
_ON_THE_FRONT = Unrest(1.0, 0.06, 0.2)
_ON_A_SIDE = Unrest(0.5, 0.2, 0.5)
_IN_A_SEAT = Unrest(0.3, 0.2, 0.8)
UNREST: dict[Stance, Unrest] = {
    Stance.STANDING: Unrest(0.25, 0.35, 4.0),
    Stance.KNEELING: Unrest(0.25, 0.4, 3.0),
    Stance.ALL_FOURS: Unrest(0.5, 0.4, 2.5),
    Stance.RIGHT_SIDE: _ON_A_SIDE,
    Stance.LEFT_SIDE: _ON_A_SIDE,
    Stance.SUPINE: _ON_THE_BACK,
    Stance.PRONE: _ON_THE_FRONT,
    Stance.FOREARM_PLANK: Unrest(0.4, 0.35, 2.0),
    Stance.HIGH_PLANK: Unrest(0.4, 0.4, 2.5),
    Stance.WALL_PLANK: Unrest(0.4, 0.25, 1.5),
    Stance.CHILDS_POSE: Unrest(1.2, 0.12, 0.5),
    Stance.LONG_SITTING: Unrest(0.4, 0.25, 1.0),
    Stance.CHAIR: _IN_A_SEAT,
    Stance.CAR: _IN_A_SEAT,
    Stance.BED_EDGE: Unrest(0.3, 0.3, 1.5),
    Stance.BED_SUPINE: _ON_THE_BACK,
    Stance.BED_PRONE: _ON_THE_FRONT,
    Stance.BED_RIGHT_SIDE: _ON_A_SIDE,
    Stance.BED_LEFT_SIDE: _ON_A_SIDE,
}


@dataclass(frozen=True, slots=True)
class Body:
    """A body of a given stature and proportions; lengths by Drillis and Contini (1966).

    The other fields are those of `Wearer`.
    """

    height_m: float
    trunk_scale: float = 1.0
    leg_scale: float = 1.0
    girth_scale: float = 1.0
    standing_pitch_deg: float = 0.0
    floor_pitch_deg: float = 0.0
    support_pitch_deg: float = 0.0

    @classmethod
    def of(cls, wearer: Wearer) -> Body:
        """Return a wearer's body."""
        return cls(
            wearer.height_m,
            wearer.trunk_scale,
            wearer.leg_scale,
            wearer.girth_scale,
            wearer.standing_pitch_deg,
            wearer.floor_pitch_deg,
            wearer.support_pitch_deg,
        )

    @property
    def trunk_m(self) -> float:
        """From the hip to the shoulder."""
        return 0.288 * self.height_m * self.trunk_scale

    @property
    def leg_m(self) -> float:
        """From the hip to the floor in standing."""
        return 0.53 * self.height_m * self.leg_scale

    @property
    def site_m(self) -> NDArray[np.float64]:
        """The skin over L5 from the hip centre: 5 cm up and 11 cm back in a body of 1.72 m."""
        return np.array([0.029, 0.0, 0.064 * self.girth_scale]) * self.height_m

    def pose(self, stance: Stance) -> Pose:
        """Return the pelvis' pose in a stance."""
        pitch_deg, roll_deg, height, back, heading_deg = _STANCES[stance]
        if stance in LYING:
            pitch_deg += self.floor_pitch_deg
            bed = MATTRESS if stance in BED else 0.0
            height = bed + (height - bed) * self.girth_scale
        elif stance in UPRIGHT:
            pitch_deg += self.standing_pitch_deg
        else:
            pitch_deg += self.support_pitch_deg
        if stance in ON_LEGS:
            height *= self.leg_scale
        return replace(self.scaled(pitch_deg, roll_deg, height, back), heading_deg=heading_deg)

    def scaled(
        self, pitch_deg: float, roll_deg: float, height: float, back: float, lean_deg: float = 0.0
    ) -> Pose:
        """Return a pose whose height and distance are given as fractions of stature."""
        return Pose(pitch_deg, roll_deg, lean_deg, height * self.height_m, back * self.height_m)

    def pivoted(self, start: Pose, turned: Pose) -> Pose:
        """Return a pose turned like ``turned`` in which L5 has not left its place at ``start``.

        So moves who lies or sits on the pelvis: it rolls, and its back neither rises nor slides.
        """
        before = start.position_m + rotation.rotate(start.quaternion, self.site_m)
        height_m, left_m, back_m = before - rotation.rotate(turned.quaternion, self.site_m)
        return replace(turned, height_m=height_m, left_m=left_m, back_m=back_m)
