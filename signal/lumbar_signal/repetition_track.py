"""The repetitions of a workout: movements in chains, named by the recogniser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from lumbar_signal.constants import HIP_DROP_DEG, LIVE_LAG_S, SET_PAUSE_S
from lumbar_signal.elementary import logistic
from lumbar_signal.events import (
    Deviation,
    DeviationKind,
    Exercise,
    Movement,
    Repetition,
    Stay,
)
from lumbar_signal.exercises import CHAIN_OF_LANE, ON_BACK, ROLL_UP
from lumbar_signal.recogniser import Chain, Unit
from lumbar_signal.rising import log_odds_of_rising
from lumbar_signal.sets import Part

FACE_DOWN_DEG, FACE_DOWN_WIDTH_DEG = 85.0, 40.0
STILL_DEG, RESTING_S = 1.2, 6.0  # breath, and no slow turning point
ADJACENT_S = 1.2  # from lying still to moving and back; to another position takes longer
OVERLAP_S = 0.5  # by which the edges of a movement and of a stay may differ
AT_BASE = 0.22  # of the range: nearer to the base than to the middle

STEPS_G = 0.04  # RMS of |a|: steps shake by 50 to 150 mg, who stands by up to 28

Counted = tuple[Exercise, Repetition]


class RepetitionTrack:
    """Takes movements in the order in which they closed."""

    def __init__(self, sampling_rate_hz: float) -> None:
        self._rate = sampling_rate_hz
        self._chains = {chain: self._fresh() for chain in CHAIN_OF_LANE.values()}
        self._settled: list[Part] = []
        self._stays: list[Stay] = []  # face down, the latest first told
        self._told: set[tuple[int, float]] = set()
        self._unseen: list[tuple[float, float]] = []

    def add(self, at: int, movement: Movement, prescribed: frozenset[Exercise]) -> list[Counted]:
        """Take a movement that closed at a sample, and what was prescribed while it lasted.

        Returns the repetitions that count now.
        """
        for each in self._chains.values():
            each.tell(at - LIVE_LAG_S * self._rate)
        if movement.lane == ROLL_UP and self._comes_down(movement):
            return []
        key = CHAIN_OF_LANE[movement.lane]
        if self._is_over(self._chains[key], movement.start):
            self._settle(key)
        chain = self._chains[key]
        first = chain.add(movement, prescribed)
        counted: list[Counted] = []
        for unit, name in zip(chain.units[first:], chain.labels_from(first), strict=True):
            told = (unit.movement.lane, unit.movement.start)
            if unit.movement.broken:
                continue
            if isinstance(name, Exercise) and told not in self._told:
                self._told.add(told)
                counted.append((name, repetition_of(unit, name)))
        return counted

    def interrupt(self, last: float, first: float) -> None:
        """Take that no sample from ``last`` to before ``first`` was received."""
        self._unseen.append((last, first))

    def rest(self, stay: Stay) -> None:
        """Take where the body stays: what it rests in tells what it moves from."""
        off_deg = abs(stay.sagittal_deg - FACE_DOWN_DEG)
        if off_deg > FACE_DOWN_WIDTH_DEG:
            return
        if self._stays and self._stays[-1].start == stay.start:
            self._stays.pop()
        self._stays.append(stay)

    def parts(self, now: float, *, over: bool) -> list[Part]:
        """Return every stretch of one exercise; what has just begun may be one repetition."""
        found = list(self._settled)
        for chain in self._chains.values():
            found += self._parts_of(chain, over=over or self._is_over(chain, now))
        return found

    def _comes_down(self, movement: Movement) -> bool:
        """Tell whether a rise begins on the way back of a named repetition on the back.

        Down from one bridge and up into the next is the same angle, seen from the other end.
        """
        chain = self._chains[CHAIN_OF_LANE[ON_BACK]]
        if not chain.units or chain.labels_from(len(chain.units) - 1)[-1] in (
            None,
            Exercise.UNKNOWN,
        ):
            return False
        last = chain.units[-1].movement
        return last.peak <= movement.start < last.end

    def _settle(self, key: int) -> None:
        self._chains[key].tell(math.inf)
        self._settled += self._parts_of(self._chains[key], over=True)
        self._chains[key] = self._fresh()

    def _fresh(self) -> Chain:
        return Chain(sampling_rate_hz=self._rate)

    def _parts_of(self, chain: Chain, *, over: bool) -> list[Part]:
        """Join the movements of one name that follow within the pause; broken ones count not."""
        drafts: list[tuple[Exercise, list[Unit]]] = []
        for unit, name in zip(chain.units, chain.labels(over=over), strict=True):
            if not isinstance(name, Exercise):
                continue
            for exercise, units in reversed(drafts):
                if exercise == name and self._goes_on(units[-1], unit):
                    units.append(unit)
                    break
            else:
                drafts.append((name, [unit]))
        found = []
        for name, units in drafts:
            whole = [unit for unit in units if not unit.movement.broken]
            if whole and not (name is Exercise.MODIFIED_DEADLIFT and _walks_between(whole)):
                found.append(_part(*self._from_rest(name, whole), self._rate))
        return found

    def _from_rest(self, name: Exercise, units: list[Unit]) -> tuple[Exercise, list[Unit]]:
        """Tell rising from the floor, and the way from it or to it, from cat-cow.

        A movement that is unlike the others, next to where the body lies at its base, led there.
        """
        if name is not Exercise.CAT_COW:
            return name, units
        moves = [unit.movement for unit in units]
        if log_odds_of_rising(moves, self._stays, self._rate) > 0.0:
            return Exercise.UNKNOWN, units
        before = self._lies_at_base(moves[0], before=True)
        after = self._lies_at_base(moves[-1], before=False)
        return name, units[before : len(units) - after] or units

    def _lies_at_base(self, one: Movement, *, before: bool) -> bool:
        """Tell whether the body lay still right before a movement or after it, at its base."""
        for stay in self._stays:
            apart = one.start - stay.end if before else stay.start - one.end
            near = -OVERLAP_S * self._rate <= apart <= ADJACENT_S * self._rate
            long = stay.end - stay.start >= RESTING_S * self._rate
            share = (one.base_deg - stay.sagittal_deg) / max(one.range_deg, 1.0)
            still = stay.sagittal_sway_deg <= STILL_DEG
            if near and long and still and abs(share) < AT_BASE:
                return True
        return False

    def _goes_on(self, before: Unit, after: Unit) -> bool:
        return self._pause(before.movement.end, after.movement.start) <= SET_PAUSE_S * self._rate

    def _is_over(self, chain: Chain, now: float) -> bool:
        """Tell whether the next movement would begin another set."""
        return not chain.units or self._pause(chain.end, now) > SET_PAUSE_S * self._rate

    def _pause(self, end: float, start: float) -> float:
        """Return how long a pause was seen to last: nobody knows of what was not seen."""
        pause = start - end
        for last, first in self._unseen:
            pause -= max(0.0, min(first, start) - max(last, end))
        return pause


def _walks_between(units: Sequence[Unit]) -> bool:
    """Tell whether the wearer takes steps before most movements but the first.

    A set is done on the spot; who picks things up goes from one to the next.
    """
    before_g = [unit.movement.unrest_g for unit in units[1:] if unit.movement.unrest_g >= 0.0]
    return bool(before_g) and median(before_g) > STEPS_G


def repetition_of(unit: Unit, exercise: Exercise) -> Repetition:
    """Return a movement as a repetition of an exercise."""
    one = unit.movement
    return Repetition(one.start, one.peak, one.end, one.range_deg, logistic(unit.odds(exercise)))


def _told(unit: Unit, exercise: Exercise) -> Exercise | None:
    """Return what a repetition was called live; what is not settled yet has its name of now."""
    if not unit.is_told:
        return exercise
    return unit.told if isinstance(unit.told, Exercise) else None


def _part(exercise: Exercise, units: list[Unit], rate: float) -> Part:
    return Part(
        exercise,
        repetitions=tuple(repetition_of(unit, exercise) for unit in units),
        odds=tuple(unit.odds(exercise) for unit in units),
        told=tuple(_told(unit, exercise) for unit in units),
        deviations=tuple(
            _hip_drop(unit.movement, rate) for unit in units if _drops(unit.movement, exercise)
        ),
    )


def _drops(movement: Movement, exercise: Exercise) -> bool:
    return exercise is Exercise.GLUTE_BRIDGE and abs(movement.dropped_deg) >= HIP_DROP_DEG


def _hip_drop(movement: Movement, rate: float) -> Deviation:
    """Return the roll at the top of a movement as a deviation; it lasts as long as the top."""
    left = movement.dropped_deg < 0.0
    kind = DeviationKind.ROLL_LEFT if left else DeviationKind.ROLL_RIGHT
    half = 0.5 * movement.top_s * rate
    return Deviation(kind, movement.peak - half, movement.peak + half, abs(movement.dropped_deg))
