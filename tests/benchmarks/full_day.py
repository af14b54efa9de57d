"""Twenty-four hours of counts in which every stage of the detector has work."""

import numpy as np
from numpy.typing import NDArray

from signal_traces import G_PER_STEP, programme

RATE_HZ = 100.0
HOURS = 24.0

__all__ = ["G_PER_STEP", "HOURS", "RATE_HZ", "full_day"]


def full_day(hours: float = HOURS) -> NDArray[np.int16]:
    """Return counts (n, 3) at ``RATE_HZ``: a workout, then walking, sitting and lying, repeated.

    One workout in every half hour is more than anybody does; it keeps the detector busy.
    """
    half_hour = _half_hour()
    samples = round(hours * 3600 * RATE_HZ)
    return np.tile(half_hour, (-(-samples // len(half_hour)), 1))[:samples]


def _half_hour() -> NDArray[np.int16]:
    wearer = programme(plank_s=40.0, count=12).wearer
    wearer.walk(300.0).stand(60.0)
    wearer.move(1.5, 35.0, height_m=0.8).move(1.0, -12.0, height_m=0.6).rest(500.0)
    wearer.stand_up().walk(120.0).lie_down().rest(400.0, breath_deg=1.0).stand_up()
    wearer.stand(1800.0 - wearer.now_s)
    return wearer.samples(RATE_HZ)
