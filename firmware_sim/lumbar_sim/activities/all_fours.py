"""Exercises on hands and knees: cat-cow and bird dog."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from lumbar_sim.activities.repetitions import Fault, Repetitions, Tempo
from lumbar_sim.body import Stance
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


@dataclass(frozen=True, slots=True)
class CatCow:
    """Round and arch the back on hands and knees, from arched to arched.

    L5 swings by 27 (20 to 45) degrees between about 91 (arched) and 65 (rounded), in 4 to 8 s
    (reference simulation); 3 s is brisk.
    """

    repetitions: int = 6
    range_deg: float = 27.0
    period_s: float = 4.5
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.ALL_FOURS

    def __post_init__(self) -> None:
        require("repetitions", self.repetitions, 1, 50)
        require("range_deg", self.range_deg, 20.0, 45.0)
        require("period_s", self.period_s, 3.0, 12.0)

    def perform(self, performance: Performance) -> None:
        """Arch, then round and arch again; the pelvis hardly travels."""
        neutral = performance.pose
        arched = self._turned(neutral, 0.5 * self.range_deg)
        half_s = 0.5 * self.period_s
        performance.move_to(arched, performance.at_pace(0.7 * half_s))
        Repetitions(
            Exercise.CAT_COW,
            self.repetitions,
            Tempo(half_s, 0.0, half_s, 0.0),
            self.range_deg,
            (20.0, 45.0),
            lambda range_deg, _: self._turned(arched, -range_deg),
            self.faults,
            tremor_mg=2.0,
        ).perform(performance)
        performance.move_to(neutral, performance.at_pace(0.7 * half_s))

    @staticmethod
    def _turned(pose: Pose, angle_deg: float) -> Pose:
        return replace(
            pose, pitch_deg=pose.pitch_deg + angle_deg, back_m=pose.back_m + 3e-4 * angle_deg
        )


@dataclass(frozen=True, slots=True)
class BirdDog:
    """Stretch out one arm and the other leg, in turns; each side counts.

    The pelvis lists by 2 to 8 degrees towards the lifted leg or away from it, pitches by at most
    5, and is held for 3 to 10 s (reference simulation). A hand and a foot that leave the floor and
    come back give bumps of 20 to 60 mg.
    """

    repetitions: int = 6
    range_deg: float = 4.0
    tempo: Tempo = field(default=Tempo(1.8, 4.0, 1.8, 0.8))
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.ALL_FOURS

    def perform(self, performance: Performance) -> None:
        """Shift the weight, reach, hold, come back, change sides."""
        base, stature_m = performance.pose, performance.body.height_m
        arch = performance.rng.uniform(0.0, 0.5)

        def reached(range_deg: float, i: int) -> Pose:
            side = 1.0 if i % 2 == 0 else -1.0
            pitch_deg = arch * range_deg
            roll_deg = (range_deg**2 - pitch_deg**2) ** 0.5
            return replace(
                base,
                pitch_deg=base.pitch_deg + pitch_deg,
                roll_deg=base.roll_deg + side * roll_deg,
                height_m=base.height_m + 0.004 * stature_m,
                left_m=base.left_m + side * 0.012 * stature_m,
            )

        Repetitions(
            Exercise.BIRD_DOG,
            self.repetitions,
            self.tempo,
            self.range_deg,
            (2.0, 8.0),
            reached,
            self.faults,
            tremor_mg=6.0,
            landing_g=0.03,
        ).perform(performance)
