"""``lumbar.truth/1``: what a simulated wearer truly did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from lumbar.scoring.document_fields import Angle, Duration, Hold, PostureSpan, check_apart
from lumbar.scoring.span import Seconds, Span
from lumbar.scoring.vocabulary import Exercise, ExerciseDeviation


@dataclass(frozen=True, slots=True)
class TrueRepetition(Span):
    """One repetition; its peak is the extreme."""

    peak_s: Seconds
    range_deg: Angle


@dataclass(frozen=True, slots=True)
class TrueDeviation(Span):
    """One departure from a hold's or repetition's own beginning."""

    kind: ExerciseDeviation
    peak_deg: Angle


@dataclass(frozen=True, slots=True)
class TrueSet(Span):
    """A stretch of one exercise; ``kind`` says which foreign one ``unknown`` is."""

    exercise: Exercise
    repetitions: tuple[TrueRepetition, ...] = ()
    holds: tuple[Hold, ...] = ()
    deviations: tuple[TrueDeviation, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Everyday(Span):
    """A stretch of everyday life: no exercise."""

    kind: str


@dataclass(frozen=True, slots=True)
class Family:
    """Where one factor of the simulation was drawn from, and what it may be used for."""

    name: str
    purpose: Literal["development", "reporting"]


@dataclass(frozen=True, slots=True)
class Families:
    """The four independent factors of a simulated trace."""

    body: Family
    style: Family
    placement: Family
    hardware: Family


@dataclass(frozen=True, slots=True)
class TrueRecording:
    """How long was measured; ``gaps`` reach from the last sample before to the first after."""

    samples: Annotated[int, Field(ge=0)]
    sampling_rate_hz: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    duration_s: Duration
    gaps: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Truth:
    """All labels of one trace; raises ``ValueError`` where two sets or two postures overlap.

    ``trace`` is its file where several stand in one.
    """

    schema: Literal["lumbar.truth/1"]
    simulated: bool
    families: Families
    body_id: str
    recording: TrueRecording
    sets: tuple[TrueSet, ...]
    everyday: tuple[Everyday, ...]
    postures: tuple[PostureSpan, ...]
    trace: str | None = None

    def __post_init__(self) -> None:
        check_apart("sets", self.sets)
        check_apart("postures", self.postures)
