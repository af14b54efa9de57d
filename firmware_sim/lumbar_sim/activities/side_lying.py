"""The side-lying leg raise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lumbar_sim.activities.repetitions import Fault, Repetitions, Tempo
from lumbar_sim.body import Stance
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import Exercise


@dataclass(frozen=True, slots=True)
class SideLyingLegRaise:
    """Lift the upper leg, lying on one side: the pelvis hitches.

    3 to 10 degrees in 2 to 4 s, most of it in the plane of the body and some of it a roll backwards
    (estimate).
    """

    repetitions: int = 8
    range_deg: float = 6.0
    tempo: Tempo = field(default=Tempo(1.3, 0.4, 1.3, 0.5))
    faults: tuple[Fault, ...] = ()
    stance: Stance = Stance.RIGHT_SIDE

    def perform(self, performance: Performance) -> None:
        """Hitch and let go."""
        base, body = performance.pose, performance.body
        upper = 1.0 if self.stance is Stance.RIGHT_SIDE else -1.0
        rolling = performance.rng.uniform(0.2, 0.6)

        def raised(range_deg: float, _: int) -> Pose:
            roll_deg = rolling * range_deg
            lean_deg = (range_deg**2 - roll_deg**2) ** 0.5
            return replace(
                base,
                roll_deg=base.roll_deg + upper * roll_deg,
                lean_deg=base.lean_deg + upper * lean_deg,
                height_m=base.height_m + 3e-4 * range_deg * body.height_m,
            )

        Repetitions(
            Exercise.SIDE_LYING_LEG_RAISE,
            self.repetitions,
            self.tempo,
            self.range_deg,
            (3.0, 10.0),
            raised,
            self.faults,
            tremor_mg=3.0,
            wander=0.5,
            landing_g=0.02,
        ).perform(performance)
