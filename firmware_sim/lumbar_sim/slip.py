"""A belt that slips during the recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.limits import require
from lumbar_sim.motion import minimum_jerk

Array = NDArray[np.float64]
Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, Axis, Axis] = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Slip:
    """One turn of the belt on the body; afterwards it stays where it is.

    Parameters
    ----------
    at_fraction
        When it begins, as a fraction of the recording.
    takes_s
        A jerk of half a second, or minutes of creeping.
    axis
        Of the body: ``x`` round the waist, ``y`` over the hollow of the back, ``z`` askew.
    angle_deg
        By how much, within 30 degrees.

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """

    at_fraction: float
    angle_deg: float
    axis: Axis = "z"
    takes_s: float = 1.0

    def __post_init__(self) -> None:
        require("at_fraction", self.at_fraction, 0.0, 1.0)
        require("angle_deg", self.angle_deg, -30.0, 30.0)
        require("takes_s", self.takes_s, 0.1, 3600.0)
        if self.axis not in AXES:
            raise ValueError(f"axis is {self.axis!r}: choose {', '.join(AXES)}")

    def start_s(self, duration_s: float) -> float:
        """Return when it begins in a recording of ``duration_s`` seconds."""
        return self.at_fraction * duration_s

    def turn_at(self, t_s: Array, duration_s: float) -> Array:
        """Return the belt's turn in the body's axes at each time, quaternions ``(n, 4)``."""
        done = minimum_jerk((t_s - self.start_s(duration_s)) / self.takes_s)
        vector = np.zeros((len(t_s), 3))
        vector[:, AXES.index(self.axis)] = np.deg2rad(self.angle_deg) * done
        return rotation.from_rotation_vector(vector)
