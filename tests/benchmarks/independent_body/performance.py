"""One trace's performance: standing, the way down, one set, the way back, standing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from movement import Movement, between
from numpy.typing import NDArray
from poser import Poser
from repertoire import Repertoire
from tempo import Style
from timeline import Piece, Span, Timeline
from unrest import MOVING, STANDING

Array = NDArray[np.float64]

STAND_S = 10.0  # before the exercise: what a calibration can use
STAND_AFTER_S = 4.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done; ``deviation`` is sag or pike, of the forearm plank."""

    exercise: str
    repetitions: int  # or holds
    out_s: float  # the time of a way out
    pause_s: float  # at the far end: of a hold its length
    amplitude: float  # share of the full way
    is_held: bool
    deviation: str | None = None


class Performer:
    """Appends what one person does to a timeline; keeps the pose that was reached."""

    def __init__(self, poser: Poser, style: Style, rng: np.random.Generator) -> None:
        self._poser, self._rng = poser, rng
        self.timeline = Timeline(style)

    def perform(self, can: Repertoire, plan: Plan) -> Timeline:
        """Return the whole performance of a plan."""
        self._stand(can.way[0], STAND_S)
        self._walk_through(can.way[1:], "getting_down")
        if plan.exercise in ("forearm_plank", "wall_plank"):
            self._planks(can, plan)
        else:
            self._set(can, plan)
        self._walk_through(can.way[::-1], "getting_up")
        self._stand(can.way[0], STAND_AFTER_S)
        return self.timeline

    def _stand(self, pose: Array, duration_s: float) -> None:
        piece = self._go([pose, pose], duration_s, STANDING)
        self._everyday("standing", piece.start_s)

    def _walk_through(self, poses: list[Array], kind: str) -> None:
        start_s = self.timeline.end_s
        for pose in poses:
            self._go([self._now(), pose], self._varied(2.0), MOVING)
            self._go([pose, pose], self._varied(0.6), MOVING)
        if poses:
            self._everyday(kind, start_s)

    def _set(self, can: Repertoire, plan: Plan) -> None:
        movements = can.movements
        if plan.exercise == "side_lying_leg_raise":  # one side is one set
            movements = [movements[int(self._rng.integers(2))]]
        effort, back_to_out = can.recipe.effort, self.timeline.style.back_to_out
        for number in range(plan.repetitions):
            movement = movements[number % len(movements)]
            rest_s = 2.5 if number == 0 or plan.is_held else 0.7
            self._go([self._now(), movement.qpos(0.0)], self._varied(rest_s), effort)
            far = min(plan.amplitude * self._varied(1.0), 1.0)
            out = self.timeline.move(movement, 0.0, far, self._varied(plan.out_s), effort)
            self.timeline.move(movement, far, far, self._varied(plan.pause_s), effort)
            back_s = self._varied(plan.out_s * back_to_out)
            back = self.timeline.move(movement, far, 0.0, back_s, effort)
            if plan.is_held:
                self._hold(out.time_at(0.9), back.time_at(0.1))
            else:
                span = Span("", out.start_s, back.end_s)
                self.timeline.repetitions.append(span)

    def _planks(self, can: Repertoire, plan: Plan) -> None:
        movement, base, effort = can.movements[0], can.way[-1], can.recipe.effort
        phase = 0.0 if plan.exercise == "forearm_plank" else plan.amplitude
        straight = movement.qpos(phase)
        for _ in range(plan.repetitions):
            self._go([self._now(), base], 4.0, MOVING)
            out = self._go([base, straight], self._varied(plan.out_s), effort)
            self._go([straight, straight], 0.6 * plan.pause_s, effort)
            if plan.deviation is not None:
                self._deviate(movement, plan, effort)
            self._go([straight, straight], 0.4 * plan.pause_s, effort)
            back = self._go([straight, base], self._varied(plan.out_s), effort)
            self._hold(out.time_at(0.9), back.time_at(0.1))

    def _deviate(self, movement: Movement, plan: Plan, effort: tuple[float, float, float]) -> None:
        far = plan.amplitude if plan.deviation == "sag" else -plan.amplitude
        out = self.timeline.move(movement, 0.0, far, 1.5, effort)
        self.timeline.move(movement, far, far, 4.0, effort)
        back = self.timeline.move(movement, far, 0.0, 1.5, effort)
        span = Span(str(plan.deviation), out.start_s, back.end_s)
        self.timeline.deviations.append(span)

    def _go(
        self, poses: list[Array], duration_s: float, level: tuple[float, float, float]
    ) -> Piece:
        return self.timeline.move(between(self._poser, poses), 0.0, 1.0, duration_s, level)

    def _now(self) -> Array:
        return self.timeline.qpos(self.timeline.end_s)

    def _varied(self, value: float) -> float:
        spread = self.timeline.style.unevenness
        return value * float(np.clip(self._rng.normal(1.0, spread), 0.7, 1.3))

    def _hold(self, start_s: float, end_s: float) -> None:
        self.timeline.holds.append(Span("", start_s, end_s))

    def _everyday(self, kind: str, start_s: float) -> None:
        self.timeline.everyday.append(Span(kind, start_s, self.timeline.end_s))
