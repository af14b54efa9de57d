"""The body: segment lengths, and the pose of the pelvis in each stance."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim.motion import Pose


class Stance(enum.Enum):
    """How the body is supported."""

    STANDING = "standing"
    KNEELING = "kneeling"
    ALL_FOURS = "all_fours"
    RIGHT_SIDE = "right_side"
    SUPINE = "supine"
    PRONE = "prone"
    FOREARM_PLANK = "forearm_plank"


@dataclass(frozen=True, slots=True)
class Unrest:
    """How much the body moves while it stays in a stance."""

    breathing: float  # fraction of the wearer's breathing amplitude
    sway_deg: float  # RMS below 1 Hz
    sway_mm: float


# Pitch and roll: reference angles of L5 (standing 0, all fours mid cat-cow, bridge base -97).
# Heights and distances: fractions of stature, from segment lengths by Drillis and Contini
# (1966): hip 0.53, thigh 0.245, shank 0.246; trunk depth at the hips about 0.065 each way.
_STANCES: dict[Stance, tuple[float, float, float, float]] = {
    Stance.STANDING: (0.0, 0.0, 0.53, 0.0),
    Stance.KNEELING: (3.0, 0.0, 0.275, 0.03),
    Stance.ALL_FOURS: (77.0, 0.0, 0.28, 0.0),
    Stance.RIGHT_SIDE: (88.0, 84.0, 0.105, 0.04),
    Stance.SUPINE: (97.0, 180.0, 0.067, 0.04),
    Stance.PRONE: (92.0, 0.0, 0.065, 0.05),
    Stance.FOREARM_PLANK: (84.0, 0.0, 0.155, 0.05),
}

# Chosen: sway of quiet standing is some mm and tenths of a degree; lying has next to none.
# Breathing moves L5 most where the belly lies on the floor.
UNREST: dict[Stance, Unrest] = {
    Stance.STANDING: Unrest(0.25, 0.35, 4.0),
    Stance.KNEELING: Unrest(0.25, 0.4, 3.0),
    Stance.ALL_FOURS: Unrest(0.5, 0.4, 2.5),
    Stance.RIGHT_SIDE: Unrest(0.5, 0.2, 0.5),
    Stance.SUPINE: Unrest(0.6, 0.06, 0.2),
    Stance.PRONE: Unrest(1.0, 0.06, 0.2),
    Stance.FOREARM_PLANK: Unrest(0.4, 0.35, 2.0),
}


@dataclass(frozen=True, slots=True)
class Body:
    """A body of a given stature; lengths by Drillis and Contini (1966)."""

    height_m: float

    @property
    def trunk_m(self) -> float:
        """From the hip to the shoulder."""
        return 0.288 * self.height_m

    @property
    def site_m(self) -> NDArray[np.float64]:
        """The skin over L5 from the hip centre: 5 cm up and 11 cm back in a body of 1.72 m."""
        return np.array([0.029, 0.0, 0.064]) * self.height_m

    def pose(self, stance: Stance) -> Pose:
        """Return the pelvis' pose in a stance."""
        return self.scaled(*_STANCES[stance])

    def scaled(
        self, pitch_deg: float, roll_deg: float, height: float, back: float, lean_deg: float = 0.0
    ) -> Pose:
        """Return a pose whose height and distance are given as fractions of stature."""
        return Pose(pitch_deg, roll_deg, lean_deg, height * self.height_m, back * self.height_m)
