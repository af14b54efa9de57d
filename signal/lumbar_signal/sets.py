"""Sets: which stretches are one, which are none, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from lumbar_signal.constants import SET_HOLD_S, SET_PAUSE_S, SET_REPETITIONS
from lumbar_signal.elementary import logistic
from lumbar_signal.events import Deviation, Exercise, ExerciseSet, Hold, Repetition
from lumbar_signal.exercises import CUED
from lumbar_signal.prescription import Prescription

SHARED = 0.5  # of a repetition or hold: what others fill by more was theirs
# The log odds of a set from the mean of its parts' and their number, fitted on simulated wearers
# of the families for development: repetitions, holds.
SURE_REPETITIONS = (-3.1, 0.65, 0.7)
SURE_HOLDS = (-2.6, 1.3, 1.0)
SUREST = 0.98  # nothing is surer than the share of wearers that the model does not know
REPETITION_BASE, REPETITION_ODDS = 1.9, 0.5  # of a repetition in a set that has its right name
PARTS_MOST = 6
LONG_S = 10.0  # who leans or bends for less is met every day
ODDS_PER_S, FACE_DOWN_ODDS_PER_S = 1.4, 0.8  # that what is shorter needs more; few are face down
ODDS_MOST = 10.0

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one exercise as one track sees it."""

    exercise: Exercise
    repetitions: tuple[Repetition, ...] = ()
    holds: tuple[Hold, ...] = ()
    odds: tuple[float, ...] = ()  # log odds of each
    told: tuple[Exercise | None, ...] = ()  # what each was called live
    deviations: tuple[Deviation, ...] = ()

    @property
    def start(self) -> float:
        """Where its first repetition or hold begins."""
        starts = [one.start for one in self.repetitions]
        return min(starts + [one.start for one in self.holds])

    @property
    def end(self) -> float:
        """Where its last repetition or hold ends."""
        ends = [one.end for one in self.repetitions]
        return max(ends + [one.end for one in self.holds])

    @property
    def spans(self) -> list[Span]:
        """What it fills: its repetitions or holds, without the pauses between."""
        spans = [(one.start, one.end) for one in self.repetitions]
        return spans + [(one.start, one.end) for one in self.holds]

    def without(self, taken: Sequence[Span]) -> Part:
        """Return the part without the repetitions and holds that others fill for the most."""
        free = [not _is_filled(span, taken) for span in self.spans]
        return replace(
            self,
            repetitions=tuple(compress(self.repetitions, free)),
            holds=tuple(compress(self.holds, free[len(self.repetitions) :])),
            odds=tuple(compress(self.odds, free)),
            told=tuple(compress(self.told, free)),
        )

    @property
    def weight(self) -> float:
        """How much speaks for it."""
        return sum(min(odds, ODDS_MOST) for odds in self.odds)


@dataclass(slots=True)
class Gaps:
    """Samples that were never received."""

    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, first: int, end: int) -> None:
        """Add the samples from ``first`` to before ``end``."""
        self.spans.append((first, end))

    def coverage(self, start: float, end: float) -> float:
        """Return the received fraction of a stretch."""
        missing = sum(max(0.0, min(end, b) - max(start, a)) for a, b in self.spans)
        return 1.0 - missing / max(end - start, 1.0)


def assemble(
    parts: Sequence[Part],
    deviations: Sequence[Deviation],
    *,
    prescription: Prescription,
    sampling_rate_hz: float,
    next_index: int,
    over: bool,
    gaps: Gaps,
) -> list[ExerciseSet]:
    """Return the sets among the parts, by their start."""
    pause = SET_PAUSE_S * sampling_rate_hz
    real = [part for part in parts if _is_set(part, prescription, sampling_rate_hz)]
    real = [part for part in undisputed(real) if _is_set(part, prescription, sampling_rate_hz)]
    return [
        ExerciseSet(
            exercise=part.exercise,
            told_live=_most_common(part.told),
            start=part.start,
            end=part.end,
            confidence=confidence(part),
            coverage=gaps.coverage(part.start, part.end),
            closed=over or next_index - part.end > pause,
            repetitions=_surer(part),
            holds=part.holds,
            deviations=(
                *part.deviations,
                *(_in_holds(deviations, part.holds) if part.exercise in CUED else ()),
            ),
        )
        for part in real
    ]


