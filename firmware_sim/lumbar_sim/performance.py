"""A performance under way: the clock, the stance, and the moves made so far."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import unrest
from lumbar_sim.body import Body, Stance
from lumbar_sim.labelling import PlannedSet, Span
from lumbar_sim.motion import Jolt, Motion, Move, Oscillation, Pose
from lumbar_sim.transitions import Step, route
from lumbar_sim.wearer import Wearer


@dataclass
class Performance:
    """Builds up a wearer's motion, one movement after the other."""

    wearer: Wearer
    rng: np.random.Generator
    stance: Stance = Stance.STANDING
    now_s: float = 0.0
    sets: list[PlannedSet] = field(default_factory=list)
    _moves: list[Move] = field(default_factory=list)
    _added: list[Oscillation | Jolt] = field(default_factory=list)
    _stays: list[tuple[float, Stance]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.body = Body(self.wearer.height_m)
        self._start = self.pose = self.body.pose(self.stance)
        self._stays.append((0.0, self.stance))

    def move_to(self, pose: Pose, duration_s: float, overlap_s: float = 0.0) -> Span:
        """Reach for a pose; the reach may begin before the last one is over."""
        earliest_s = self._moves[-1].start_s if self._moves else 0.0
        start_s = max(self.now_s - overlap_s, earliest_s)
        move = Move(start_s, max(duration_s, self.now_s - start_s), pose)
        self._moves.append(move)
        self.now_s, self.pose = move.end_s, pose
        return Span(move.start_s, move.end_s)

    def at_pace(self, duration_s: float) -> float:
        """Return how long this wearer takes for what takes ``duration_s`` at the tempo 1."""
        return duration_s / self.wearer.tempo_scale

    def stay(self, duration_s: float) -> None:
        """Keep the pose."""
        self.now_s += duration_s

    def add(self, oscillation: Oscillation) -> None:
        """Add what the body does besides its moves."""
        self._added.append(oscillation)

    def go_to(self, stance: Stance) -> None:
        """Change the stance, on the way that people take."""
        for end, step in route(self.stance, stance):
            duration_s, overlap_s = self.at_pace(step.duration_s), self.at_pace(step.overlap_s)
            self.move_to(self._target(end, step), duration_s, overlap_s)
            if step.jolt_g:
                # the floor is met a little before the move is over
                self._added.append(unrest.jolt(self.now_s - 0.12, step.jolt_g, self.rng))
            if step.height is None:
                self.stance = end
                self._stays.append((self.now_s, end))

    def scaled_range(self, range_deg: float, low_deg: float, high_deg: float) -> float:
        """Return this repetition's range: the wearer's, varied, within the given limits."""
        varied = range_deg * self.wearer.amplitude_scale * self._spread(())[()]
        return float(np.clip(varied, low_deg, high_deg))

    def varied_durations(self, nominal_s: list[float], n: int) -> list[list[float]]:
        """Return the durations of ``n`` repetitions' parts.

        They vary, but their sum does not, so that a programme's length is known beforehand.
        """
        durations = np.array(nominal_s) * self._spread((n, len(nominal_s)))
        durations *= self.at_pace(n * sum(nominal_s)) / durations.sum()
        return [[float(part_s) for part_s in parts_s] for parts_s in durations]

    def finish(self) -> Motion:
        """Return the motion up to now."""
        starts = [start_s for start_s, _ in self._stays]
        for (start_s, stance), end_s in zip(self._stays, [*starts[1:], self.now_s], strict=True):
            # the first and the last stay go on beyond the recording
            lead_s = 5.0 if start_s == 0.0 else 0.0
            tail_s = 5.0 if end_s == self.now_s else 0.0
            span = Span(start_s - lead_s, end_s + tail_s)
            self._added += unrest.of_stance(stance, span, self.wearer, self.rng)
        moves = self._moves or [Move(0.0, 1.0, self._start)]
        return Motion(self._start, tuple(moves), tuple(self._added), self.body.site_m)

    def _spread(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return factors about 1, at most two standard deviations away."""
        deviates = np.clip(self.rng.standard_normal(shape), -2.0, 2.0)
        return np.asarray(1.0 + self.wearer.variability * deviates)

    def _target(self, end: Stance, step: Step) -> Pose:
        """Return a step's pose, on the way a little different each time."""
        if step.height is None:
            return self.body.pose(end)
        pitch, roll, lean = self.rng.standard_normal(3) * 50.0 * self.wearer.variability
        return self.body.scaled(
            step.pitch_deg + pitch,
            step.roll_deg + roll,
            step.height,
            step.back,
            step.lean_deg + lean,
        )
