"""One trace's truth beside its analysis: rows that every figure is made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from lumbar.scoring.vocabulary import PRONE_HOLD, UNKNOWN


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
class AnswerRow:
    """A true set, and how sure the program was that it is one of the thirteen.

    ``ours`` is the confidence of what it called one of them, what is left of the confidence of
    what it called unknown, and 0 where it said nothing; of several found sets the most.
    """

    exercise: str
    kind: str | None  # of foreign exercise
    ours: float


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
    cue_delay_s: float | None = None  # from the true start to the cue; None where none was heard
    has_live: bool = False  # there was a live run, in which a cue could be heard


@dataclass(frozen=True, slots=True)
class StillHoldRow:
    """A true hold without any deviation worth the name."""

    exercise: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class FrontRow:
    """A stretch on the front: a true plank on the forearms, or lying there."""

    is_plank: bool
    called_plank: bool


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
    answers: tuple[AnswerRow, ...]
    repetitions: tuple[RepetitionRow, ...]
    holds: tuple[HoldRow, ...]
    deviations: tuple[DeviationRow, ...]
    still_holds: tuple[StillHoldRow, ...]
    on_the_front: tuple[FrontRow, ...]
    everyday: tuple[EverydayRow, ...]
    foreign: tuple[ForeignRow, ...]
    postures: tuple[PostureRow, ...]
    live: tuple[LiveRow, ...]


def only_exercises(observation: Observation, names: Collection[str]) -> Observation:
    """Return the rows of some exercises, and of nothing that happens outside exercise."""
    return replace(
        observation,
        sets=tuple(row for row in observation.sets if row.true in names or row.found in names),
        answers=_of(names, observation.answers),
        repetitions=_of(names, observation.repetitions),
        holds=_of(names, observation.holds),
        deviations=_of(names, observation.deviations),
        still_holds=_of(names, observation.still_holds),
        on_the_front=observation.on_the_front if PRONE_HOLD in names else (),
        everyday=(),
        foreign=observation.foreign if UNKNOWN in names else (),
        postures=(),
        live=_of(names, observation.live),
    )


class _HasExercise(Protocol):
    @property
    def exercise(self) -> str: ...


_Row = TypeVar("_Row", bound=_HasExercise)


def _of(names: Collection[str], rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    return tuple(row for row in rows if row.exercise in names)