def confidence(part: Part) -> float:
    """Return the probability that a stretch is what it is called."""
    base, by_odds, by_number = SURE_HOLDS if part.holds else SURE_REPETITIONS
    n = len(part.odds)
    mean = sum(_bounded(odds) for odds in part.odds) / n
    return SUREST * logistic(base + by_odds * mean + by_number * min(n, PARTS_MOST))


def _most_common(names: Sequence[Exercise | None]) -> Exercise | None:
    """Return the name that occurs most often, of several the first; none counts too."""
    return max(names, key=names.count)


def _surer(part: Part) -> tuple[Repetition, ...]:
    """Return the repetitions, each as sure as its set and its own likeness."""
    whole = confidence(part)
    return tuple(
        replace(
            one, confidence=whole * logistic(REPETITION_BASE + REPETITION_ODDS * _bounded(odds))
        )
        for one, odds in zip(part.repetitions, part.odds, strict=False)
    )


def _bounded(odds: float) -> float:
    return max(-ODDS_MOST, min(odds, ODDS_MOST))


def _is_set(part: Part, prescription: Prescription, sampling_rate_hz: float) -> bool:
    if part.holds:
        longest = max(hold.end - hold.start for hold in part.holds)
        if longest < SET_HOLD_S * sampling_rate_hz:
            return False
        return _is_held_long(part, sampling_rate_hz) or _was_prescribed(part, prescription)
    n = len(part.repetitions)
    return n >= SET_REPETITIONS or (n > 0 and _was_prescribed(part, prescription))


def _was_prescribed(part: Part, prescription: Prescription) -> bool:
    """Tell whether any of a part was what the wearer set out to do at that time."""
    return any(part.exercise in prescription.during(start, end) for start, end in part.spans)


def _is_held_long(part: Part, sampling_rate_hz: float) -> bool:
    """Tell whether holds last for longer than who bends or leans for a moment, or are clearer."""
    held_s = sum(hold.end - hold.start for hold in part.holds) / sampling_rate_hz
    face_down = part.exercise is Exercise.FOREARM_PLANK
    per_s = FACE_DOWN_ODDS_PER_S if face_down else ODDS_PER_S
    return max(part.odds) >= per_s * (LONG_S - held_s)


def undisputed(parts: Sequence[Part]) -> list[Part]:
    """Take out of each part what another fills that more speaks for, and unrest within a hold."""
    kept: list[Part] = []
    for group in _touching(parts):
        holds = [hold for part in group for hold in part.holds]
        chosen: list[Part] = []
        for part in sorted(group, key=lambda one: (-one.weight, one.start)):
            if part.exercise is Exercise.UNKNOWN and any(_lies_in(part, one) for one in holds):
                continue
            rest = part.without(_taken(part, chosen))
            if rest.spans:
                chosen.append(rest)
        kept += chosen
    return sorted(kept, key=lambda one: one.start)


def _taken(part: Part, chosen: Sequence[Part]) -> list[Span]:
    """Return what others fill; one of the same exercise fills its pauses too."""
    taken: list[Span] = []
    for other in chosen:
        same = other.exercise == part.exercise
        taken += [(other.start, other.end)] if same else other.spans
    return taken


def _touching(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield the parts that overlap in a row; no two rows share a sample."""
    group: list[Part] = []
    latest = 0.0
    for part in sorted(parts, key=lambda one: (one.start, one.end)):
        if group and part.start >= latest:
            yield group
            group = []
        latest = max(latest, part.end) if group else part.end
        group.append(part)
    if group:
        yield group


def _is_filled(span: Span, taken: Sequence[Span]) -> bool:
    start, end = span
    filled = sum(max(0.0, min(end, over) - max(start, begun)) for begun, over in taken)
    return filled > SHARED * (end - start)


def _lies_in(part: Part, hold: Hold) -> bool:
    return hold.start <= part.start and part.end <= hold.end


def _in_holds(deviations: Sequence[Deviation], holds: Sequence[Hold]) -> list[Deviation]:
    """Return the deviations that lie in one of the holds, none longer than its hold."""
    return [
        replace(one, start=max(one.start, hold.start), end=min(one.end, hold.end))
        for one in deviations
        for hold in holds
        if one.start < hold.end and hold.start < one.end
    ]
