"""A workout as it was recorded: what was detected, and what its wearer says of it.

Pages, API and exports all show this, so that they cannot disagree. Times count in seconds from the
session's start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lumbar_server.detected import DetectedSet, DeviationSpan, PostureSpan, TimeView
from lumbar_server.store.streams import StreamState

SAME_SET = 0.5
"""A correction is of the set that it shares at least so much of its time with (chosen)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one stream, ``[first_index, end_index)``."""

    stream_id: str
    sensor_id: str
    first_index: int
    end_index: int
    time: TimeView
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float
    channels: int
    state: StreamState
    stored_samples: int
    gaps_s: tuple[tuple[float, float], ...]  # lost for good
    erased_s: tuple[tuple[float, float], ...]  # deleted on purpose
    quarantined: int  # messages of the whole stream
    analysis_id: int | None
    detector_version: str | None
    parameters_sha256: str | None
    calibration: str | None  # the source of the detector's frame
    postures: tuple[PostureSpan, ...]
    deviations: tuple[DeviationSpan, ...]  # outside exercise

    @property
    def coverage(self) -> float:
        """Stored fraction."""
        n = self.end_index - self.first_index
        return self.stored_samples / n if n else 0.0

    @property
    def start_s(self) -> float:
        """When it begins."""
        return self.time.s(self.first_index)

    @property
    def end_s(self) -> float:
        """When it ends."""
        return self.time.s(self.end_index)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the wearer says of one set; None leaves that as it was detected.

    It names its set by where it was in the stream, so it stays with it under a newer detector.
    Without a stream it is a set that nothing was seen of.
    """

    id: int
    stream_id: str | None
    start: float | None
    end: float | None
    removed: bool
    exercise: str | None
    repetitions: int | None
    holds_s: tuple[float, ...] | None
    start_s: float | None
    end_s: float | None
    made_utc: datetime

    def is_of(self, found: DetectedSet) -> bool:
        """Tell whether this may be about ``found``."""
        return self.stream_id == found.stream_id and self.shared(found) >= SAME_SET

    def shared(self, found: DetectedSet) -> float:
        """Return the time shared with ``found``, as a fraction of the longer of the two."""
        if self.start is None or self.end is None:
            return 0.0
        common = min(self.end, found.end) - max(self.start, found.start)
        longest = max(self.end - self.start, found.end - found.start)
        return max(0.0, common) / longest if longest else float(common == 0.0)


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """One set: detected, said by the wearer, or both; the wearer's word counts."""

    detected: DetectedSet | None
    correction: Correction | None

    @property
    def exercise(self) -> str:
        """Its exercise."""
        said = self.correction.exercise if self.correction else None
        return said or (self.detected.exercise if self.detected else "unknown")

    @property
    def start_s(self) -> float:
        """When it began."""
        said = self.correction.start_s if self.correction else None
        if said is not None:
            return said
        return self.detected.start_s if self.detected else 0.0

    @property
    def end_s(self) -> float:
        """When it ended."""
        said = self.correction.end_s if self.correction else None
        if said is not None:
            return said
        return self.detected.end_s if self.detected else self.start_s

    @property
    def repetitions(self) -> int:
        """How many repetitions."""
        said = self.correction.repetitions if self.correction else None
        if said is not None:
            return said
        return len(self.detected.repetitions) if self.detected else 0

    @property
    def holds_s(self) -> tuple[float, ...]:
        """How long each hold was."""
        said = self.correction.holds_s if self.correction else None
        if said is not None:
            return said
        return tuple(one.duration_s for one in self.detected.holds) if self.detected else ()

    @property
    def is_removed(self) -> bool:
        """Whether the wearer says that there was no such set."""
        return self.correction is not None and self.correction.removed


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One workout of one wearer, whole."""

    id: int
    wearer_id: int
    wearer_name: str
    time_zone: str
    kind: str
    started_utc: datetime
    ended_utc: datetime | None
    pauses_s: tuple[tuple[float, float | None], ...]
    comfort_before: int | None
    comfort_during: int | None  # at its worst
    comfort_after: int | None
    effort: int | None
    note: str
    discarded: bool
    version: int
    parts: tuple[Part, ...]
    sets: tuple[RecordedSet, ...]  # also those that the wearer removed, in order of their start
    is_planned: bool = False  # it has a prescription

    @property
    def done(self) -> tuple[RecordedSet, ...]:
        """The sets that count."""
        return tuple(one for one in self.sets if not one.is_removed)

    @property
    def coverage(self) -> float | None:
        """Stored fraction of its samples; None where there are none."""
        n = sum(part.end_index - part.first_index for part in self.parts)
        return sum(part.stored_samples for part in self.parts) / n if n else None

    @property
    def duration_s(self) -> float | None:
        """From start to end; None while it runs."""
        if self.ended_utc is None:
            return None
        return (self.ended_utc - self.started_utc).total_seconds()


def corrected(
    found: Sequence[DetectedSet],
    corrections: Sequence[Correction],
    times: Mapping[str, TimeView],
) -> tuple[RecordedSet, ...]:
    """Join what was detected with what the wearer says, each correction with the set it is of.

    A correction whose set is no longer found stands by itself, unless it only removed it.
    ``times`` are those of the streams that the corrections name.
    """
    left = list(corrections)
    sets = []
    for one in found:
        mine = max(
            (said for said in left if said.is_of(one)),
            key=lambda said: said.shared(one),
            default=None,
        )
        if mine is not None:
            left.remove(mine)
        sets.append(RecordedSet(one, mine))
    alone = [
        _standing_alone(said, times)
        for said in left
        if not said.removed and (said.stream_id is None or said.stream_id in times)
    ]
    sets += [RecordedSet(None, said) for said in alone]
    return tuple(sorted(sets, key=lambda one: (one.start_s, one.end_s)))


def _standing_alone(said: Correction, times: Mapping[str, TimeView]) -> Correction:
    if said.stream_id is None or said.start is None or said.end is None:
        return said
    time = times[said.stream_id]
    start_s = time.s(said.start) if said.start_s is None else said.start_s
    end_s = time.s(said.end) if said.end_s is None else said.end_s
    return replace(said, start_s=start_s, end_s=end_s)
