"""What a wearer sets out to do, one activity after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lumbar_sim.activities import (
    Activity,
    Bows,
    CatCow,
    ForearmPlank,
    GluteBridge,
    HoldDeviation,
    Rest,
)
from lumbar_sim.body import Stance
from lumbar_sim.limits import require
from lumbar_sim.performance import Performance
from lumbar_sim.truth import DeviationKind
from lumbar_sim.wearer import Wearer


@dataclass(frozen=True, slots=True)
class Programme:
    """Activities in order; the wearer gets from one's stance to the next one's by himself."""

    activities: tuple[Activity, ...]

    def __post_init__(self) -> None:
        if not self.activities:
            raise ValueError("activities is empty: name at least one")

    @property
    def duration_s(self) -> float:
        """How long it takes at the tempo 1; variation does not change it."""
        return self.perform(Wearer(variability=0.0), np.random.default_rng(0)).now_s

    def perform(self, wearer: Wearer, rng: np.random.Generator) -> Performance:
        """Return the finished performance of a wearer."""
        performance = Performance(wearer, rng, self.activities[0].stance)
        for activity in self.activities:
            performance.go_to(activity.stance)
            activity.perform(performance)
        return performance


# Chosen: with less, the movements would be rushed beyond what is human.
DEMO_MINIMUM_S = 58.0
DEMO_MAXIMUM_S = 86400.0
_GETS_UP_FROM_S = 90.0  # shorter demonstrations end on hands and knees
_LARGEST_SIZE = 3.0  # twelve repetitions and a plank of a minute; more time becomes rest


def demo_programme(duration_s: float | None) -> Programme:
    """Return the demonstration: calibration, bridges, a plank that sags, cat-cows.

    Parameters
    ----------
    duration_s
        The programme takes exactly this long at the tempo 1: 60 s has three bridges and three
        cat-cows, 150 s (the default, ``None``) six and a plank of 25 s; 58 s to a day.

    Raises
    ------
    ValueError
        Where there is too little time or too much; names both limits.
    """
    wanted_s = 150.0 if duration_s is None else duration_s
    require("duration_s", wanted_s, DEMO_MINIMUM_S, DEMO_MAXIMUM_S)
    low, high = 0.0, _LARGEST_SIZE
    for _ in range(20):
        middle = 0.5 * (low + high)
        fits = _demo(middle, wanted_s, 0.0).duration_s <= wanted_s
        low, high = (middle, high) if fits else (low, middle)
    spare_s = wanted_s - _demo(low, wanted_s, 0.0).duration_s
    return _demo(low, wanted_s, max(0.0, spare_s))


def _demo(size: float, wanted_s: float, spare_s: float) -> Programme:
    """Return the demonstration at a size, 0 the shortest and 1 the usual; rests take the rest."""

    def between(shortest: float, usual: float) -> float:
        return shortest + (usual - shortest) * min(size, 1.0)

    repetitions = round(3.0 + 3.0 * size)
    hold_s = 8.5 + 16.5 * size
    sag = HoldDeviation(DeviationKind.SAG, 0.62 * hold_s, 11.0, 1.6, 0.2 * hold_s - 0.6, 0.8)
    activities: list[Activity] = [
        Rest(Stance.STANDING, between(4.0, 5.0)),
        Bows(3, 50.0, between(2.2, 2.5)),
        Rest(Stance.STANDING, 0.3),
        Rest(Stance.SUPINE, between(0.6, 0.9)),
        GluteBridge(
            repetitions,
            up_s=between(1.4, 2.0),
            top_s=between(0.5, 1.0),
            down_s=between(1.5, 2.2),
            pause_s=between(0.2, 0.6),
        ),
        Rest(Stance.SUPINE, between(0.3, 6.0) + 0.25 * spare_s),
        ForearmPlank(hold_s, (sag,)),
        Rest(Stance.PRONE, between(2.2, 14.0) + 0.5 * spare_s),
        Rest(Stance.ALL_FOURS, between(0.5, 1.0)),
        CatCow(repetitions, period_s=between(3.1, 5.0)),
    ]
    if wanted_s >= _GETS_UP_FROM_S:
        activities += [
            Rest(Stance.ALL_FOURS, 0.5),
            Rest(Stance.STANDING, between(2.0, 5.8) + 0.25 * spare_s),
        ]
    else:
        activities += [Rest(Stance.ALL_FOURS, 0.5 + 0.25 * spare_s)]
    return Programme(tuple(activities))
