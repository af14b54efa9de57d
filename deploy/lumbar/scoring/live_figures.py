"""What the wearer hears while moving: counts that come late, or are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.measures import Rate, Share, Spread, rate, spread
from lumbar.scoring.observation import Observation

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """Repetitions counted in live runs."""

    retracted: Share  # of those counted: the final analysis has none that overlaps
    delay_s: Spread  # from the end of the true repetition to its count
    everyday_repetitions: Rate  # counted in everyday life


def live_figures(observations: Sequence[Observation], bodies: Bodies) -> LiveFigures:
    """Score the live runs among the observations."""
    rows = [(o.body_id, row) for o in observations for row in o.live]
    life = [row for o in observations for row in o.everyday if row.live_repetitions is not None]
    return LiveFigures(
        retracted=bodies.share((body, row.is_retracted) for body, row in rows),
        delay_s=spread(row.delay_s for _, row in rows),
        everyday_repetitions=rate(
            sum(row.live_repetitions or 0 for row in life),
            sum(row.duration_s for row in life) / _HOUR_S,
        ),
    )
