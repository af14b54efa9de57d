"""Repetitions and holds: how many, when, how far and how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.measures import Share, Spread, spread
from lumbar.scoring.observation import Observation, SetRow
from lumbar.scoring.vocabulary import OURS


@dataclass(frozen=True, slots=True)
class Counting:
    """Repetitions per true set; a set that was missed or called another is counted as wrong."""

    exact: Share
    within_one: Share
    exact_of_found: Share  # of the rightly called sets only
    within_one_of_found: Share
    error: Spread  # found less true, of rightly called sets only


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Single repetitions, matched with those found in sets of the same name."""

    recall: Share  # of the true ones
    precision: Share  # of the found ones
    start_s: Spread  # errors of matched ones: found less true
    peak_s: Spread
    end_s: Spread
    range_deg: Spread


@dataclass(frozen=True, slots=True)
class Holds:
    """Single holds, matched with those found in sets of the same name."""

    recall: Share
    precision: Share
    duration_s: Spread  # errors of matched ones: found less true


def counting(
    observations: Sequence[Observation], bodies: Bodies, classes: Sequence[str]
) -> Counting:
    """Score the number of repetitions of each true set of ``classes`` that has any of ours."""
    rows = [
        (o.body_id, row)
        for o in observations
        for row in o.sets
        if row.true in OURS and row.true in classes and row.true_repetitions
    ]
    found = [(body, row) for body, row in rows if row.found == row.true]
    return Counting(
        exact=bodies.share((body, _is_within(row, 0)) for body, row in rows),
        within_one=bodies.share((body, _is_within(row, 1)) for body, row in rows),
        exact_of_found=bodies.share((body, _is_within(row, 0)) for body, row in found),
        within_one_of_found=bodies.share((body, _is_within(row, 1)) for body, row in found),
        error=spread(row.found_repetitions - row.true_repetitions for _, row in found),
    )


def repetitions(observations: Sequence[Observation], bodies: Bodies) -> Repetitions:
    """Score single repetitions."""
    rows = [(o.body_id, row) for o in observations for row in o.repetitions]
    return Repetitions(
        recall=bodies.share((body, row.is_found) for body, row in rows if row.is_true),
        precision=bodies.share((body, row.is_true) for body, row in rows if row.is_found),
        start_s=spread(row.start_error_s for _, row in rows),
        peak_s=spread(row.peak_error_s for _, row in rows),
        end_s=spread(row.end_error_s for _, row in rows),
        range_deg=spread(row.range_error_deg for _, row in rows),
    )


def holds(observations: Sequence[Observation], bodies: Bodies) -> Holds:
    """Score single holds."""
    rows = [(o.body_id, row) for o in observations for row in o.holds]
    return Holds(
        recall=bodies.share((body, row.is_found) for body, row in rows if row.is_true),
        precision=bodies.share((body, row.is_true) for body, row in rows if row.is_found),
        duration_s=spread(row.duration_error_s for _, row in rows),
    )


def _is_within(row: SetRow, tolerance: int) -> bool:
    return row.found == row.true and (
        abs(row.found_repetitions - row.true_repetitions) <= tolerance
    )
