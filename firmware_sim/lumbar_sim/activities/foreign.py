"""Regular exercise that is none of the programme's: sets of an unknown exercise with a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.activities.repetitions import Repetitions, Tempo, work
from lumbar_sim.body import Stance
from lumbar_sim.labelling import PlannedSet, Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise
from lumbar_sim.unrest import Gait


@dataclass(frozen=True, slots=True)
class Squat:
    """Bend the knees and come up: the pelvis goes down by a quarter of stature and tips little."""

    repetitions: int = 10
    range_deg: float = 12.0
    tempo: Tempo = field(default=Tempo(1.2, 0.1, 1.1, 0.4))
    stance: ClassVar[Stance] = Stance.STANDING

    def perform(self, performance: Performance) -> None:
        """Go down and up."""
        base, stature_m = performance.pose, performance.body.height_m
        depth = performance.rng.uniform(0.16, 0.26)

        def low(range_deg: float, _: int) -> Pose:
            return replace(
                base,
                pitch_deg=base.pitch_deg + range_deg,
                height_m=base.height_m - depth * stature_m,
                back_m=base.back_m + 0.09 * stature_m,
            )

        _repeat(performance, "squat", self.repetitions, self.tempo, self.range_deg, (4, 30), low)


@dataclass(frozen=True, slots=True)
class Lunge:
    """Step forward, sink, and push back, with one leg and then with the other."""

    repetitions: int = 8
    range_deg: float = 8.0
    tempo: Tempo = field(default=Tempo(1.2, 0.3, 1.2, 0.6))
    stance: ClassVar[Stance] = Stance.STANDING

    def perform(self, performance: Performance) -> None:
        """Lunge, a leg at a time."""
        base, stature_m = performance.pose, performance.body.height_m
        tipped = performance.rng.uniform(0.5, 0.95)

        def low(range_deg: float, i: int) -> Pose:
            side = 1.0 if i % 2 == 0 else -1.0
            return replace(
                base,
                pitch_deg=base.pitch_deg + tipped * range_deg,
                lean_deg=base.lean_deg + side * (1.0 - tipped) * range_deg,
                roll_deg=base.roll_deg + side * 5.0,
                height_m=base.height_m - 0.17 * stature_m,
                back_m=base.back_m - 0.22 * stature_m,
            )

        _repeat(
            performance,
            "lunge",
            self.repetitions,
            self.tempo,
            self.range_deg,
            (3, 20),
            low,
            landing_g=0.2,
        )


@dataclass(frozen=True, slots=True)
class PushUp:
    """Lower the body in one line and press it up."""

    repetitions: int = 10
    range_deg: float = 13.0
    tempo: Tempo = field(default=Tempo(1.0, 0.1, 0.9, 0.3))
    stance: ClassVar[Stance] = Stance.HIGH_PLANK

    def perform(self, performance: Performance) -> None:
        """Down and up; the hips go down by half of what the shoulders do."""
        base, body = performance.pose, performance.body

        def low(range_deg: float, _: int) -> Pose:
            drop_m = 0.47 * body.height_m * float(np.sin(np.deg2rad(range_deg)))
            return replace(
                base, pitch_deg=base.pitch_deg + range_deg, height_m=base.height_m - drop_m
            )

        _repeat(
            performance,
            "push_up",
            self.repetitions,
            self.tempo,
            self.range_deg,
            (6, 20),
            low,
            tremor_mg=10.0,
        )


@dataclass(frozen=True, slots=True)
class SitUp:
    """Roll up from the back until the trunk is nearly upright, and down again."""

    repetitions: int = 10
    range_deg: float = 70.0
    tempo: Tempo = field(default=Tempo(1.3, 0.2, 1.5, 0.5))
    stance: ClassVar[Stance] = Stance.SUPINE

    def perform(self, performance: Performance) -> None:
        """Up and down, rolling over the seat."""
        base, body = performance.pose, performance.body

        def up(range_deg: float, _: int) -> Pose:
            forward_m = 0.04 * body.height_m * float(np.sin(np.deg2rad(range_deg)))
            return replace(
                base, pitch_deg=base.pitch_deg - range_deg, back_m=base.back_m + forward_m
            )

        _repeat(performance, "sit_up", self.repetitions, self.tempo, self.range_deg, (35, 95), up)


@dataclass(frozen=True, slots=True)
class Cobra:
    """Press the chest up from lying on the front; the hips stay near the floor."""

    repetitions: int = 6
    range_deg: float = 24.0
    tempo: Tempo = field(default=Tempo(2.0, 2.0, 2.0, 1.0))
    stance: ClassVar[Stance] = Stance.PRONE

    def perform(self, performance: Performance) -> None:
        """Arch and lie down."""
        base, stature_m = performance.pose, performance.body.height_m

        def arched(range_deg: float, _: int) -> Pose:
            lift_m = 0.03 * stature_m * range_deg / 24.0
            return replace(
                base,
                pitch_deg=base.pitch_deg - range_deg,
                height_m=base.height_m + lift_m,
                back_m=base.back_m + 0.3 * lift_m,
            )

        _repeat(
            performance, "cobra", self.repetitions, self.tempo, self.range_deg, (12, 40), arched
        )


@dataclass(frozen=True, slots=True)
class JumpingJacks:
    """Jump the feet apart and together; two landings are one repetition.

    Low jumps of about 5 cm, 1.5 to 2.2 landings a second, 1 to 2 g at the landings (chosen).
    """

    repetitions: int = 20
    landings_hz: float = 1.9
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("repetitions", self.repetitions, 2, 200)
        require("landings_hz", self.landings_hz, 1.5, 2.2)

    def perform(self, performance: Performance) -> None:
        """Jump at an even beat."""
        rng, start_s = performance.rng, performance.now_s
        beat_hz = self.landings_hz * performance.wearer.tempo_scale**0.3
        period_s = 2.0 / beat_hz
        spans = [
            Span(start_s + i * period_s, start_s + (i + 1) * period_s)
            for i in range(self.repetitions)
        ]
        gait = Gait(
            beat_hz,
            vertical_m=rng.uniform(0.035, 0.05),
            forward_m=0.006,
            sideways_m=0.008,
            impact_g=rng.uniform(0.15, 0.3),
            list_deg=1.0,
            turn_deg=1.5,
            rock_deg=3.0,
        )
        whole = Span(start_s, spans[-1].end_s)
        performance.add(unrest.steps(whole, gait, 0.0, rng))
        performance.add(unrest.vibration(whole, 30.0, (3.0, 12.0), 0.2, rng))
        performance.stay(whole.duration_s)
        work(performance, spans, 8.0)
        performance.sets.append(
            PlannedSet(Exercise.UNKNOWN, repetitions=tuple(spans), kind="jumping_jack")
        )


def _repeat(
    performance: Performance,
    kind: str,
    count: int,
    tempo: Tempo,
    range_deg: float,
    limits_deg: tuple[float, float],
    extreme: Callable[[float, int], Pose],
    *,
    tremor_mg: float = 4.0,
    landing_g: float = 0.0,
) -> None:
    """Perform a set of an unknown exercise."""
    Repetitions(
        Exercise.UNKNOWN,
        count,
        tempo,
        range_deg,
        limits_deg,
        extreme,
        kind=kind,
        tremor_mg=tremor_mg,
        landing_g=landing_g,
    ).perform(performance)
