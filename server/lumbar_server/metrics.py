"""The server's figures in the words of Prometheus; their names are listed in deploy/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lumbar_server.database import reading
from lumbar_server.store import incidents, stream_listing

if TYPE_CHECKING:
    from fastapi import FastAPI

    from lumbar_server.worker import Worker

_TRANSACTION_BOUNDS_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


class WorkerMetrics:
    """Figures of one worker, which runs each of its transactions within ``transaction``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._seconds = Histogram(
            "lumbar_worker_transaction_seconds",
            "To decode, detect and commit one group of messages",
            buckets=_TRANSACTION_BOUNDS_S,
            registry=registry,
        )
        self._messages = Counter(
            "lumbar_worker_messages", "Committed or set aside for good", registry=registry
        )

    @contextmanager
    def transaction(self, messages: int) -> Iterator[None]:
        """Time a transaction, and count its messages once it is done."""
        with self._seconds.time():
            yield
        self._messages.inc(messages)

    def watch(self, worker: Worker) -> None:
        """Ask the worker at every scrape."""
        Gauge(
            "lumbar_worker_broker_connected",
            "1 while the broker is there",
            registry=self._registry,
        ).set_function(lambda: worker.is_ready)


class ServerMetrics(Collector):
    """What is stored, what went wrong, and who looks on; asked at every scrape."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def describe(self) -> Iterable[Metric]:
        """Say nothing in advance: registering must not ask a database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Read the database."""
        state = self._app.state
        connected = state.feed is not None and state.feed.is_connected
        yield GaugeMetricFamily(
            "lumbar_server_broker_connected", "1 while the broker is there", connected
        )
        with reading(state.engine) as connection:
            totals = stream_listing.totals(connection)
            counters = {row.kind: row.total for row in incidents.counters(connection)}
            quarantined = incidents.quarantined_total(connection)
        yield GaugeMetricFamily(
            "lumbar_server_quarantined_messages", "Set aside for a person to look at", quarantined
        )
        stored = GaugeMetricFamily(
            "lumbar_server_streams", "Stored, by their state", labels=["state"]
        )
        for stream_state, number in totals.items():
            stored.add_metric([str(stream_state)], number)
        yield stored
        counted = CounterMetricFamily(
            "lumbar_server_incidents", "Messages that were not stored as they came", labels=["kind"]
        )
        for kind, number in counters.items():
            counted.add_metric([kind], number)
        yield counted
