"""A performance under way: the clock, the stance, and the moves made so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import unrest
from lumbar_sim.body import LYING, SITTING, Body, Stance
from lumbar_sim.labelling import EverydaySpan, PlannedSet, Span
from lumbar_sim.motion import Motion, Move, Pose
from lumbar_sim.oscillation import Jolt, Oscillation
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
    everyday: list[EverydaySpan] = field(default_factory=list)
    _moves: list[Move] = field(default_factory=list)
    _added: list[Oscillation | Jolt] = field(default_factory=list)
    _stays: list[tuple[float, Stance]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.body = Body.of(self.wearer)
        self._start = self.pose = self.body.pose(self.stance)
        self._stays.append((0.0, self.stance))

    def move_to(self, pose: Pose, duration_s: float, overlap_s: float = 0.0) -> Span:
        """Reach for a pose; the reach may begin before the last one is over."""
        earliest_s = self._moves[-1].start_s if self._moves else 0.0
        start_s = max(self.now_s - overlap_s, earliest_s)
        move = Move(start_s, max(duration_s, self.now_s - start_s), pose, self.wearer.jerkiness)
        self._moves.append(move)
        self.now_s, self.pose = move.end_s, pose
        return Span(move.start_s, move.end_s)

    def reach(self, pose: Pose, duration_s: float) -> None:
        """Reach for a pose; who hesitates stops on the way."""
        if not self.happens(self.wearer.hesitation_probability):
            self.move_to(pose, duration_s)
            return
        share = self.rng.uniform(0.3, 0.7)
        halfway = self.pose.towards(pose, share)
        self.move_to(halfway, share * duration_s)
        self.stay(self.rng.uniform(0.3, 1.2))
        self.move_to(pose, (1.0 - share) * duration_s)

    def happens(self, probability: float) -> bool:
        """Draw whether something happens; what never does costs no draw."""
        return probability > 0.0 and self.rng.random() < probability

    def at_pace(self, duration_s: float) -> float:
        """Return how long this wearer takes for what takes ``duration_s`` at the tempo 1."""
        return duration_s / self.wearer.tempo_scale

    def go_steadily(self, pose: Pose, duration_s: float) -> None:
        """Go to a pose at a steady speed, with about a second to start and to stop."""
        move = Move(self.now_s, duration_s, pose, ramp_s=min(1.0, 0.4 * duration_s))
        self._moves.append(move)
        self.now_s, self.pose = move.end_s, pose

    def stay(self, duration_s: float) -> None:
        """Keep the pose."""
        self.now_s += duration_s

    def add(self, *added: Oscillation | Jolt) -> None:
        """Add what the body does besides its moves."""
        self._added += added

    def bump(self, peak_g: float) -> None:
        """Meet the floor, or a thing, now; nothing is met without a force."""
        if peak_g > 0.0:
            self.add(unrest.jolt(self.now_s, peak_g, self.rng))

    def live(self, kind: str, start_s: float) -> None:
        """Say that everyday life of some kind began at ``start_s`` and is over now."""
        if self.now_s > start_s:
            self.everyday.append(EverydaySpan(kind, Span(start_s, self.now_s)))

    def go_to(self, stance: Stance) -> None:
        """Change the stance, on the way that people take."""
        kind, start_s = _transition(self.stance, stance), self.now_s
        for end, step in route(self.stance, stance):
            duration_s, overlap_s = self.at_pace(step.duration_s), self.at_pace(step.overlap_s)
            self.move_to(self._target(end, step), duration_s, overlap_s)
            if step.jolt_g:
                # the floor is met a little before the move is over
                self._added.append(unrest.jolt(self.now_s - 0.12, step.jolt_g, self.rng))
            if step.height is None:
                self.stance = end
                self._stays.append((self.now_s, end))
        self.live(kind, start_s)

    def scaled_range(self, range_deg: float, low_deg: float, high_deg: float) -> float:
        """Return this repetition's range: the wearer's, varied, within the given limits."""
        varied = range_deg * self.wearer.amplitude_scale * self.spread(())[()]
        return float(np.clip(varied, low_deg, high_deg))

    def supple_range(self, range_deg: float, low_deg: float, high_deg: float) -> float:
        """Return how far this wearer's flexibility lets a stretch or fold go."""
        beyond = 2.0 * self.wearer.flexibility - 1.0
        limit_deg = high_deg if beyond > 0.0 else low_deg
        return range_deg + abs(beyond) * (limit_deg - range_deg)

    def varied_durations(self, nominal_s: list[float], n: int) -> list[list[float]]:
        """Return the durations of ``n`` repetitions' parts.

        They vary, but their sum does not, so that a programme's length is known beforehand.
        """
        nominal = np.array(nominal_s)
        takes_time = nominal > 0.0
        durations = np.zeros((n, len(nominal)))
        durations[:, takes_time] = nominal[takes_time] * self.spread((n, int(takes_time.sum())))
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

    def spread(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return factors about 1, at most two standard deviations away."""
        deviates = np.clip(self.rng.standard_normal(shape), -2.0, 2.0)
        return np.asarray(1.0 + self.wearer.variability * deviates)

    def _target(self, end: Stance, step: Step) -> Pose:
        """Return a step's pose, on the way a little different each time."""
        if step.height is None:
            return self.body.pose(end)
        pitch, roll, lean = self.rng.standard_normal(3) * 50.0 * self.wearer.variability
        pose = self.body.scaled(
            step.pitch_deg + pitch,
            step.roll_deg + roll,
            step.height,
            step.back,
            step.lean_deg + lean,
        )
        return replace(pose, heading_deg=step.heading_deg)


def _transition(start: Stance, goal: Stance) -> str:
    """Return what a person would call the change."""
    if start in LYING and goal in LYING:
        return "turning_over"
    if Stance.WALL_PLANK in (start, goal):
        return "changing_position"
    if goal is Stance.STANDING:
        return "standing_up" if start in SITTING else "getting_up"
    if start is Stance.STANDING:
        return "sitting_down" if goal in SITTING else "getting_down"
    return "changing_position"
