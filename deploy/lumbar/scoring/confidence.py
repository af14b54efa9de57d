"""Whether confidence means anything: reliability, abstention, and telling foreign exercise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lumbar.scoring.bootstrap import Bodies, Floats
from lumbar.scoring.observation import AnswerRow, Observation
from lumbar.scoring.vocabulary import OURS, UNKNOWN

BINS = 10  # of equal width: as calibration is usually shown
THRESHOLDS = tuple(step / 20 for step in range(20))  # chosen: 0 to 0.95
Judged = list[tuple[float, bool]]  # confidence, and whether it was right


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """What was said with a confidence of ``low`` to ``high``."""

    low: float
    high: float
    confidence: float | None  # mean
    right: float | None  # share
    n: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """Confidence against the share that is right (expected calibration error: Naeini 2015)."""

    expected_calibration_error: float | None
    n: int
    curve: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class Abstention:
    """What is left where everything below a confidence is passed over."""

    threshold: float
    coverage: float | None  # share that is left
    risk: float | None  # share of that which is wrong
    n: int  # left


@dataclass(frozen=True, slots=True)
class Auroc:
    """How often a foreign set looks less like ours than one of ours does; ties count half."""

    value: float | None
    low: float | None  # 95 % interval over bodies
    high: float | None
    n: int  # true sets
    n_foreign: int


@dataclass(frozen=True, slots=True)
class Confidence:
    """Figures of the confidences of sets and repetitions of the thirteen exercises."""

    sets: Reliability  # right: matched, and of that name
    repetitions: Reliability  # right: matched with one of that exercise
    set_abstention: tuple[Abstention, ...]
    unknown_auroc: Auroc


def confidence(
    observations: Sequence[Observation], bodies: Bodies, classes: Sequence[str]
) -> Confidence:
    """Score what the program says of its own certainty, of sets of ``classes``."""
    rows = [row for o in observations for row in o.sets]
    judged_sets = [
        (row.confidence, row.true == row.found)
        for row in rows
        if row.confidence is not None and row.found in OURS and row.found in classes
    ]
    judged_repetitions = [
        (row.confidence, row.is_true)
        for o in observations
        for row in o.repetitions
        if row.confidence is not None
    ]
    return Confidence(
        sets=_reliability(judged_sets),
        repetitions=_reliability(judged_repetitions),
        set_abstention=tuple(_abstention(judged_sets, threshold) for threshold in THRESHOLDS),
        unknown_auroc=unknown_auroc(observations, bodies),
    )


def _reliability(judged: Judged) -> Reliability:
    bin_of = [min(int(certainty * BINS), BINS - 1) for certainty, _ in judged]
    curve = []
    error = 0.0
    for i in range(BINS):
        inside = [one for one, k in zip(judged, bin_of, strict=True) if k == i]
        said = right = None
        if inside:
            said = sum(certainty for certainty, _ in inside) / len(inside)
            right = sum(hit for _, hit in inside) / len(inside)
            error += abs(said - right) * len(inside) / len(judged)
        curve.append(ReliabilityBin(i / BINS, (i + 1) / BINS, said, right, len(inside)))
    return Reliability(error if judged else None, len(judged), tuple(curve))


def _abstention(judged: Judged, threshold: float) -> Abstention:
    left = [hit for certainty, hit in judged if certainty >= threshold]
    return Abstention(
        threshold,
        coverage=len(left) / len(judged) if judged else None,
        risk=1 - sum(left) / len(left) if left else None,
        n=len(left),
    )


def unknown_auroc(
    observations: Sequence[Observation],
    bodies: Bodies,
    kinds: Collection[str] | None = None,
    ours: Collection[str] | None = None,
) -> Auroc:
    """Return how well foreign exercise, of some kinds or all, is told from ours by confidence.

    ``ours`` limits the exercises that it is told from; a set that was missed counts as unsure.
    """
    rows = [
        (o.body_id, row)
        for o in observations
        for row in o.answers
        if _is_asked_for(row, kinds, ours)
    ]
    n_foreign = sum(row.exercise == UNKNOWN for _, row in rows)
    if n_foreign in (0, len(rows)):
        return Auroc(None, None, None, 0, 0)
    levels, place = np.unique([row.ours for _, row in rows], return_inverse=True)
    tallies = bodies.stack(
        (
            (body, _at(int(row.exercise == UNKNOWN), int(i), len(levels)))
            for (body, row), i in zip(rows, place, strict=True)
        ),
        (2, len(levels)),
    )
    low, high = bodies.interval(tallies, _auroc)
    value = float(_auroc(tallies.sum(axis=0)[np.newaxis])[0])
    return Auroc(value, low, high, len(rows), n_foreign)


def _is_asked_for(
    row: AnswerRow, kinds: Collection[str] | None, ours: Collection[str] | None
) -> bool:
    if row.exercise == UNKNOWN:
        return kinds is None or row.kind in kinds
    return ours is None or row.exercise in ours


def _at(side: int, level: int, levels: int) -> Floats:
    """Return one set's place in the tallies: ours or foreign, by how sure the program was."""
    one = np.zeros((2, levels))
    one[side, level] = 1.0
    return one


def _auroc(tallies: Floats) -> Floats:
    """Return the area under the curve as Mann and Whitney's U over all pairs.

    ``tallies`` has shape (k, 2, levels): sets of ours and foreign ones at each rising level of
    sureness that they are ours.
    """
    ours, foreign = tallies[:, 0], tallies[:, 1]
    below = np.cumsum(foreign, axis=1) - foreign
    favourable = (ours * (below + foreign / 2)).sum(axis=1)
    pairs = ours.sum(axis=1) * foreign.sum(axis=1)
    area = np.full(len(tallies), np.nan)
    np.divide(favourable, pairs, out=area, where=pairs > 0)
    return area
