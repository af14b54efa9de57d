"""One transaction: cut, store, detect, record."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from sqlalchemy import Engine

from ingested import (
    STREAM,
    commit,
    expected,
    new_ingest,
    session_state,
    stored_findings,
    stored_samples,
    totals,
)
from lumbar_gateway.messages import LostSamples
from lumbar_server.database import reading
from lumbar_server.detection import StreamDetection
from lumbar_server.ingest import Arrived, Ingest
from lumbar_server.store import results, stream_listing, streams
from lumbar_server.store.results import Findings
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import SampleFormat
from lumbar_signal.events import Announcement, Exercise, Posture, RepetitionCounted
from signal_traces import Wearer
from stream_messages import START_S, PublishedStream, shuffled_with_doubles
from synthetic_bridge import bridge_samples


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


def test_record_survives_the_way_through_the_database(ingest: Ingest, engine: Engine) -> None:
    messages = (STREAM.batch(5, 100), LostSamples(STREAM.stream_id, 0, 3, "x"), STREAM.end())
    (done,) = commit(ingest, *messages)
    with reading(engine) as connection:
        assert streams.read(connection, [STREAM.key]) == {STREAM.key: done.record}


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
        (session,) = stream_listing.newest(connection, bad.sensor_id, None, 10)
        (waiting,) = stream_listing.unanalysed(connection, 25.0, 400.0)
    assert session.analysis_id is None
    assert waiting.stream_id == bad.key
    assert totals(engine) == {"unanalysed": 1}
    monkeypatch.undo()
    (done,) = ingest.analyse_again(bad.key)
    assert stored_findings(engine, bad) == expected(bad)
    assert done.newest_live is None
    with reading(engine) as connection:
        assert not stream_listing.unanalysed(connection, 25.0, 400.0)
