"""The database against what the sensors measured, and nothing else asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from sqlalchemy import Table, func, select

from lumbar.verdict import judge_samples, read_back
from lumbar_gateway.messages import IndexRanges
from lumbar_server import models
from lumbar_server.database import open_engine, reading
from lumbar_server.store import incidents
from lumbar_server.store.sessions import SessionState
from lumbar_signal import analyze
from soak_sensors import Measured

_SESSIONS = cast(Table, models.Session.__table__)
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
            complete = select(_SESSIONS.c.stream_id).where(
                _SESSIONS.c.state != SessionState.RECEIVING.value
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


def problems(database_url: str, streams: Sequence[Measured]) -> list[str]:
    """Return one line for everything that is not as it was measured; none is the aim."""
    found = [line for one in streams for line in _of_stream(database_url, one)]
    return found + list(_of_database(database_url, {one.key for one in streams}))


def _of_stream(database_url: str, one: Measured) -> Iterable[str]:
    stored = read_back(database_url, one.sensor_id, one.key)
    verdict = judge_samples(one.measurement, stored)
    name = f"{one.sensor_id} stream {one.key}"
    if stored is None:
        yield f"{name}: nothing of it is there"
        return
    if verdict.doubled or verdict.different:
        yield f"{name}: {verdict}"
    lost = IndexRanges((start, end) for start, end in stored.lost)
    missing = np.setdiff1d(one.measurement.index, stored.index)
    undeclared = [index for index in missing.tolist() if not lost.covers(index, index + 1)]
    if undeclared:
        yield f"{name}: {len(undeclared)} are missing, the first is {undeclared[0]}"
    if lost.end > one.overwritten_below:
        yield f"{name}: {lost} is called lost, the sensor lost nothing from {one.overwritten_below}"
    state = SessionState.COMPLETE_WITH_GAPS if lost else SessionState.COMPLETE
    if stored.state != state:
        yield f"{name}: its session is {stored.state} instead of {state}"
    kept = np.isin(one.measurement.index, missing, invert=True)
    undisturbed = analyze(
        one.measurement.counts[kept],
        one.measurement.index[kept],
        sampling_rate_hz=stored.sampling_rate_hz,
        g_per_step=stored.g_per_step,
        dps_per_step=stored.dps_per_step,
    )
    if list(stored.sets) != list(undisturbed.sets):
        yield f"{name}: {len(stored.sets)} sets differ from the {len(undisturbed.sets)} undisturbed"


def _of_database(database_url: str, expected: set[str]) -> Iterable[str]:
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            strange = set(connection.execute(select(_SESSIONS.c.stream_id)).scalars()) - expected
            counters = incidents.counters(connection)
    finally:
        engine.dispose()
    for stream_id in sorted(strange):
        yield f"stream {stream_id} was never measured"
    for row in counters:
        yield f"counted as {row.kind}: {row.total}, last {row.last_detail}"
