"""Sensor to server over the virtual radio and a real broker: each sample exactly once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acking_server import AckingServer
from lumbar.broker import Broker, running_broker
from lumbar_gateway.gateway import Gateway
from lumbar_gateway.link import Timing
from lumbar_gateway.messages import BrokerAddress
from lumbar_sim.bleak_backend import Central
from lumbar_sim.firmware import Firmware
from lumbar_sim.measurement import Measurement
from lumbar_sim.radio.virtual_radio import VirtualRadio

RATE_HZ = 100.0
SENSOR_ID = "LB-00000001"
QUICK = Timing(retry_s=0.1, longest_retry_s=0.5, poll_s=0.2, free_s=0.3, data_s=3.0, answer_s=3.0)


def measurement(seconds: float, *, without: tuple[int, int] | None = None) -> Measurement:
    """Sample i reads (i, -i, i // 7); the indices ``without`` were never measured."""
    index = np.arange(round(seconds * RATE_HZ))
    if without is not None:
        index = index[(index < without[0]) | (index >= without[1])]
    counts = np.stack([index, -index, index // 7], axis=1).astype(np.int16)
    return Measurement(index, counts, RATE_HZ, 1 / 4096, 0.0, 8)


def firmware(seconds: float, number: int = 1, **options: Any) -> Firmware:
    without = options.pop("without", None)
    rng = np.random.default_rng(number)
    played = measurement(seconds, without=without)
    return Firmware(f"LB-{number:08X}", played, rng=rng, **options)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with running_broker(tmp_path / "broker") as running:
        yield running


@asynccontextmanager
async def gateway(path: Path, address: BrokerAddress, central: Central) -> AsyncIterator[Gateway]:
    running = Gateway(
        path / "spool.db",
        address,
        scanner_backend=central.scanner_backend,
        client_backend=central.client_backend,
        rng=np.random.default_rng(0),
        timing=QUICK,
    )
    task = asyncio.create_task(running.run())
    try:
        yield running
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(server: AckingServer, condition: Callable[[], bool]) -> None:
    await asyncio.to_thread(server.wait_until, condition)


def assert_complete(server: AckingServer, expected: Measurement) -> None:
    (values,) = server.values.values()
    assert sorted(values) == expected.index.tolist()
    assert [values[i] for i in expected.index.tolist()] == [
        tuple(row) for row in expected.counts.tolist()
    ]
    assert server.differing == 0
    assert list(server.ends.values()) == [expected.end_index]


async def test_every_sample_arrives_and_the_spool_empties(broker: Broker, tmp_path: Path) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(3))
        central = await radio.central()
        with AckingServer(broker.address) as server:
            async with gateway(tmp_path, broker.address, central) as running:
                await until(server, lambda: bool(server.ends))
                await until(server, lambda: sum(map(len, server.values.values())) == 300)
                await until(server, lambda: running.status[SENSOR_ID].spooled_samples == 0)
                status = running.status[SENSOR_ID]
            assert_complete(server, measurement(3))
    assert (status.link, status.lost_samples, status.malformed) == ("connected", 0, 0)
    assert status.acked_samples == 300
    assert sensor.sensor.flash_log.used_blocks == 0


async def test_a_link_cut_in_mid_stream_costs_no_sample(broker: Broker, tmp_path: Path) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(6))
        central = await radio.central()
        with AckingServer(broker.address) as server:
            async with gateway(tmp_path, broker.address, central) as running:
                await until(server, lambda: len(server.batches) > 5)
                await radio.drop(sensor)
                await until(server, lambda: running.status[SENSOR_ID].connections > 1)
                radio.lose(sensor)
                await asyncio.sleep(2.5)
                radio.restore(sensor)
                await until(server, lambda: bool(server.ends))
                await until(server, lambda: sum(map(len, server.values.values())) == 600)
            assert_complete(server, measurement(6))
            assert server.lost_samples == 0
            assert {batch.live for batch in server.batches} == {True, False}
