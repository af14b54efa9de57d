"""The gateway's figures in the words of Prometheus; their names are listed in deploy/README.md."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lumbar_gateway.figures import GatewayFigures, SensorStatus

if TYPE_CHECKING:
    from lumbar_gateway.gateway import Gateway

_PUBACK_BOUNDS_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_ANSWER_S = 5.0  # for the gateway's own thread; one that stands still fails the scrape


_Family = type[CounterMetricFamily] | type[GaugeMetricFamily]
_SENSOR_METRICS: tuple[tuple[_Family, str, str, Callable[[SensorStatus], float | None]], ...] = (
    (
        GaugeMetricFamily,
        "sensor_connected",
        "1 while the sensor is connected",
        lambda status: status.link == "connected",
    ),
    (
        GaugeMetricFamily,
        "sensor_battery_percent",
        "Of the sensor, where it is known",
        lambda status: status.battery_percent,
    ),
    (
        CounterMetricFamily,
        "sensor_connections",
        "How often the sensor was connected",
        lambda status: status.connections,
    ),
    (
        CounterMetricFamily,
        "malformed_notifications",
        "Of the sensor, not as its profile says",
        lambda status: status.malformed,
    ),
    (
        CounterMetricFamily,
        "received_samples",
        "By live notification, whether new or not",
        lambda status: status.received_samples,
    ),
    (
        GaugeMetricFamily,
        "spooled_samples",
        "In the spool, waiting for the server's acknowledgement",
        lambda status: status.spooled_samples,
    ),
    (
        CounterMetricFamily,
        "acked_samples",
        "Acknowledged by the server and deleted from the spool",
        lambda status: status.acked_samples,
    ),
    (
        GaugeMetricFamily,
        "log_samples",
        "Still to be read from the sensor's log, as far as is known",
        lambda status: status.log_samples,
    ),
    (
        CounterMetricFamily,
        "lost_samples",
        "Declared lost",
        lambda status: status.lost_samples,
    ),
    (
        CounterMetricFamily,
        "refused_samples",
        "Refused by the server for good and deleted from the spool",
        lambda status: status.refused_samples,
    ),
)


class GatewayMetrics:
    """Figures of one gateway; ``puback`` is to be told how long each confirmation took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.puback = Histogram(
            "lumbar_gateway_puback_seconds",
            "From publishing a message to the broker's confirmation",
            buckets=_PUBACK_BOUNDS_S,
            registry=registry,
        ).observe

    def watch(self, gateway: Gateway, loop: asyncio.AbstractEventLoop) -> None:
        """Ask the gateway, which runs in ``loop``, at every scrape."""
        self._registry.register(_GatewayCollector(gateway, loop))


class _GatewayCollector(Collector):
    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop) -> None:
        self._gateway = gateway
        self._loop = loop

    def describe(self) -> Iterable[Metric]:
        """Say nothing in advance: registering must not ask a gateway that is not running yet."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Ask from the thread of the scrape; the gateway's own thread answers."""
        asking = asyncio.run_coroutine_threadsafe(self._gateway.figures(), self._loop)
        figures = asking.result(_ANSWER_S)
        yield from _of_the_gateway(figures)
        yield from _of_sensors(figures.sensors.items())


def _of_the_gateway(figures: GatewayFigures) -> Iterator[Metric]:
    name = "lumbar_gateway"
    yield GaugeMetricFamily(
        f"{name}_broker_connected", "1 while the broker is there", figures.broker_connected
    )
    yield GaugeMetricFamily(f"{name}_spool_bytes", "Of the spool's files", figures.spool_bytes)
    yield GaugeMetricFamily(
        f"{name}_spool_limit_bytes", "What the spool may take", figures.spool_limit_bytes
    )
    yield GaugeMetricFamily(
        f"{name}_oldest_unacked_seconds",
        "How long the oldest samples wait for the server's acknowledgement",
        figures.oldest_unacked_s,
    )
    yield CounterMetricFamily(
        f"{name}_refused_packets",
        "Not stored for want of room: the sensor's log still has them",
        figures.refused_packets,
    )
    yield CounterMetricFamily(
        f"{name}_evicted_samples",
        "Given up by the spool for want of room or for their age, and declared lost",
        figures.evicted_samples,
    )
    yield CounterMetricFamily(
        f"{name}_differing_samples",
        "Came again with other values; the first ones stay",
        figures.differing_samples,
    )


def _of_sensors(sensors: Collection[tuple[str, SensorStatus]]) -> Iterator[Metric]:
    for family, name, text, value_of in _SENSOR_METRICS:
        metric = family(f"lumbar_gateway_{name}", text, labels=["sensor"])
        for sensor, status in sensors:
            value = value_of(status)
            if value is not None:
                metric.add_metric([sensor], value)
        yield metric
