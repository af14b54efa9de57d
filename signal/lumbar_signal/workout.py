"""From events to what a person reads: sets, postures, deviations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lumbar_signal.constants import SET_HOLD_S, SET_PAUSE_S, SET_REPETITIONS
from lumbar_signal.events import (
    Deviation,
    DeviationEnded,
    DeviationKind,
    DeviationStarted,
    Event,
    Exercise,
    ExerciseSet,
    Hold,
    HoldEnded,
    HoldStarted,
    Posture,
    PostureChanged,
    PostureInterval,
    Repetition,
    RepetitionCounted,
    SegmentStarted,
)

HOLD_CONFIDENCE = 0.8  # chosen: gravity alone does not tell a plank from rest


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a page shows at this moment."""

    exercise: Exercise | None  # None outside a set
    repetitions: int  # of the set
    hold_start: float | None  # sample index, while a hold is open
    posture: Posture
    cue: DeviationKind | None  # the latest deviation that is open
    set_number: int  # sets so far, the one in progress included


@dataclass(slots=True)
class _Draft:
    """A set that is being put together."""

    exercise: Exercise
    repetitions: list[Repetition] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    open_hold: float | None = None
    deviations: list[Deviation] = field(default_factory=list)

    def start(self) -> float:
        starts = [one.start for one in self.repetitions] + [one.start for one in self.holds]
        return min(starts if self.open_hold is None else [*starts, self.open_hold])

    def end(self, next_index: int) -> float:
        if self.open_hold is not None:
            return max(float(next_index), self.open_hold)
        return max([one.end for one in self.repetitions] + [one.end for one in self.holds])


