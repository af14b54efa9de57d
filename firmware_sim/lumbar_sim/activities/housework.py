"""Work about the house: picking things up, vacuuming, wiping, standing in the kitchen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.activities.standing import bent
from lumbar_sim.activities.walking import walking_gait
from lumbar_sim.body import Stance
from lumbar_sim.labelling import Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance


def take_steps(performance: Performance, duration_s: float, cadence_hz: float = 1.5) -> None:
    """Take one step or two on the spot, in the pose of the moment."""
    span = Span(performance.now_s, performance.now_s + duration_s)
    foot = float(performance.rng.integers(2))
    performance.add(unrest.steps(span, walking_gait(cadence_hz), foot, performance.rng))
    performance.stay(duration_s)


@dataclass(frozen=True, slots=True)
class PickUp:
    """Pick things up from the floor, with steps between; some stoop, some bend their knees."""

    things: int = 5
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("things", self.things, 1, 200)

    def perform(self, performance: Performance) -> None:
        """Go there, bend, take it, come up, put it away."""
        base, rng = performance.pose, performance.rng
        for _ in range(self.things):
            start_s = performance.now_s
            take_steps(performance, rng.uniform(1.2, 5.0), rng.uniform(1.4, 1.9))
            range_deg = rng.uniform(30.0, 68.0)
            down = bent(base, range_deg, performance.body.height_m)
            knees = rng.uniform(0.0, 0.16) * performance.body.height_m
            down = replace(
                down, height_m=down.height_m - knees, lean_deg=base.lean_deg + rng.uniform(-9, 9)
            )
            performance.move_to(down, performance.at_pace(rng.uniform(0.8, 1.6)))
            performance.stay(rng.uniform(0.2, 1.8))
            performance.move_to(base, performance.at_pace(rng.uniform(0.8, 1.5)))
            performance.stay(rng.uniform(0.4, 3.0))
            performance.live("picking_up", start_s)


@dataclass(frozen=True, slots=True)
class Vacuum:
    """Push a vacuum cleaner to and fro, stooping, and take a step now and then."""

    duration_s: float = 60.0
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 5.0, 7200.0)

    def perform(self, performance: Performance) -> None:
        """Push and pull some times, step on."""
        start_s, base, rng = performance.now_s, performance.pose, performance.rng
        end_s = start_s + self.duration_s
        while performance.now_s < end_s - 2.0:
            stoop_deg = rng.uniform(10.0, 28.0)
            for _ in range(rng.integers(2, 7)):
                push_s = rng.uniform(0.6, 1.3)
                swing_deg = rng.uniform(4.0, 13.0)
                performance.move_to(self._stooped(base, stoop_deg + swing_deg, 0.05, rng), push_s)
                performance.move_to(self._stooped(base, stoop_deg, -0.05, rng), push_s)
            take_steps(performance, rng.uniform(0.8, 2.5))
        span = Span(start_s, performance.now_s)
        performance.add(unrest.vibration(span, 8.0, (2.0, 9.0), 0.1, rng))
        performance.move_to(base, 1.2)
        performance.live("vacuuming", start_s)

    @staticmethod
    def _stooped(base: Pose, pitch_deg: float, ahead_m: float, rng: np.random.Generator) -> Pose:
        return replace(
            base,
            pitch_deg=base.pitch_deg + pitch_deg,
            roll_deg=base.roll_deg + rng.uniform(-7.0, 7.0),
            lean_deg=base.lean_deg + rng.uniform(-3.0, 3.0),
            height_m=base.height_m - 0.02,
            back_m=base.back_m - ahead_m,
        )


@dataclass(frozen=True, slots=True)
class Wipe:
    """Wipe a table or a window in strokes, leaning over it, and move along."""

    duration_s: float = 40.0
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 5.0, 7200.0)

    def perform(self, performance: Performance) -> None:
        """Lean over, wipe a spot, go on to the next."""
        start_s, base, rng = performance.now_s, performance.pose, performance.rng
        end_s = start_s + self.duration_s
        while performance.now_s < end_s - 2.0:
            leant = replace(
                bent(base, rng.uniform(8.0, 42.0), performance.body.height_m),
                lean_deg=base.lean_deg + rng.uniform(-6.0, 6.0),
            )
            performance.move_to(leant, rng.uniform(0.8, 1.4))
            stroke_hz = rng.uniform(0.8, 1.7)
            span = Span(performance.now_s, performance.now_s + rng.uniform(2.0, 9.0))
            band_hz = (0.85 * stroke_hz, 1.2 * stroke_hz)
            performance.add(unrest.vibration(span, 18.0, band_hz, rng.uniform(0.6, 2.0), rng))
            performance.stay(span.duration_s)
            take_steps(performance, rng.uniform(0.7, 1.6))
        performance.move_to(base, 1.2)
        performance.live("wiping", start_s)
