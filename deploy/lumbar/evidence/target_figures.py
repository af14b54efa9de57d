"""Figures that only the targets ask for: of some exercises together, and of some sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lumbar.evidence.foreign_kinds import NEVER_TUNED_WITH
from lumbar.evidence.sessions import Scored
from lumbar.scoring.alarms import Deviations
from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.confidence import Auroc, unknown_auroc
from lumbar.scoring.measures import Rate, Spread, rate, spread
from lumbar.scoring.observation import Observation, only_exercises
from lumbar.scoring.score import RESAMPLES, Figures, figures
from lumbar.scoring.vocabulary import NONE

PLANKS: Final = ("forearm_plank", "wall_plank")
COUNTED: Final = ("glute_bridge", "cat_cow", "modified_deadlift")
FIVE: Final = (*PLANKS, *COUNTED)


@dataclass(frozen=True, slots=True)
class Inclination:
    """Errors of the forward inclination, in degrees, of sessions whose belt holds."""

    still_deg: Spread
    moving_deg: Spread
    sessions: int


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """What the targets ask for beyond a score; nothing was prescribed."""

    five: Figures  # of the five exercises of the targets together
    planks: Figures  # of both planks
    sag_or_pike: Deviations  # in planks
    everyday_sets: Rate  # any set, in sessions of everyday life alone
    auroc_never_tuned: Auroc  # foreign exercise of kinds never used in tuning
    auroc_five: Auroc  # the same, told from the five exercises of the targets
    inclination: Inclination
    inclination_by_hardware: dict[str, Inclination]


def target_figures(
    done: Sequence[Scored], rng: np.random.Generator, resamples: int = RESAMPLES
) -> TargetFigures:
    """Make the figures of simulated sessions."""
    all_of = [one.free for one in done]
    planks = [only_exercises(o, PLANKS) for o in all_of]
    five = [only_exercises(o, FIVE) for o in all_of]
    bodies = Bodies((o.body_id for o in all_of), resamples=resamples, rng=rng)
    swayed = [_sag_and_pike(o) for o in planks]
    return TargetFigures(
        five=figures(five, FIVE, rng=rng, resamples=resamples),
        planks=figures(planks, PLANKS, rng=rng, resamples=resamples),
        sag_or_pike=figures(swayed, PLANKS, rng=rng, resamples=resamples).deviations,
        everyday_sets=_false_sets(one.free for one in done if one.is_everyday),
        auroc_never_tuned=unknown_auroc(all_of, bodies, NEVER_TUNED_WITH),
        auroc_five=unknown_auroc(all_of, bodies, NEVER_TUNED_WITH, FIVE),
        inclination=_inclination(done),
        inclination_by_hardware={
            name: _inclination([one for one in done if one.free.families["hardware"] == name])
            for name in sorted({one.free.families["hardware"] for one in done})
        },
    )


def _sag_and_pike(observation: Observation) -> Observation:
    kept = tuple(row for row in observation.deviations if row.kind in ("sag", "pike"))
    return replace(observation, deviations=kept)


def _false_sets(days: Iterable[Observation]) -> Rate:
    """Count every set: there is none to be found, at any moment of such a session."""
    n, seconds = 0, 0.0
    for one in days:
        n += sum(row.true == NONE for row in one.sets)
        seconds += one.duration_s
    return rate(n, seconds / 3600.0)


def _inclination(done: Sequence[Scored]) -> Inclination:
    told = [one.inclination for one in done if one.inclination]
    return Inclination(
        still_deg=spread(error for one in told for error in one.still_deg),
        moving_deg=spread(error for one in told for error in one.moving_deg),
        sessions=len(told),
    )
