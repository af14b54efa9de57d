"""How the sensor is worn: where, its axes against the body's, and what gives way."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.limits import require
from lumbar_sim.slip import Slip
from lumbar_sim.wobble import Wobble

Array = NDArray[np.float64]

WAIST_DEPTH_M = 0.22  # chosen: belly to back of a middling waist


class Site(enum.Enum):
    """Which side of the waistband the sensor is on."""

    BACK = "back"
    FRONT = "front"


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
    site
        On the front the sensor's z leaves the belly and its y points to the wearer's right.
    slips
        The belt's turns on the body during the recording, in any order.
    wobble
        The resonance of a soft mounting; ``None`` where the belt is tight.

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """

    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0
    tilt_z_deg: float = 0.0
    upside_down: bool = False
    site: Site = Site.BACK
    slips: tuple[Slip, ...] = ()
    wobble: Wobble | None = None

    def __post_init__(self) -> None:
        require("tilt_x_deg", self.tilt_x_deg, -30.0, 30.0)
        require("tilt_y_deg", self.tilt_y_deg, -30.0, 30.0)
        require("tilt_z_deg", self.tilt_z_deg, -30.0, 30.0)

    @property
    def tilts_deg(self) -> tuple[float, float, float]:
        """The turns about x, y and z."""
        return self.tilt_x_deg, self.tilt_y_deg, self.tilt_z_deg

    @property
    def quaternion(self) -> Array:
        """The turn from the sensor's axes to the body's at the start, ``(4,)``."""
        turn = rotation.about(0, 180.0 if self.site is Site.FRONT else 0.0)
        turn = rotation.multiply(turn, rotation.about(2, 180.0 if self.upside_down else 0.0))
        for axis, tilt_deg in enumerate(self.tilts_deg):
            turn = rotation.multiply(turn, rotation.about(axis, tilt_deg))
        return turn

    def to_sensor(self, vector: Array) -> Array:
        """Return vectors ``(n, 3)`` of the body's axes in the sensor's axes at the start."""
        return rotation.rotate(rotation.conjugate(self.quaternion), vector)

    def carried(
        self, quaternion: Array, position_m: Array, t_s: Array, duration_s: float
    ) -> tuple[Array, Array]:
        """Return how the sensor is turned and where it is.

        Parameters
        ----------
        quaternion, position_m
            Of the skin over L5 at equal steps, shapes ``(n, 4)`` and ``(n, 3)``.
        t_s
            True times, shape ``(n,)``.
        duration_s
            Of the whole recording, in which the slips have their places.
        """
        if self.site is Site.FRONT:
            across = rotation.rotate(quaternion, np.array([0.0, 0.0, -WAIST_DEPTH_M]))
            position_m = position_m + across
        if self.wobble is not None:
            quaternion, position_m = self.wobble.shaken(quaternion, position_m, t_s[1] - t_s[0])
        for slip in self.slips:
            quaternion = rotation.multiply(quaternion, slip.turn_at(t_s, duration_s))
        return rotation.multiply(quaternion, self.quaternion), position_m
