"""Retention: old samples go, announced, and nothing that is still being received."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compacted import chunks
from ingested import STREAM, commit, new_ingest, stored_findings, stored_samples
from lumbar_gateway.messages import BrokerAddress, IndexRanges, SampleBatch
from lumbar_server import deletion
from lumbar_server.database import reading, writing
from lumbar_server.file_space import give_back, is_loose
from lumbar_server.ingest import Ingest
from lumbar_server.keeper import ANNOUNCED, LOOK_S, Keeper
from lumbar_server.retention import KEPT_FOR_GOOD, Retention
from lumbar_server.store import erasing, receipts, sizes
from lumbar_server.store.receipts import DeletionKind, Receipt
from lumbar_server.worker import Worker
from stream_messages import START_S, PublishedStream

DAY_S = 86_400.0
MONTH = Retention(keep_raw_days=30.0)
LATER = PublishedStream("SIM-2", 0x77, STREAM.samples)
N = len(STREAM.samples)


class Clock:
    """Days after the recording."""

    def __init__(self, days: float) -> None:
        self.now_s = START_S + days * DAY_S

    def __call__(self) -> float:
        return self.now_s


def look(engine: Engine, clock: Clock, retention: Retention) -> list[Receipt]:
    """Look once and do all that is due."""
    keeper = Keeper(engine, clock, retention)
    clock.now_s += LOOK_S
    for _ in range(10):
        keeper.step()
    with reading(engine) as connection:
        return receipts.newest(connection, None, 10)


@pytest.fixture
def recorded(ingest: Ingest) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())


@pytest.mark.usefixtures("recorded")
def test_old_samples_are_announced_then_deleted_and_results_stay(engine: Engine) -> None:
    found = stored_findings(engine, STREAM)
    assert look(engine, Clock(29.9), MONTH) == []
    clock = Clock(30.1)
    (announced,) = look(engine, clock, MONTH)
    assert announced.kind is DeletionKind.RETENTION
    assert announced.begun_utc is None
    assert announced.due_utc == datetime.fromtimestamp(clock.now_s, UTC) + ANNOUNCED
    assert [part.samples for part in announced.todo] == [N]
    assert look(engine, clock, MONTH) == [announced]
    assert sum(chunk.n for chunk in chunks(engine)) == N
    clock.now_s += DAY_S
    (done,) = look(engine, clock, MONTH)
    assert (done.id, done.samples, done.sets) == (announced.id, N, 0)
    assert done.done_utc is not None
    assert chunks(engine) == []
    assert stored_findings(engine, STREAM) == found
    assert look(engine, clock, MONTH) == [done]


@pytest.mark.usefixtures("recorded")
def test_kept_for_good_unless_somebody_says_otherwise(engine: Engine) -> None:
    assert look(engine, Clock(5000), KEPT_FOR_GOOD) == []


@pytest.mark.usefixtures("recorded")
def test_an_announcement_is_taken_back_where_the_settings_say_so(engine: Engine) -> None:
    clock = Clock(31)
    look(engine, clock, MONTH)
    clock.now_s += 2 * DAY_S
    assert look(engine, clock, Retention(keep_raw_days=365.0)) == []
    assert stored_samples(engine, STREAM) != []


def test_a_stream_that_is_still_being_received_is_not_touched(
    ingest: Ingest, engine: Engine
) -> None:
    commit(ingest, *STREAM.batches(50))
    daily = Retention(keep_raw_days=1.0, max_database_bytes=1)
    assert look(engine, Clock(3), daily) == []
    (announced,) = look(engine, Clock(31), daily)  # nothing has come for a month
    assert announced.todo[0].samples == N


def test_the_oldest_go_first_where_it_is_too_much(ingest: Ingest, engine: Engine) -> None:
    later_s = START_S + 10 * DAY_S
    commit(ingest, *STREAM.batches(50), STREAM.end())
    late = Ingest(engine, lambda: later_s)
    messages = [_moved(one, 10) for one in LATER.batches(50)]
    commit(late, *messages, LATER.end(), topic=LATER.topic)
    with reading(engine) as connection:
        used = sizes.of_database(connection).used_bytes
        one = sizes.samples_bytes(connection, STREAM.key)
    clock = Clock(11)
    assert look(engine, clock, Retention(max_database_bytes=used + 10_000_000)) == []
    limit = Retention(max_database_bytes=used - one // 2)
    (announced,) = look(engine, clock, limit)
    assert [part.stream_id for part in announced.todo] == [STREAM.key]
    clock.now_s += 2 * DAY_S
    look(engine, clock, limit)
    assert stored_samples(engine, STREAM) == []
    assert sum(len(rows) for _, rows in stored_samples(engine, LATER)) == N


def _moved(batch: SampleBatch, days: float) -> SampleBatch:
    fit = replace(batch.fit, wall_at_zero_s=batch.fit.wall_at_zero_s + days * DAY_S)
    return replace(batch, fit=fit, wall_offset_s=batch.wall_offset_s + days * DAY_S)


@pytest.mark.usefixtures("recorded")
def test_a_deletion_that_was_interrupted_is_finished(engine: Engine) -> None:
    now_utc = datetime.fromtimestamp(START_S, UTC) + timedelta(hours=1)
    deletion.mark_raw(engine, 1, None, now_utc)
    (done,) = look(engine, Clock(1), KEPT_FOR_GOOD)
    assert done.samples == N
    assert done.done_utc is not None


@pytest.mark.usefixtures("recorded")
def test_a_worker_keeps_to_the_settings(engine: Engine) -> None:
    clock = Clock(31)
    url = engine.url.render_as_string(hide_password=False)
    worker = Worker(url, BrokerAddress("127.0.0.1", 1), retention=MONTH, now_s=clock)
    for _ in range(3):
        worker.step(0.0)
        clock.now_s += DAY_S
    worker.step(0.0)
    worker.stop()
    worker.run()
    assert chunks(engine) == []


def test_nothing_of_deleted_samples_is_left_in_the_files(ingest: Ingest, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL overwrites in its own time")
    long = PublishedStream("SIM-1", 0x1234, STREAM.samples.repeat(40, axis=0))
    commit(ingest, *long.batches(5000), long.end())
    before = _files(engine)
    everywhere = [long.samples[at : at + 20].tobytes() for at in range(0, len(long.samples), 997)]
    marks = [mark for mark in everywhere if mark in before]  # not those across two pages
    assert len(marks) > len(everywhere) / 2
    now_utc = datetime.fromtimestamp(START_S, UTC) + timedelta(hours=1)
    deletion.delete_everything(engine, 1, now_utc)
    assert is_loose(engine)
    assert give_back(engine)
    assert not is_loose(engine)
    left = _files(engine)
    assert [mark for mark in marks if mark in left] == []
    assert len(left) < len(before) / 2
    assert new_ingest(engine).analyse_again(long.key)


def test_nothing_is_left_between_rows_that_stay(ingest: Ingest, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL overwrites in its own time")
    for batch in STREAM.batches(20):
        commit(ingest, batch)
    at = range(0, N - 20, 20)
    gone = [STREAM.samples[i + 5 : i + 15].tobytes() for i in at if i % 40 == 0]
    stays = [STREAM.samples[i + 5 : i + 15].tobytes() for i in at if i % 40 == 20]
    ranges = IndexRanges([(i, i + 20) for i in at if i % 40 == 0])
    with writing(engine) as connection:
        while erasing.samples(connection, STREAM.key, 3, ranges, 500).chunks:
            pass
    give_back(engine)
    left = _files(engine)
    assert [mark for mark in gone if mark in left] == []
    assert sum(mark in left for mark in stays) > len(stays) / 2  # not those across two pages


def _files(engine: Engine) -> bytes:
    """The database's file and its write-ahead log, as they lie on the disk."""
    path = Path(str(engine.url.database))
    log = path.with_name(path.name + "-wal")
    return path.read_bytes() + (log.read_bytes() if log.exists() else b"")
