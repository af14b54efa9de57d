"""How the sensor is worn: its axes against the body's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.limits import require


@dataclass(frozen=True, slots=True)
class Placement:
    """A mounting: the sensor is turned about x, then y, then z, and may be upside down.

    Parameters
    ----------
    tilt_x_deg, tilt_y_deg, tilt_z_deg
        Off the midline (x), by the hollow of the back or a belly (y), a belt put on askew (z);
        within 30 degrees each.
    upside_down
        Turned by half a turn about z: x points down and y to the right.

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """

    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0
    tilt_z_deg: float = 0.0
    upside_down: bool = False

    def __post_init__(self) -> None:
        require("tilt_x_deg", self.tilt_x_deg, -30.0, 30.0)
        require("tilt_y_deg", self.tilt_y_deg, -30.0, 30.0)
        require("tilt_z_deg", self.tilt_z_deg, -30.0, 30.0)

    def to_sensor(self, vector: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return vectors ``(n, 3)`` of the body's axes in the sensor's axes."""
        turn = rotation.about(2, 180.0 if self.upside_down else 0.0)
        for axis, tilt_deg in enumerate((self.tilt_x_deg, self.tilt_y_deg, self.tilt_z_deg)):
            turn = rotation.multiply(turn, rotation.about(axis, tilt_deg))
        return rotation.rotate(rotation.conjugate(turn), vector)
