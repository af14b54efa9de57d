"""The glute bridge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from lumbar_sim.activities.repetitions import Fault, Repetitions, Tempo
from lumbar_sim.body import Stance
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


@dataclass(frozen=True, slots=True)
class GluteBridge:
    """Lift the pelvis from lying on the back.

    L5 turns by 25 (15 to 40) degrees and rises by 0.22 m, in 3 to 6 s (reference simulation).
    """

    repetitions: int = 6
    range_deg: float = 24.0
    up_s: float = 1.7
    top_s: float = 0.8
    down_s: float = 1.8
    pause_s: float = 0.4
    faults: tuple[Fault, ...] = ()
    stance: ClassVar[Stance] = Stance.SUPINE

    LIFT: ClassVar[float] = 0.128  # of stature, for 24 degrees: 0.22 m in a body of 1.72 m

    def __post_init__(self) -> None:
        require("repetitions", self.repetitions, 1, 50)
        require("range_deg", self.range_deg, 15.0, 40.0)
        require("up_s", self.up_s, 0.8, 5.0)
        require("top_s", self.top_s, 0.0, 30.0)
        require("down_s", self.down_s, 0.8, 5.0)
        require("pause_s", self.pause_s, 0.0, 30.0)

    def perform(self, performance: Performance) -> None:
        """Lift and lower; the height follows the range."""
        base = performance.pose
        stature_m = performance.body.height_m

        def top(range_deg: float, _: int) -> Pose:
            lift_m = self.LIFT * stature_m * range_deg / 24.0
            return replace(
                base,
                pitch_deg=base.pitch_deg + range_deg,
                height_m=base.height_m + lift_m,
                back_m=base.back_m + 0.15 * lift_m,
            )

        Repetitions(
            Exercise.GLUTE_BRIDGE,
            self.repetitions,
            Tempo(self.up_s, self.top_s, self.down_s, self.pause_s),
            self.range_deg,
            (15.0, 40.0),
            top,
            self.faults,
        ).perform(performance)
