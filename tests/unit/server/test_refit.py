"""The clock of a stream, fitted again to what the server has kept."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine

from lumbar_gateway import outbox
from lumbar_gateway.clock import StreamClock, presumed
from lumbar_gateway.messages import ClockFit, ClockSource, SampleBatch, StreamEnd, Topic
from lumbar_gateway.packet_table import SpooledPacket
from lumbar_gateway.profiles.lumbar import TICK_HZ, Channels, StreamDescription
from lumbar_gateway.streams import Packet, Stream
from lumbar_server.database import reading
from lumbar_server.ingest import Arrived, Ingest
from lumbar_server.refit import refit
from lumbar_server.store import observations, stream_listing, streams
from lumbar_server.store.streams import StreamRecord

RATE_HZ = 20.0  # below what is analysed: only the clock matters here
SENSOR_ID = "LB-00000001"
STREAM_ID = 0xF00D
KEY = f"{STREAM_ID:016x}"
START_S = 5000.0  # monotonic, of sample 0
OFFSET_S = 1_750_000_000.0
PACKET = 5


class Sensor:
    """A crystal whose drift grows with the hours, as the wearer's warmth does to it."""

    def __init__(self, drift: float = 60e-6, warming: float = 0.0) -> None:
        self.drift = drift
        self.warming = warming  # of the drift, per hour

    def true_s(self, index: float) -> float:
        hours = index / RATE_HZ / 3600
        return START_S + index / RATE_HZ * (1 + self.drift + self.warming * hours / 2)


class HearingGateway:
    """What a gateway makes of a stream's packets."""

    def __init__(self, sensor: Sensor, *, boot: int = 1, seed: int = 1) -> None:
        self._sensor = sensor
        self._boot = boot
        self._rng = np.random.default_rng(seed)
        self.offset_s = OFFSET_S
        self._clock = StreamClock(presumed(RATE_HZ, boot, 0, START_S), boot)
        description = StreamDescription(STREAM_ID, RATE_HZ, 1 / 4096, 0.0, 8, Channels.ACC)
        self._stream = Stream(SENSOR_ID, description, self._clock.state)

    def messages(self, from_s: float, to_s: float, *, live: bool = True) -> list[SampleBatch]:
        """Return a stretch of the stream, ten packets a message."""
        firsts = range(round(from_s * RATE_HZ), round(to_s * RATE_HZ), PACKET)
        rows = [SpooledPacket(1, self._packet(first, live=live)) for first in firsts]
        return [self._message(rows[at : at + 10]) for at in range(0, len(rows), 10)]

    def _packet(self, first: int, *, live: bool) -> Packet:
        came_s = self._sensor.true_s(first + PACKET - 1) + self._rng.uniform(0, 0.03)
        raw = round(first / RATE_HZ * TICK_HZ) % 2**32
        if live:
            ticks = self._clock.observe(first, PACKET, raw, came_s)
        else:
            ticks = self._clock.anchor(first, raw)
        body = np.full((PACKET, 3), first % 1000, "<i2").tobytes()
        return Packet(STREAM_ID, first, ticks, self._boot, came_s, live, body, PACKET)

    def _message(self, rows: list[SpooledPacket]) -> SampleBatch:
        stream = replace(self._stream, clock=self._clock.state)
        return outbox.message(stream, rows, 0, lambda _boot: self.offset_s)


def stored(engine: Engine, messages: list[SampleBatch]) -> StreamRecord:
    ingest = Ingest(engine, lambda: OFFSET_S)
    topic = str(Topic(SENSOR_ID, "samples/gateway"))
    for at in range(0, len(messages), 100):
        ingest.commit([Arrived(topic, bytes(one)) for one in messages[at : at + 100]])
    return record_of(engine)


def record_of(engine: Engine) -> StreamRecord:
    with reading(engine) as connection:
        return streams.read(connection, [KEY])[KEY]


def refitted(engine: Engine, record: StreamRecord) -> ClockFit | None:
    with reading(engine) as connection:
        return refit(connection, record)


def worst_s(fit: ClockFit | None, sensor: Sensor, to_s: float, offset_s: float = OFFSET_S) -> float:
    assert fit is not None
    indices = np.linspace(0, to_s * RATE_HZ, 100)
    return max(abs(fit.wall_s(i) - offset_s - sensor.true_s(i)) for i in indices)


