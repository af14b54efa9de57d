"""Movements that were measured and did not count, each with the reason."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from lumbar_signal.emission import movement_features, movement_likelihoods
from lumbar_signal.emission_table import BOWS, MOVEMENTS, MovementRow
from lumbar_signal.events import Exercise, ExerciseSet, Movement

SHARED = 0.5  # of the shorter one: what shares more with a repetition is that repetition
SMALL_SHARE = 0.6  # of the middle range of the set beside it; chosen: who looks sees the difference
NEAR_S = 20.0  # from a set: the pause that ends one

Span = tuple[float, float]


class Reason(enum.StrEnum):
    """Why a movement did not count."""

    GAP = "gap"  # samples are missing in it
    CALIBRATION = "calibration"  # taken for one of the bows that show how the sensor sits
    SMALL = "small"  # much less than the repetitions of the set beside it
    FEW = "few"  # like an exercise, but too few alike in a row for a set
    UNLIKE = "unlike"  # unlike the likest exercise, most of all by one feature


class Feature(enum.StrEnum):
    """What is compared with an exercise; the columns of `MovementRow`, in their order."""

    BASE = "base_deg"
    RANGE = "ln_range"
    DURATION = "ln_duration"
    LIFT = "lift_cm"
    IMPULSE = "ln_impulse"
    END = "end_offset"
    ROLL = "rolled"
    PLATEAU = "plateau"
    UNREST = "ln_unrest"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A movement that did not count; positions in samples, as in `Movement`."""

    start: float
    peak: float
    end: float
    range_deg: float
    duration_s: float
    reason: Reason
    likest: Exercise | None  # the exercise that it is likest; of the set beside it where SMALL
    feature: Feature | None = None  # by what it is most unlike that
    is_more: bool = False  # more of that feature than the exercise has, not less
    set_range_deg: float | None = None  # the middle one of the set beside it


def near_misses(
    movements: Sequence[Movement], sets: Sequence[ExerciseSet], *, sampling_rate_hz: float
) -> list[NearMiss]:
    """Return the movements that are in no set, by their start, each with the reason.

    One movement may be seen in several lanes: the largest is told. What moves within a hold
    belongs to the hold.

    Parameters
    ----------
    movements
        Of the events `MovementClosed` of a detector.
    sets
        What the same samples were found to be.
    sampling_rate_hz
        Of the stream.
    """
    counted = [(one.start, one.end) for each in sets for one in each.repetitions]
    counted += [(one.start, one.end) for each in sets for one in each.holds]
    found: list[NearMiss] = []
    told: list[Span] = []
    for movement in sorted(movements, key=lambda one: (-one.range_deg, one.start)):
        span = (movement.start, movement.end)
        if _is_counted(span, counted) or any(_is_same(span, other) for other in told):
            continue
        told.append(span)
        found.append(_explained(movement, sets, NEAR_S * sampling_rate_hz))
    return sorted(found, key=lambda one: one.start)


def _explained(movement: Movement, sets: Sequence[ExerciseSet], near: float) -> NearMiss:
    likelihoods = movement_likelihoods(movement)
    exercises = [name for name in likelihoods if isinstance(name, Exercise)]
    named = [name for name in exercises if name is not Exercise.UNKNOWN]
    likest: Exercise | None = max(named, key=likelihoods.__getitem__, default=None)
    beside = _set_beside(movement, sets, near)
    range_deg = median(one.range_deg for one in beside.repetitions) if beside else None
    reason, feature, is_more = Reason.UNLIKE, None, False
    if movement.broken:
        reason = Reason.GAP
    elif range_deg is not None and movement.range_deg < SMALL_SHARE * range_deg:
        reason = Reason.SMALL
        likest = beside.exercise if beside else likest
    elif max(likelihoods, key=likelihoods.__getitem__) == BOWS:
        reason = Reason.CALIBRATION
    elif likest is not None and likelihoods[likest] > likelihoods.get(None, -math.inf):
        reason = Reason.FEW
    elif likest is not None:
        feature, is_more = _most_unlike(movement, likest)
    return NearMiss(
        movement.start,
        movement.peak,
        movement.end,
        movement.range_deg,
        movement.duration_s,
        reason,
        likest,
        feature,
        is_more,
        range_deg,
    )


def _set_beside(movement: Movement, sets: Sequence[ExerciseSet], near: float) -> ExerciseSet | None:
    """Return the set of repetitions that a movement lies in or next to."""

    def apart(one: ExerciseSet) -> float:
        return max(0.0, one.start - movement.end, movement.start - one.end)

    close = [one for one in sets if one.repetitions and apart(one) <= near]
    return min(close, key=apart, default=None)


def _most_unlike(movement: Movement, exercise: Exercise) -> tuple[Feature, bool]:
    """Return the feature that is most deviations off what the exercise has, and which way."""
    features = movement_features(movement)

    def off(row: MovementRow) -> list[float]:
        means = [getattr(row, name) for name in Feature]
        return [
            (value - mean) / math.sqrt(sd * sd + error * error)
            for (value, error), (mean, sd) in zip(features, means, strict=True)
        ]

    rows = [one for one in MOVEMENTS if one.exercise == exercise and movement.lane in one.lanes]
    likest = min((off(row) for row in rows), key=lambda each: sum(one * one for one in each))
    farthest = max(range(len(likest)), key=lambda n: abs(likest[n]))
    return list(Feature)[farthest], likest[farthest] > 0.0


def _is_counted(span: Span, counted: Sequence[Span]) -> bool:
    """Tell whether a movement is for the most of what counted: down from one and up to the next."""
    filled = sum(max(0.0, _shared(span, other)) for other in counted)
    return filled > SHARED * (span[1] - span[0]) or any(_is_same(span, one) for one in counted)


def _is_same(one: Span, other: Span) -> bool:
    """Tell whether two stretches are for the most the same, or one lies in the other."""
    return _shared(one, other) > SHARED * min(one[1] - one[0], other[1] - other[0])


def _shared(one: Span, other: Span) -> float:
    return min(one[1], other[1]) - max(one[0], other[0])
