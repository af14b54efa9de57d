"""Bending from standing: the modified deadlift (a hip hinge), and the bows of calibration."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from lumbar_sim.activities.repetitions import Fault, Repetitions, Tempo, work
from lumbar_sim.body import Stance
from lumbar_sim.labelling import Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


def bent(base: Pose, range_deg: float, stature_m: float) -> Pose:
    """Return a standing pose bent at the hips, which go back and a little down."""
    return replace(
        base,
        pitch_deg=base.pitch_deg + range_deg,
        height_m=base.height_m - 0.02 * stature_m,
        back_m=base.back_m + 0.1 * stature_m * np.sin(np.deg2rad(range_deg)),
    )


@dataclass(frozen=True, slots=True)
class Bows:
    """Bend forward from standing and come back, as calibration asks: no exercise set.

    The pelvis takes 48 to 59 degrees of a full bend (Laird 2019).
    """

    count: int = 3
    range_deg: float = 50.0
    period_s: float = 2.5
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("count", self.count, 1, 50)
        require("range_deg", self.range_deg, 20.0, 75.0)
        require("period_s", self.period_s, 1.5, 8.0)

    def perform(self, performance: Performance) -> None:
        """Bend and come back."""
        base, stature_m = performance.pose, performance.body.height_m
        start_s, spans = performance.now_s, []
        parts = performance.varied_durations([0.5 * self.period_s, 0.5 * self.period_s], self.count)
        for down_s, up_s in parts:
            range_deg = performance.scaled_range(self.range_deg, 20.0, 75.0)
            begun = performance.move_to(bent(base, range_deg, stature_m), down_s)
            done = performance.move_to(base, up_s)
            spans.append(Span(begun.start_s, done.end_s))
        work(performance, spans, 3.0)
        performance.live("bowing", start_s)


@dataclass(frozen=True, slots=True)
class ModifiedDeadlift:
    """Hinge at the hips with a straight back and come up again.

    57 (40 to 75) degrees in 2.5 to 5 s, back to where it began (reference simulation).
    """

    repetitions: int = 8
    range_deg: float = 57.0
    tempo: Tempo = field(default=Tempo(1.9, 0.2, 1.6, 0.6))
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.STANDING

    LIMITS_DEG: ClassVar[tuple[float, float]] = (40.0, 75.0)

    def perform(self, performance: Performance) -> None:
        """Hinge and come up."""
        base, stature_m = performance.pose, performance.body.height_m
        Repetitions(
            Exercise.MODIFIED_DEADLIFT,
            self.repetitions,
            self.tempo,
            performance.supple_range(self.range_deg, *self.LIMITS_DEG),
            self.LIMITS_DEG,
            lambda range_deg, _: bent(base, range_deg, stature_m),
            self.faults,
        ).perform(performance)