def test_fit_redone_from_what_is_kept_equals_the_live_one(engine: Engine) -> None:
    sensor = Sensor()
    record = stored(engine, HearingGateway(sensor).messages(0, 600))
    again = refitted(engine, record)
    assert record.clock is not None
    assert again is not None
    assert worst_s(record.clock, sensor, 600) < 0.002
    assert worst_s(again, sensor, 600) < 0.002
    assert again.wall_s(6000) == pytest.approx(record.clock.wall_s(6000), abs=0.0005)
    assert again.observed_s == pytest.approx(record.clock.observed_s, abs=4)


def test_fit_redone_beats_the_live_one_where_the_crystal_warmed_up(engine: Engine) -> None:
    sensor = Sensor(warming=5e-6)
    record = stored(engine, HearingGateway(sensor).messages(0, 3 * 3600))
    live_s = worst_s(record.clock, sensor, 3 * 3600)
    assert worst_s(refitted(engine, record), sensor, 3 * 3600) < live_s / 2


def test_borders_of_messages_cost_no_observation(engine: Engine) -> None:
    messages = HearingGateway(Sensor()).messages(0, 120)
    rng = np.random.default_rng(1)
    shuffled = [messages[i] for i in rng.permutation(np.repeat(np.arange(len(messages)), 2))]
    stored(engine, shuffled)
    with reading(engine) as connection:
        [(boot, packets)] = observations.of_stream(connection, KEY)
    assert boot == 1
    assert packets["first_index"].tolist() == list(range(0, 2400, PACKET))
    assert set(packets["n"].tolist()) == {PACKET}
    sent = [packet for one in messages for packet in one.packets]
    assert packets["ticks"].tolist() == [packet.ticks for packet in sent]
    assert packets["monotonic_s"].tolist() == [packet.monotonic_s for packet in sent]


@pytest.mark.parametrize("step_s", [-3600.0, 0.9])
def test_wall_clock_set_in_the_midst_holds_for_all_of_the_stream(
    engine: Engine, step_s: float
) -> None:
    sensor = Sensor()
    gateway = HearingGateway(sensor)
    messages = gateway.messages(0, 100)
    gateway.offset_s += step_s
    messages += gateway.messages(100, 103)
    record = stored(engine, messages)
    for fit in (record.clock, refitted(engine, record)):
        assert worst_s(fit, sensor, 103, OFFSET_S + step_s) < 0.005


def test_run_that_observed_longest_counts(engine: Engine) -> None:
    sensor = Sensor()
    long = HearingGateway(sensor, boot=1)
    brief = HearingGateway(sensor, boot=2, seed=2)
    brief.offset_s += 100.0
    messages = [*long.messages(0, 300), *brief.messages(300, 330)]
    record = stored(engine, messages)
    assert worst_s(record.clock, sensor, 330) < 0.005
    assert worst_s(refitted(engine, record), sensor, 330) < 0.005


def test_stream_that_nobody_heard_live_keeps_the_fit_that_it_came_with(engine: Engine) -> None:
    record = stored(engine, HearingGateway(Sensor()).messages(0, 60, live=False))
    assert record.clock is not None
    assert record.clock.source is ClockSource.PRESUMED
    assert refitted(engine, record) is None


def test_brief_observation_says_nothing_of_a_long_stream(engine: Engine) -> None:
    gateway = HearingGateway(Sensor())
    messages = [*gateway.messages(0, 3600, live=False), *gateway.messages(3600, 3640)]
    assert refitted(engine, stored(engine, messages)) is None


def test_presumed_time_that_arrives_later_replaces_no_observed_one(engine: Engine) -> None:
    sensor = Sensor()
    known = stored(engine, HearingGateway(sensor).messages(0, 60)).clock
    late = HearingGateway(sensor, boot=2)
    late.offset_s += 12 * 3600
    assert stored(engine, late.messages(60, 70, live=False)).clock == known


def test_finished_stream_and_its_session_get_the_better_time(engine: Engine) -> None:
    sensor = Sensor(warming=5e-6)
    ingest = Ingest(engine, lambda: OFFSET_S)
    topic = str(Topic(SENSOR_ID, "samples/gateway"))
    messages = HearingGateway(sensor).messages(0, 2 * 3600)
    end = StreamEnd(STREAM_ID, messages[-1].end_index)
    ingest.commit([Arrived(topic, bytes(one)) for one in [*messages, end]])
    live = record_of(engine)
    ingest.tidy(1000)
    clock = record_of(engine).clock
    assert clock == refitted(engine, live)
    assert clock is not None
    assert clock != live.clock
    with reading(engine) as connection:
        [session] = stream_listing.newest(connection, SENSOR_ID, None, 10)
    assert session.started_utc == datetime.fromtimestamp(clock.wall_at_zero_s, UTC)
    ingest.tidy(1000)
    assert record_of(engine).clock == clock
