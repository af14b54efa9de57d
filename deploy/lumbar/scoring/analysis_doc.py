"""``lumbar.analysis/1``: what some program says of a trace, as far as it is scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lumbar.scoring.document_fields import Angle, Fraction, Hold, PostureSpan, check_apart
from lumbar.scoring.span import Seconds, Span
from lumbar.scoring.vocabulary import Deviation, Exercise


@dataclass(frozen=True, slots=True)
class FoundRepetition(Span):
    """One repetition that was counted."""

    peak_s: Seconds
    range_deg: Angle
    confidence: Fraction


@dataclass(frozen=True, slots=True)
class FoundDeviation(Span):
    """One deviation that was told, in exercise or outside."""

    kind: Deviation
    peak_deg: Angle


@dataclass(frozen=True, slots=True)
class FoundSet(Span):
    """A stretch that was called one exercise."""

    exercise: Exercise
    confidence: Fraction
    repetitions: tuple[FoundRepetition, ...]
    holds: tuple[Hold, ...]
    deviations: tuple[FoundDeviation, ...]


@dataclass(frozen=True, slots=True)
class AnalysisDoc:
    """One trace's analysis; ``trace`` is its file where several were analysed."""

    schema: Literal["lumbar.analysis/1"]
    sets: tuple[FoundSet, ...]
    postures: tuple[PostureSpan, ...]
    deviations: tuple[FoundDeviation, ...]  # outside sets
    trace: str | None = None

    def __post_init__(self) -> None:
        check_apart("postures", self.postures)

    @property
    def all_deviations(self) -> tuple[FoundDeviation, ...]:
        """Those inside sets and those outside."""
        return (*(d for one in self.sets for d in one.deviations), *self.deviations)
