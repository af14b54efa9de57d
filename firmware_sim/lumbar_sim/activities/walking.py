"""Going on foot: on the flat and on stairs.

The wearer walks on the spot: a steady speed is not felt. What is not there is the push of the
first and the last step, about 0.1 g for half a second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.body import Stance
from lumbar_sim.labelling import Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.unrest import Gait

TURN_DPS = 110.0  # chosen: walking people take a second and a half to two for half a turn


def walking_gait(cadence_hz: float) -> Gait:
    """Return level walking at a cadence of 1.3 to 2.3 steps a second.

    Chosen so that L5 feels what open recordings of older adults show at 1.7 steps a second:
    0.12 g RMS up and down, 0.11 g forward, 0.08 g sideways; faster steps are longer and harder.
    """
    brisk = cadence_hz / 1.7
    return Gait(
        cadence_hz,
        vertical_m=0.0125 * brisk,
        forward_m=0.0105 * brisk,
        sideways_m=0.022 / brisk,
        impact_g=0.07 * brisk**2,
        list_deg=3.0 * brisk,
        turn_deg=4.0 * brisk,
        rock_deg=1.2 * brisk,
    )


@dataclass(frozen=True, slots=True)
class Walk:
    """Walk about, in legs of some steps with turns between them."""

    duration_s: float
    cadence_hz: float = 1.75
    turn_every_s: float = 12.0
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 2.0, 3600.0)
        require("cadence_hz", self.cadence_hz, 1.3, 2.3)
        require("turn_every_s", self.turn_every_s, 3.0, 600.0)

    def perform(self, performance: Performance) -> None:
        """Walk a leg, turn while walking on, and so forth; face the old way at the end."""
        start_s, base, rng = performance.now_s, performance.pose, performance.rng
        end_s = start_s + self.duration_s
        lean_deg = rng.uniform(1.0, 5.0)
        heading_deg = 0.0
        performance.move_to(_leant(base, lean_deg, 0.0), min(1.0, 0.4 * self.duration_s))
        leg_start_s = start_s
        while end_s - performance.now_s > 8.0:
            leg_s = min(self.turn_every_s * rng.uniform(0.4, 1.6), end_s - performance.now_s - 6.0)
            performance.stay(max(0.5, leg_s))
            angle_deg = float(rng.choice([-90.0, 90.0, 180.0, 45.0, -30.0]))
            heading_deg = (heading_deg + angle_deg) % 360.0
            turn_s = abs(angle_deg) / TURN_DPS + rng.uniform(0.3, 0.8)
            performance.move_to(_leant(base, lean_deg, heading_deg), turn_s)
            self._step(performance, leg_start_s, performance.now_s)
            leg_start_s = performance.now_s - 0.5  # one gait fades into the next
        facing_deg = 180.0 - abs(heading_deg - 180.0)
        stop_s = min(end_s - performance.now_s, 1.2 + facing_deg / TURN_DPS)
        performance.stay(max(0.0, end_s - performance.now_s - stop_s))
        performance.move_to(base, max(0.5, stop_s))
        self._step(performance, leg_start_s, performance.now_s)
        performance.live("walking", start_s)

    def _step(self, performance: Performance, start_s: float, end_s: float) -> None:
        """Add the steps of a leg; none is quite like the one before."""
        rng = performance.rng
        cadence_hz = self.cadence_hz * performance.wearer.tempo_scale**0.5
        gait = walking_gait(cadence_hz * (1.0 + 0.04 * rng.standard_normal()))
        size = 1.0 + 0.1 * rng.uniform(-1.0, 1.0)
        gait = replace(gait, vertical_m=gait.vertical_m * size, impact_g=gait.impact_g * size)
        span = Span(start_s, end_s)
        performance.add(unrest.steps(span, gait, float(rng.integers(2)), rng))
        performance.add(unrest.vibration(span, 12.0, (2.5, 12.0), 0.15, rng))


@dataclass(frozen=True, slots=True)
class Stairs:
    """Climb some flights, and come down again.

    A step is 0.17 m; going down is harder on the pelvis than going up.
    """

    flights: int = 1
    steps: int = 13
    stance: ClassVar[Stance] = Stance.STANDING

    RISE_M: ClassVar[float] = 0.17

    def __post_init__(self) -> None:
        require("flights", self.flights, 1, 30)
        require("steps", self.steps, 2, 30)

    def perform(self, performance: Performance) -> None:
        """Climb, turn on the landing, come down."""
        start_s, base, rng = performance.now_s, performance.pose, performance.rng
        height_m, heading_deg = base.height_m, 0.0
        for direction in (1.0, -1.0):
            for _ in range(self.flights):
                height_m += direction * self.RISE_M * self.steps
                lean_deg = rng.uniform(8.0, 13.0) if direction > 0.0 else rng.uniform(0.0, 4.0)
                self._flight(performance, height_m, heading_deg, lean_deg)
                heading_deg = (heading_deg + 180.0) % 360.0
                turned = replace(performance.pose, heading_deg=heading_deg, pitch_deg=2.0)
                performance.move_to(turned, rng.uniform(1.8, 2.6))
        performance.move_to(base, 1.0)
        performance.live("stairs", start_s)

    def _flight(
        self, performance: Performance, height_m: float, heading_deg: float, lean_deg: float
    ) -> None:
        """Go one flight, step by step."""
        rng, begun_s = performance.rng, performance.now_s
        rises = height_m > performance.pose.height_m
        cadence_hz = rng.uniform(1.4, 1.9) * performance.wearer.tempo_scale**0.5
        flight_s = self.steps / cadence_hz
        above = replace(
            performance.pose,
            pitch_deg=lean_deg,
            heading_deg=heading_deg,
            height_m=height_m,
        )
        performance.go_steadily(above, flight_s)
        level = walking_gait(cadence_hz)
        gait = replace(
            level,
            vertical_m=level.vertical_m * (1.3 if rises else 1.5),
            forward_m=0.8 * level.forward_m,
            impact_g=level.impact_g * (1.0 if rises else 2.2),
            rock_deg=2.0 * level.rock_deg,
        )
        span = Span(begun_s, performance.now_s)
        performance.add(unrest.steps(span, gait, float(rng.integers(2)), rng))
        performance.add(unrest.vibration(span, 15.0, (2.5, 12.0), 0.2, rng))


def _leant(base: Pose, lean_deg: float, heading_deg: float) -> Pose:
    """Return how one walks: a little forward, and now this way, now that."""
    lowered_m = 0.01 * np.sin(np.deg2rad(lean_deg))
    return replace(
        base,
        pitch_deg=base.pitch_deg + lean_deg,
        heading_deg=heading_deg,
        height_m=base.height_m - 0.01 - lowered_m,
    )
