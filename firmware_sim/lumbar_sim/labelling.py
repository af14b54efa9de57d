"""Labels from the planned motion: the true direction of gravity, without shaking or noise.

The performance says between which instants a repetition, a hold or a deviation lies; where
exactly it starts, peaks and ends follows from the direction of gravity by the same rules by
which a person would label a trace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_sim import rotation
from lumbar_sim.motion import Motion, Pose, up_in_body
from lumbar_sim.truth import (
    DeviationKind,
    Exercise,
    FaultKind,
    TrueDeviation,
    TrueEveryday,
    TrueFault,
    TrueHold,
    TruePosture,
    TrueRepetition,
    TrueSet,
    Truth,
)

Array = NDArray[np.float64]

STEP_S = 0.005  # crossings are interpolated in between
APART_S = 20.0  # sets of one exercise that are further apart are two
LEAVES = 0.1  # of the movement's own range
SEEN_DEG = 0.3  # a smaller turn is no movement that a person could label
PLATEAU = 0.99  # of the range: the peak is the middle of the time above it

# Chosen: upright up to 20 degrees forward (EN 1005-4's acceptable band), leaning forward up to
# 60 degrees, where a plank or all fours begins; elsewhere the nearest of the six directions.
UPRIGHT_DEG = 20.0
LEANING_DEG = 60.0


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of the performance."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """How long it takes."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class DeviationSpan:
    """From where a hold begins to change to where it is back, or over."""

    kind: DeviationKind
    span: Span


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """The repetitions that are done badly, by their numbers: first and one past the last."""

    kind: FaultKind
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class EverydaySpan:
    """A stretch of everyday life."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """What the performance knows of a set."""

    exercise: Exercise
    repetitions: tuple[Span, ...] = ()
    holds: tuple[Span, ...] = ()  # from arriving in the posture to leaving it
    deviations: tuple[DeviationSpan, ...] = ()
    faults: tuple[FaultSpan, ...] = ()
    kind: str | None = None  # of an unknown exercise

    def is_same_exercise(self, other: PlannedSet) -> bool:
        """Tell whether another set is one of the same."""
        return (self.exercise, self.kind) == (other.exercise, other.kind)

    def joined(self, later: PlannedSet) -> PlannedSet:
        """Return one set with the parts of both."""
        before = len(self.repetitions)
        faults = (
            FaultSpan(each.kind, each.first + before, each.end + before) for each in later.faults
        )
        return replace(
            self,
            repetitions=self.repetitions + later.repetitions,
            holds=self.holds + later.holds,
            deviations=self.deviations + later.deviations,
            faults=(*self.faults, *faults),
        )


def label(
    motion: Motion,
    planned: list[PlannedSet],
    duration_s: float,
    everyday: list[EverydaySpan],
    standing: Pose,
) -> Truth:
    """Return the truth of a performance of ``duration_s`` seconds.

    ``standing`` is the wearer's own: postures are told from there, for upright is how one stands
    and no sensor can know how the skin over L5 lies on the spine.
    """
    return Truth(
        sets=tuple(_set(motion, each) for each in _merged(motion, planned)),
        postures=_postures(motion, duration_s, up_in_body(standing.quaternion)),
        everyday=tuple(
            TrueEveryday(each.kind, each.span.start_s, each.span.end_s) for each in everyday
        ),
    )


def _merged(motion: Motion, planned: list[PlannedSet]) -> list[PlannedSet]:
    """Join sets of one exercise that follow one another within the time that makes them one.

    That time is between what is labelled: a pause begins before the way back is quite over.
    """
    merged: list[PlannedSet] = []
    end_s = 0.0
    for each in planned:
        labelled = _set(motion, each)
        before = merged[-1] if merged else None
        if before and before.is_same_exercise(each) and labelled.start_s - end_s <= APART_S:
            merged[-1] = before.joined(each)
        else:
            merged.append(each)
        end_s = labelled.end_s
    return merged


def _set(motion: Motion, planned: PlannedSet) -> TrueSet:
    repetitions = tuple(_repetition(motion, span) for span in planned.repetitions)
    holds = tuple(_hold(motion, span) for span in planned.holds)
    starts_s = [part.start_s for part in repetitions] + [part.start_s for part in holds]
    ends_s = [part.end_s for part in repetitions] + [part.end_s for part in holds]
    return TrueSet(
        planned.exercise,
        min(starts_s),
        max(ends_s),
        repetitions,
        holds,
        tuple(_deviation(motion, each) for each in planned.deviations),
        tuple(
            TrueFault(each.kind, repetitions[each.first].start_s, repetitions[each.end - 1].end_s)
            for each in planned.faults
        ),
        planned.kind,
    )


def _repetition(motion: Motion, span: Span) -> TrueRepetition:
    t_s, up = _gravity(motion, span)
    from_start = rotation.angle_deg(up, up[0])
    from_end = rotation.angle_deg(up, up[-1])
    range_deg = float(from_start.max())
    if range_deg < SEEN_DEG:  # nothing to see in gravity, as in jumping: the plan's own times
        middle_s = 0.5 * (span.start_s + span.end_s)
        return TrueRepetition(span.start_s, middle_s, span.end_s, range_deg)
    top = t_s[from_start >= PLATEAU * range_deg]
    return TrueRepetition(
        start_s=_rises(t_s, from_start, LEAVES * range_deg),
        peak_s=float(0.5 * (top[0] + top[-1])),
        end_s=_falls(t_s, from_end, LEAVES * float(from_end.max())),
        range_deg=range_deg,
    )


def _hold(motion: Motion, span: Span) -> TrueHold:
    """Extend a hold into the moves before and after it, to 90 % and 10 % of their ways."""
    start_s, end_s = span.start_s, span.end_s
    for move in motion.moves:
        if math.isclose(move.end_s, span.start_s):
            start_s = move.reaches_s(1.0 - LEAVES)
        if math.isclose(move.start_s, span.end_s):
            end_s = move.reaches_s(LEAVES)
    return TrueHold(start_s, end_s, end_s - start_s)


def _deviation(motion: Motion, planned: DeviationSpan) -> TrueDeviation:
    t_s, up = _gravity(motion, planned.span)
    away = rotation.angle_deg(up, up[0])
    peak_deg = float(away.max())
    return TrueDeviation(
        planned.kind,
        start_s=_rises(t_s, away, LEAVES * peak_deg),
        end_s=_falls(t_s, away, LEAVES * peak_deg),
        peak_deg=peak_deg,
    )


def _gravity(motion: Motion, span: Span) -> tuple[Array, Array]:
    n = max(2, math.ceil((span.end_s - span.start_s) / STEP_S) + 1)
    t_s = np.linspace(span.start_s, span.end_s, n)
    return t_s, motion.planned_up(t_s)


def _rises(t_s: Array, value: Array, level: float) -> float:
    """Return when the value first rises through the level; it starts below."""
    i = int(np.argmax(value >= level))
    return float(np.interp(level, value[i - 1 : i + 1], t_s[i - 1 : i + 1]))


def _falls(t_s: Array, value: Array, level: float) -> float:
    """Return when the value last falls through the level, or the end where it stays above."""
    if value[-1] >= level:
        return float(t_s[-1])
    return -_rises(-t_s[::-1], value[::-1], level)


def _postures(motion: Motion, duration_s: float, upright: Array) -> tuple[TruePosture, ...]:
    """Return how long each posture lasts; between the moves nothing changes."""
    n = max(2, math.ceil(duration_s / STEP_S) + 1)
    t_s = np.linspace(0.0, duration_s, n)
    moving = np.zeros(n, dtype=np.bool_)
    moving[[0, -1]] = True
    for move in motion.moves:
        first, end = np.searchsorted(t_s, [move.start_s, move.end_s])
        moving[max(0, first - 1) : end + 1] = True
    t_s = t_s[moving]
    names = _posture_of(_from_standing(motion.planned_up(t_s), upright))
    changes = np.flatnonzero(names[1:] != names[:-1]) + 1
    first_of_each = np.concatenate([[0], changes])
    borders_s = [0.0, *t_s[changes].tolist(), duration_s]
    return tuple(
        TruePosture(str(names[i]), start_s, end_s)
        for i, start_s, end_s in zip(first_of_each, borders_s[:-1], borders_s[1:], strict=True)
    )


def _from_standing(up: Array, upright: Array) -> Array:
    """Return directions in axes turned about y so that standing reads ``(1, 0, 0)``."""
    cosine, _, sine = upright
    x, y, z = up.T
    return np.stack([cosine * x + sine * z, y, cosine * z - sine * x], axis=1)


def _posture_of(up: Array) -> NDArray[np.str_]:
    x, y, z = up.T
    largest = np.argmax(np.abs(up), axis=1)
    tilt_deg = rotation.angle_deg(up, rotation.UP)
    return np.select(
        [
            tilt_deg <= UPRIGHT_DEG,
            (tilt_deg <= LEANING_DEG) & (z > np.abs(y)),
            (largest == 1) & (y > 0.0),
            largest == 1,
            (largest == 2) & (z > 0.0),
            largest == 2,
            x < 0.0,
        ],
        [
            "upright",
            "leaning_forward",
            "right_side",
            "left_side",
            "prone",
            "supine",
            "inverted",
        ],
        default="upright",
    )
