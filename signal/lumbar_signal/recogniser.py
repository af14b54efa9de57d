"""Which exercise a sequence of movements was: an explicit-duration hidden Markov model.

A state is an exercise and how many of its repetitions have been seen in a row: how long a set lasts
is part of the model. Scores are sums of log densities, so the most likely sequence is found by
additions and comparisons alone.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass, field, replace

from lumbar_signal.elementary import exp, ln
from lumbar_signal.emission import NAMES, movement_likelihoods
from lumbar_signal.emission_table import BOWS, Name
from lumbar_signal.events import Exercise, Movement

LENGTHS = 4  # one, two, three repetitions, more
OVER = (-7.0, -2.5, -0.3, 0.0)  # log probability that a set is over after so many
HINGES_OVER = (-9.0, -7.0, -1.5, 0.0)  # one or two bends are everyday life
UNKNOWN_OVER = (-9.0, -8.0, -2.0, 0.0)  # two movements show no regularity yet
BEGINS = -5.0  # that a set begins, against one more movement that is none
UNKNOWN_BEGINS = -9.0
HINGES_BEGIN = -11.5  # bends are everyday life too: two clear ones show that a set has begun
PRESCRIBED = 4.0  # more, for what the wearer set out to do
PRESCRIBED_OVER = -1.0  # after one repetition of it
BOWS_MOST = 3
BOWS_BEGIN = -0.5
BOWS_OVER = (-5.0, -1.0, 0.0)
BOWS_PAUSE_S, HURRIED = 4.0, -4.0  # who has bowed waits to be told what comes next
ALIKE = 2.0  # log density ratio, against chance, of two movements that are alike
UNLIKE = -5.0  # at most so much less: one repetition may always be off
HALF = -2.5  # log probability that a repetition is only half done: one in twelve
HALF_LEAST, HALF_MOST = 0.3, 0.72  # of the range of the one before
RANGE_STEP, DURATION_STEP, ACCEL_STEP, BASE_STEP_DEG = 0.35, 0.35, 0.5, 5.0  # deviations in a set
ACCEL_FLOOR_G = 0.003  # less is breath and heart
PAUSE_FREE, PAUSE_STEP = 1.25, 0.35  # of ln(1 + pause in s): up to 2.5 s is no pause

LEAST = -60.0  # log density ratio: less is nothing beside 1

_OVER: dict[Name, tuple[float, ...]] = {
    Exercise.MODIFIED_DEADLIFT: HINGES_OVER,
    Exercise.UNKNOWN: UNKNOWN_OVER,
}

State = tuple[Name, int]
NOWHERE: State = (None, 0)
_MOST: dict[Name, int] = dict.fromkeys(NAMES, LENGTHS) | {None: 1, BOWS: BOWS_MOST}
_STATES: dict[Name, list[State]] = {
    name: [(name, n + 1) for n in range(most)] for name, most in _MOST.items()
}
# Each state of an exercise and what one more repetition makes of it; there are no more bows.
_LONGER: dict[Name, list[tuple[State, State]]] = {
    name: list(itertools.pairwise(states)) for name, states in _STATES.items()
}
for _name in _LONGER.keys() - {None, BOWS}:
    _LONGER[_name].append((_STATES[_name][-1], _STATES[_name][-1]))


@dataclass(slots=True)
class Unit:
    """A movement, and how likely it is under each name."""

    movement: Movement
    likelihoods: dict[Name, float]
    came_from: dict[State, State] = field(default_factory=dict)
    told: Name = None  # its name when it was last told live
    is_told: bool = False
    _odds: dict[Exercise, float] = field(default_factory=dict)

    def odds(self, exercise: Exercise) -> float:
        """Return the log odds of an exercise against all else."""
        known = self._odds.get(exercise)
        if known is None:
            rest = [value for name, value in self.likelihoods.items() if name != exercise]
            most = max(rest)
            total = sum(exp(value - most) for value in rest if value - most > LEAST)
            known = self._odds[exercise] = self.likelihoods[exercise] - most - ln(total)
        return known


class Chain:
    """The movements of neighbouring lanes, in the order in which they closed."""

    def __init__(self, *, sampling_rate_hz: float) -> None:
        self._rate = sampling_rate_hz
        self._over, _ = _transitions(frozenset())  # what it costs that a set is over now
        self.units: list[Unit] = []
        self._whole_deg = 0.0  # range of the latest movement that is not half of one before
        self._scores: dict[State, float] = {(None, 1): 0.0}
        self._path: list[State] = []  # the most likely one, a state a movement

    @property
    def end(self) -> float:
        """Where the latest movement ended."""
        return self.units[-1].movement.end

    def add(self, movement: Movement, prescribed: frozenset[Exercise]) -> int:
        """Take the next movement, which begins within the pause after the one before.

        ``prescribed`` is what the wearer set out to do meanwhile: it begins more easily, and may
        be over after one repetition. Nothing switches the prior off.
        Returns the number of the first movement that may have another name now.
        """
        begun = _likelihoods(_without_approach(movement))
        unit = Unit(movement, _likelihoods(movement) if self.units else begun)
        alike = self._alikeness_of(movement)
        half_done = self._as_half_done(movement)
        left, leaver = self._best_leaver(self._pause_s(movement))
        self._over, begins = _transitions(prescribed)
        scores: dict[State, float] = {}
        for name, likelihood in unit.likelihoods.items():
            alone = likelihood if name is None else max(likelihood, begun[name])
            scores[name, 1] = left + alone + begins[name]
            unit.came_from[name, 1] = leaver
            for shorter, state in _LONGER[name]:
                before = self._scores.get(shorter)
                if before is None:
                    continue
                score = before + max(likelihood + alike, half_done.get(name, -math.inf))
                if state not in scores or score > scores[state]:
                    scores[state] = score
                    unit.came_from[state] = shorter
        self._scores = scores
        if not half_done and not movement.broken:
            self._whole_deg = movement.range_deg
        self.units.append(unit)
        return self._trace(self._path, max(scores, key=scores.__getitem__))

    def tell(self, until: float) -> None:
        """Settle what movements that ended by ``until`` are called live: their names of now."""
        for unit, (name, _) in zip(reversed(self.units), reversed(self._path), strict=True):
            if unit.is_told:
                return
            if unit.movement.end <= until:
                unit.told, unit.is_told = name, True

    def labels(self, *, over: bool) -> list[Name]:
        """Return the name of each movement on the most likely way here.

        ``over``: nothing follows, so a set that has just begun is none.
        """
        path = self._path
        if over and path:
            path = list(path)
            self._trace(path, self._best_leaver()[1])
        return [name for name, _ in path]

    def labels_from(self, first: int) -> list[Name]:
        """Return the names that ``labels`` would, going on, from the movement ``first`` on."""
        return [name for name, _ in self._path[first:]]

    def _trace(self, path: list[State], state: State) -> int:
        """Let a path end in a state, from where it first differs; return that place."""
        path += [NOWHERE] * (len(self.units) - len(path))
        n = len(path)
        while n > 0 and path[n - 1] != state:
            path[n - 1] = state
            state = self.units[n - 1].came_from[state]
            n -= 1
        return n

    def _pause_s(self, movement: Movement) -> float:
        """Return how long the body has rested since the movement before, if there was one."""
        return max(0.0, movement.start - self.end) / self._rate if self.units else math.inf

    def _best_leaver(self, pause_s: float = math.inf) -> tuple[float, State]:
        """Return the best score of leaving what was for what begins after a pause."""
        best, leaver = -math.inf, NOWHERE
        for state, score in self._scores.items():
            score += self._over[state]
            if state[0] == BOWS and pause_s < BOWS_PAUSE_S:
                score += HURRIED
            if score > best:
                best, leaver = score, state
        return best, leaver

    def _as_half_done(self, movement: Movement) -> dict[Name, float]:
        """Return how likely a movement goes on under each name as a half-done repetition.

        It is alike in all but its size: base, pace and pause are those of the one before.
        """
        if not self.units or movement.broken or self.units[-1].movement.broken:
            return {}
        share = movement.range_deg / max(self._whole_deg, 0.5)
        if not HALF_LEAST < share < HALF_MOST:
            return {}
        before = replace(self.units[-1].movement, range_deg=self._whole_deg)
        whole = _enlarged(movement, 1.0 / share)
        alike = self._alikeness(before, whole)
        return {name: value + alike + HALF for name, value in movement_likelihoods(whole).items()}

    def _alikeness_of(self, movement: Movement) -> float:
        """Return how alike a movement is to the one before; what is broken is like any."""
        if not self.units or movement.broken or self.units[-1].movement.broken:
            return 0.0
        return self._alikeness(self.units[-1].movement, movement)

    def _alikeness(self, before: Movement, after: Movement) -> float:
        """Return how alike two movements that follow one another are, as a log density ratio."""
        range_step = ln(max(after.range_deg, 0.5) / max(before.range_deg, 0.5)) / RANGE_STEP
        duration_step = ln(max(after.duration_s, 0.1) / max(before.duration_s, 0.1)) / DURATION_STEP
        accel_step = ln((after.accel_g + ACCEL_FLOOR_G) / (before.accel_g + ACCEL_FLOOR_G))
        accel_step /= ACCEL_STEP
        base_step = (after.base_deg - before.base_deg) / BASE_STEP_DEG
        pause_step = max(0.0, ln(1.0 + self._pause_s(after)) - PAUSE_FREE) / PAUSE_STEP
        squares = range_step**2 + duration_step**2 + accel_step**2 + base_step**2 + pause_step**2
        return max(ALIKE - 0.5 * squares, UNLIKE)


@functools.cache
def _transitions(
    prescribed: frozenset[Exercise],
) -> tuple[dict[State, float], dict[Name, float]]:
    """Return what it costs to leave each state, and to begin with each name."""
    over = {state: _over(state, prescribed) for states in _STATES.values() for state in states}
    return over, {name: _begins(name, prescribed) for name in NAMES}


def _over(state: State, prescribed: frozenset[Exercise]) -> float:
    name, length = state
    if name is None:
        return 0.0
    if name == BOWS:
        return BOWS_OVER[length - 1]
    over = _OVER.get(name, OVER)
    return max(over[length - 1], PRESCRIBED_OVER) if name in prescribed else over[length - 1]


def _begins(name: Name, prescribed: frozenset[Exercise]) -> float:
    if name is None:
        return 0.0
    if name == BOWS:
        return BOWS_BEGIN
    if name is Exercise.UNKNOWN:
        return UNKNOWN_BEGINS
    begins = HINGES_BEGIN if name is Exercise.MODIFIED_DEADLIFT else BEGINS
    return begins + (PRESCRIBED if name in prescribed else 0.0)


def _likelihoods(movement: Movement) -> dict[Name, float]:
    """Return how likely a movement is under each name; a broken one tells nothing."""
    found = movement_likelihoods(movement)
    return dict.fromkeys(found, 0.0) if movement.broken else found


def _without_approach(movement: Movement) -> Movement:
    """Leave out how the wearer came: steps speak against a repetition only between two."""
    return replace(movement, unrest_g=-1.0)


def _enlarged(movement: Movement, times: float) -> Movement:
    """Return a movement as it would have been measured had it gone further in the same time."""
    return replace(
        movement,
        range_deg=times * movement.range_deg,
        rolled_deg=times * movement.rolled_deg,
        rise_m=times * movement.rise_m,
        fall_m=times * movement.fall_m,
        accel_g=times * movement.accel_g,
    )
