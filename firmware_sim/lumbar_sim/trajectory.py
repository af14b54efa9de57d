"""How a reach goes from its beginning to its end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def minimum_jerk(fraction: Array) -> Array:
    """Return the path travelled, 0 to 1, at a fraction 0 to 1 of a reach's time.

    Flash and Hogan, "The coordination of arm movements", J. Neurosci. 5 (1985).
    """
    x = np.clip(fraction, 0.0, 1.0)
    return np.asarray(x**3 * (10.0 - 15.0 * x + 6.0 * x**2))


def steady(fraction: Array, ramp: float) -> Array:
    """Return the path travelled, 0 to 1, at a speed that is steady between two ramps.

    ``ramp`` is the fraction of the time, up to 0.5, that each of them takes.
    """

    def begun(x: Array) -> Array:
        x = np.clip(x, 0.0, None)
        u = np.minimum(x / ramp, 1.0)
        # the integral of a speed that rises as 3 u^2 - 2 u^3
        return np.asarray(ramp * (u**3 - 0.5 * u**4) + np.maximum(x - ramp, 0.0))

    x = np.clip(fraction, 0.0, 1.0)
    late = 1.0 - ramp - begun(1.0 - x)
    return np.asarray(np.where(x < 0.5, begun(x), late) / (1.0 - ramp))
