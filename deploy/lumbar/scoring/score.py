"""All figures of a program, over all traces and by factor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from lumbar.scoring.alarms import Deviations, FalseAlarms, deviations, false_alarms
from lumbar.scoring.analysis_doc import AnalysisDoc
from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.confidence import Confidence, confidence
from lumbar.scoring.live_figures import LiveFigures, live_figures
from lumbar.scoring.live_log import LiveEvent
from lumbar.scoring.movement import Counting, Holds, Repetitions, counting, holds, repetitions
from lumbar.scoring.observation import Observation, only_exercises
from lumbar.scoring.observe import CUE_WITHIN_S, DEVIATION_FROM_DEG, STILL_UP_TO_DEG, observe
from lumbar.scoring.on_the_front import OnTheFront, on_the_front
from lumbar.scoring.posture_time import Postures, postures
from lumbar.scoring.recognition import Recognition, recognition
from lumbar.scoring.span import MIN_OVERLAP
from lumbar.scoring.truth_document import Truth
from lumbar.scoring.vocabulary import CLASSES, FACTORS, Factor

SCHEMA = "lumbar.score/1"
RESAMPLES = 1000  # enough for the percentiles of a 95 % interval (Efron and Tibshirani 1993)
Purpose = Literal["development", "reporting", "mixed", "none"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Every figure of one group of traces, or of one exercise in them."""

    recognition: Recognition
    counting: Counting
    repetitions: Repetitions
    holds: Holds
    deviations: Deviations
    on_the_front: OnTheFront
    false_alarms: FalseAlarms
    confidence: Confidence
    postures: Postures
    live: LiveFigures


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one program over some traces, ``lumbar.score/1``."""

    simulated: bool  # any of it
    purpose: Purpose  # of the families that the traces come from
    traces: int
    bodies: int
    hours: float
    overall: Figures
    by: dict[Factor, dict[str, Figures]]

    def to_document(self) -> dict[str, Any]:
        """Return plain values for JSON, with the rules that the figures were made by."""
        rules = {
            "overlap": "intersection over union",
            "min_overlap": MIN_OVERLAP,
            "deviation_from_deg": DEVIATION_FROM_DEG,
            "still_up_to_deg": STILL_UP_TO_DEG,
            "cue_within_s": CUE_WITHIN_S,
            "interval": "95 %, over bodies",
        }
        return {"schema": SCHEMA, "rules": rules, **asdict(self)}


def score(
    pairs: Iterable[tuple[Truth, AnalysisDoc]],
    *,
    rng: np.random.Generator,
    live: Sequence[Sequence[LiveEvent] | None] | None = None,
    resamples: int = RESAMPLES,
) -> Score:
    """Compare analyses with the truth.

    Parameters
    ----------
    pairs
        One for each trace.
    rng
        Draws the resamples behind the intervals; figures do not depend on it.
    live
        In the order of ``pairs``, the log of each trace's live run; None where there was none.
    resamples
        How many times the bodies are drawn again.

    Raises
    ------
    ValueError
        Where ``live`` has not as many logs as there are pairs.
    """
    several = list(pairs)
    logs = [None] * len(several) if live is None else live
    observations = [
        observe(truth, analysis, log) for (truth, analysis), log in zip(several, logs, strict=True)
    ]
    return score_observations(observations, rng=rng, resamples=resamples)


def score_observations(
    observations: Sequence[Observation], *, rng: np.random.Generator, resamples: int = RESAMPLES
) -> Score:
    """Make the figures of traces that are already compared with their truth."""
    purposes = {purpose for o in observations for purpose in o.purposes}
    return Score(
        simulated=any(o.simulated for o in observations),
        purpose=_purpose(purposes),
        traces=len(observations),
        bodies=len({o.body_id for o in observations}),
        hours=sum(o.duration_s for o in observations) / 3600,
        overall=figures(observations, CLASSES, rng=rng, resamples=resamples),
        by={factor: _by(factor, observations, rng=rng, resamples=resamples) for factor in FACTORS},
    )


def _by(
    factor: Factor, observations: Sequence[Observation], *, rng: np.random.Generator, resamples: int
) -> dict[str, Figures]:
    if factor == "exercise":
        named = {name for o in observations for row in o.sets for name in (row.true, row.found)}
        return {
            name: figures(
                [only_exercises(o, (name,)) for o in observations],
                (name,),
                rng=rng,
                resamples=resamples,
            )
            for name in CLASSES
            if name in named
        }
    return {
        name: figures(
            [o for o in observations if o.families[factor] == name],
            CLASSES,
            rng=rng,
            resamples=resamples,
        )
        for name in sorted({o.families[factor] for o in observations})
    }


def figures(
    observations: Sequence[Observation],
    classes: Sequence[str],
    *,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> Figures:
    """Make every figure of some traces, recognition over ``classes``."""
    bodies = Bodies((o.body_id for o in observations), resamples=resamples, rng=rng)
    return Figures(
        recognition=recognition(observations, bodies, classes),
        counting=counting(observations, bodies, classes),
        repetitions=repetitions(observations, bodies),
        holds=holds(observations, bodies),
        deviations=deviations(observations, bodies),
        on_the_front=on_the_front(observations, bodies),
        false_alarms=false_alarms(observations, bodies),
        confidence=confidence(observations, bodies, classes),
        postures=postures(observations),
        live=live_figures(observations, bodies),
    )


def _purpose(purposes: set[str]) -> Purpose:
    if not purposes:
        return "none"
    if len(purposes) > 1:
        return "mixed"
    return "reporting" if "reporting" in purposes else "development"
