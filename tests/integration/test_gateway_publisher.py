"""Spool to broker and back: what the server does not have is published again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from acking_server import AckingServer
from gateway_streams import GATEWAY_BOOT, STREAM, packet
from lumbar.broker import Broker
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.messages import (
    Ack,
    BrokerAddress,
    GatewayStatus,
    IndexRanges,
    SampleBatch,
    StreamMessage,
    Topic,
)
from lumbar_gateway.publisher import Publisher
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import LostRange

ID = STREAM.stream_id


@asynccontextmanager
async def publishing(
    folder: Path, address: BrokerAddress
) -> AsyncIterator[tuple[Spool, Publisher]]:
    async with Spool(folder / "spool.db") as spool:
        stream = await spool.ask(SpoolFile.register, STREAM)
        publisher = Publisher(
            spool, address, "gw", GatewayClock(GATEWAY_BOOT, time.monotonic, time.time)
        )
        task = asyncio.create_task(publisher.run())
        publisher.add_stream(stream)
        try:
            yield spool, publisher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def append(spool: Spool, first: int, end: int, step: int = 5) -> None:
    for start in range(first, end, step):
        spool.append(packet(start, min(start + step, end)), STREAM.clock)


async def until(server: AckingServer, condition: Callable[[], bool]) -> None:
    await asyncio.to_thread(server.wait_until, condition)


def has(server: AckingServer, end: int) -> Callable[[], bool]:
    return lambda: sorted(server.values[ID]) == list(range(end))


def is_empty(spool: Spool) -> Callable[[], bool]:
    return lambda: spool.counts(STREAM.sensor_id).waiting == 0


async def test_spool_empties_on_the_servers_word_only(broker: Broker, tmp_path: Path) -> None:
    with AckingServer(broker.address, acks=False) as server:
        async with publishing(tmp_path, broker.address) as (spool, _):
            append(spool, 0, 100)
            await until(server, has(server, 100))
            assert spool.counts(STREAM.sensor_id).waiting == 100
            server.acks = True
            await until(server, is_empty(spool))
            assert await spool.ask(lambda file: file.rows_after(ID, 0, 10)) == []
        assert all(batch.live for batch in server.batches)


async def test_backlog_travels_merged_and_not_as_live(broker: Broker, tmp_path: Path) -> None:
    with SpoolFileOf(tmp_path) as file:
        file.append([packet(start, start + 5) for start in range(0, 1000, 5)])
    with AckingServer(broker.address) as server:
        async with publishing(tmp_path, broker.address) as (spool, _):
            await until(server, has(server, 1000))
            await until(server, is_empty(spool))
        assert [len(batch.samples) for batch in server.batches] == [200] * 5
        assert not any(batch.live for batch in server.batches)


async def test_broker_without_memory_costs_nothing(broker: Broker, tmp_path: Path) -> None:
    with AckingServer(broker.address, acks=False) as server:
        async with publishing(tmp_path, broker.address) as (spool, publisher):
            append(spool, 0, 50)
            await until(server, has(server, 50))
            await asyncio.to_thread(broker.stop)
            await until(server, lambda: not publisher.connected)
            append(spool, 50, 100)
            server.values.clear()
            server.acks = True
            await asyncio.to_thread(broker.start)
            await until(server, has(server, 100))
            await until(server, is_empty(spool))
        assert server.differing == 0


async def test_a_restarted_gateway_publishes_what_was_not_acknowledged(
    broker: Broker, tmp_path: Path
) -> None:
    with AckingServer(broker.address, acks=False) as server:
        async with publishing(tmp_path, broker.address) as (spool, _):
            append(spool, 0, 50)
            await until(server, has(server, 50))
        server.values.clear()
        server.acks = True
        async with publishing(tmp_path, broker.address) as (spool, _):
            await until(server, has(server, 50))
            await until(server, is_empty(spool))


async def test_acknowledgement_given_while_away_is_heard(broker: Broker, tmp_path: Path) -> None:
    with AckingServer(broker.address) as server:
        async with publishing(tmp_path, broker.address) as (spool, _):
            append(spool, 0, 50)
            await until(server, has(server, 50))
            await until(server, is_empty(spool))
        server.acks = False
        with SpoolFileOf(tmp_path / "other") as file:  # another spool with the same samples
            file.append([packet(0, 50)])
        async with publishing(tmp_path / "other", broker.address) as (spool, _):
            await until(server, is_empty(spool))


async def test_losses_and_the_end_are_told_until_recorded(broker: Broker, tmp_path: Path) -> None:
    with AckingServer(broker.address, acks=False) as server:
        async with publishing(tmp_path, broker.address) as (spool, publisher):
            append(spool, 0, 50)
            await spool.flush()
            await spool.ask(SpoolFile.declare_lost, LostRange(ID, 50, 60, "never measured"))
            await spool.ask(SpoolFile.close_stream, ID, 60)
            publisher.wake()
            await until(server, lambda: server.ends == {ID: 60})
            assert list(server.lost[ID]) == [(50, 60)]
            assert has(server, 50)()
            assert len(await spool.ask(SpoolFile.unacked_lost)) == 1
            server.acks = True
            await until(server, lambda: bool(spool.streams()[0].end_is_acked))
            assert await spool.ask(SpoolFile.unacked_lost) == []


async def test_hostile_acknowledgements_are_ignored(broker: Broker, tmp_path: Path) -> None:
    with AckingServer(broker.address, acks=False) as server:
        async with publishing(tmp_path, broker.address) as (spool, _):
            append(spool, 0, 10)
            await until(server, has(server, 10))
            for payload in (b"", b"\xff\x00", b"\xa1\x61v\x01"):
                server.publish(str(Topic(STREAM.sensor_id, f"ack/{ID:016x}")), payload)
            append(spool, 10, 20)
            await until(server, has(server, 20))
            assert spool.counts(STREAM.sensor_id).waiting == 20


async def test_what_the_server_refuses_is_let_go_of_and_nothing_else(
    broker: Broker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def is_bad(message: StreamMessage) -> bool:
        return not isinstance(message, SampleBatch) or message.first_index == 20

    with AckingServer(broker.address, refuses=is_bad) as server:
        async with publishing(tmp_path, broker.address) as (spool, publisher):
            await spool.ask(SpoolFile.declare_lost, LostRange(ID, 50, 60, "never measured"))
            for first in (0, 20, 35):  # with holes between, so that they do not travel together
                append(spool, first, first + 10, step=10)
            await spool.flush()  # an end is told once all else of its stream was
            await spool.ask(SpoolFile.close_stream, ID, 60)
            publisher.wake()
            await until(server, is_empty(spool))
            await until(server, lambda: spool.streams()[0].end_is_acked)
            assert spool.counts(STREAM.sensor_id).refused == 10
            assert spool.counts(STREAM.sensor_id).acked == 20
            assert await spool.ask(SpoolFile.unacked_lost) == []
            assert await spool.ask(SpoolFile.received, ID) == IndexRanges(
                [(0, 10), (20, 30), (35, 45)]
            )
        assert sorted(server.values[ID]) == [*range(10), *range(35, 45)]
    assert "the server refused 10 samples" in caplog.text


async def test_an_acknowledgement_under_another_sensors_name_is_ignored(
    broker: Broker, tmp_path: Path
) -> None:
    ack = Ack(ID, IndexRanges([(0, 100)]), IndexRanges(), None)
    with AckingServer(broker.address, acks=False) as server:
        async with publishing(tmp_path, broker.address) as (spool, publisher):
            publisher.add_stream(replace(STREAM, sensor_id="LB-00000002"))
            append(spool, 0, 10)
            await until(server, has(server, 10))
            server.publish(str(Topic("LB-00000002", f"ack/{ID:016x}")), bytes(ack))
            append(spool, 10, 20)
            await until(server, has(server, 20))
            await asyncio.sleep(1.0)
            assert spool.counts(STREAM.sensor_id).waiting == 20


async def test_status_is_retained_and_says_goodbye(broker: Broker, tmp_path: Path) -> None:
    shown = GatewayStatus("connected", 80, 5, 1.0, "gw")
    topics = str(Topic(STREAM.sensor_id, "status/gw")), str(Topic("gw", "gateway"))
    with AckingServer(broker.address) as server:
        async with publishing(tmp_path, broker.address) as (_, publisher):
            publisher.show(STREAM.sensor_id, shown)
            await until(server, lambda: all(topic in server.retained for topic in topics))
            assert GatewayStatus.from_bytes(server.retained[topics[0]]) == shown
        gone = replace(shown, link="gateway offline")
        await until(server, lambda: server.retained[topics[0]] == bytes(gone))
        await until(server, lambda: b"gateway offline" in server.retained[topics[1]])


async def test_refused_password_is_one_clear_line(
    broker: Broker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = replace(broker.address, password="guess")
    with AckingServer(broker.address) as server, caplog.at_level(logging.WARNING):
        async with publishing(tmp_path, wrong):
            await until(server, lambda: "check the user name" in caplog.text)
            await asyncio.sleep(1.5)
    lines = [r.message for r in caplog.records if r.name == "lumbar_gateway.broker_link"]
    assert len(lines) == 1
    assert "guess" not in lines[0]


class SpoolFileOf:
    """A spool file with ``STREAM`` registered, closed at the end of the block."""

    def __init__(self, folder: Path) -> None:
        self._file = SpoolFile(folder / "spool.db")
        self._file.register(STREAM)

    def __enter__(self) -> SpoolFile:
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()
