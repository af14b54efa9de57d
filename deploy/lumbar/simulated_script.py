"""What a simulated person does in a trace: one exercise, or a programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lumbar_sim.activities import Activity, Bows, Rest
from lumbar_sim.activities.catalogue import activity_named
from lumbar_sim.body import Stance
from lumbar_sim.named_programmes import programme_named
from lumbar_sim.programme import Programme

# Where people find their place before they begin; a plank or a stretch begins at once.
_SETTLED = (
    Stance.SUPINE,
    Stance.PRONE,
    Stance.RIGHT_SIDE,
    Stance.LEFT_SIDE,
    Stance.ALL_FOURS,
)


@dataclass(frozen=True, slots=True)
class Script:
    """One set of an exercise after calibration, or a programme of some minutes.

    Parameters
    ----------
    exercise, programme
        The name of one of the two.
    minutes
        How long a programme takes at the tempo 1; its usual time where left out.
    repetitions, hold_s
        Of the exercise; drawn where left out.
    """

    exercise: str | None = None
    programme: str | None = None
    minutes: float | None = None
    repetitions: int | None = None
    hold_s: float | None = None

    @property
    def name(self) -> str:
        """What is done."""
        return self.exercise or self.programme or ""

    def programme_for(self, rng: np.random.Generator) -> Programme:
        """Return what to do; the generator draws what is left open.

        Raises
        ------
        ValueError
            Names the parameter and what is allowed.
        """
        if self.exercise is not None and self.programme is None:
            return self._around_one_set(self.exercise, rng)
        if self.programme is not None and self.exercise is None:
            return self._whole(self.programme, rng)
        raise ValueError("choose either an exercise or a programme: --exercise or --programme")

    def _around_one_set(self, exercise: str, rng: np.random.Generator) -> Programme:
        """Stand, bend as calibration asks, do the set, and rest."""
        if self.minutes is not None:
            raise ValueError("minutes is for a programme: choose --repetitions or --hold")
        activity = activity_named(exercise, rng, repetitions=self.repetitions, hold_s=self.hold_s)
        if self.repetitions is not None and not _has(activity, "repetitions", "holds"):
            raise ValueError(f"{exercise} has no repetitions: leave them out")
        if self.hold_s is not None and not _has(activity, "hold_s"):
            raise ValueError(f"{exercise} has no hold: leave it out")
        standing = Stance.STANDING
        around: list[Activity] = [Rest(standing, 6.0), Bows(3), Rest(standing, 3.0), activity]
        if activity.stance in _SETTLED:
            around.insert(-1, Rest(activity.stance, float(rng.uniform(1.5, 6.0))))
        return Programme((*around, Rest(standing, 5.0)))

    def _whole(self, programme: str, rng: np.random.Generator) -> Programme:
        if self.repetitions is not None or self.hold_s is not None:
            raise ValueError("repetitions and hold are for an exercise: choose --minutes")
        return programme_named(programme, rng, self.minutes)


def _has(activity: Activity, *names: str) -> bool:
    return any(hasattr(activity, name) for name in names)
