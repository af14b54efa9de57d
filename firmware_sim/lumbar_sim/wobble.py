"""A soft mounting: pocket, loose belt or much tissue, on which the sensor swings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.limits import require

Array = NDArray[np.float64]

FORGOTTEN = 8.0  # time constants after which a swing counts as over: 0.03 % is left


@dataclass(frozen=True, slots=True)
class Wobble:
    """A damped resonance between the body and the sensor, the same along all three axes.

    The body's acceleration drives it; what gravity alone does to a soft mounting is part of the
    placement's tilts.

    Parameters
    ----------
    frequency_hz, damping
        Of the resonance, 4 to 10 Hz, and its damping ratio.
    lever_m
        The sensor pitches by its shift up, and leans by its shift aside, over this lever
        (chosen: 0.03, half the length of a small case).

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """

    frequency_hz: float = 6.0
    damping: float = 0.15
    lever_m: float = 0.03

    def __post_init__(self) -> None:
        require("frequency_hz", self.frequency_hz, 4.0, 10.0)
        require("damping", self.damping, 0.05, 0.7)
        require("lever_m", self.lever_m, 0.01, 0.5)

    @property
    def memory_s(self) -> float:
        """How long a bump is felt."""
        return FORGOTTEN / (self.damping * 2.0 * np.pi * self.frequency_hz)

    def shaken(self, quaternion: Array, position_m: Array, step_s: float) -> tuple[Array, Array]:
        """Return turn ``(n, 4)`` and place ``(n, 3)`` of the sensor on a moving body.

        The first ``memory_s`` seconds are those of a mounting that was at rest before.
        """
        acceleration = np.zeros_like(position_m)
        acceleration[1:-1] = np.diff(position_m, n=2, axis=0) / step_s**2
        driven = rotation.rotate(rotation.conjugate(quaternion), acceleration)
        shift_m = _convolved(driven, self._response(step_s))
        rocking_rad = np.zeros_like(shift_m)
        rocking_rad[:, 1] = shift_m[:, 0] / self.lever_m
        rocking_rad[:, 2] = shift_m[:, 1] / self.lever_m
        place_m = position_m + rotation.rotate(quaternion, shift_m)
        return rotation.multiply(quaternion, rotation.from_rotation_vector(rocking_rad)), place_m

    def _response(self, step_s: float) -> Array:
        """Return the shift that an acceleration of one step leaves behind, by step."""
        t_s = np.arange(0.0, self.memory_s, step_s)
        angular = 2.0 * np.pi * self.frequency_hz
        damped = angular * np.sqrt(1.0 - self.damping**2)
        decay = np.exp(-self.damping * angular * t_s)
        return np.asarray(-decay * np.sin(damped * t_s) / damped * step_s)


def _convolved(signal: Array, response: Array) -> Array:
    """Return each column's causal convolution, ``(n, 3)``."""
    n = 1 << int(np.ceil(np.log2(len(signal) + len(response))))
    spectrum = np.fft.rfft(response, n)[:, None] * np.fft.rfft(signal, n, axis=0)
    return np.asarray(np.fft.irfft(spectrum, n, axis=0)[: len(signal)])