class Workout:
    """A pure fold of the events of one stream.

    Parameters
    ----------
    sampling_rate_hz
        Of the stream, for the rules in seconds.
    prescribed
        One repetition of it is a set.
    """

    def __init__(self, *, sampling_rate_hz: float, prescribed: Exercise | None = None) -> None:
        self._rate = sampling_rate_hz
        self._prescribed = prescribed
        self._drafts: list[_Draft] = []
        self._postures: list[PostureChanged] = []
        self._segment_ends: list[tuple[int, int]] = []
        self._deviations: list[Deviation] = []
        self._open: list[tuple[DeviationKind, bool]] = []
        self._gaps: list[tuple[int, int]] = []
        self._next_index = 0
        self._over = False

    def add(
        self, events: Iterable[Event], next_index: int, *, first_index: int | None = None
    ) -> None:
        """Take the events of one call of the detector.

        Parameters
        ----------
        events
            What ``push`` or ``flush`` returned.
        next_index
            The detector's, after the call.
        first_index
            Of the samples pushed; a step from the last ``next_index`` is a gap and lowers the
            coverage of what spans it. Left out where nothing was missing.
        """
        if first_index is not None and first_index > self._next_index and self._next_index > 0:
            self._gaps.append((self._next_index, first_index))
        before = self._next_index
        for event in events:
            self._add(event, before)
        self._next_index = next_index

    def close(self) -> None:
        """Say that the stream is over: every set is closed."""
        self._over = True

    @property
    def sets(self) -> list[ExerciseSet]:
        """The sets by their start; those that may still grow have ``closed`` false."""
        return [self._set(draft) for draft in self._drafts if self._is_set(draft)]

    @property
    def postures(self) -> list[PostureInterval]:
        """The postures in order; the last reaches up to what was seen."""
        ends = [following.start for following in self._postures[1:]]
        ends += [float(self._next_index)] * bool(self._postures)
        intervals = []
        for change, end in zip(self._postures, ends, strict=True):
            for last, first in self._segment_ends:
                if change.start < last and end >= first:
                    end = float(last)
            intervals.append(PostureInterval(change.posture, change.start, end))
        return intervals

    @property
    def deviations(self) -> list[Deviation]:
        """The deviations outside sets that have ended."""
        spans = [(one.start, one.end) for one in self.sets]
        return [
            one
            for one in self._deviations
            if not any(start < one.end and one.start < end for start, end in spans)
        ]

    @property
    def now(self) -> LiveState:
        """What a page shows at this moment."""
        draft = self._drafts[-1] if self._drafts and not self._closed(self._drafts[-1]) else None
        sets = sum(map(self._is_set, self._drafts))
        waiting = draft is not None and not self._is_set(draft)
        return LiveState(
            exercise=None if draft is None else draft.exercise,
            repetitions=0 if draft is None else len(draft.repetitions),
            hold_start=None if draft is None else draft.open_hold,
            posture=self._postures[-1].posture if self._postures else Posture.UNKNOWN,
            cue=self._open[-1][0] if self._open else None,
            set_number=sets + waiting,
        )

    def _add(self, event: Event, before: int) -> None:
        match event:
            case PostureChanged():
                self._postures.append(event)
            case RepetitionCounted(_, exercise, repetition):
                self._draft(exercise, repetition.start).repetitions.append(repetition)
            case HoldStarted(_, exercise, start):
                self._draft(exercise, start).open_hold = start
            case HoldEnded(_, exercise, hold):
                for draft in self._drafts:
                    if draft.exercise == exercise and draft.open_hold is not None:
                        draft.open_hold = None
                        draft.holds.append(hold)
            case DeviationStarted(_, kind, _, in_hold):
                self._open.append((kind, in_hold))
            case DeviationEnded(_, deviation, in_hold):
                self._open.remove((deviation.kind, in_hold))
                self._keep(deviation, in_hold)
            case SegmentStarted(at) if before > 0:
                self._segment_ends.append((before, at))

    def _draft(self, exercise: Exercise, start: float) -> _Draft:
        """Return the set in progress, or begin one after a pause of more than 20 s."""
        for draft in reversed(self._drafts):
            if draft.exercise == exercise:
                if start - draft.end(self._next_index) <= SET_PAUSE_S * self._rate:
                    return draft
                break
        self._drafts.append(_Draft(exercise))
        return self._drafts[-1]

    def _keep(self, deviation: Deviation, in_hold: bool) -> None:
        if not in_hold:
            self._deviations.append(deviation)
        elif self._drafts:
            holding = [
                draft for draft in self._drafts if draft.holds or draft.open_hold is not None
            ]
            holding[-1].deviations.append(deviation)

    def _is_set(self, draft: _Draft) -> bool:
        wanted = 1 if draft.exercise == self._prescribed else SET_REPETITIONS
        holds = [hold.end - hold.start for hold in draft.holds]
        if draft.open_hold is not None:
            holds.append(self._next_index - draft.open_hold)
        long_enough = any(length >= SET_HOLD_S * self._rate for length in holds)
        return len(draft.repetitions) >= wanted or long_enough

    def _closed(self, draft: _Draft) -> bool:
        if self._over:
            return True
        pause = self._next_index - draft.end(self._next_index)
        return draft.open_hold is None and pause > SET_PAUSE_S * self._rate

    def _set(self, draft: _Draft) -> ExerciseSet:
        start, end = draft.start(), draft.end(self._next_index)
        missing = sum(max(0.0, min(end, b) - max(start, a)) for a, b in self._gaps)
        holds = list(draft.holds)
        if draft.open_hold is not None:
            holds.append(Hold(draft.open_hold, float(self._next_index)))
        confidences = [one.confidence for one in draft.repetitions] + [
            HOLD_CONFIDENCE for _ in holds
        ]
        kept = [one for one in draft.deviations if any(_overlap(one, hold) for hold in holds)]
        return ExerciseSet(
            exercise=draft.exercise,
            start=start,
            end=end,
            confidence=sum(confidences) / len(confidences),
            coverage=1.0 - missing / max(end - start, 1.0),
            closed=self._closed(draft),
            repetitions=tuple(draft.repetitions),
            holds=tuple(holds),
            deviations=tuple(kept),
        )


def _overlap(deviation: Deviation, hold: Hold) -> bool:
    return deviation.start < hold.end and hold.start < deviation.end
