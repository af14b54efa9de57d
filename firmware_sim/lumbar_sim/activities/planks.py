"""Planks, on the forearms and against the wall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.activities.holds import HoldDeviation, hold, require_room
from lumbar_sim.body import Stance
from lumbar_sim.labelling import PlannedSet
from lumbar_sim.limits import require
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


@dataclass(frozen=True, slots=True)
class ForearmPlank:
    """Hold a plank on the forearms, shaking more and more; it may give way, once or often.

    L5 lies at 78 to 90 degrees (reference simulation: 85 to 79); ``pitch_deg`` is found after the
    knees have left the floor, where it is not the usual one.
    """

    hold_s: float = 25.0
    deviations: tuple[HoldDeviation, ...] = ()
    pitch_deg: float | None = None
    stance: ClassVar[Stance] = Stance.FOREARM_PLANK

    def __post_init__(self) -> None:
        require("hold_s", self.hold_s, 2.0, 600.0)
        if self.pitch_deg is not None:
            require("pitch_deg", self.pitch_deg, 78.0, 90.0)
        require_room(self.deviations, self.hold_s)

    def perform(self, performance: Performance) -> None:
        """Hold, give way where asked, and shake from the first lift of the knees."""
        if self.pitch_deg is not None:
            offset_deg = performance.wearer.support_pitch_deg
            found = replace(performance.pose, pitch_deg=self.pitch_deg + offset_deg)
            performance.move_to(found, 0.7, 0.3)
        _shake_while_holding(
            performance, Exercise.FOREARM_PLANK, self.hold_s, self.deviations, share=1.0
        )


@dataclass(frozen=True, slots=True)
class WallPlank:
    """Lean on the forearms against a wall, in one line from head to heels.

    10 to 40 degrees from upright, still, with the shaking of a light load (estimate).
    """

    hold_s: float = 20.0
    lean_deg: float = 22.0
    deviations: tuple[HoldDeviation, ...] = ()
    stance: ClassVar[Stance] = Stance.WALL_PLANK

    def __post_init__(self) -> None:
        require("hold_s", self.hold_s, 2.0, 600.0)
        require("lean_deg", self.lean_deg, 10.0, 40.0)
        require_room(self.deviations, self.hold_s)

    def perform(self, performance: Performance) -> None:
        """Walk the feet back until the lean is right, hold, give way where asked."""
        leg_m = performance.body.leg_m
        lean_rad = np.deg2rad(self.lean_deg)
        leant = replace(
            performance.pose,
            pitch_deg=self.lean_deg + 0.5 * performance.wearer.standing_pitch_deg,
            height_m=leg_m * float(np.cos(lean_rad)),
            back_m=performance.pose.back_m + 0.3 * leg_m * float(np.sin(lean_rad) - 0.375),
        )
        performance.move_to(leant, performance.at_pace(1.0), 0.2)
        _shake_while_holding(
            performance, Exercise.WALL_PLANK, self.hold_s, self.deviations, share=0.4
        )


def _shake_while_holding(
    performance: Performance,
    exercise: Exercise,
    hold_s: float,
    deviations: tuple[HoldDeviation, ...],
    share: float,
) -> None:
    """Hold, with a share of the wearer's shaking."""
    span, given_way = hold(performance, hold_s, deviations)
    wearer = performance.wearer
    gain = (0.5, 1.5 * (1.0 + wearer.fatigue))
    performance.add(unrest.tremor(span, share * wearer.tremor_mg, gain, performance.rng))
    performance.sets.append(PlannedSet(exercise, holds=(span,), deviations=given_way))
