"""Which sets were found, and what they were called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lumbar.scoring.bootstrap import Bodies, Floats
from lumbar.scoring.measures import Estimate, Share, Spread, spread
from lumbar.scoring.observation import Observation
from lumbar.scoring.vocabulary import CLASSES, NONE

LABELS: tuple[str, ...] = (*CLASSES, NONE)
_ROW = {name: i for i, name in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one class is told from all others, of sets matched by time."""

    precision: Share  # of the found sets called so
    recall: Share  # of the true sets
    f1: Estimate  # n: true and found ones


@dataclass(frozen=True, slots=True)
class Confusion:
    """Sets by true label (rows) and found label (columns); ``none`` is no set."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """Figures of all sets, foreign exercise (``unknown``) being one class of its own."""

    macro_f1: Estimate  # mean of the classes that were done or found; n sets
    found_at_all: Share  # of the true sets, whatever they were called
    true_at_all: Share  # of the found sets, whatever they were called
    start_s: Spread  # of matched sets: found less true
    end_s: Spread
    classes: dict[str, ClassFigures]
    confusion: Confusion


def recognition(
    observations: Sequence[Observation], bodies: Bodies, classes: Sequence[str]
) -> Recognition:
    """Score set recognition over ``classes``."""
    rows = [(o.body_id, row) for o in observations for row in o.sets]
    done = [(body, row) for body, row in rows if row.true in classes]
    found = [(body, row) for body, row in rows if row.found in classes]
    per_body = bodies.stack(
        ((o.body_id, _confusion(o)) for o in observations), (len(LABELS), len(LABELS))
    )
    total = per_body.sum(axis=0)
    return Recognition(
        macro_f1=_macro_f1(per_body, bodies, classes, n=len(rows)),
        found_at_all=bodies.share((body, row.found != NONE) for body, row in done),
        true_at_all=bodies.share((body, row.true != NONE) for body, row in found),
        start_s=spread(row.start_error_s for _, row in done),
        end_s=spread(row.end_error_s for _, row in done),
        classes={
            name: ClassFigures(
                precision=bodies.share((b, r.true == name) for b, r in found if r.found == name),
                recall=bodies.share((b, r.found == name) for b, r in done if r.true == name),
                f1=_macro_f1(
                    per_body, bodies, [name], n=sum(name in (r.true, r.found) for _, r in rows)
                ),
            )
            for name in classes
        },
        confusion=Confusion(LABELS, tuple(tuple(row) for row in total.astype(int).tolist())),
    )


def _confusion(observation: Observation) -> Floats:
    counts = np.zeros((len(LABELS), len(LABELS)))
    for row in observation.sets:
        counts[_ROW[row.true], _ROW[row.found]] += 1
    return counts


def _macro_f1(per_body: Floats, bodies: Bodies, classes: Sequence[str], *, n: int) -> Estimate:
    wanted = [_ROW[name] for name in classes]
    right = np.diagonal(per_body, axis1=1, axis2=2)[:, wanted]
    named = (per_body.sum(axis=1) + per_body.sum(axis=2))[:, wanted]
    tallies = np.stack([right, named], axis=1)
    value = float(_mean_f1(tallies.sum(axis=0)[np.newaxis])[0])
    if np.isnan(value):
        return Estimate(None, None, None, 0)
    low, high = bodies.interval(tallies, _mean_f1)
    return Estimate(value, low, high, n)


def _mean_f1(tallies: Floats) -> Floats:
    """Return the mean F1 of the classes that occur, not a number where none does.

    ``tallies`` has shape (k, 2, classes): sets rightly called so, and sets done plus sets found.
    """
    right, named = tallies[:, 0], tallies[:, 1]
    f1 = np.divide(2 * right, named, out=np.zeros_like(right), where=named > 0)
    occurring = np.count_nonzero(named, axis=1)
    mean = np.full(len(tallies), np.nan)
    np.divide(f1.sum(axis=1), occurring, out=mean, where=occurring > 0)
    return mean
