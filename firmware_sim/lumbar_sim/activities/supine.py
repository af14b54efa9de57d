"""Exercises on the back that do not lift the pelvis: pelvic tilt, dead bug, knees to chest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from lumbar_sim import unrest
from lumbar_sim.activities.repetitions import Fault, Repetitions, Tempo
from lumbar_sim.body import Stance
from lumbar_sim.labelling import PlannedSet, Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


@dataclass(frozen=True, slots=True)
class PelvicTilt:
    """Press the hollow of the back to the floor and let go.

    12 (5 to 18) degrees in 3 to 8 s; the pelvis rolls and does not rise (reference simulation).
    """

    repetitions: int = 8
    range_deg: float = 12.0
    tempo: Tempo = field(default=Tempo(1.6, 1.2, 1.6, 0.8))
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.SUPINE

    def perform(self, performance: Performance) -> None:
        """Roll the pelvis over its own back."""
        base, body = performance.pose, performance.body

        def tilted(range_deg: float, _: int) -> Pose:
            return body.pivoted(base, replace(base, pitch_deg=base.pitch_deg + range_deg))

        Repetitions(
            Exercise.PELVIC_TILT,
            self.repetitions,
            self.tempo,
            self.range_deg,
            (5.0, 18.0),
            tilted,
            self.faults,
            tremor_mg=1.0,
            wander=0.3,
        ).perform(performance)


@dataclass(frozen=True, slots=True)
class DeadBug:
    """Lower one arm and the other leg, in turns, with a steady back; each side counts.

    Done well L5 turns by 1 to 5 degrees, part of it to alternating sides, in 3 to 6 s (reference
    simulation).
    """

    repetitions: int = 10
    range_deg: float = 3.0
    tempo: Tempo = field(default=Tempo(1.8, 0.6, 1.8, 0.5))
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.SUPINE

    def perform(self, performance: Performance) -> None:
        """Lift the legs, lower limbs in turns, put the legs down."""
        rest, body = performance.pose, performance.body
        base = body.pivoted(rest, replace(rest, pitch_deg=rest.pitch_deg + 3.0))
        performance.move_to(base, performance.at_pace(1.2))
        performance.stay(0.6)
        sideways = performance.rng.uniform(0.4, 0.8)

        def lowered(range_deg: float, i: int) -> Pose:
            side = 1.0 if i % 2 == 0 else -1.0
            roll_deg = sideways * range_deg
            pitch_deg = (range_deg**2 - roll_deg**2) ** 0.5
            turned = replace(
                base,
                pitch_deg=base.pitch_deg - pitch_deg,
                roll_deg=base.roll_deg + side * roll_deg,
            )
            return body.pivoted(base, turned)

        Repetitions(
            Exercise.DEAD_BUG,
            self.repetitions,
            self.tempo,
            self.range_deg,
            (1.0, 5.0),
            lowered,
            self.faults,
            tremor_mg=2.0,
            wander=0.5,
        ).perform(performance)
        performance.stay(0.5)
        performance.move_to(rest, performance.at_pace(1.2))
        performance.bump(0.04)


@dataclass(frozen=True, slots=True)
class KneesToChest:
    """Pull the knees to the chest: long holds, or repetitions of 5 to 10 s where ``tempo`` is set.

    17 (10 to 35) degrees, hardly a lift, a little rocking while holding (reference simulation).
    """

    holds: int = 2
    hold_s: float = 20.0
    range_deg: float = 17.0
    tempo: Tempo | None = None
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.SUPINE

    LIMITS_DEG: ClassVar[tuple[float, float]] = (10.0, 35.0)

    def __post_init__(self) -> None:
        require("holds", self.holds, 1, 20)
        require("hold_s", self.hold_s, 5.0, 120.0)
        require("range_deg", self.range_deg, *self.LIMITS_DEG)

    def perform(self, performance: Performance) -> None:
        """Pull, and hold or let go."""
        base, body = performance.pose, performance.body
        nominal_deg = performance.supple_range(self.range_deg, *self.LIMITS_DEG)

        def pulled(range_deg: float, _: int) -> Pose:
            turned = body.pivoted(base, replace(base, pitch_deg=base.pitch_deg + range_deg))
            return replace(turned, height_m=turned.height_m + 6e-4 * range_deg)

        if self.tempo is not None:
            Repetitions(
                Exercise.KNEES_TO_CHEST,
                self.holds,
                self.tempo,
                nominal_deg,
                self.LIMITS_DEG,
                pulled,
                self.faults,
                tremor_mg=1.0,
                wander=0.3,
            ).perform(performance)
            return
        spans = []
        for i in range(self.holds):
            range_deg = performance.scaled_range(nominal_deg, *self.LIMITS_DEG)
            performance.move_to(pulled(range_deg, i), performance.at_pace(2.2))
            span = Span(performance.now_s, performance.now_s + self.hold_s)
            performance.stay(self.hold_s)
            performance.add(unrest.rocking(span, 0.6, performance.rng))
            spans.append(span)
            performance.move_to(base, performance.at_pace(2.2))
            performance.stay(2.0 * performance.wearer.pause_scale)
        performance.sets.append(PlannedSet(Exercise.KNEES_TO_CHEST, holds=tuple(spans)))
