"""The database against what the sensors measured, and nothing else asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, func, select

from lumbar.verdict import StoredWorkout, judge_samples, read_back
from lumbar_gateway.messages import IndexRanges
from lumbar_server import models
from lumbar_server.database import open_engine, reading
from lumbar_server.store import incidents, stream_listing
from lumbar_server.store.streams import StreamState
from lumbar_signal import analyze
from soak_sensors import Measured

LARGEST_CLOCK_ERROR_S = 1.0  # chosen: a busy machine is late, and a stream may be seconds short

_STREAMS = cast(Table, models.Stream.__table__)
_CHUNKS = cast(Table, models.Chunk.__table__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the database is."""

    stored_samples: int
    complete_streams: frozenset[str]


def progress(database_url: str) -> Progress:
    """Ask the database; nothing of it is locked."""
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            stored = connection.execute(select(func.coalesce(func.sum(_CHUNKS.c.n), 0)))
            complete = select(_STREAMS.c.stream_id).where(
                _STREAMS.c.state != StreamState.RECEIVING.value
            )
            return Progress(
                int(stored.scalar_one()), frozenset(connection.execute(complete).scalars())
            )
    finally:
        engine.dispose()


def spooled_packets(spool: Path) -> int:
    """Return how many packets still wait in a gateway's spool."""
    with closing(sqlite3.connect(f"file:{spool}?mode=ro", uri=True)) as database:
        (waiting,) = database.execute("SELECT count(*) FROM packet").fetchone()
    return int(waiting)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of all that was measured."""

    streams: int
    measured: int  # samples
    declared_lost: int  # of these
    worst_clock_error_s: float  # of any first or last sample whose sensor could know the time
    problems: tuple[str, ...]  # one line for everything that is not as it should be


def judge(database_url: str, streams: Sequence[Measured]) -> Verdict:
    """Compare, stream by stream and sample by sample."""
    judged = [_judge_stream(database_url, one) for one in streams]
    foreign = _problems_of_database(database_url, {one.key for one in streams})
    return Verdict(
        streams=len(streams),
        measured=sum(one.n for one in streams),
        declared_lost=sum(one.declared_lost for one in judged),
        worst_clock_error_s=max((one.worst_clock_error_s for one in judged), default=0.0),
        problems=(*(line for one in judged for line in one.problems), *foreign),
    )


def _judge_stream(database_url: str, one: Measured) -> Verdict:
    name = f"{one.sensor_id} stream {one.key}"
    stored = read_back(database_url, one.sensor_id, one.key)
    if stored is None:
        return Verdict(1, one.n, 0, 0.0, (f"{name}: nothing of it is there",))
    missing = np.setdiff1d(one.measurement.index, stored.index)
    problems = [
        *_problems_of_samples(one, stored, missing),
        *_problems_of_sets(one, stored, missing),
    ]
    # From a boot that no gateway heard of, nobody can say more than that it was before the next.
    error_s = _clock_error_s(database_url, one) if one.was_told_time else 0.0
    if error_s > LARGEST_CLOCK_ERROR_S:
        problems.append(f"its time is wrong by {error_s:.3f} s")
    lines = tuple(f"{name}: {problem}" for problem in problems)
    return Verdict(1, one.n, len(missing), error_s, lines)


def _problems_of_samples(
    one: Measured, stored: StoredWorkout, missing: NDArray[np.int64]
) -> Iterator[str]:
    verdict = judge_samples(one.measurement, stored)
    if verdict.doubled or verdict.different:
        yield str(verdict)
    lost = IndexRanges((start, end) for start, end in stored.lost)
    undeclared = [index for index in missing.tolist() if not lost.covers(index, index + 1)]
    if undeclared:
        yield f"{len(undeclared)} are missing, the first is {undeclared[0]}"
    if lost.end > one.overwritten_below:
        yield f"{lost} is called lost, the sensor lost nothing from {one.overwritten_below}"
    state = StreamState.COMPLETE_WITH_GAPS if lost else StreamState.COMPLETE
    if stored.state != state:
        yield f"it is {stored.state} instead of {state}"


def _problems_of_sets(
    one: Measured, stored: StoredWorkout, missing: NDArray[np.int64]
) -> Iterator[str]:
    kept = np.isin(one.measurement.index, missing, invert=True)
    undisturbed = analyze(
        one.measurement.counts[kept],
        one.measurement.index[kept],
        sampling_rate_hz=stored.sampling_rate_hz,
        g_per_step=stored.g_per_step,
        dps_per_step=stored.dps_per_step,
    )
    if list(stored.sets) != list(undisturbed.sets):
        yield f"{len(stored.sets)} sets differ from the {len(undisturbed.sets)} undisturbed"


def _clock_error_s(database_url: str, one: Measured) -> float:
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            row = stream_listing.one(connection, one.key)
    finally:
        engine.dispose()
    assert row is not None
    index = np.array([0, one.n - 1])
    told_s = row.wall_at_zero_s + index * row.wall_s_per_sample
    return float(np.abs(told_s - (one.started_s + index * one.s_per_sample)).max())


def _problems_of_database(database_url: str, expected: set[str]) -> Iterator[str]:
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            strange = set(connection.execute(select(_STREAMS.c.stream_id)).scalars()) - expected
            counters = incidents.counters(connection)
    finally:
        engine.dispose()
    for stream_id in sorted(strange):
        yield f"stream {stream_id} was never measured"
    for row in counters:
        yield f"counted as {row.kind}: {row.total}, last {row.last_detail}"
