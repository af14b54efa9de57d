"""Stretches that are held: child's pose, seated hamstring stretch, supine spinal twist."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.activities.holds import hold
from lumbar_sim.body import Body, Stance
from lumbar_sim.labelling import PlannedSet, Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


@dataclass(frozen=True, slots=True)
class ChildsPose:
    """Sit back on the heels with the arms forward and stay, breathing.

    L5 lies between 60 and 105 degrees; the pelvis is lowered by 0.2 to 0.3 m and goes back
    (estimate).
    """

    hold_s: float = 25.0
    pitch_deg: float = 78.0
    stance: ClassVar[Stance] = Stance.CHILDS_POSE

    def __post_init__(self) -> None:
        require("hold_s", self.hold_s, 5.0, 300.0)
        require("pitch_deg", self.pitch_deg, 60.0, 105.0)

    def perform(self, performance: Performance) -> None:
        """Sink the last bit, and stay."""
        sunk = replace(performance.pose, pitch_deg=self.pitch_deg)
        performance.move_to(sunk, performance.at_pace(1.5), 0.8)
        span, _ = hold(performance, self.hold_s)
        performance.sets.append(PlannedSet(Exercise.CHILDS_POSE, holds=(span,)))


@dataclass(frozen=True, slots=True)
class SeatedHamstringStretch:
    """Reach for one foot and then for the other, sitting on the floor.

    From -10 to +5 degrees the pelvis tips forward by 20 to 45 and is held still (estimate).
    """

    holds: int = 2
    hold_s: float = 20.0
    range_deg: float = 30.0
    stance: ClassVar[Stance] = Stance.LONG_SITTING

    LIMITS_DEG: ClassVar[tuple[float, float]] = (20.0, 45.0)

    def __post_init__(self) -> None:
        require("holds", self.holds, 1, 20)
        require("hold_s", self.hold_s, 5.0, 120.0)
        require("range_deg", self.range_deg, *self.LIMITS_DEG)

    def perform(self, performance: Performance) -> None:
        """Tip forward a little to the side of the leg, hold, come back, change legs."""
        base, body = performance.pose, performance.body
        nominal_deg = performance.supple_range(self.range_deg, *self.LIMITS_DEG)
        spans = []
        for i in range(self.holds):
            side = 1.0 if i % 2 == 0 else -1.0
            range_deg = performance.scaled_range(nominal_deg, *self.LIMITS_DEG)
            tipped = replace(
                base, pitch_deg=base.pitch_deg + range_deg, lean_deg=side * 0.08 * range_deg
            )
            reach_s = performance.at_pace(3.0)
            performance.move_to(_over_the_seat(body, base, tipped), reach_s)
            span, _ = hold(performance, self.hold_s)
            performance.add(unrest.tremor(span, 1.5, (0.8, 1.2), performance.rng))
            spans.append(span)
            performance.move_to(base, performance.at_pace(2.4))
            _change_legs(performance)
        performance.sets.append(PlannedSet(Exercise.SEATED_HAMSTRING_STRETCH, holds=tuple(spans)))


@dataclass(frozen=True, slots=True)
class SupineSpinalTwist:
    """Let both knees sink to one side and then to the other, lying on the back.

    30 to 90 degrees about the spine, in 2 to 4 s, held for 15 to 60 s (estimate).
    """

    holds: int = 2
    hold_s: float = 20.0
    range_deg: float = 55.0
    stance: ClassVar[Stance] = Stance.SUPINE

    LIMITS_DEG: ClassVar[tuple[float, float]] = (30.0, 90.0)

    def __post_init__(self) -> None:
        require("holds", self.holds, 1, 20)
        require("hold_s", self.hold_s, 5.0, 120.0)
        require("range_deg", self.range_deg, *self.LIMITS_DEG)

    def perform(self, performance: Performance) -> None:
        """Roll over, stay, roll back, change sides."""
        base = performance.pose
        nominal_deg = performance.supple_range(self.range_deg, *self.LIMITS_DEG)
        spans: list[Span] = []
        first = performance.rng.choice([-1.0, 1.0])
        for i in range(self.holds):
            side = first if i % 2 == 0 else -first
            range_deg = performance.scaled_range(nominal_deg, *self.LIMITS_DEG)
            twisted = self._twisted(base, side * range_deg, performance.body.height_m)
            performance.move_to(twisted, performance.at_pace(2.8))
            span, _ = hold(performance, self.hold_s)
            spans.append(span)
            performance.move_to(base, performance.at_pace(2.6))
            performance.stay(1.5 * performance.wearer.pause_scale)
        performance.sets.append(PlannedSet(Exercise.SUPINE_SPINAL_TWIST, holds=tuple(spans)))

    @staticmethod
    def _twisted(base: Pose, angle_deg: float, stature_m: float) -> Pose:
        """Return the pelvis rolled onto one hip, whose centre rises by the half width."""
        sine = float(np.sin(np.deg2rad(angle_deg)))
        return replace(
            base,
            roll_deg=base.roll_deg + angle_deg,
            height_m=base.height_m + 0.035 * stature_m * abs(sine),
            left_m=base.left_m + 0.05 * stature_m * sine,
        )


def _over_the_seat(body: Body, base: Pose, tipped: Pose) -> Pose:
    """Return a tipped pose in which the hip has rolled forward over the sitting bones."""
    tip_rad = np.deg2rad(tipped.pitch_deg - base.pitch_deg)
    radius_m = 0.05 * body.height_m  # from the sitting bones to the hip centre
    forward_m = radius_m * float(np.sin(tip_rad))
    return replace(tipped, back_m=tipped.back_m + forward_m)  # facing backwards


def _change_legs(performance: Performance) -> None:
    """Shift from one buttock to the other while the legs change."""
    base = performance.pose
    shifted = replace(base, lean_deg=base.lean_deg + performance.rng.uniform(-4.0, 4.0))
    performance.move_to(shifted, performance.at_pace(0.8))
    performance.move_to(base, performance.at_pace(0.8), 0.1)
    performance.stay(1.0 * performance.wearer.pause_scale)
