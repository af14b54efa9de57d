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
    ("0004", "sessions", "analysis_id"),  # the newest one counts
}
"""What a step up and down again cannot keep: its revision, table and column."""
MADE_ANEW = {("0004", "sessions")}  # of streams; what a wearer said of workouts is no more
"""What a step down and up again cannot keep: its revision and table."""
ADDED_TO = {("0007", "changes")}  # whatever is there is told to those who begin a copy
"""Where a step up has something to say of the rows."""


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh_database(request.param, tmp_path) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def assert_kept(now: Tables, before: Tables, revision: str) -> None:
    """Compare the tables and columns that both have, less what the step may change."""
    for table in before.keys() & now.keys():
        names = before[table][0].keys() & now[table][0].keys()
        names -= {column for at, name, column in GIVEN_UP if (at, name) == (revision, table)}
        new, old = ([{n: row[n] for n in names} for row in rows[table]] for rows in (now, before))
        if (revision, table) in ADDED_TO:
            new = [row for row in new if row in old]
        assert new == old, table


@pytest.mark.parametrize(("before", "after"), steps())
def test_a_step_up_and_down_keeps_every_row(empty: Engine, before: str, after: str) -> None:
    go_to(empty, before)
    fill(empty)
    rows = contents(empty)
    go_to(empty, after)
    assert all(contents(empty)[table] for table in rows if table in contents(empty))
    go_to(empty, before)
    assert contents(empty).keys() == rows.keys()
    assert_kept(contents(empty), rows, after)


@pytest.mark.parametrize(("before", "after"), steps())
def test_a_step_down_and_up_keeps_what_both_know(empty: Engine, before: str, after: str) -> None:
    go_to(empty, after)
    fill(empty)
    rows = contents(empty)
    go_to(empty, before)
    both_know = {
        table: [{name: row[name] for name in known[0].keys() & row.keys()} for row in rows[table]]
        for table, known in contents(empty).items()
        if (after, table) not in MADE_ANEW and known
    }
    go_to(empty, after)
    assert_kept(contents(empty), both_know, after)


def test_all_steps_up_and_down_keep_the_samples(empty: Engine) -> None:
    go_to(empty, steps()[0][0])
    fill(empty)
    raw = contents(empty)["chunks"]
    go_to(empty, steps()[-1][1])
    go_to(empty, steps()[0][0])
    assert contents(empty)["chunks"] == raw


def test_compact_samples_are_raw_again_below(empty: Engine) -> None:
    last = steps()[-1][1]
    go_to(empty, last)
    fill(empty)
    raw = contents(empty)["chunks"]
    key = raw[0]["stream_id"]
    with reading(empty) as connection:
        packets = [rows.tolist() for _, rows in observations.of_stream(connection, key)]
    compact(empty)
    assert [chunk.codec for chunk in chunks(empty)] == [Codec.COMPACT]
    with reading(empty) as connection:
        (run,) = samples.read(connection, key, 3, 0, 2 * SAMPLES)
        assert [rows.tolist() for _, rows in observations.of_stream(connection, key)] == packets
    assert run.samples.tobytes() == b"".join(chunk["data"] for chunk in raw)
    go_to(empty, next(before for before, after in steps() if after == "0005"))
    go_to(empty, last)
    assert contents(empty)["chunks"] == raw
