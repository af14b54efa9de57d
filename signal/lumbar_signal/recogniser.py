"""Which exercise a sequence of movements was: an explicit-duration hidden Markov model.

A state is an exercise and how many of its repetitions have been seen in a row: how long a set lasts
is part of the model. Scores are sums of log densities, so the most likely sequence is found by
additions and comparisons alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lumbar_signal.elementary import exp, ln
from lumbar_signal.emission import BOWS, Name, movement_likelihoods
from lumbar_signal.events import Exercise, Movement

LENGTHS = 4  # one, two, three repetitions, more
OVER = (-7.0, -2.5, -0.3, 0.0)  # log probability that a set is over after so many
HINGES_OVER = (-9.0, -7.0, -1.5, 0.0)  # one or two bends are everyday life
BEGINS = -5.0  # that a set begins, against one more movement that is none
UNKNOWN_BEGINS = -7.0
HINGES_BEGIN = -8.5  # bends are everyday life too: two clear ones show that a set has begun
PRESCRIBED = 2.5  # more, for what the wearer set out to do
PRESCRIBED_OVER = -1.0  # after one repetition of it
BOWS_MOST = 3
BOWS_BEGIN = -2.0
BOWS_OVER = (-5.0, -1.0, 0.0)
ALIKE = 1.5  # log density ratio, against chance, of two movements of one range, duration and base
UNLIKE = -4.5  # at most so much less: one repetition may always be off
RANGE_STEP, DURATION_STEP, BASE_STEP_DEG = 0.35, 0.35, 6.0  # standard deviations in a set
PAUSE_FREE, PAUSE_STEP = 1.25, 0.35  # of ln(1 + pause in s): up to 2.5 s is no pause

State = tuple[Name, int]


@dataclass(slots=True)
class Unit:
    """A movement, and how likely it is under each name."""

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
    pause_s
        After which a set is over.
    prescribed
        What the wearer set out to do; ``None`` switches the prior off.
    """

    def __init__(
        self, *, sampling_rate_hz: float, pause_s: float, prescribed: Exercise | None
    ) -> None:
        self._rate = sampling_rate_hz
        self._pause = pause_s * sampling_rate_hz
        self._prescribed = prescribed
        self.units: list[Unit] = []
        self._scores: dict[State, float] = {(None, 1): 0.0}

    @property
    def end(self) -> float:
        """Where the latest movement ended."""
        return self.units[-1].movement.end

    def is_over(self, now: float) -> bool:
        """Tell whether the next movement would begin another set."""
        return not self.units or now - self.end > self._pause

    def add(self, movement: Movement) -> None:
        """Take the next movement, which begins within the pause after the one before."""
        unit = Unit(movement, movement_likelihoods(movement))
        alike = self._alikeness(self.units[-1].movement, movement) if self.units else 0.0
        left, leaver = self._best_leaver()
        scores: dict[State, float] = {}
        for name, likelihood in unit.likelihoods.items():
            scores[name, 1] = left + likelihood + self._begins(name)
            unit.came_from[name, 1] = leaver
            if name is None:
                continue
            for length in range(1, (BOWS_MOST if name == BOWS else LENGTHS + 1)):
                before = self._scores.get((name, length))
                if before is None:
                    continue
                state = (name, min(length + 1, LENGTHS))
                score = before + likelihood + alike
                if state not in scores or score > scores[state]:
                    scores[state] = score
                    unit.came_from[state] = (name, length)
        self._scores = scores
        self.units.append(unit)

    def labels(self, *, over: bool) -> list[Name]:
        """Return the name of each movement on the most likely way here.

        ``over``: nothing follows, so a set that has just begun is none.
        """
        if not self.units:
            return []
        states = list(self._scores)
        state = self._best_leaver()[1] if over else max(states, key=self._scores.__getitem__)
        labels: list[Name] = []
        for unit in reversed(self.units):
            labels.append(state[0])
            state = unit.came_from[state]
        return labels[::-1]

    def _best_leaver(self) -> tuple[float, State]:
        return max(
            ((score + self._over(state), state) for state, score in self._scores.items()),
            key=lambda pair: pair[0],
        )

    def _over(self, state: State) -> float:
        name, length = state
        if name is None:
            return 0.0
        if name == BOWS:
            return BOWS_OVER[length - 1]
        over = HINGES_OVER if name is Exercise.MODIFIED_DEADLIFT else OVER
        return (
            max(over[length - 1], PRESCRIBED_OVER) if name == self._prescribed else over[length - 1]
        )

    def _begins(self, name: Name) -> float:
        if name is None:
            return 0.0
        if name == BOWS:
            return BOWS_BEGIN
        if name is Exercise.UNKNOWN:
            return UNKNOWN_BEGINS
        begins = HINGES_BEGIN if name is Exercise.MODIFIED_DEADLIFT else BEGINS
        return begins + (PRESCRIBED if name == self._prescribed else 0.0)

    def _alikeness(self, before: Movement, after: Movement) -> float:
        """Return how alike two movements that follow one another are, as a log density ratio."""
        range_step = ln(max(after.range_deg, 0.5) / max(before.range_deg, 0.5)) / RANGE_STEP
        duration_step = ln(max(after.duration_s, 0.1) / max(before.duration_s, 0.1)) / DURATION_STEP
        base_step = (after.base_deg - before.base_deg) / BASE_STEP_DEG
        pause_s = max(0.0, after.start - before.end) / self._rate
        pause_step = max(0.0, ln(1.0 + pause_s) - PAUSE_FREE) / PAUSE_STEP
        squares = range_step**2 + duration_step**2 + base_step**2 + pause_step**2
        return max(ALIKE - 0.5 * squares, UNLIKE)
