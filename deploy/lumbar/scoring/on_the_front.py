"""Planks on the forearms against lying on the front: gravity points the same way in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.measures import Share
from lumbar.scoring.observation import Observation


@dataclass(frozen=True, slots=True)
class OnTheFront:
    """How often the two are told apart."""

    planks: Share  # true ones of which at least half was called a plank
    rests: Share  # stays of which no half was, and in which no called plank mostly lies
    balanced: float | None  # mean of both


def on_the_front(observations: Sequence[Observation], bodies: Bodies) -> OnTheFront:
    """Score stretches on the front."""
    rows = [(o.body_id, row) for o in observations for row in o.on_the_front]
    planks = bodies.share((body, row.called_plank) for body, row in rows if row.is_plank)
    rests = bodies.share((body, not row.called_plank) for body, row in rows if not row.is_plank)
    known = planks.value is not None and rests.value is not None
    return OnTheFront(
        planks, rests, ((planks.value or 0.0) + (rests.value or 0.0)) / 2 if known else None
    )
