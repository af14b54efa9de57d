"""From a real broker into a real database, with everything going wrong on the way."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from compacted import chunks
from databases import fresh_database
from lumbar.broker import Broker, running_broker
from lumbar_gateway.messages import Ack, BrokerAddress, LiveEvents, Refusal, shard_of
from lumbar_gateway.messages.cbor import checksum_of
from lumbar_server.compaction import LOOK_S
from lumbar_server.database import migrate, open_engine, reading
from lumbar_server.detection import StreamDetection
from lumbar_server.store import incidents, results, samples, stream_listing
from lumbar_server.store.results import Findings
from lumbar_server.store.samples import Codec, Run
from lumbar_server.store.streams import SampleFormat
from mosquitto import Mosquitto
from running_worker import Client, connected_client, running_worker, wait_until
from stream_messages import START_S, PublishedStream, changed, shuffled_with_doubles
from synthetic_bridge import bridge_samples

_BEGAN_S = time.monotonic()
ACKS = "lumbar/v1/+/+/ack/+"
EVENTS = "lumbar/v1/+/+/events"


def now_s() -> float:
    """Wall time as if the test had begun when the samples were taken."""
    return START_S + time.monotonic() - _BEGAN_S


def stream(number: int, repetitions: int = 4) -> PublishedStream:
    return PublishedStream(f"SIM-{number}", number, bridge_samples(repetitions, seed=number))


@pytest.fixture(params=["household", pytest.param("clinic", marks=pytest.mark.system)])
def scale(request: pytest.FixtureRequest) -> str:
    """amqtt and SQLite, or mosquitto and PostgreSQL."""
    return str(request.param)


@pytest.fixture
def broker(scale: str, tmp_path: Path) -> Iterator[Broker | Mosquitto]:
    if scale == "household":
        with running_broker(tmp_path / "broker") as broker:
            yield broker
        return
    mosquitto = Mosquitto(tmp_path / "broker")
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def client(broker: Broker | Mosquitto) -> Iterator[Client]:
    with connected_client(broker.address, ACKS, EVENTS) as client:
        yield client


@pytest.fixture
def url(scale: str, tmp_path: Path) -> Iterator[str]:
    kind = "sqlite" if scale == "household" else "postgresql"
    with fresh_database(kind, tmp_path) as url:
        yield url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    migrate(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def is_whole(stream: PublishedStream, ack: Ack) -> bool:
    n = len(stream.samples)
    return ack.stream_id == stream.stream_id and ack.stored.covers(0, n) and ack.end_index == n


def assert_as_in_one_pass(engine: Engine, stream: PublishedStream) -> None:
    once = StreamDetection(SampleFormat.of(stream.batch(0, 1)), 0, Findings())
    once.feed([Run(0, stream.samples)], len(stream.samples))
    once.flush()
    with reading(engine) as connection:
        (session,) = stream_listing.newest(connection, stream.sensor_id, None, 10)
        assert session.state == "complete"
        assert results.read(connection, session.analysis_id) == once.findings
        runs = samples.read(connection, stream.key, 3, 0, 2**48)
        stored = np.concatenate([run.samples for run in runs])
    assert np.array_equal(stored, stream.samples)


def test_random_order_and_doubles_with_the_worker_restarted_in_between(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one = stream(1)
    messages = shuffled_with_doubles(one, np.random.default_rng(5))
    for part in np.array_split(np.arange(len(messages)), 4):
        with running_worker(url, broker.address, now_s):
            client.publish(one.topic, [messages[i] for i in part])
    with running_worker(url, broker.address, now_s):
        client.publish_until(one.topic, messages, lambda ack: is_whole(one, ack))
    assert_as_in_one_pass(engine, one)


def test_samples_published_while_the_worker_is_away_are_kept_for_it(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one = stream(1)
    with running_worker(url, broker.address, now_s):
        client.publish(one.topic, [bytes(one.batch(0, 100))])
        client.wait_for_ack(lambda ack: ack.stored.covers(0, 100))
    client.publish(one.topic, [*map(bytes, one.batches(100)), bytes(one.end())])
    with running_worker(url, broker.address, now_s):
        client.wait_for_ack(lambda ack: is_whole(one, ack))
    assert_as_in_one_pass(engine, one)


def test_two_workers_side_by_side_with_different_shards(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    streams = [stream(number, 2) for number in range(1, 9)]
    low = [f"{shard:02x}" for shard in range(128)]
    high = [f"{shard:02x}" for shard in range(128, 256)]
    assert {shard_of(one.sensor_id) in low for one in streams} == {True, False}
    with (
        running_worker(url, broker.address, now_s, shards=low, worker_id="low"),
        running_worker(url, broker.address, now_s, shards=high, worker_id="high"),
    ):
        for one in streams:
            client.publish(one.topic, shuffled_with_doubles(one, np.random.default_rng(1)))
        left = {one.stream_id: one for one in streams}
        while left:
            ack = client.wait_for_ack(lambda ack: ack.stream_id in left)
            if is_whole(left[ack.stream_id], ack):
                del left[ack.stream_id]
    for one in streams:
        assert_as_in_one_pass(engine, one)


def test_two_workers_on_the_same_shards_agree(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one = stream(1)
    with (
        running_worker(url, broker.address, now_s, worker_id="a"),
        running_worker(url, broker.address, now_s, worker_id="b"),
    ):
        messages = [bytes(batch) for batch in one.batches(20)]
        client.publish(one.topic, [*messages, bytes(one.end())])
        client.wait_for_ack(lambda ack: is_whole(one, ack))
    assert_as_in_one_pass(engine, one)


def test_broker_restart_is_survived(broker: Broker | Mosquitto, url: str, engine: Engine) -> None:
    one = stream(1)
    with running_worker(url, broker.address, now_s):
        with connected_client(broker.address, ACKS) as client:
            client.publish(one.topic, [bytes(one.batch(0, 100))])
            client.wait_for_ack(lambda ack: ack.stored.covers(0, 100))
        broker.stop()
        broker.start()
        with connected_client(broker.address, ACKS) as client:
            client.wait_for_ack(lambda ack: ack.stored.covers(0, 100))  # unasked
            client.publish(one.topic, [*map(bytes, one.batches(100)), bytes(one.end())])
            client.wait_for_ack(lambda ack: is_whole(one, ack))
    assert_as_in_one_pass(engine, one)


def test_worker_killed_again_and_again_loses_and_doubles_nothing(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one = stream(1)
    rng = np.random.default_rng(11)
    messages = [bytes(batch) for batch in one.batches(20)]
    for _ in range(3):
        with worker_process(url, broker.address) as process:
            client.publish_until(one.topic, messages[:1], lambda _: True)
            client.publish(one.topic, [messages[i] for i in rng.permutation(len(messages))])
            time.sleep(float(rng.uniform(0.0, 0.2)))
            process.kill()
    with running_worker(url, broker.address, now_s):
        messages.append(bytes(one.end()))
        client.publish_until(one.topic, messages, lambda ack: is_whole(one, ack))
    assert_as_in_one_pass(engine, one)
    with reading(engine) as connection:
        assert list(incidents.counters(connection)) == []


@contextmanager
def worker_process(url: str, broker: BrokerAddress) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process of its own, which may be killed."""
    program = (
        "from lumbar_gateway.messages import BrokerAddress\n"
        "from lumbar_server.worker import Worker\n"
        f"Worker({url!r}, BrokerAddress({broker.host!r}, {broker.port},"
        f" {broker.username!r}, {broker.password!r})).run()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


NO_POSTURES = {
    "sqlite": "CREATE TRIGGER no_postures BEFORE INSERT ON postures"
    " BEGIN SELECT RAISE(ABORT, 'full'); END",
    "postgresql": "ALTER TABLE postures ADD CONSTRAINT no_postures CHECK (posture = '')",
}
POSTURES_AGAIN = {
    "sqlite": "DROP TRIGGER no_postures",
    "postgresql": "ALTER TABLE postures DROP CONSTRAINT no_postures",
}
NO_CHUNKS = {
    "sqlite": "CREATE TRIGGER no_chunks BEFORE INSERT ON chunks WHEN NEW.n = 100"
    " BEGIN SELECT zeroblob(4000000000); END",
    "postgresql": "CREATE FUNCTION no_chunk() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE 'too large' USING ERRCODE = '22000'; END $$;"
    " CREATE TRIGGER no_chunks BEFORE INSERT ON chunks FOR EACH ROW WHEN (NEW.n = 100)"
    " EXECUTE FUNCTION no_chunk()",
}


def test_message_that_the_database_refuses_is_counted_and_holds_nothing_up(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one, slow = stream(1), PublishedStream("SIM-slow", 2, bridge_samples(1), rate_hz=12.5)
    payload = bytes(one.batch(0, 100))
    with engine.begin() as connection:
        connection.exec_driver_sql(NO_CHUNKS[engine.dialect.name])
    with running_worker(url, broker.address, now_s):
        client.publish(one.topic, [payload])
        client.publish(slow.topic, [bytes(slow.batch(0, 99))])
        refused = client.wait_for_ack(lambda ack: ack.stream_id == one.stream_id).refused
        client.wait_for_ack(lambda ack: ack.stored.covers(0, 99))
    assert refused == (Refusal(0, 100, checksum_of(payload)),)
    with reading(engine) as connection:
        assert [(row.kind, row.total) for row in incidents.counters(connection)] == [("refused", 1)]


def unanalysed(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(stream_listing.unanalysed(connection, 25.0, 400.0))


def test_results_that_the_database_refuses_cost_no_sample_and_come_later(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one = stream(1)
    with engine.begin() as connection:
        connection.exec_driver_sql(NO_POSTURES[engine.dialect.name])
    with running_worker(url, broker.address, now_s):
        client.publish(one.topic, [*map(bytes, one.batches(100)), bytes(one.end())])
        client.wait_for_ack(lambda ack: is_whole(one, ack))
    with engine.begin() as connection:
        connection.exec_driver_sql(POSTURES_AGAIN[engine.dialect.name])
    with running_worker(url, broker.address, now_s):
        wait_until(lambda: not unanalysed(engine))
    assert_as_in_one_pass(engine, one)


def test_worker_makes_compact_what_is_over(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one, later_s = stream(1), [0.0]
    with running_worker(url, broker.address, lambda: now_s() + later_s[0]):
        client.publish(one.topic, [*map(bytes, one.batches(20)), bytes(one.end())])
        client.wait_for_ack(lambda ack: is_whole(one, ack))
        later_s[0] += LOOK_S
        wait_until(lambda: {chunk.codec for chunk in chunks(engine)} == {Codec.COMPACT})
        client.publish(one.topic, [bytes(one.batch(0, 100))])
        client.wait_for_ack(lambda ack: is_whole(one, ack))
    assert_as_in_one_pass(engine, one)


def test_repeated_samples_are_acknowledged_again(
    broker: Broker | Mosquitto, client: Client, url: str
) -> None:
    one = stream(1)
    with running_worker(url, broker.address, now_s):
        for _ in range(2):
            client.publish(one.topic, [bytes(one.batch(0, 100))])
            client.wait_for_ack(lambda ack: ack.stored.covers(0, 100))


def test_hostile_messages_are_counted_and_hold_nothing_up(
    broker: Broker | Mosquitto, client: Client, url: str, engine: Engine
) -> None:
    one = stream(1)
    rng = np.random.default_rng(3)
    good = bytes(one.batch(0, 100))
    flipped = bytearray(good)
    flipped[3] ^= 0x20
    hostile = [b"", b"\0" * 300_000, good[:50], bytes(flipped), b"\x9f" * 5000]
    hostile += [rng.bytes(int(n)) for n in rng.integers(1, 400, 50)]
    with running_worker(url, broker.address, now_s):
        client.publish(one.topic, [*hostile, good, bytes(changed(one.batch(0, 100)))])
        client.publish(one.topic, [*map(bytes, one.batches(100)), bytes(one.end())])
        client.wait_for_ack(lambda ack: is_whole(one, ack))
    with reading(engine) as connection:
        totals = {row.kind: row.total for row in incidents.counters(connection)}
    assert totals.pop("contradiction") == 1
    assert sum(totals.values()) == len(hostile)
    assert totals["oversized"] == 1
    assert_as_in_one_pass(engine, one)


def test_live_samples_show_a_state_and_back_filled_ones_no_event(
    broker: Broker | Mosquitto, client: Client, url: str
) -> None:
    one = stream(1)
    n = len(one.samples)

    def just_now() -> float:
        return START_S + n / one.rate_hz

    with running_worker(url, broker.address, just_now):
        client.publish(one.topic, [bytes(one.batch(0, n // 2, live=False))])
        _, payload = client.wait_for(lambda topic, _: topic.endswith("/events"))
        back_filled = LiveEvents.from_bytes(payload)
        client.publish(one.topic, [bytes(one.batch(n // 2, n))])
        _, payload = client.wait_for(lambda topic, _: topic.endswith("/events"))
        live = LiveEvents.from_bytes(payload)
    assert not back_filled.events
    assert not back_filled.state["live"]
    assert back_filled.state["cue"] is None
    assert live.state["live"]
    assert "repetition_counted" in {event["type"] for event in live.events}
    assert live.state["repetitions"] == 4


def test_worker_waits_for_a_database_that_is_away_and_says_so_once(
    broker: Broker | Mosquitto, client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lumbar_server.worker")
    one = stream(1)
    folder = tmp_path / "mounted later"
    url = f"sqlite:///{folder / 'test.db'}"
    with running_worker(url, broker.address, now_s, until_ready=False) as worker:
        time.sleep(1.0)  # two attempts
        folder.mkdir()
        wait_until(lambda: worker.is_ready)
        client.publish(one.topic, [bytes(one.batch(0, 100))])
        client.wait_for_ack(lambda ack: ack.stored.covers(0, 100))
    said = [one.getMessage() for one in caplog.records]
    assert sum("not available" in one for one in said) == 1
    assert said.count("the database works again") == 1


def test_refused_worker_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "lumbar_server.subscriber")
    url = f"sqlite:///{tmp_path / 'test.db'}"
    with (
        running_broker(tmp_path / "broker") as broker,
        running_worker(url, replace(broker.address, password="guess"), now_s, until_ready=False),
    ):
        wait_until(lambda: bool(caplog.records))
        time.sleep(1.5)  # one more attempt
    (said,) = (one.getMessage() for one in caplog.records)
    assert "refuses us" in said
    assert said.endswith("check the user name and password")
