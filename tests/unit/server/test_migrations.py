"""Every step of the schema, up and down, with rows in every table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compacted import chunks, compact
from databases import DATABASES, fresh_database
from lumbar_server.database import open_engine, reading
from lumbar_server.store import observations, samples
from lumbar_server.store.samples import Codec
from schema_steps import SAMPLES, Tables, contents, fill, go_to, steps

GIVEN_UP = {
    ("0003", "streams", "fit_arrival_s"),
    ("0004", "sessions", "*"),  # was a stream's, and became a wearer's
    ("0007", "changes", "*"),  # begins with everything there is, for who has no copy yet
}
"""What a step cannot keep: its revision, table and column."""


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh_database(request.param, tmp_path) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def kept(rows: Tables, others: Tables, revision: str) -> Tables:
    """Return ``rows`` with the tables and columns that ``others`` have too, and may be kept."""
    return {
        table: [
            {
                name: value
                for name, value in row.items()
                if name in others[table][0] and (revision, table, name) not in GIVEN_UP
            }
            for row in rows[table]
        ]
        for table in rows
        if others.get(table) and (revision, table, "*") not in GIVEN_UP
    }


@pytest.mark.parametrize(("before", "after"), steps())
def test_a_step_up_and_down_keeps_every_row(empty: Engine, before: str, after: str) -> None:
    go_to(empty, before)
    fill(empty)
    rows = contents(empty)
    go_to(empty, after)
    assert all(contents(empty)[table] for table in rows if table in contents(empty))
    go_to(empty, before)
    again = contents(empty)
    assert again.keys() == rows.keys()
    assert kept(again, rows, after) == kept(rows, rows, after)


@pytest.mark.parametrize(("before", "after"), steps())
def test_a_step_down_and_up_keeps_what_both_know(empty: Engine, before: str, after: str) -> None:
    go_to(empty, after)
    fill(empty)
    rows = contents(empty)
    go_to(empty, before)
    known = contents(empty)
    go_to(empty, after)
    assert kept(contents(empty), known, after) == kept(rows, known, after)


def test_all_steps_down_and_up_keep_samples_of_quiet_streams(empty: Engine) -> None:
    first, last = steps()[0][0], steps()[-1][1]
    go_to(empty, first)
    fill(empty)
    raw = contents(empty)["chunks"]
    go_to(empty, last)
    go_to(empty, first)
    assert contents(empty)["chunks"] == raw


def test_compact_samples_are_raw_again_below(empty: Engine) -> None:
    last = steps()[-1][1]
    go_to(empty, last)
    fill(empty)
    raw = contents(empty)["chunks"]
    with reading(empty) as connection:
        key = raw[0]["stream_id"]
        packets = [rows.tolist() for _, rows in observations.of_stream(connection, key)]
    compact(empty)
    assert [chunk.codec for chunk in chunks(empty)] == [Codec.COMPACT]
    with reading(empty) as connection:
        (run,) = samples.read(connection, key, 3, 0, 2 * SAMPLES)
        assert [rows.tolist() for _, rows in observations.of_stream(connection, key)] == packets
    before = next(before for before, after in steps() if after == "0005")
    go_to(empty, before)
    go_to(empty, last)
    assert contents(empty)["chunks"] == raw
    assert run.samples.tobytes() == b"".join(chunk["data"] for chunk in raw)
