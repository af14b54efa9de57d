"""Stored samples come back as they were, whatever the chunks they lie in."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine

from lumbar_server.database import reading, writing
from lumbar_server.errors import StreamConflictError
from lumbar_server.store import samples, streams
from lumbar_server.store.samples import RUN_SAMPLES, Piece, Run

KEY = "0000000000000001"
ROWS = np.arange(3 * 3 * RUN_SAMPLES, dtype=np.int16).reshape(-1, 3)


def _read_back(
    engine: Engine, pieces: list[tuple[int, int]], first: int, end: int
) -> list[tuple[int, int]]:
    """Store each piece by itself, read, compare the bytes; return the borders of the runs."""
    with writing(engine) as connection:
        streams.write(connection, [streams.StreamRecord(KEY, "S")], datetime.now(UTC))
        for start, stop in pieces:
            packet = (start, stop - start, 0, 0.0)
            piece = Piece(Run(start, ROWS[start:stop]), True, 1, (packet,))
            samples.write(connection, {KEY: [piece]})
    with reading(engine) as connection:
        runs = list(samples.read(connection, KEY, 3, first, end))
    assert all(np.array_equal(run.samples, ROWS[run.first_index : run.end_index]) for run in runs)
    return [(run.first_index, run.end_index) for run in runs]


def test_neighbours_come_as_one_run_and_gaps_part_runs(engine: Engine) -> None:
    pieces = [(20, 40), (0, 20), (40, 47), (60, 80), (80, 100)]
    assert _read_back(engine, pieces, 0, 2**48) == [(0, 47), (60, 100)]


@pytest.mark.parametrize(
    ("first", "end", "runs"),
    [
        (5, 90, [(5, 47), (60, 90)]),
        (25, 30, [(25, 30)]),
        (47, 60, []),
        (40, 61, [(40, 47), (60, 61)]),
    ],
)
def test_only_what_was_asked_for_comes(
    engine: Engine, first: int, end: int, runs: list[tuple[int, int]]
) -> None:
    pieces = [(0, 20), (20, 40), (40, 47), (60, 80), (80, 100)]
    assert _read_back(engine, pieces, first, end) == runs


def test_a_long_stream_does_not_come_at_once(engine: Engine) -> None:
    size = RUN_SAMPLES // 2
    pieces = [(n * size, (n + 1) * size) for n in range(5)]
    runs = _read_back(engine, pieces, 0, 2**48)
    assert runs == [(0, 2 * size), (2 * size, 4 * size), (4 * size, 5 * size)]


@pytest.mark.parametrize("size", [1000, RUN_SAMPLES])
def test_reading_may_end_at_any_run(engine: Engine, size: int) -> None:
    pieces = [(n * size, (n + 1) * size) for n in range(0, 3, 2)]
    _read_back(engine, pieces, 0, 2**48)
    with writing(engine) as connection:
        runs = samples.read(connection, KEY, 3, 0, 2**48)
        assert next(runs).first_index == 0
        assert next(samples.read(connection, KEY, 3, 5, 10)).first_index == 5
        assert next(runs).first_index == 2 * size


def test_somebody_else_stored_the_same(engine: Engine) -> None:
    piece = Piece(Run(0, ROWS[:20]), True, 1, ())
    with writing(engine) as connection:
        streams.write(connection, [streams.StreamRecord(KEY, "S")], datetime.now(UTC))
        samples.write(connection, {KEY: [piece]})
    with pytest.raises(StreamConflictError), writing(engine) as connection:
        samples.write(connection, {KEY: [piece]})
    with reading(engine) as connection:
        (run,) = samples.read(connection, KEY, 3, 0, 100)
    assert run.end_index == 20
