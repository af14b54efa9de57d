"""Deleting: what goes cannot be read, does not come back, and takes nothing else with it."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine

from compacted import chunks, compact
from ingested import commit, new_ingest, stored_samples, totals
from lumbar_server import deletion, workouts
from lumbar_server.database import reading, writing
from lumbar_server.errors import ConflictError, NotFoundError
from lumbar_server.ingest import Ingest
from lumbar_server.record import SessionRecord
from lumbar_server.store import (
    changes,
    incidents,
    receipts,
    record,
    results,
    sessions,
    stream_listing,
    streams,
    wearers,
)
from lumbar_server.store.receipts import Receipt
from lumbar_server.store.sessions import Wanted
from lumbar_server.store.streams import StreamRecord, StreamState
from signal_traces import Wearer
from stream_messages import START_S, PublishedStream, changed
from synthetic_bridge import RATE_HZ

START_UTC = datetime.fromtimestamp(START_S, UTC)
NOW_UTC = START_UTC + timedelta(hours=1)


def two_bridges() -> NDArray[np.int16]:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(4, period_s=3.0)
    wearer.rest(60.0)
    wearer.bridges(3, period_s=3.0)
    return wearer.rest(2.0).samples(RATE_HZ, seed=2)


SAMPLES = two_bridges()
TWO_SETS = PublishedStream("SIM-1", 0x1234, SAMPLES)
N = len(SAMPLES)


@pytest.fixture
def recorded(ingest: Ingest, engine: Engine) -> list[int]:
    """Two workouts of one stream, found by themselves."""
    with writing(engine) as connection:
        wearers.change(connection, 1, {"quiet_s": 30.0}, START_UTC)
    commit(ingest, *TWO_SETS.batches(50), TWO_SETS.end())
    return session_ids(engine)


def session_ids(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        rows = sessions.newest(connection, Wanted(), None, 50)
    return sorted(row.id for row in rows)


def whole(engine: Engine, session_id: int) -> SessionRecord:
    with reading(engine) as connection:
        return record.read(connection, session_id)


def stream_of(engine: Engine) -> StreamRecord:
    with reading(engine) as connection:
        return streams.read(connection, [TWO_SETS.key])[TWO_SETS.key]


def stored_ranges(engine: Engine) -> list[tuple[int, int]]:
    """What can be read, compared with what was measured."""
    runs = stored_samples(engine, TWO_SETS)
    assert all(rows == SAMPLES[at : at + len(rows)].tolist() for at, rows in runs)
    joined: list[tuple[int, int]] = []
    for at, rows in runs:
        if joined and joined[-1][1] == at:
            joined[-1] = (joined[-1][0], at + len(rows))
        else:
            joined.append((at, at + len(rows)))
    return joined


def found(engine: Engine) -> list[tuple[float, int]]:
    with reading(engine) as connection:
        sets = results.newest_sets(connection, TWO_SETS.key)
    return [(one.start, len(one.repetitions)) for one in sets]


def test_a_deleted_session_is_gone_with_its_samples_and_findings(
    recorded: list[int], engine: Engine
) -> None:
    first, second = recorded
    (part,) = whole(engine, first).parts
    before = whole(engine, second)
    receipt = deletion.delete_session(engine, first, NOW_UTC)
    with reading(engine) as connection, pytest.raises(NotFoundError):
        sessions.one(connection, first)
    assert session_ids(engine) == [second]
    assert whole(engine, second).done == before.done
    assert stored_ranges(engine) == [(0, part.first_index), (part.end_index, N)]
    assert [repetitions for _, repetitions in found(engine)] == [3]
    assert receipt.done_utc == NOW_UTC
    assert (receipt.sessions, receipt.sets) == (1, 1)
    assert receipt.samples == part.end_index - part.first_index
    assert receipt.bytes >= 6 * receipt.samples
    (stretch,) = receipt.streams
    assert stretch.ranges == ((part.first_index, part.end_index),)
    with reading(engine) as connection:
        assert receipts.newest(connection, None, 10) == [receipt]
        assert [one.gone for one in changes.since(connection, 0, 99) if one.key == str(first)][-1]


def test_what_was_deleted_is_told_as_stored_and_does_not_come_back(
    recorded: list[int], engine: Engine
) -> None:
    (part,) = whole(engine, recorded[0]).parts
    deletion.delete_session(engine, recorded[0], NOW_UTC)
    ranges = stored_ranges(engine)
    other = changed(TWO_SETS.batch(part.first_index - 5, part.first_index + 50))
    committed = commit(new_ingest(engine), *TWO_SETS.batches(37, live=False), other)
    assert list(committed[0].record.stored) == [(0, N)]
    assert stored_ranges(engine) == ranges
    assert session_ids(engine) == recorded[1:]
    assert totals(engine) == {}
    with reading(engine) as connection:
        assert incidents.quarantined_total(connection) == 0


def test_analysing_again_neither_finds_a_deleted_session_nor_loses_others(
    recorded: list[int], engine: Engine
) -> None:
    kept = whole(engine, recorded[1])
    deletion.delete_session(engine, recorded[0], NOW_UTC)
    new_ingest(engine).analyse_again(TWO_SETS.key)
    assert session_ids(engine) == recorded[1:]
    after = whole(engine, recorded[1])
    assert [one.repetitions for one in after.done] == [3]
    assert after.done[0].start_s == pytest.approx(kept.done[0].start_s, abs=0.1)
    with writing(engine) as connection:
        results.discard(connection, TWO_SETS.key, *_detector(engine))
    new_ingest(engine).analyse_again(TWO_SETS.key)
    assert [repetitions for _, repetitions in found(engine)] == [3]


def _detector(engine: Engine) -> tuple[str, str]:
    with reading(engine) as connection:
        row = stream_listing.one(connection, TWO_SETS.key)
    assert row is not None
    return row.detector_version, row.parameters_sha256


def test_results_stay_where_raw_samples_were_deleted(recorded: list[int], engine: Engine) -> None:
    kept = [whole(engine, one) for one in recorded]
    receipt = deletion.delete_raw(engine, 1, None, NOW_UTC)
    assert chunks(engine) == []
    assert (receipt.samples, receipt.sessions, receipt.sets) == (N, 0, 0)
    commit(new_ingest(engine), *TWO_SETS.batches(40, live=False), TWO_SETS.end())
    new_ingest(engine).analyse_again(TWO_SETS.key)
    for before in kept:
        after = whole(engine, before.id)
        assert after.done == before.done
        assert after.coverage == 1.0
        assert [part.erased_s for part in before.parts] == [()]
        assert [part.erased_s for part in after.parts] != [()]
    assert stream_of(engine).state is StreamState.COMPLETE
    assert chunks(engine) == []


def test_raw_samples_before_a_moment_go_and_later_ones_are_analysed_as_before(
    recorded: list[int], engine: Engine
) -> None:
    kept = [whole(engine, one).done for one in recorded]
    cut = recorded_at(engine, recorded[1]) - timedelta(seconds=20)
    deletion.delete_raw(engine, 1, cut, NOW_UTC)
    ((start, end),) = stored_ranges(engine)
    assert start == pytest.approx((cut - START_UTC).total_seconds() * RATE_HZ, abs=2)
    assert end == N
    new_ingest(engine).analyse_again(TWO_SETS.key)
    after = [whole(engine, one).done for one in recorded]
    assert after[0] == kept[0]
    assert [one.repetitions for one in after[1]] == [3]
    assert session_ids(engine) == recorded


def test_no_set_is_cut_in_two(recorded: list[int], engine: Engine) -> None:
    session = whole(engine, recorded[1])
    middle = session.started_utc + timedelta(seconds=session.done[0].end_s / 2)
    deletion.delete_raw(engine, 1, middle, NOW_UTC)
    assert session.done[0].detected is not None
    assert stored_ranges(engine) == [(int(session.done[0].detected.start), N)]


def recorded_at(engine: Engine, session_id: int) -> datetime:
    return whole(engine, session_id).started_utc


def test_everything_of_a_wearer_goes_and_nobody_elses(ingest: Ingest, engine: Engine) -> None:
    other = PublishedStream("SIM-2", 0x77, SAMPLES)
    commit(ingest, *TWO_SETS.batches(50), TWO_SETS.end())
    commit(ingest, *other.batches(50), other.end(), topic=other.topic)
    with writing(engine) as connection:
        ann = wearers.add(connection, "Ann", "UTC", 300.0, START_UTC)
        workouts.assign(connection, "SIM-2", ann.id, START_UTC - timedelta(days=1), NOW_UTC)
    theirs, mine = (_of(engine, wearer) for wearer in (ann.id, 1))
    receipt = deletion.delete_everything(engine, ann.id, NOW_UTC)
    assert (receipt.sessions, receipt.samples) == (len(theirs), N)
    assert _of(engine, ann.id) == []
    assert _of(engine, 1) == mine
    assert stored_ranges(engine) == [(0, N)]
    with reading(engine) as connection:
        assert wearers.one(connection, ann.id).name == f"Wearer {ann.id}"
        assert stream_listing.one(connection, other.key) is None
        assert results.newest(connection, other.key) == results.Findings()
    commit(ingest, *other.batches(99, live=False), other.end(), topic=other.topic)
    assert stored_samples(engine, other) == []
    assert _of(engine, ann.id) == []


def _of(engine: Engine, wearer_id: int) -> list[int]:
    with reading(engine) as connection:
        return sessions.all_of(connection, wearer_id)


def test_what_was_taken_until_now_is_not_kept_when_it_comes_later(
    ingest: Ingest, engine: Engine
) -> None:
    commit(ingest, TWO_SETS.batch(0, 1000))
    at_utc = START_UTC + timedelta(seconds=2000 / RATE_HZ)
    deletion.delete_everything(engine, 1, at_utc)
    commit(ingest, *TWO_SETS.batches(300), TWO_SETS.end())
    assert stored_ranges(engine) == [(2000, N)]
    stream = stream_of(engine)
    assert list(stream.stored) == [(0, N)]
    assert stream.started_utc == at_utc
    assert [repetitions for _, repetitions in found(engine)] == [3]


def test_a_stream_that_is_told_of_only_afterwards_does_not_bring_it_back(
    ingest: Ingest, engine: Engine
) -> None:
    commit(ingest, *TWO_SETS.batches(50), TWO_SETS.end())
    other = PublishedStream("SIM-2", 0x77, SAMPLES)
    at_utc = START_UTC + timedelta(seconds=2000 / RATE_HZ)
    deletion.delete_everything(engine, 1, at_utc)
    batches = list(other.batches(300, live=False))
    commit(ingest, batches[-1], *batches[:-1], other.end(), topic=other.topic)
    assert min(at for at, _ in stored_samples(engine, other)) == 2000
    with reading(engine) as connection:
        late = streams.read(connection, [other.key])[other.key]
    assert (list(late.stored), late.started_utc) == ([(0, N)], at_utc)
    (session,) = session_ids(engine)
    assert [one.repetitions for one in whole(engine, session).done] == [3]


def test_samples_of_another_session_stay_with_it(recorded: list[int], engine: Engine) -> None:
    first, _ = recorded
    at_utc = START_UTC + timedelta(seconds=5)
    with writing(engine) as connection:
        longer = workouts.start(connection, 1, at_utc, START_UTC + timedelta(hours=1), NOW_UTC)
    before = whole(engine, longer.id)
    ids = session_ids(engine)
    assert first not in ids  # its set is of the session that somebody recorded
    with writing(engine) as connection:
        shorter = workouts.start(connection, 1, START_UTC, at_utc + timedelta(seconds=5), NOW_UTC)
    deletion.delete_session(engine, shorter.id, NOW_UTC)
    assert whole(engine, longer.id).done == before.done
    assert stored_ranges(engine)[-1] == (before.parts[0].first_index, N)


def test_compact_chunks_are_cut_where_a_session_ends(recorded: list[int], engine: Engine) -> None:
    compact(engine)
    (part,) = whole(engine, recorded[0]).parts
    receipt = deletion.delete_session(engine, recorded[0], NOW_UTC)
    assert stored_ranges(engine) == [(0, part.first_index), (part.end_index, N)]
    assert receipt.samples == part.end_index - part.first_index
    assert 0 < receipt.bytes < 6 * receipt.samples
    compact(engine)
    assert stored_ranges(engine) == [(0, part.first_index), (part.end_index, N)]


def test_messages_set_aside_of_it_go_too(recorded: list[int], engine: Engine) -> None:
    (part,) = whole(engine, recorded[0]).parts
    at = part.first_index
    commit(new_ingest(engine), changed(TWO_SETS.batch(at, at + 9)), changed(TWO_SETS.batch(0, 9)))
    receipt = deletion.delete_session(engine, recorded[0], NOW_UTC)
    assert receipt.messages == 1
    with reading(engine) as connection:
        assert [one.first_index for one in incidents.quarantined(connection, 9)] == [0]
    assert stream_of(engine).quarantined == 1


def test_a_running_session_is_to_be_stopped_first(engine: Engine) -> None:
    with writing(engine) as connection:
        running = workouts.start(connection, 1, START_UTC, None, START_UTC)
    with pytest.raises(ConflictError, match="stop it"):
        deletion.delete_session(engine, running.id, NOW_UTC)
    assert session_ids(engine) == [running.id]


def test_an_interrupted_deletion_is_gone_on_with(recorded: list[int], engine: Engine) -> None:
    asked = deletion.mark_raw(engine, 1, None, NOW_UTC)
    assert asked.done_utc is None
    assert stored_ranges(engine) == [(0, N)]
    with reading(engine) as connection:
        row = stream_listing.one(connection, TWO_SETS.key)
        assert not stream_listing.kept(row)
        assert receipts.unfinished(connection) == [asked]
    done = deletion.finish(engine, asked, NOW_UTC)
    assert done.done_utc == NOW_UTC
    assert done.samples == N
    assert chunks(engine) == []


def test_a_worker_that_is_receiving_goes_on_beside_it(engine: Engine) -> None:
    worker = new_ingest(engine)
    batches = list(TWO_SETS.batches(50))
    receipt: Receipt | None = None
    for batch in batches:
        commit(worker, batch)
        if batch.first_index == 1500:
            at_utc = START_UTC + timedelta(seconds=batch.end_index / RATE_HZ)
            receipt = deletion.delete_raw(engine, 1, None, at_utc)
    commit(worker, TWO_SETS.end())
    assert receipt is not None
    assert receipt.samples == 1550
    assert stored_ranges(engine) == [(1550, N)]
    assert [repetitions for _, repetitions in found(engine)] == [4, 3]


def test_deleting_and_storing_at_once_agree(engine: Engine) -> None:
    worker = new_ingest(engine)
    stored_to = [0]

    def work() -> None:
        for batch in TWO_SETS.batches(10):
            commit(worker, batch)
            stored_to[0] = batch.end_index
        commit(worker, TWO_SETS.end())

    working = threading.Thread(target=work)
    working.start()
    while working.is_alive():
        at_utc = START_UTC + timedelta(seconds=stored_to[0] / RATE_HZ)
        deletion.delete_raw(engine, 1, at_utc - timedelta(seconds=2), at_utc)
    working.join()
    stream = stream_of(engine)
    assert list(stream.stored) == [(0, N)]
    assert stored_ranges(engine) == list(stream.kept)
    assert stream.erased


def test_observations_of_deleted_packets_are_gone(recorded: list[int], engine: Engine) -> None:
    (part,) = whole(engine, recorded[0]).parts
    deletion.delete_session(engine, recorded[0], NOW_UTC)
    record_type = np.dtype([("first_index", "<i8"), ("n", "<i4"), ("t", "<i8"), ("s", "<f8")])
    for chunk in chunks(engine):
        for packet in np.frombuffer(chunk.observations, record_type):
            at = packet["first_index"]
            assert not part.first_index <= at < part.end_index
