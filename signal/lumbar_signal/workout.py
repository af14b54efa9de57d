"""From what the detector sees to what a person reads: sets, postures, deviations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lumbar_signal.constants import SET_PAUSE_S
from lumbar_signal.events import (
    Announcement,
    Deviation,
    DeviationEnded,
    DeviationKind,
    DeviationStarted,
    Event,
    Exercise,
    ExerciseSet,
    MovementClosed,
    Posture,
    PostureChanged,
    PostureInterval,
    RepetitionCounted,
    SegmentStarted,
    StayMeasured,
)
from lumbar_signal.exercises import CUED
from lumbar_signal.hold_track import HoldTrack
from lumbar_signal.prescription import NOTHING_PRESCRIBED, Prescription
from lumbar_signal.repetition_track import RepetitionTrack
from lumbar_signal.sets import Gaps, Part, assemble, undisputed


@dataclass(frozen=True, slots=True)
class LiveState:
    """What a page shows at this moment."""

    exercise: Exercise | None  # None outside a set
    repetitions: int  # of the set
    hold_start: float | None  # sample index, while a hold is open
    posture: Posture
    cue: DeviationKind | None  # the latest deviation that is open
    set_number: int  # sets so far, the one in progress included
    latest_end: float | None = None  # of the latest repetition or hold of the exercise


class Workout:
    """A pure fold of the events of one stream.

    Parameters
    ----------
    sampling_rate_hz
        Of the stream, for the rules in seconds.
    prescription
        What the wearer set out to do: it is more likely at its time, and one repetition of it is
        a set.
    """

    def __init__(
        self, *, sampling_rate_hz: float, prescription: Prescription = NOTHING_PRESCRIBED
    ) -> None:
        self._rate = sampling_rate_hz
        self._prescription = prescription
        self._repetitions = RepetitionTrack(sampling_rate_hz)
        self._holds = HoldTrack(sampling_rate_hz)
        self._postures: list[PostureChanged] = []
        self._segment_ends: list[tuple[int, int]] = []
        self._deviations: list[tuple[Deviation, bool]] = []
        self._open: dict[tuple[DeviationKind, bool], DeviationStarted] = {}
        self._untold: list[DeviationStarted] = []  # open, in what was not yet named
        self._gaps = Gaps()
        self._next_index = 0
        self._over = False
        self._found: list[ExerciseSet] | None = None  # None: not looked for since the latest call

    def add(
        self, events: Iterable[Event], next_index: int, *, first_index: int | None = None
    ) -> list[Announcement]:
        """Take the events of one call of the detector; return what is new to a person.

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
        before = self._next_index
        self._found = None
        if first_index is not None and first_index > before > 0:
            self._gaps.add(before, first_index)
        announced: list[Announcement] = []
        for event in events:
            announced += self._add(event, before)
        self._next_index = next_index
        return announced

    @property
    def prescription(self) -> Prescription:
        """What the wearer set out to do, as far as is known."""
        return self._prescription

    def prescribe(self, prescription: Prescription) -> None:
        """Say what the wearer sets out to do from now on.

        Raises
        ------
        ValueError
            Where that differs for what was seen already: it takes a new workout.
        """
        end = self._next_index
        if prescription.until(end) != self._prescription.until(end):
            raise ValueError(f"another prescription before sample {end}: begin a new workout")
        self._prescription = prescription
        self._found = None

    def close(self) -> None:
        """Say that the stream is over: every set is closed."""
        self._over = True
        self._found = None

    @property
    def sets(self) -> list[ExerciseSet]:
        """The sets by their start; those that may still grow have ``closed`` false."""
        if self._found is None:
            self._found = assemble(
                self._parts(),
                [deviation for deviation, in_hold in self._deviations if in_hold],
                prescription=self._prescription,
                sampling_rate_hz=self._rate,
                next_index=self._next_index,
                over=self._over,
                gaps=self._gaps,
            )
        return list(self._found)

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
            for one, in_hold in self._deviations
            if not in_hold and not any(s < one.end and one.start < e for s, e in spans)
        ]

    @property
    def now(self) -> LiveState:
        """What a page shows at this moment."""
        parts = undisputed([part for part in self._parts() if self._may_go_on(part)])
        latest = max(parts, key=lambda part: part.end) if parts else None
        sets = self.sets
        begun = latest is not None and all(
            one.end < latest.start or latest.end < one.start for one in sets
        )
        return LiveState(
            exercise=None if latest is None else latest.exercise,
            repetitions=0 if latest is None else len(latest.repetitions),
            hold_start=self._holds.open_since,
            posture=self._postures[-1].posture if self._postures else Posture.UNKNOWN,
            cue=self._cue,
            set_number=len(sets) + begun,
            latest_end=None if latest is None else latest.end,
        )

    @property
    def _cue(self) -> DeviationKind | None:
        shown = [kind for kind, in_hold in self._open if self._is_told(in_hold=in_hold)]
        return shown[-1] if shown else None

    def _is_told(self, *, in_hold: bool) -> bool:
        """Tell whether a deviation means something now: in what has a line to keep, or outside."""
        if self._holds.open_since is None:
            return not in_hold
        held = max(self._holds.parts(self._next_index), key=lambda part: part.end)
        return in_hold and held.exercise in CUED

    def _parts(self) -> Sequence[Part]:
        return [
            *self._repetitions.parts(self._next_index, over=self._over),
            *self._holds.parts(self._next_index),
        ]

    def _may_go_on(self, part: Part) -> bool:
        return not self._over and self._next_index - part.end <= SET_PAUSE_S * self._rate

    def _add(self, event: Event, before: int) -> list[Announcement]:
        match event:
            case PostureChanged():
                self._postures.append(event)
            case MovementClosed(at, movement):
                meant = self._prescription.during(movement.start, movement.end)
                counted = self._repetitions.add(at, movement, meant)
                return [
                    RepetitionCounted(at, exercise, one)
                    for exercise, one in counted
                    if exercise is not Exercise.UNKNOWN or not self._is_held(one.start)
                ]
            case StayMeasured(at, stay):
                self._repetitions.rest(stay)
                meant = self._prescription.during(stay.start, stay.end)
                return [*self._holds.add(stay, at, meant), *self._told_late(at)]
            case DeviationStarted(_, kind, _, in_hold):
                self._open[kind, in_hold] = event
                if not self._is_told(in_hold=in_hold):
                    self._untold += [event] if in_hold else []
                    return []
            case DeviationEnded(_, deviation, in_hold):
                started = self._open.pop((deviation.kind, in_hold))
                self._untold = [one for one in self._untold if one is not started]
                self._deviations.append((deviation, in_hold))
                if in_hold and not self._holds.covers(deviation.start):
                    return []
            case SegmentStarted(at) if before > 0:
                self._segment_ends.append((before, at))
                self._repetitions.interrupt(before, at)
        return [event]

    def _told_late(self, at: int) -> list[DeviationStarted]:
        """Return the deviations that go on in a hold which has its name only now."""
        if not self._untold or not self._is_told(in_hold=True):
            return []
        told = [replace(one, at=at) for one in self._untold]
        self._untold = []
        return told

    def _is_held(self, position: float) -> bool:
        """Tell whether a position lies in the hold that is open: what moves there leaves it."""
        since = self._holds.open_since
        return since is not None and since <= position
