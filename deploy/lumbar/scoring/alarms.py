"""What was told to the wearer: deviations, and exercise where there was none of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.measures import Rate, Share, Spread, rate, spread
from lumbar.scoring.observation import DeviationRow, EverydayRow, Observation
from lumbar.scoring.observe import CUE_WITHIN_S

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Deviations:
    """Deviations in exercise of 8 deg and more, and holds with nothing above 4 deg."""

    sensitivity: Share  # told, with the same kind and at some time in common
    specificity: Share  # still holds in which nothing was told
    delay_s: Spread  # told start less true start
    cued_in_time: Share  # in live runs: heard within ``CUE_WITHIN_S`` of the true start
    cue_delay_s: Spread  # of those that were heard at all
    sensitivity_by_kind: dict[str, Share]


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Sets found where nothing of ours was done."""

    everyday_sets: Rate  # any set, also an unknown one, that matches no true one
    everyday_sets_by_kind: dict[str, Rate]
    foreign_called_ours: Share  # true sets of foreign exercise
    foreign_called_ours_by_kind: dict[str, Share]


def deviations(observations: Sequence[Observation], bodies: Bodies) -> Deviations:
    """Score what was told of deviations in exercise."""
    rows = [(o.body_id, row) for o in observations for row in o.deviations]
    still = [(o.body_id, row) for o in observations for row in o.still_holds]
    return Deviations(
        sensitivity=bodies.share((body, row.delay_s is not None) for body, row in rows),
        specificity=bodies.share((body, row.is_silent) for body, row in still),
        delay_s=spread(row.delay_s for _, row in rows),
        cued_in_time=bodies.share((b, _is_cued_in_time(row)) for b, row in rows if row.has_live),
        cue_delay_s=spread(row.cue_delay_s for _, row in rows),
        sensitivity_by_kind={
            kind: bodies.share((b, row.delay_s is not None) for b, row in rows if row.kind == kind)
            for kind in sorted({row.kind for _, row in rows})
        },
    )


def false_alarms(observations: Sequence[Observation], bodies: Bodies) -> FalseAlarms:
    """Score everyday life and foreign exercise."""
    life = [row for o in observations for row in o.everyday]
    foreign = [(o.body_id, row) for o in observations for row in o.foreign]
    return FalseAlarms(
        everyday_sets=_false_sets(life),
        everyday_sets_by_kind={
            kind: _false_sets([row for row in life if row.kind == kind])
            for kind in sorted({row.kind for row in life})
        },
        foreign_called_ours=bodies.share((body, row.called_ours) for body, row in foreign),
        foreign_called_ours_by_kind={
            kind: bodies.share((b, row.called_ours) for b, row in foreign if row.kind == kind)
            for kind in sorted({row.kind for _, row in foreign})
        },
    )


def _is_cued_in_time(row: DeviationRow) -> bool:
    return row.cue_delay_s is not None and row.cue_delay_s <= CUE_WITHIN_S


def _false_sets(rows: Sequence[EverydayRow]) -> Rate:
    hours = sum(row.duration_s for row in rows) / _HOUR_S
    return rate(sum(row.false_sets for row in rows), hours)
