"""One trace's truth beside its analysis: rows that every figure is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from lumbar.scoring.vocabulary import UNKNOWN


@dataclass(frozen=True, slots=True)
class SetRow:
    """A true set and the found one that matches it, or one of them alone (the other ``none``)."""

    true: str
    found: str
    true_repetitions: int
    found_repetitions: int
    confidence: float | None = None  # of the found one
    start_error_s: float | None = None  # found less true, of a matched pair
    end_error_s: float | None = None


@dataclass(frozen=True, slots=True)
class RepetitionRow:
    """A true repetition and the found one of the same exercise, or one of them alone."""

    exercise: str
    is_true: bool
    confidence: float | None  # of the found one; None where there is none
    start_error_s: float | None = None  # errors: found less true, of a matched pair
    peak_error_s: float | None = None
    end_error_s: float | None = None
    range_error_deg: float | None = None

    @property
    def is_found(self) -> bool:
        """Tell whether the program counted it."""
        return self.confidence is not None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A true hold and the found one of the same exercise, or one of them alone."""

    exercise: str
    is_true: bool
    is_found: bool
    duration_error_s: float | None = None


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """A true deviation that should be told."""

    exercise: str
    kind: str
    delay_s: float | None  # the found one's start less the true one's; None where not told


@dataclass(frozen=True, slots=True)
class StillHoldRow:
    """A true hold without any deviation worth the name."""

    exercise: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class EverydayRow:
    """A stretch of everyday life, with what was said of it all the same."""

    kind: str
    duration_s: float
    false_sets: int
    live_repetitions: int | None  # None where there was no live run


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """A true set of foreign exercise; ``called_ours`` where it was named one of the thirteen."""

    kind: str
    called_ours: bool


@dataclass(frozen=True, slots=True)
class PostureRow:
    """A stretch of true posture and how much of it was found to be that."""

    true: str
    duration_s: float
    right_s: float


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A repetition counted in a live run."""

    exercise: str
    is_retracted: bool  # the final analysis has none that overlaps it
    delay_s: float | None  # from the true repetition's end; None where it matches none


@dataclass(frozen=True, slots=True)
class Observation:
    """All rows of one trace."""

    body_id: str
    families: dict[str, str]  # factor to the family's name
    purposes: frozenset[str]
    simulated: bool
    duration_s: float
    sets: tuple[SetRow, ...]
    repetitions: tuple[RepetitionRow, ...]
    holds: tuple[HoldRow, ...]
    deviations: tuple[DeviationRow, ...]
    still_holds: tuple[StillHoldRow, ...]
    everyday: tuple[EverydayRow, ...]
    foreign: tuple[ForeignRow, ...]
    postures: tuple[PostureRow, ...]
    live: tuple[LiveRow, ...]


def only_exercise(observation: Observation, exercise: str) -> Observation:
    """Return the rows of one exercise, and of nothing that happens outside exercise."""
    return replace(
        observation,
        sets=tuple(row for row in observation.sets if exercise in (row.true, row.found)),
        repetitions=_of(exercise, observation.repetitions),
        holds=_of(exercise, observation.holds),
        deviations=_of(exercise, observation.deviations),
        still_holds=_of(exercise, observation.still_holds),
        everyday=(),
        foreign=observation.foreign if exercise == UNKNOWN else (),
        postures=(),
        live=_of(exercise, observation.live),
    )


class _HasExercise(Protocol):
    @property
    def exercise(self) -> str: ...


_Row = TypeVar("_Row", bound=_HasExercise)


def _of(exercise: str, rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    return tuple(row for row in rows if row.exercise == exercise)
