"""A computed glute bridge as int16 samples: enough to see that each repetition counts once."""

import numpy as np
from numpy.typing import NDArray

from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0

__all__ = ["G_PER_STEP", "RATE_HZ", "bridge_samples"]


def bridge_samples(repetitions: int, seed: int = 1) -> NDArray[np.int16]:
    """Return samples (n, 3): standing, lying down, ``repetitions`` bridges, lying still."""
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(repetitions, period_s=3.0)
    return wearer.rest(2.0).samples(RATE_HZ, seed=seed)
