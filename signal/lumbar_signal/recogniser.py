"""Which exercise a sequence of movements was: an explicit-duration hidden Markov model.

A state is an exercise and how many of its repetitions have been seen in a row: how long a set lasts
is part of the model. Scores are sums of log densities, so the most likely sequence is found by
additions and comparisons alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lumbar_signal.elementary import exp, ln
from lumbar_signal.emission import BOWS, Name, movement_likelihoods
from lumbar_signal.events import Exercise, Movement

LENGTHS = 4  # one, two, three repetitions, more
# Log probability that a set is over after so many repetitions.
OVER = (-7.0, -1.5, -0.3, 0.0)
BEGINS = -5.0  # that a set begins, against one more movement that is none
PRESCRIBED = 2.5  # more, for what the wearer set out to do
PRESCRIBED_OVER = -1.0  # after one repetition of it
ALIKE_DEVIATION = (0.3, 0.35, 6.0)  # of ln range, ln duration and base from one to the next
ALIKE, UNLIKE = 1.5, -2.5  # log density of the most and the least alike, against chance

BOWS_MOST = 3
BOWS_BEGIN = -2.0

State = tuple[Name, int]


@dataclass(slots=True)
class Unit:
    """A movement, and how likely it is under each exercise."""

    movement: Movement
    likelihoods: dict[Name, float]
    came_from: dict[State, State] = field(default_factory=dict)

    def odds(self, exercise: Exercise) -> float:
        """Return the log odds of an exercise against all else."""
        rest = [value for name, value in self.likelihoods.items() if name != exercise]
        most = max(rest)
        total = sum(exp(max(-60.0, value - most)) for value in rest)
        return self.likelihoods[exercise] - most - ln(total)


class Chain:
    """The movements of neighbouring lanes, in the order in which they closed.

    Parameters
    ----------
    pause
        Samples after which a set is over.
    prescribed
        What the wearer set out to do; ``None`` switches the prior off.
    """

    def __init__(self, pause: float, prescribed: Exercise | None) -> None:
        self._pause = pause
        self._prescribed = prescribed
        self.units: list[Unit] = []
        self._scores: dict[State, float] = {(None, 1): 0.0}

    def add(self, movement: Movement) -> bool:
        """Take the next movement; return whether it began afresh: what came before is settled."""
        before = self.units[-1].movement if self.units else None
        afresh = before is not None and movement.start - before.end > self._pause
        if afresh:
            self._scores = {(None, 1): 0.0}
            self.units = []
            before = None
        unit = Unit(movement, movement_likelihoods(movement))
        left, leaver = self._best_leaver()
        scores: dict[State, float] = {}
        for exercise, likelihood in unit.likelihoods.items():
            if exercise is None:
                scores[None, 1] = left + likelihood
                unit.came_from[None, 1] = leaver
                continue
            scores[exercise, 1] = left + likelihood + self._begins(exercise)
            unit.came_from[exercise, 1] = leaver
            if before is None:
                continue
            alike = _alikeness(before, movement)
            for length in range(1, LENGTHS + 1):
                score = self._scores.get((exercise, length))
                if score is None or (exercise == BOWS and length == BOWS_MOST):
                    continue
                state = (exercise, min(length + 1, LENGTHS))
                score += likelihood + alike
                if state not in scores or score > scores[state]:
                    scores[state] = score
                    unit.came_from[state] = (exercise, length)
        self._scores = scores
        self.units.append(unit)
        return afresh

    def labels(self, *, over: bool) -> list[Name]:
        """Return the exercise of each unit on the most likely way here.

        ``over``: nothing follows, so a set that has just begun is none.
        """
        if not self.units:
            return []
        state = self._best_leaver()[1] if over else max(self._scores, key=self._rank)
        labels: list[Name] = []
        for unit in reversed(self.units):
            labels.append(state[0])
            state = unit.came_from[state]
        return labels[::-1]

    def _rank(self, state: State) -> float:
        return self._scores[state]

    def _best_leaver(self) -> tuple[float, State]:
        best: tuple[float, State] | None = None
        for state, score in self._scores.items():
            score += self._over(state)
            if best is None or score > best[0]:
                best = (score, state)
        assert best is not None
        return best

    def _over(self, state: State) -> float:
        exercise, length = state
        if exercise is None or exercise == BOWS:
            return 0.0
        if exercise == self._prescribed:
            return max(OVER[length - 1], PRESCRIBED_OVER)
        return OVER[length - 1]

    def _begins(self, exercise: Name) -> float:
        if exercise == BOWS:
            return BOWS_BEGIN
        return BEGINS + (PRESCRIBED if exercise == self._prescribed else 0.0)


def _alikeness(before: Movement, after: Movement) -> float:
    """Return how alike two movements that follow one another are, as a log density ratio."""
    steps: Iterable[float] = (
        ln(max(after.range_deg, 0.5) / max(before.range_deg, 0.5)),
        ln(max(after.duration_s, 0.1) / max(before.duration_s, 0.1)),
        after.base_deg - before.base_deg,
    )
    total = ALIKE
    for step, deviation in zip(steps, ALIKE_DEVIATION, strict=True):
        total -= 0.5 * (step / deviation) ** 2
    return max(total, UNLIKE)
