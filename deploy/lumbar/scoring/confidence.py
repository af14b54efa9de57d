"""Whether confidence means anything: reliability, abstention, and telling foreign exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar.scoring.observation import Observation, SetRow
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
    """How often a foreign set looks more foreign than one of ours; ties count half."""

    value: float | None
    n: int  # true sets
    n_foreign: int


@dataclass(frozen=True, slots=True)
class Confidence:
    """Figures of the confidences of sets and repetitions of the thirteen exercises."""

    sets: Reliability  # right: matched, and of that name
    repetitions: Reliability  # right: matched with one of that exercise
    set_abstention: tuple[Abstention, ...]
    unknown_auroc: Auroc


def confidence(observations: Sequence[Observation], classes: Sequence[str]) -> Confidence:
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
        unknown_auroc=_unknown_auroc([row for row in rows if row.true in classes]),
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


def _unknown_auroc(rows: Sequence[SetRow]) -> Auroc:
    foreign = np.array([_foreignness(row) for row in rows if row.true == UNKNOWN])
    ours = np.array([_foreignness(row) for row in rows if row.true != UNKNOWN])
    if not len(foreign) or not len(ours):
        return Auroc(None, 0, 0)
    return Auroc(_auroc(foreign, ours), len(rows), len(foreign))


def _foreignness(row: SetRow) -> float:
    """Return how sure the program is that a set is none of ours.

    Called unknown, it is the confidence in that; called one of ours, what is left of it. A set
    that was passed over altogether counts as surely not ours.
    """
    if row.confidence is None:
        return 1.0
    return row.confidence if row.found == UNKNOWN else 1 - row.confidence


def _auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the area under the curve as Mann and Whitney's U over all pairs."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float((below + not_above).sum() / 2 / len(positive) / len(negative))
