"""Staying where one is: resting, sitting, lying, standing about."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lumbar_sim.body import LYING, SITTING, Stance
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance


def resting_kind(stance: Stance) -> str:
    """Return what a person would call staying in a stance."""
    if stance in LYING:
        return "lying"
    if stance in SITTING:
        return "sitting"
    return "standing" if stance is Stance.STANDING else "resting"


@dataclass(frozen=True, slots=True)
class Rest:
    """Stay in a stance without a stir."""

    stance: Stance
    duration_s: float

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 0.0, 86400.0)

    def perform(self, performance: Performance) -> None:
        """Stay."""
        start_s = performance.now_s
        performance.stay(self.duration_s)
        performance.live(resting_kind(self.stance), start_s)


@dataclass(frozen=True, slots=True)
class Linger:
    """Stay in a stance for long, with a shift of weight now and then.

    Parameters
    ----------
    shift_every_s
        Mean time between shifts; chosen by watching: half a minute when sitting at a table or
        standing, minutes when lying.
    shift_deg
        Size of a shift: sitting people slump, lean to one side and come back.
    """

    stance: Stance
    duration_s: float
    shift_every_s: float = 40.0
    shift_deg: float = 5.0

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 1.0, 86400.0)
        require("shift_every_s", self.shift_every_s, 3.0, 86400.0)
        require("shift_deg", self.shift_deg, 0.0, 20.0)

    def perform(self, performance: Performance) -> None:
        """Stay, shift, stay."""
        start_s, base = performance.now_s, performance.body.pose(self.stance)
        end_s = start_s + self.duration_s
        while True:
            wait_s = performance.rng.exponential(self.shift_every_s) + 1.0
            if performance.now_s + wait_s + 3.0 > end_s:
                break
            performance.stay(wait_s)
            performance.move_to(self._shifted(performance, base), performance.rng.uniform(0.7, 2.0))
            if performance.rng.random() < 0.3:
                performance.bump(0.03)
        performance.stay(max(0.0, end_s - performance.now_s))
        performance.live(resting_kind(self.stance), start_s)

    def _shifted(self, performance: Performance, base: Pose) -> Pose:
        pitch, roll, lean = performance.rng.standard_normal(3).clip(-2.0, 2.0) * self.shift_deg
        slump_deg = -0.7 * self.shift_deg if self.stance in SITTING else 0.0
        turned = replace(
            base,
            pitch_deg=base.pitch_deg + 0.8 * pitch + slump_deg,
            roll_deg=base.roll_deg + 0.5 * roll,
            lean_deg=base.lean_deg + 0.4 * lean,
        )
        if self.stance in LYING or self.stance in SITTING:
            return performance.body.pivoted(base, turned)
        aside_m = 0.02 * performance.rng.uniform(-1.0, 1.0)
        return replace(turned, left_m=base.left_m + aside_m)


@dataclass(frozen=True, slots=True)
class TurnOver:
    """Lie in bed and turn over now and then.

    Parameters
    ----------
    turns
        Places to lie, one after the other.
    lie_s
        Mean time in each.
    """

    turns: tuple[Stance, ...] = (
        Stance.BED_SUPINE,
        Stance.BED_LEFT_SIDE,
        Stance.BED_SUPINE,
        Stance.BED_RIGHT_SIDE,
    )
    lie_s: float = 60.0

    def __post_init__(self) -> None:
        require("turns", len(self.turns), 1, 1000)
        require("lie_s", self.lie_s, 2.0, 36000.0)

    @property
    def stance(self) -> Stance:
        """Where it begins."""
        return self.turns[0]

    def perform(self, performance: Performance) -> None:
        """Lie, turn, lie."""
        for stance in self.turns:
            performance.go_to(stance)
            lie_s = self.lie_s * performance.rng.uniform(0.5, 1.5)
            Linger(stance, lie_s, 120.0, 3.0).perform(performance)
