"""One transaction: cut, store, detect, record."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cbor2
import numpy as np
import pytest
from sqlalchemy import Engine, event

from databases import DATABASES, fresh_database
from lumbar_gateway.messages import LostSamples, StreamEnd, StreamMessage, Topic
from lumbar_gateway.messages.cbor import checksum_of, sealed
from lumbar_server.database import migrate, open_engine, reading
from lumbar_server.detection import StreamDetection
from lumbar_server.errors import DatabaseAwayError, SettingsError
from lumbar_server.ingest import Arrived, Committed, Ingest
from lumbar_server.store import incidents, results, samples, sessions, streams
from lumbar_server.store.results import Findings
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import SampleFormat
from lumbar_signal.events import Announcement, Exercise, Posture, RepetitionCounted
from signal_traces import Wearer
from stream_messages import START_S, PublishedStream, changed, shuffled_with_doubles
from synthetic_bridge import bridge_samples

STREAM = PublishedStream("SIM-1", 0x1234, bridge_samples(5))


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def ingest(engine: Engine) -> Ingest:
    return new_ingest(engine)


def new_ingest(engine: Engine) -> Ingest:
    return Ingest(engine, lambda: START_S)


def commit(ingest: Ingest, *messages: StreamMessage | bytes, topic: str = "") -> list[Committed]:
    return ingest.commit([Arrived(topic or STREAM.topic, bytes(one)) for one in messages])


def expected(stream: PublishedStream, runs: list[Run] | None = None) -> Findings:
    """What the detector finds in one go."""
    form = SampleFormat.of(stream.batch(0, 1))
    once = StreamDetection(form, 0, Findings())
    once.feed(runs or [Run(0, stream.samples)], len(stream.samples))
    once.flush()
    return once.findings


def stored_findings(engine: Engine, stream: PublishedStream) -> Findings:
    with reading(engine) as connection:
        (session,) = sessions.newest(connection, stream.sensor_id, None, 10)
        return results.read(connection, session.analysis_id)


def stored_samples(engine: Engine, stream: PublishedStream) -> list[tuple[int, list[list[int]]]]:
    with reading(engine) as connection:
        runs = samples.read(connection, stream.key, 3, 0, 2**48)
        return [(run.first_index, run.samples.tolist()) for run in runs]


def session_state(engine: Engine, stream: PublishedStream = STREAM) -> tuple[str, float]:
    with reading(engine) as connection:
        (session,) = sessions.newest(connection, stream.sensor_id, None, 10)
        return session.state, session.coverage


def totals(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {row.kind: row.total for row in incidents.counters(connection)}


def test_stream_in_order_gives_what_one_pass_gives(ingest: Ingest, engine: Engine) -> None:
    for batch in STREAM.batches(50):
        commit(ingest, batch)
    commit(ingest, STREAM.end())
    found = stored_findings(engine, STREAM)
    assert found == expected(STREAM)
    assert [len(one.repetitions) for one in found.sets] == [5]
    assert session_state(engine) == ("complete", 1.0)


@pytest.mark.parametrize("group", [1, 9, 1000])
def test_random_order_and_doubles_change_nothing(
    ingest: Ingest, engine: Engine, group: int
) -> None:
    messages = shuffled_with_doubles(STREAM, np.random.default_rng(group))
    for first in range(0, len(messages), group):
        commit(ingest, *messages[first : first + group])
    rows = stored_samples(engine, STREAM)
    assert [row for _, chunk in rows for row in chunk] == STREAM.samples.tolist()
    assert all(a + len(rows_a) == b for (a, rows_a), (b, _) in pairwise(rows))
    assert stored_findings(engine, STREAM) == expected(STREAM)
    assert not totals(engine)


def test_restart_after_every_transaction_changes_nothing(engine: Engine) -> None:
    for batch in STREAM.batches(128):
        commit(new_ingest(engine), batch)
    commit(new_ingest(engine), STREAM.end())
    assert stored_findings(engine, STREAM) == expected(STREAM)


def test_two_workers_taking_turns_change_nothing(engine: Engine) -> None:
    workers = [new_ingest(engine), new_ingest(engine)]
    for turn, batch in enumerate(STREAM.batches(100)):
        commit(workers[turn % 2], batch)
    commit(workers[0], STREAM.end())
    assert stored_findings(engine, STREAM) == expected(STREAM)
    assert session_state(engine) == ("complete", 1.0)


def worn_in_front() -> PublishedStream:
    """Return bridges, then standing up and bows: nothing shows before how the sensor is worn."""
    wearer = Wearer(sagittal_deg=-92.0, height_m=0.1).rest(3.0)
    wearer.bridges(5)
    wearer.rest(2.0).stand_up().stand(5.0).bows(3).stand(3.0)
    return PublishedStream("SIM-2", 0x5678, wearer.samples(50.0, mount_deg=(180.0, 0.0, 0.0)))


def test_a_stream_that_starts_over_takes_nothing_for_granted() -> None:
    """Late samples may change what showed how the sensor is worn."""
    stream = worn_in_front()
    detection = StreamDetection(SampleFormat.of(stream.batch(0, 1)), 0, Findings())
    for _ in range(2):
        detection.restart()
        detection.feed([Run(0, stream.samples)], len(stream.samples))
        assert detection.turn_round()
        detection.feed([Run(0, stream.samples)], len(stream.samples))
        assert not detection.turn_round()


def test_a_stream_is_looked_at_again_once_its_sensor_turns_out_to_be_in_front(
    ingest: Ingest, engine: Engine
) -> None:
    """Nothing that was counted is told twice."""
    stream = worn_in_front()
    counted = 0
    for batch in stream.batches(50):
        for done in ingest.commit([Arrived(stream.topic, bytes(batch))]):
            counted += sum(isinstance(one, RepetitionCounted) for one in done.events)
    ingest.commit([Arrived(stream.topic, bytes(stream.end()))])
    found = stored_findings(engine, stream)
    assert [(one.exercise, len(one.repetitions)) for one in found.sets] == [
        (Exercise.GLUTE_BRIDGE, 5)
    ]
    assert counted <= 5
    assert found.postures[0].posture is Posture.SUPINE


def test_detection_waits_at_a_hole(ingest: Ingest) -> None:
    half = len(STREAM.samples) // 2
    (done,) = commit(ingest, STREAM.batch(0, half - 100), STREAM.batch(half, half * 2))
    assert done.detection is not None
    assert done.detection.fed_to == half - 100
    (done,) = commit(ingest, STREAM.batch(half - 100, half, live=False))
    assert done.detection is not None
    assert done.detection.fed_to == half * 2


def test_declared_loss_lets_detection_go_on(ingest: Ingest, engine: Engine) -> None:
    n = len(STREAM.samples)
    commit(ingest, STREAM.batch(0, 400), STREAM.batch(420, n), STREAM.end())
    assert session_state(engine)[0] == "receiving"
    commit(ingest, LostSamples(STREAM.stream_id, 400, 420, "overwritten"))
    runs = [Run(0, STREAM.samples[:400]), Run(420, STREAM.samples[420:])]
    assert stored_findings(engine, STREAM) == expected(STREAM, runs)
    assert session_state(engine) == ("complete_with_gaps", (n - 20) / n)


def test_lost_samples_that_arrive_after_all_start_the_stream_over(
    ingest: Ingest, engine: Engine
) -> None:
    n = len(STREAM.samples)
    commit(ingest, STREAM.batch(0, 400), STREAM.batch(420, n), STREAM.end())
    commit(ingest, LostSamples(STREAM.stream_id, 400, 420, "overwritten"))
    commit(ingest, STREAM.batch(390, 430, live=False))
    assert stored_findings(engine, STREAM) == expected(STREAM)
    assert session_state(engine) == ("complete", 1.0)


def test_other_detector_version_makes_rows_beside_the_old(
    ingest: Ingest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(ingest, STREAM.batch(0, 600))
    monkeypatch.setattr("lumbar_server.detection.VERSION", "next")
    commit(new_ingest(engine), STREAM.batch(600, len(STREAM.samples)), STREAM.end())
    assert stored_findings(engine, STREAM) == expected(STREAM)
    with reading(engine) as connection:
        assert results.read(connection, 1) != results.read(connection, 2)


def test_differing_bytes_go_to_quarantine_once_and_never_over(
    ingest: Ingest, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    commit(ingest, STREAM.batch(0, 100))
    with caplog.at_level(logging.WARNING):
        (done,) = commit(ingest, changed(STREAM.batch(50, 120)))
        commit(ingest, changed(STREAM.batch(50, 120)))
    assert "differ" in caplog.text
    assert done.record.quarantined == 1
    assert totals(engine) == {"contradiction": 1}
    kept = [row for _, chunk in stored_samples(engine, STREAM) for row in chunk]
    assert kept[:100] == STREAM.samples[:100].tolist()
    with reading(engine) as connection:
        assert incidents.quarantined_total(connection) == 1


def test_contradiction_within_one_transaction_is_seen(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, STREAM.batch(0, 100), changed(STREAM.batch(0, 100)))
    assert totals(engine) == {"contradiction": 1}


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", "malformed"),
        (b"\xff" * 40, "malformed"),
        (sealed(b"\xa2av\x01dkindgsamples"), "malformed"),
        (sealed(b"\xa1av\x02"), "unknown_version"),
        (b"\0" * 300_000, "oversized"),
    ],
)
def test_unreadable_message_is_counted_and_does_not_hold_up_others(
    ingest: Ingest, engine: Engine, payload: bytes, kind: str
) -> None:
    commit(ingest, payload, STREAM.batch(0, 100), payload)
    assert totals(engine) == {kind: 2}
    assert len(stored_samples(engine, STREAM)) == 1


def test_topic_of_the_wrong_shard_is_counted(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, STREAM.batch(0, 100), topic="lumbar/v1/zz/SIM-1/samples/gateway-1")
    assert totals(engine) == {"malformed": 1}


def test_slow_stream_is_stored_but_not_analysed(ingest: Ingest, engine: Engine) -> None:
    slow = PublishedStream("SIM-slow", 7, bridge_samples(1), rate_hz=12.5)
    (done,) = commit(ingest, *slow.batches(100), slow.end(), topic=slow.topic)
    assert done.detection is None
    assert session_state(engine, slow) == ("complete", 1.0)


def test_loss_and_end_may_come_before_the_first_sample(ingest: Ingest, engine: Engine) -> None:
    n = len(STREAM.samples)
    commit(ingest, STREAM.end())
    commit(ingest, LostSamples(STREAM.stream_id, 0, 10, "overwritten"))
    commit(ingest, STREAM.batch(10, n))
    assert session_state(engine) == ("complete_with_gaps", (n - 10) / n)


def test_neighbours_of_one_transaction_become_one_chunk(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, *[STREAM.batch(i, i + 10) for i in range(0, 200, 10)])
    assert [first for first, _ in stored_samples(engine, STREAM)] == [0]


def test_database_away_leaves_nothing_half_done(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, STREAM.batch(0, 100))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE chunks RENAME TO hidden")
    with pytest.raises(Exception, match="chunks"):
        commit(ingest, STREAM.batch(100, 200))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO chunks")
    for batch in STREAM.batches(100):
        commit(ingest, batch)
    commit(ingest, STREAM.end())
    assert stored_findings(engine, STREAM) == expected(STREAM)


def test_record_survives_the_way_through_the_database(ingest: Ingest, engine: Engine) -> None:
    messages = (STREAM.batch(5, 100), LostSamples(STREAM.stream_id, 0, 3, "x"), STREAM.end())
    (done,) = commit(ingest, *messages)
    with reading(engine) as connection:
        assert streams.read(connection, [STREAM.key]) == {STREAM.key: done.record}


def test_unreachable_database_says_what_to_do() -> None:
    with pytest.raises(DatabaseAwayError, match="check its URL"):
        migrate("sqlite:////nowhere/at/all/lumbar.db")


def test_full_database_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'full.db'}"
    migrate(url)
    engine = open_engine(url)
    event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(DatabaseAwayError, match=r"full.*: free disk space"):
        commit(new_ingest(engine), *STREAM.batches(100))
    engine.dispose()


def test_database_that_is_held_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'held.db'}"
    migrate(url)
    monkeypatch.setattr("lumbar_server.database._LOCK_WAIT_S", 0.0)
    with sqlite3.connect(tmp_path / "held.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseAwayError, match=r"locked.*: end the program that holds it"):
            migrate(url)
    holder.close()


def test_file_of_another_kind_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear reader, " * 500)
    with pytest.raises(SettingsError, match=r"not a database: .*choose another place"):
        migrate(f"sqlite:///{tmp_path / 'letter.db'}")


def test_damaged_database_is_not_taken_for_a_refused_message(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'damaged.db'}"
    migrate(url)
    with (tmp_path / "damaged.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 100_000)
    with pytest.raises(DatabaseAwayError, match=r"malformed.*: put a copy of it in its place"):
        commit(new_ingest(open_engine(url)), STREAM.batch(0, 100))


def refusals(done: Committed) -> dict[str, list[tuple[int, int, int]]]:
    return {
        sensor_id: [(one.first_index, one.end_index, one.checksum) for one in refused]
        for sensor_id, refused in done.refusals.items()
    }


def test_samples_of_another_scale_are_refused_and_declared_lost(
    ingest: Ingest, engine: Engine
) -> None:
    other = replace(STREAM.batch(50, 90), g_per_step=0.01)
    (done,) = commit(ingest, STREAM.batch(0, 50), other, STREAM.batch(90, 120))
    assert refusals(done) == {"SIM-1": [(50, 90, checksum_of(bytes(other)))]}
    assert list(done.record.lost) == [(50, 90)]
    assert done.record.settled_end == 120
    assert totals(engine) == {"refused": 1}
    (done,) = commit(ingest, STREAM.batch(50, 90))
    assert list(done.record.stored) == [(0, 120)]
    assert not done.record.lost


def test_a_stream_belongs_to_the_sensor_that_first_wrote_it(ingest: Ingest, engine: Engine) -> None:
    foreign = Topic("SIM-2", "samples")
    messages = [
        STREAM.batch(50, 90),
        LostSamples(STREAM.stream_id, 10, 20, "x"),
        StreamEnd(STREAM.stream_id, 60),
    ]
    (before,) = commit(ingest, STREAM.batch(0, 50))
    (done,) = commit(ingest, *messages, topic=str(foreign))
    spans = [(50, 90), (10, 20), (60, 60)]
    expected_refusals = [
        (*span, checksum_of(bytes(one))) for span, one in zip(spans, messages, strict=True)
    ]
    assert refusals(done) == {"SIM-2": expected_refusals}
    assert (done.record.stored, done.record.lost) == (before.record.stored, before.record.lost)
    assert done.record.end_index is None


def test_an_unusable_value_is_refused_and_a_damaged_message_is_not(
    ingest: Ingest, engine: Engine
) -> None:
    fields = cbor2.loads(bytes(STREAM.batch(50, 90)))
    unusable = sealed(cbor2.dumps(fields | {"g": 1e-9}))
    damaged = bytes(STREAM.batch(90, 120))[:-1] + b"\0"
    (done,) = commit(ingest, STREAM.batch(0, 50), unusable, damaged)
    assert refusals(done) == {"SIM-1": [(50, 90, checksum_of(unusable))]}
    assert list(done.record.lost) == [(50, 90)]
    assert totals(engine) == {"refused": 1, "malformed": 1}


def test_a_message_that_cannot_be_stored_is_set_aside_and_refused(
    ingest: Ingest, engine: Engine
) -> None:
    payload = bytes(STREAM.batch(0, 50))
    (done,) = ingest.refuse(Arrived(STREAM.topic, payload))
    assert refusals(done) == {"SIM-1": [(0, 50, checksum_of(payload))]}
    with reading(engine) as connection:
        assert incidents.quarantined_total(connection) == 1


def failing_for(rate_hz: float) -> type[StreamDetection]:
    """Return a detection that fails at one sampling rate."""

    class Failing(StreamDetection):
        def feed(self, runs: Iterable[Run], settled_end: int) -> list[Announcement]:
            if self._format.sampling_rate_hz == rate_hz:
                raise ZeroDivisionError("a bug in the detector")
            return super().feed(runs, settled_end)

    return Failing


def test_samples_are_stored_where_the_detector_fails(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = PublishedStream("SIM-3", 9, STREAM.samples, rate_hz=100.0)
    clock = iter(np.arange(START_S, START_S + 1e6, 0.01))
    ingest = Ingest(engine, lambda: float(next(clock)))
    monkeypatch.setattr("lumbar_server.detection.StreamDetection", failing_for(100.0))
    n = len(STREAM.samples)
    for first, end in ((0, n // 2), (n // 2, n)):
        for one in (STREAM, bad):
            batch = bytes(one.batch(first, end))
            ingest.commit([Arrived(one.topic, batch), Arrived(bad.topic, bytes(bad.batch(0, 10)))])
    for one in (STREAM, bad):
        ingest.commit([Arrived(one.topic, bytes(one.end()))])
    assert stored_findings(engine, STREAM) == expected(STREAM)
    assert session_state(engine, bad) == ("complete", 1.0)
    with reading(engine) as connection:
        (session,) = sessions.newest(connection, bad.sensor_id, None, 10)
        (waiting,) = sessions.unanalysed(connection, 25.0, 400.0)
    assert session.analysis_id is None
    assert waiting.stream_id == bad.key
    assert totals(engine) == {"unanalysed": 1}
    monkeypatch.undo()
    (done,) = ingest.analyse_again(bad.key)
    assert stored_findings(engine, bad) == expected(bad)
    assert done.newest_live is None
    with reading(engine) as connection:
        assert not sessions.unanalysed(connection, 25.0, 400.0)
