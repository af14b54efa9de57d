"""Stored samples come back as they were, whatever the chunks they lie in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lumbar_server.database import migrate, open_engine, reading, writing
from lumbar_server.store import samples, streams
from lumbar_server.store.samples import RUN_SAMPLES, Piece, Run

KEY = "0000000000000001"
ROWS = np.arange(3 * 3 * RUN_SAMPLES, dtype=np.int16).reshape(-1, 3)


def _read_back(
    path: Path, pieces: list[tuple[int, int]], first: int, end: int
) -> list[tuple[int, int]]:
    """Store each piece by itself, read, compare the bytes; return the borders of the runs."""
    url = f"sqlite:///{path / 'chunks.db'}"
    migrate(url)
    engine = open_engine(url)
    with writing(engine) as connection:
        streams.write(connection, [streams.StreamRecord(KEY, "S")], datetime.now(UTC))
        for start, stop in pieces:
            packet = (start, stop - start, 0, 0.0)
            piece = Piece(Run(start, ROWS[start:stop]), True, 1, (packet,))
            samples.write(connection, {KEY: [piece]})
    with reading(engine) as connection:
        runs = list(samples.read(connection, KEY, 3, first, end))
    engine.dispose()
    assert all(np.array_equal(run.samples, ROWS[run.first_index : run.end_index]) for run in runs)
    return [(run.first_index, run.end_index) for run in runs]


def test_neighbours_come_as_one_run_and_gaps_part_runs(tmp_path: Path) -> None:
    pieces = [(20, 40), (0, 20), (40, 47), (60, 80), (80, 100)]
    assert _read_back(tmp_path, pieces, 0, 2**48) == [(0, 47), (60, 100)]


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
    tmp_path: Path, first: int, end: int, runs: list[tuple[int, int]]
) -> None:
    pieces = [(0, 20), (20, 40), (40, 47), (60, 80), (80, 100)]
    assert _read_back(tmp_path, pieces, first, end) == runs


def test_a_long_stream_does_not_come_at_once(tmp_path: Path) -> None:
    size = RUN_SAMPLES // 2
    pieces = [(n * size, (n + 1) * size) for n in range(5)]
    runs = _read_back(tmp_path, pieces, 0, 2**48)
    assert runs == [(0, 2 * size), (2 * size, 4 * size), (4 * size, 5 * size)]
