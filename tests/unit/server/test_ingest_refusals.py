"""Messages that contradict, cannot be read or cannot be taken: counted, set aside, refused."""

import logging
from dataclasses import replace

import cbor2
import pytest
from sqlalchemy import Engine

from ingested import (
    STREAM,
    commit,
    stored_samples,
    totals,
)
from lumbar_gateway.messages import LostSamples, StreamEnd, Topic
from lumbar_gateway.messages.cbor import checksum_of, sealed
from lumbar_server.database import reading
from lumbar_server.ingest import Arrived, Committed, Ingest
from lumbar_server.store import incidents
from stream_messages import changed


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
