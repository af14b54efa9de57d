"""Compact samples are the samples that came: for readers, for late messages, for results."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, cast

import numpy as np
import pytest
from sqlalchemy import Engine, Table, update

from compacted import IdleWorker, chunks, compact, extents
from ingested import commit, expected, new_ingest, stored_findings, stored_samples, totals
from lumbar_gateway.messages import LostSamples
from lumbar_server import models
from lumbar_server.compaction import PAUSE_S
from lumbar_server.database import reading, writing
from lumbar_server.errors import DatabaseAwayError, StreamConflictError
from lumbar_server.ingest import Ingest
from lumbar_server.store import compact_chunks, observations
from lumbar_server.store.samples import Codec
from stream_messages import PublishedStream, changed, shuffled_with_doubles
from synthetic_bridge import RATE_HZ, bridge_samples

MINUTE = round(60 * RATE_HZ)
STREAM = PublishedStream("SIM-7", 0x77, bridge_samples(50)[:8900])  # three minutes
END = len(STREAM.samples)
OTHER = PublishedStream("SIM-8", 0x88, bridge_samples(3))
CHUNKS = cast(Table, models.Chunk.__table__)


def send(ingest: Ingest, first: int, end: int, size: int = 20, *, live: bool = True) -> None:
    batches = [STREAM.batch(at, min(at + size, end), live=live) for at in range(first, end, size)]
    for at in range(0, len(batches), 30):
        commit(ingest, *batches[at : at + 30], topic=STREAM.topic)


def end(ingest: Ingest) -> None:
    commit(ingest, STREAM.end(), topic=STREAM.topic)


def packets(engine: Engine) -> dict[int, list[Any]]:
    with reading(engine) as connection:
        found = observations.of_stream(connection, STREAM.key)
        return {boot: rows.tolist() for boot, rows in found}


def is_as_sent(engine: Engine) -> bool:
    return stored_samples(engine, STREAM) == [(0, STREAM.samples.tolist())]


def test_a_minute_becomes_one_chunk(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    came = packets(engine)
    raw_bytes = sum(len(chunk.data) for chunk in chunks(engine))
    compact(engine)
    assert extents(engine) == [(0, MINUTE), (MINUTE, 2 * MINUTE), (2 * MINUTE, END)]
    assert is_as_sent(engine)
    assert packets(engine) == came
    assert sum(len(chunk.data) for chunk in chunks(engine)) < 0.7 * raw_bytes


def test_compacting_again_changes_nothing(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    compact(engine)
    before = chunks(engine)
    compact(engine)
    assert chunks(engine) == before


def test_a_stream_is_left_alone_until_nothing_more_comes(ingest: Ingest, engine: Engine) -> None:
    worker = IdleWorker(engine)
    send(ingest, 0, 500)
    worker.look()
    send(ingest, 500, 1000)
    worker.look()
    assert all(chunk.codec == Codec.RAW for chunk in chunks(engine))
    worker.look()
    assert extents(engine) == [(0, 1000)]


def test_a_stream_that_is_over_is_compact_at_once(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    end(ingest)
    IdleWorker(engine).look()
    assert all(chunk.codec == Codec.COMPACT for chunk in chunks(engine))


def test_the_old_part_of_a_long_stream_becomes_compact(ingest: Ingest, engine: Engine) -> None:
    long = PublishedStream("SIM-6", 0x66, np.tile(STREAM.samples, (5, 1)))
    minutes, rest = divmod(len(long.samples), MINUTE)
    for batch in long.batches(600):
        commit(ingest, batch, topic=long.topic)
    IdleWorker(engine).look()
    old = [(at * MINUTE, (at + 1) * MINUTE) for at in range(minutes - 10)]
    raw = [chunk for chunk in chunks(engine) if chunk.codec == Codec.RAW]
    assert extents(engine)[: len(old)] == old
    assert rest
    assert raw[0].first_index == old[-1][1]


def test_what_comes_late_joins_its_minute(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, 1000)
    send(ingest, 1500, MINUTE - 10)
    send(ingest, MINUTE + 10, END)
    compact(engine)
    assert extents(engine)[:3] == [(0, 1000), (1500, MINUTE - 10), (MINUTE + 10, 2 * MINUTE)]
    again = new_ingest(engine)
    commit(again, STREAM.batch(900, 1700, live=False), topic=STREAM.topic)  # from the log
    commit(again, STREAM.batch(2900, 3100, live=False), topic=STREAM.topic)
    assert is_as_sent(engine)
    compact(engine)
    assert extents(engine) == [(0, MINUTE), (MINUTE, 2 * MINUTE), (2 * MINUTE, END)]
    assert [chunk.live for chunk in chunks(engine)] == [False, False, True]
    assert is_as_sent(engine)
    assert totals(engine) == {}


def test_a_contradiction_of_compact_samples_is_set_aside(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    compact(engine)
    again = new_ingest(engine)
    commit(again, STREAM.batch(100, 200), topic=STREAM.topic)
    assert totals(engine) == {}
    commit(again, changed(STREAM.batch(MINUTE - 50, MINUTE + 50)), topic=STREAM.topic)
    assert totals(engine) == {"contradiction": 1}
    assert is_as_sent(engine)


def test_results_of_compact_samples_are_those_of_the_samples(
    ingest: Ingest, engine: Engine
) -> None:
    send(ingest, 0, END - 1000)
    compact(engine)
    again = new_ingest(engine)  # which replays the stream from its start
    send(again, END - 1000, END)
    end(again)
    assert stored_findings(engine, STREAM) == expected(STREAM)


@pytest.mark.parametrize("seed", range(3))
def test_compacting_at_any_time_changes_nothing(engine: Engine, seed: int) -> None:
    rng = np.random.default_rng(seed)
    messages = shuffled_with_doubles(STREAM, rng, (50, 333, 4000))
    ingest, worker = new_ingest(engine), IdleWorker(engine)
    for at in range(0, len(messages), 25):
        commit(ingest, *messages[at : at + 25], topic=STREAM.topic)
        worker.look(int(rng.integers(1, 4)))
    compact(engine)
    assert extents(engine) == [(0, MINUTE), (MINUTE, 2 * MINUTE), (2 * MINUTE, END)]
    assert is_as_sent(engine)
    assert stored_findings(engine, STREAM) == expected(STREAM)
    assert totals(engine) == {}


def test_lost_samples_stay_a_gap(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, 1000)
    lost = LostSamples(STREAM.stream_id, 1000, 1010, "overwritten")
    commit(ingest, lost, topic=STREAM.topic)
    send(ingest, 1010, END)
    end(ingest)
    compact(engine)
    assert extents(engine)[:2] == [(0, 1000), (1010, MINUTE)]


def plans_of(engine: Engine) -> list[compact_chunks.Replacement]:
    with reading(engine) as connection:
        return compact_chunks.plan(connection, STREAM.key, 3, MINUTE, 0, 4 * MINUTE)


def test_of_two_workers_one_gives_way(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    plans = plans_of(engine)
    compact(engine)
    before = chunks(engine)
    with pytest.raises(StreamConflictError), writing(engine) as connection:
        compact_chunks.replace(connection, plans)
    assert chunks(engine) == before
    assert plans_of(engine) == []


def test_workers_side_by_side_lose_nothing(engine: Engine) -> None:
    messages = shuffled_with_doubles(STREAM, np.random.default_rng(9), (40, 700))
    is_over = threading.Event()

    def make_compact() -> None:
        worker = IdleWorker(engine)
        while not is_over.is_set():
            worker.look(10)

    with ThreadPoolExecutor() as pool:
        others = [pool.submit(make_compact) for _ in range(2)]
        try:
            ingest = new_ingest(engine)
            for at in range(0, len(messages), 10):
                commit(ingest, *messages[at : at + 10], topic=STREAM.topic)
        finally:
            is_over.set()
        for other in others:
            other.result()
    assert is_as_sent(engine)
    compact(engine)
    assert extents(engine) == [(0, MINUTE), (MINUTE, 2 * MINUTE), (2 * MINUTE, END)]
    assert is_as_sent(engine)
    assert stored_findings(engine, STREAM) == expected(STREAM)


def test_what_comes_between_plan_and_replacement_stays(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, 1000)
    send(ingest, 1200, END)
    plans = plans_of(engine)
    send(ingest, 1000, 1200)
    with writing(engine) as connection:
        compact_chunks.replace(connection, plans)
    assert is_as_sent(engine)
    compact(engine)
    assert is_as_sent(engine)


def test_samples_deleted_meanwhile_do_not_come_back(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    plans = plans_of(engine)
    with writing(engine) as connection:
        connection.execute(CHUNKS.delete())
    with pytest.raises(StreamConflictError), writing(engine) as connection:
        compact_chunks.replace(connection, plans)
    assert chunks(engine) == []


def test_an_end_in_the_middle_leaves_everything_as_it_was(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    before, plans = chunks(engine), plans_of(engine)
    with suppress(KeyboardInterrupt), writing(engine) as connection:
        compact_chunks.replace(connection, plans)
        raise KeyboardInterrupt
    assert chunks(engine) == before


def test_a_damaged_stream_holds_no_other_up(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    compact(engine)
    with writing(engine) as connection:
        damage = update(CHUNKS).where(CHUNKS.c.first_index == 0).values(data=b"damaged")
        connection.execute(damage)
    with pytest.raises(DatabaseAwayError, match=r"damaged.*put a copy"):
        stored_samples(engine, STREAM)
    with writing(engine) as connection:
        split = update(CHUNKS).where(CHUNKS.c.first_index == 0).values(n=MINUTE - 1)
        connection.execute(split)
    commit(ingest, *OTHER.batches(20), OTHER.end(), topic=OTHER.topic)
    IdleWorker(engine).look()
    assert [chunk.codec for chunk in chunks(engine) if chunk.stream_id == OTHER.key] == [1]


def test_the_sensors_of_others_are_left_to_them(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    end(ingest)
    commit(ingest, *OTHER.batches(20), OTHER.end(), topic=OTHER.topic)
    IdleWorker(engine, lambda sensor_id: sensor_id == OTHER.sensor_id).look()
    codecs = {chunk.stream_id: chunk.codec for chunk in chunks(engine)}
    assert codecs == {STREAM.key: Codec.RAW, OTHER.key: Codec.COMPACT}


def test_messages_that_wait_come_first(ingest: Ingest, engine: Engine) -> None:
    send(ingest, 0, END)
    end(ingest)
    commit(ingest, *OTHER.batches(20), OTHER.end(), topic=OTHER.topic)
    worker = IdleWorker(engine)
    worker.look(pieces=1)
    for _ in range(10):
        worker.compaction.step(is_idle=False)
    codecs = {chunk.stream_id: chunk.codec for chunk in chunks(engine)}
    assert codecs == {STREAM.key: Codec.COMPACT, OTHER.key: Codec.RAW}
    for _ in range(3):
        worker.now_s += PAUSE_S
        worker.compaction.step(is_idle=False)
    assert {chunk.codec for chunk in chunks(engine)} == {Codec.COMPACT}
