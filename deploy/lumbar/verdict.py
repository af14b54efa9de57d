"""Was everything stored, and is what was found true? Judged from the database alone.

No part is asked about itself: the samples are read back and compared with what the sensor's
converter delivered, the sets with what the wearer truly did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sqlalchemy import Connection

from lumbar_server.database import open_engine, reading
from lumbar_server.store import results, samples, stream_listing
from lumbar_signal.events import ExerciseSet
from lumbar_sim.truth import TrueSet, Truth

MIN_OVERLAP = 0.5  # of the longer of the two: chosen, as event-based scoring usually does
HOLD_TOLERANCE_S = 1.5  # chosen: a stopwatch in a person's hand is not better
DEVIATION_FROM_DEG = 8.0  # smaller ones may be told or not


class Measured(Protocol):
    """What a sensor's converter delivered."""

    @property
    def index(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """(n,), increasing."""

    @property
    def counts(self) -> np.ndarray[Any, np.dtype[np.int16]]:
        """(n, channels)."""


@dataclass(frozen=True, slots=True)
class SampleVerdict:
    """The stored samples of one stream against what was measured."""

    measured: int
    stored: int
    missing: int
    doubled: int
    different: int  # stored, but not as measured
    declared_lost: int  # indices recorded as a gap, measured or not

    @property
    def is_whole(self) -> bool:
        """Tell whether every measured sample is stored once and unchanged."""
        return self.missing == self.doubled == self.different == 0


@dataclass(frozen=True, slots=True)
class StoredWorkout:
    """What the database says of one session."""

    state: str
    first_index: int
    counts: np.ndarray[Any, np.dtype[np.int16]]  # (n, channels), as stored, in index order
    index: np.ndarray[Any, np.dtype[np.int64]]  # (n,)
    lost: list[list[int]]
    sets: tuple[ExerciseSet, ...]
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float


def read_back(
    database_url: str, sensor_id: str, stream_id: str | None = None
) -> StoredWorkout | None:
    """Return the session of a stream, or a sensor's newest one, or None where nothing arrived."""
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            row = _stream(connection, sensor_id, stream_id)
            if row is None:
                return None
            runs = list(samples.read(connection, row.stream_id, row.channels, 0, 2**48))
            findings = (
                results.read(connection, row.analysis_id)
                if row.analysis_id is not None
                else results.Findings()
            )
    finally:
        engine.dispose()
    return StoredWorkout(
        state=row.state,
        first_index=runs[0].first_index,
        counts=np.concatenate([run.samples for run in runs]),
        index=np.concatenate([np.arange(run.first_index, run.end_index) for run in runs]),
        lost=row.lost,
        sets=findings.sets,
        sampling_rate_hz=row.sampling_rate_hz,
        g_per_step=row.g_per_step,
        dps_per_step=row.dps_per_step,
    )


def count_stored(database_url: str, sensor_id: str, stream_id: str | None = None) -> int:
    """Return the number of samples stored of a stream, or of a sensor's newest session."""
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            row = _stream(connection, sensor_id, stream_id)
    finally:
        engine.dispose()
    return sum(end - start for start, end in row.stored) if row is not None else 0


def _stream(connection: Connection, sensor_id: str, stream_id: str | None) -> Any | None:
    if stream_id is not None:
        return stream_listing.one(connection, stream_id)
    return next(iter(stream_listing.newest(connection, sensor_id, None, 1)), None)


def judge_samples(measured: Measured, stored: StoredWorkout | None) -> SampleVerdict:
    """Compare index by index, count by count."""
    if stored is None:
        n = len(measured.index)
        return SampleVerdict(n, 0, n, 0, 0, 0)
    unique, first_at = np.unique(stored.index, return_index=True)
    common, at_measured, at_unique = np.intersect1d(
        measured.index, unique, assume_unique=True, return_indices=True
    )
    mine, theirs = measured.counts[at_measured], stored.counts[first_at[at_unique]]
    same_shape = mine.shape == theirs.shape
    different = int(np.any(mine != theirs, axis=1).sum()) if same_shape else len(common)
    return SampleVerdict(
        measured=len(measured.index),
        stored=len(unique),
        missing=len(measured.index) - len(common),
        doubled=len(stored.index) - len(unique),
        different=different + len(unique) - len(common),
        declared_lost=sum(end - start for start, end in stored.lost),
    )


@dataclass(frozen=True, slots=True)
class SetVerdict:
    """One true set and the stored one that answers to it, or one of them alone."""

    true: TrueSet | None
    found: ExerciseSet | None
    problem: str | None  # what is wrong, in one line

    @property
    def is_right(self) -> bool:
        """Tell whether exercise, count, hold and deviations agree."""
        return self.problem is None


def judge_sets(truth: Truth, stored: StoredWorkout | None) -> list[SetVerdict]:
    """Match each true set with the found one that overlaps it most, then compare the two."""
    rate_hz = stored.sampling_rate_hz if stored else 1.0
    left = list(stored.sets) if stored else []
    verdicts = []
    for true in truth.sets:
        best = max(left, key=lambda one: _overlap(true, one, rate_hz), default=None)
        if best is None or _overlap(true, best, rate_hz) < MIN_OVERLAP:
            verdicts.append(SetVerdict(true, None, "not found"))
            continue
        left.remove(best)
        verdicts.append(SetVerdict(true, best, _compare(true, best, rate_hz)))
    return verdicts + [SetVerdict(None, one, "never done") for one in left]


def _overlap(true: TrueSet, found: ExerciseSet, rate_hz: float) -> float:
    start_s, end_s = found.start / rate_hz, found.end / rate_hz
    common_s = min(true.end_s, end_s) - max(true.start_s, start_s)
    longest_s = max(true.end_s - true.start_s, end_s - start_s)
    return max(0.0, common_s) / longest_s


def _compare(true: TrueSet, found: ExerciseSet, rate_hz: float) -> str | None:
    if true.exercise.value != found.exercise.value:
        return f"called {found.exercise.value}"
    if len(true.repetitions) != len(found.repetitions):
        return f"{len(found.repetitions)} repetitions instead of {len(true.repetitions)}"
    if len(true.holds) != len(found.holds):
        return f"{len(found.holds)} holds instead of {len(true.holds)}"
    for hold, seen in zip(true.holds, found.holds, strict=True):
        seen_s = (seen.end - seen.start) / rate_hz
        if abs(seen_s - hold.duration_s) > HOLD_TOLERANCE_S:
            return f"held {seen_s:.1f} s instead of {hold.duration_s:.1f} s"
    wanted = {one.kind.value for one in true.deviations if one.peak_deg >= DEVIATION_FROM_DEG}
    may_be = {one.kind.value for one in true.deviations}
    told = {one.kind.value for one in found.deviations}
    if not wanted <= told:
        return f"{', '.join(sorted(wanted - told))} not noticed"
    if not told <= may_be:
        return f"{', '.join(sorted(told - may_be))} noticed where there was none"
    return None
