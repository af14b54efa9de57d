"""What Prometheus reads of gateway, worker and server."""

import asyncio
import math
import re
import sqlite3
import threading
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from acking_server import AckingServer
from gateway_household import SENSOR_ID, firmware, gateway, until
from lumbar.broker import Broker
from lumbar.errors import PortError
from lumbar.metrics_endpoint import metrics_served, new_registry
from lumbar_gateway.metrics import GatewayMetrics
from lumbar_server.app import create_app
from lumbar_server.metrics import ServerMetrics, WorkerMetrics
from lumbar_sim.radio import VirtualRadio
from running_worker import connected_client, running_worker
from stream_messages import START_S, PublishedStream
from synthetic_bridge import bridge_samples

README = (Path(__file__).parents[2] / "deploy" / "README.md").read_text(encoding="utf-8")
STREAM = PublishedStream("SIM-1", 0x1234, bridge_samples(1))


def scrape(registry: CollectorRegistry) -> dict[tuple[str, ...], float]:
    """Read over HTTP; returns values by name and label values."""
    with metrics_served(registry, 0) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def assert_documented(figures: dict[tuple[str, ...], float], part: str) -> None:
    """Every metric of ours is in the README, and it names no others."""
    ours = {
        re.sub("_(bucket|count|sum)$", "", name)
        for name, *_ in figures
        if name.startswith(f"lumbar_{part}_") and not name.endswith("_created")
    }
    assert ours == set(re.findall(rf"`(lumbar_{part}_\w+)", README))


async def test_gateway_tells_of_its_sensors_its_spool_and_its_broker(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    registry = new_registry()
    metrics = GatewayMetrics(registry)
    async with VirtualRadio() as radio:
        central = await radio.central()
        await radio.add_sensor(firmware(3.0))
        async with gateway(tmp_path, broker.address, central, on_puback=metrics.puback) as running:
            metrics.watch(running, asyncio.get_running_loop())
            await until(server, lambda: len(server.ends) == 1)
            await until(server, lambda: running.status[SENSOR_ID].acked_samples == 300)
            figures = await asyncio.to_thread(scrape, registry)
            status = running.status[SENSOR_ID]
    assert figures["lumbar_gateway_acked_samples_total", SENSOR_ID] == 300
    assert figures["lumbar_gateway_lost_samples_total", SENSOR_ID] == 0
    assert figures["lumbar_gateway_refused_samples_total", SENSOR_ID] == 0
    assert figures["lumbar_gateway_evicted_samples_total",] == 0
    assert figures["lumbar_gateway_spooled_samples", SENSOR_ID] == 0
    assert figures["lumbar_gateway_received_samples_total", SENSOR_ID] == status.received_samples
    assert figures["lumbar_gateway_sensor_connected", SENSOR_ID] == 1
    assert figures["lumbar_gateway_sensor_connections_total", SENSOR_ID] == 1
    assert figures["lumbar_gateway_sensor_battery_percent", SENSOR_ID] == 100
    assert figures["lumbar_gateway_broker_connected",] == 1
    assert figures["lumbar_gateway_oldest_unacked_seconds",] == 0
    assert figures["lumbar_gateway_puback_seconds_count",] > 0
    assert 0 < figures["lumbar_gateway_spool_bytes",] < figures["lumbar_gateway_spool_limit_bytes",]
    assert figures["process_resident_memory_bytes",] > 0
    assert_documented(figures, "gateway")


async def test_gateway_with_a_stalled_disk_still_tells_the_rest(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    disk_works = threading.Event()
    disk_works.set()

    class Stalling(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            disk_works.wait(30)
            return super().execute(*arguments)

    async with VirtualRadio() as radio:
        central = await radio.central()
        connect = partial(sqlite3.connect, factory=Stalling)
        async with gateway(tmp_path, broker.address, central, connect=connect) as running:
            await until(server, lambda: running.is_publishing and running.rounds["spool"] > 0)
            disk_works.clear()
            try:
                figures = await running.figures()
            finally:
                disk_works.set()
            assert math.isnan(figures.oldest_unacked_s)
            assert figures.broker_connected
            assert (await running.figures()).oldest_unacked_s == 0


def test_worker_and_server_tell_of_messages_transactions_and_what_went_wrong(
    broker: Broker, url: str
) -> None:
    registry = new_registry()
    metrics = WorkerMetrics(registry)
    with (
        running_worker(
            url, broker.address, lambda: START_S, transaction=metrics.transaction
        ) as worker,
        connected_client(broker.address, "lumbar/v1/+/+/ack/+") as client,
    ):
        metrics.watch(worker)
        messages = [*map(bytes, STREAM.batches(100)), bytes(STREAM.end())]
        client.publish(STREAM.topic, [b"nonsense", *messages])
        client.wait_for_ack(lambda ack: ack.end_index == len(STREAM.samples))
        figures = scrape(registry)
    assert figures["lumbar_worker_messages_total",] == 1 + len(messages)
    assert figures["lumbar_worker_transaction_seconds_count",] >= 1
    assert figures["lumbar_worker_broker_connected",] == 1
    assert_documented(figures, "worker")
    app = create_app(url, None)
    registry.register(ServerMetrics(app))
    stored = scrape(registry)
    app.state.engine.dispose()
    assert stored["lumbar_server_streams", "complete"] == 1
    assert stored["lumbar_server_incidents_total", "malformed"] == 1
    assert stored["lumbar_server_quarantined_messages",] == 0
    assert stored["lumbar_server_broker_connected",] == 0
    assert_documented(stored, "server")


def test_port_in_use_is_one_clear_line() -> None:
    registry = new_registry()
    with (
        metrics_served(registry, 0) as port,
        pytest.raises(PortError, match=f"port {port} .* set another METRICS_PORT"),
        metrics_served(registry, port),
    ):
        pass
