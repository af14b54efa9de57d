"""On a chair and in a car: sitting down, standing up, tying shoes, driving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.activities.resting import Linger
from lumbar_sim.body import Stance
from lumbar_sim.labelling import Span
from lumbar_sim.limits import require
from lumbar_sim.motion import STANDARD_GRAVITY
from lumbar_sim.oscillation import Oscillation
from lumbar_sim.performance import Performance


@dataclass(frozen=True, slots=True)
class SitDown:
    """Sit down on a chair and stand up again, some times, as a day asks for it.

    The pelvis tips to about 35 degrees on the way and ends at another angle than it began, 0.36 m
    lower (reference simulation: 8, 35, -7.5).
    """

    times: int = 3
    sit_s: float = 15.0
    stand_s: float = 10.0
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("times", self.times, 1, 100)
        require("sit_s", self.sit_s, 1.0, 36000.0)
        require("stand_s", self.stand_s, 0.5, 36000.0)

    def perform(self, performance: Performance) -> None:
        """Sit, stand, sit; never for the same time."""
        for _ in range(self.times):
            for stance, mean_s in ((Stance.CHAIR, self.sit_s), (Stance.STANDING, self.stand_s)):
                performance.go_to(stance)
                stay_s = 1.0 + mean_s * performance.rng.uniform(0.3, 1.7)
                Linger(stance, stay_s, 25.0, 4.0).perform(performance)


@dataclass(frozen=True, slots=True)
class TieShoes:
    """Bend down to one shoe and to the other, sitting or with a foot on a step."""

    stance: Stance = Stance.CHAIR
    tie_s: float = 9.0

    def __post_init__(self) -> None:
        require("tie_s", self.tie_s, 2.0, 120.0)

    def perform(self, performance: Performance) -> None:
        """Bend to each side, fumble, come up."""
        start_s, base, rng = performance.now_s, performance.pose, performance.rng
        for side in (1.0, -1.0):
            range_deg = rng.uniform(28.0, 42.0) + (18.0 if self.stance is Stance.STANDING else 0.0)
            down = replace(
                base,
                pitch_deg=base.pitch_deg + range_deg,
                lean_deg=base.lean_deg + side * rng.uniform(3.0, 9.0),
                height_m=base.height_m - (0.08 if self.stance is Stance.STANDING else 0.0),
                back_m=base.back_m + 0.06 * np.sin(np.deg2rad(range_deg)),
            )
            performance.move_to(down, performance.at_pace(rng.uniform(1.0, 1.8)))
            begun_s = performance.now_s
            for _ in range(rng.integers(2, 5)):
                wriggled = replace(
                    down,
                    pitch_deg=down.pitch_deg + rng.uniform(-4.0, 4.0),
                    roll_deg=down.roll_deg + rng.uniform(-3.0, 3.0),
                )
                performance.stay(self.tie_s * rng.uniform(0.1, 0.3))
                performance.move_to(wriggled, rng.uniform(0.5, 1.0))
            span = Span(begun_s, performance.now_s)
            performance.add(unrest.vibration(span, 15.0, (1.0, 4.0), 0.4, rng))
            performance.move_to(base, performance.at_pace(rng.uniform(0.9, 1.6)))
            performance.stay(rng.uniform(0.5, 4.0))
        performance.live("tying_shoes", start_s)


@dataclass(frozen=True, slots=True)
class CarRide:
    """Sit in a car that accelerates, brakes, turns and shakes.

    Town traffic: up to about 0.25 g of braking and cornering within seconds, 20 to 60 mg of
    shaking by the road between 1 and 14 Hz (chosen). The car moves to and fro about its mean speed.
    """

    duration_s: float = 120.0
    stance: ClassVar[Stance] = Stance.CAR

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 10.0, 36000.0)

    def perform(self, performance: Performance) -> None:
        """Sit still while the car does not."""
        start_s, rng = performance.now_s, performance.rng
        base = performance.pose
        end_s = start_s + self.duration_s
        while performance.now_s < end_s - 2.0:
            stretch_s = min(rng.uniform(20.0, 60.0), end_s - performance.now_s)
            span = Span(performance.now_s, performance.now_s + stretch_s)
            performance.add(*_road(span, rng))
            performance.stay(max(0.5, stretch_s - 2.0))
            turned = replace(
                base,
                pitch_deg=base.pitch_deg + rng.uniform(-2.0, 2.0),
                lean_deg=rng.uniform(-2.5, 2.5),
            )
            performance.move_to(turned, min(1.5, stretch_s))
            performance.stay(max(0.0, span.end_s - performance.now_s))
        performance.move_to(base, 1.0)
        performance.live("car_ride", start_s)


def _road(span: Span, rng: np.random.Generator) -> list[Oscillation]:
    """Return a stretch of road: traffic below 0.15 Hz, the springs, and the surface."""
    frequency_hz = np.sort(rng.uniform(0.04, 0.15, 5))
    acceleration = STANDARD_GRAVITY * rng.uniform(0.02, 0.09, 5)
    shift_m = acceleration / (2.0 * np.pi * frequency_hz) ** 2
    amplitude = np.zeros((5, 6))
    amplitude[:, 5] = shift_m * rng.uniform(0.4, 1.0, 5)
    amplitude[:, 4] = shift_m * rng.uniform(0.2, 0.9, 5)
    amplitude[:, 2] = np.deg2rad(0.5)
    phase_rad = rng.uniform(0.0, 2.0 * np.pi, amplitude.shape)
    fade_s = 0.35 * span.duration_s
    traffic = Oscillation(span.start_s, span.end_s, fade_s, frequency_hz, amplitude, phase_rad)
    rough = rng.uniform(0.4, 1.4)
    return [
        traffic,
        unrest.vibration(span, 25.0 * rough, (1.0, 2.2), 0.25, rng),
        unrest.vibration(span, 25.0 * rough, (5.0, 14.0), 0.05, rng),
    ]
