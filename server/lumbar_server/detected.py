"""What the detector found, in seconds of a session."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_signal.events import Deviation, ExerciseSet, Posture


@dataclass(frozen=True, slots=True)
class TimeView:
    """Sample positions of one stream as seconds of the session."""

    offset_s: float  # of index 0
    s_per_sample: float

    def s(self, index: float) -> float:
        """Return when a sample position was."""
        return self.offset_s + index * self.s_per_sample

    def index(self, t_s: float) -> float:
        """Return the sample position of a time."""
        return (t_s - self.offset_s) / self.s_per_sample


@dataclass(frozen=True, slots=True)
class PostureSpan:
    """A stretch of one posture."""

    posture: Posture
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class DeviationSpan:
    """A departure from the target range; ``peak_deg`` is a magnitude."""

    kind: str
    start_s: float
    end_s: float
    peak_deg: float

    @classmethod
    def of(cls, found: Deviation, time: TimeView) -> DeviationSpan:
        """Return what the detector found, in seconds."""
        return cls(found.kind.value, time.s(found.start), time.s(found.end), found.peak_deg)


@dataclass(frozen=True, slots=True)
class DetectedRepetition:
    """One repetition; ``range_deg`` is the angle between gravity at base and peak."""

    start_s: float
    peak_s: float
    end_s: float
    range_deg: float
    confidence: float


@dataclass(frozen=True, slots=True)
class DetectedHold:
    """A posture held still."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """How long."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class DetectedSet:
    """A set as the detector found it; ``start`` and ``end`` are positions in its stream."""

    stream_id: str
    start: float
    end: float
    exercise: str
    told_live: str | None
    start_s: float
    end_s: float
    confidence: float
    coverage: float
    closed: bool
    repetitions: tuple[DetectedRepetition, ...]
    holds: tuple[DetectedHold, ...]
    deviations: tuple[DeviationSpan, ...]

    @classmethod
    def of(cls, found: ExerciseSet, stream_id: str, time: TimeView) -> DetectedSet:
        """Return a set of the detector in seconds."""
        return cls(
            stream_id=stream_id,
            start=found.start,
            end=found.end,
            exercise=found.exercise.value,
            told_live=None if found.told_live is None else found.told_live.value,
            start_s=time.s(found.start),
            end_s=time.s(found.end),
            confidence=found.confidence,
            coverage=found.coverage,
            closed=found.closed,
            repetitions=tuple(
                DetectedRepetition(
                    time.s(one.start),
                    time.s(one.peak),
                    time.s(one.end),
                    one.range_deg,
                    one.confidence,
                )
                for one in found.repetitions
            ),
            holds=tuple(DetectedHold(time.s(one.start), time.s(one.end)) for one in found.holds),
            deviations=tuple(DeviationSpan.of(one, time) for one in found.deviations),
        )
