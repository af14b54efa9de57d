"""The repetitions of a workout: movements in chains, named by the recogniser."""

from __future__ import annotations

from lumbar_signal.constants import HIP_DROP_DEG, SET_PAUSE_S
from lumbar_signal.elementary import logistic
from lumbar_signal.events import (
    Deviation,
    DeviationKind,
    Exercise,
    Movement,
    Repetition,
    Stay,
)
from lumbar_signal.exercises import CHAIN_OF_LANE
from lumbar_signal.recogniser import Chain, Unit
from lumbar_signal.sets import Part

FACE_DOWN_DEG, FACE_DOWN_WIDTH_DEG = 85.0, 40.0
STILL_DEG, RESTING_S = 1.2, 6.0  # breath, and no slow turning point
ADJACENT_S = 1.2  # from lying still to moving and back; to another position takes longer
AT_BASE = 0.22  # of the range: nearer to the base than to the middle

Counted = tuple[Exercise, Repetition]


class RepetitionTrack:
    """Takes movements in the order in which they closed."""

    def __init__(self, sampling_rate_hz: float, prescribed: Exercise | None) -> None:
        self._rate = sampling_rate_hz
        self._prescribed = prescribed
        self._chains = {chain: self._fresh() for chain in CHAIN_OF_LANE.values()}
        self._settled: list[Part] = []
        self._stays: list[Stay] = []  # face down, the latest first told
        self._told: set[tuple[int, float]] = set()

    def add(self, movement: Movement) -> list[Counted]:
        """Take a movement; return the repetitions that count from now on."""
        key = CHAIN_OF_LANE[movement.lane]
        if self._chains[key].is_over(movement.start):
            self._settle(key)
        chain = self._chains[key]
        first = chain.add(movement)
        counted: list[Counted] = []
        for unit, name in zip(chain.units[first:], chain.labels_from(first), strict=True):
            told = (unit.movement.lane, unit.movement.start)
            if isinstance(name, Exercise) and told not in self._told:
                self._told.add(told)
                counted.append((name, repetition_of(unit, name)))
        return counted

    def rest(self, stay: Stay) -> None:
        """Take where the body stays: what it rests in tells what it moves from."""
        off_deg = abs(stay.sagittal_deg - FACE_DOWN_DEG)
        if off_deg > FACE_DOWN_WIDTH_DEG or stay.sagittal_sway_deg > STILL_DEG:
            return
        if self._stays and self._stays[-1].start == stay.start:
            self._stays.pop()
        self._stays.append(stay)

    def parts(self, now: float, *, over: bool) -> list[Part]:
        """Return every stretch of one exercise; what has just begun may be one repetition."""
        found = list(self._settled)
        for chain in self._chains.values():
            found += self._parts_of(chain, over=over or chain.is_over(now))
        return found

    def _settle(self, key: int) -> None:
        self._settled += self._parts_of(self._chains[key], over=True)
        self._chains[key] = self._fresh()

    def _fresh(self) -> Chain:
        return Chain(sampling_rate_hz=self._rate, pause_s=SET_PAUSE_S, prescribed=self._prescribed)

    def _parts_of(self, chain: Chain, *, over: bool) -> list[Part]:
        """Join the movements of one name that follow within the pause."""
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
        return [_part(self._renamed(name, units), units, self._rate) for name, units in drafts]

    def _renamed(self, exercise: Exercise, units: list[Unit]) -> Exercise:
        """Tell rising from the floor from cat-cow, which has its rest in the middle of its range.

        Lying down before or after, the body rests at the base of the movements.
        """
        if exercise is not Exercise.CAT_COW:
            return exercise
        first, last = units[0].movement, units[-1].movement
        near = ADJACENT_S * self._rate
        for stay in self._stays:
            after = 0.0 <= stay.start - last.end + 0.5 * self._rate <= near + 0.5 * self._rate
            before = 0.0 <= first.start - stay.end + 0.5 * self._rate <= near + 0.5 * self._rate
            one = last if after else first
            if not (after or before) or stay.end - stay.start < RESTING_S * self._rate:
                continue
            share = (one.base_deg - stay.sagittal_deg) / max(one.range_deg, 1.0)
            if abs(share) < AT_BASE:
                return Exercise.UNKNOWN
        return exercise

    def _goes_on(self, before: Unit, after: Unit) -> bool:
        return after.movement.start - before.movement.end <= SET_PAUSE_S * self._rate


def repetition_of(unit: Unit, exercise: Exercise) -> Repetition:
    """Return a movement as a repetition of an exercise."""
    one = unit.movement
    return Repetition(one.start, one.peak, one.end, one.range_deg, logistic(unit.odds(exercise)))


def _part(exercise: Exercise, units: list[Unit], rate: float) -> Part:
    return Part(
        exercise,
        repetitions=tuple(repetition_of(unit, exercise) for unit in units),
        odds=tuple(unit.odds(exercise) for unit in units),
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
