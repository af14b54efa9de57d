"""The three long-running programs, each from its settings in the environment."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
from types import FrameType

from lumbar.logs import log_to_stderr
from lumbar.service_settings import gateway_settings, server_settings
from lumbar.watchdog import watched

# How long a part may stay in one round (chosen). A scan may be silent for 90 s before it is started
# anew; a transaction of the worker may have to analyse a whole day again.
_GATEWAY_LIMITS_S = {"scanner": 180.0, "spool": 60.0, "publisher": 60.0}
_WORKER_LIMITS_S = {"worker": 300.0}
_SERVER_LIMITS_S = {"server": 60.0}


def run_gateway() -> None:
    """Collect from all sensors in reach until SIGTERM or Ctrl-C.

    Raises ``RadioError`` where there is no Bluetooth at the start; one that goes away later is
    waited for.
    """
    from lumbar.metrics_endpoint import metrics_served, new_registry
    from lumbar.radio_scan import listening
    from lumbar_gateway.gateway import Gateway
    from lumbar_gateway.metrics import GatewayMetrics

    settings = gateway_settings()
    settings.spool_path.parent.mkdir(parents=True, exist_ok=True)
    log_to_stderr()

    registry = new_registry()
    metrics = GatewayMetrics(registry)

    async def work() -> None:
        async with listening():
            pass
        gateway = Gateway(
            settings.spool_path,
            settings.broker,
            gateway_id=settings.gateway_id,
            spool_limit_bytes=settings.spool_limit_bytes,
            on_puback=metrics.puback,
        )
        metrics.watch(gateway, asyncio.get_running_loop())
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with (
            contextlib.suppress(asyncio.CancelledError),
            watched(_GATEWAY_LIMITS_S, lambda: gateway.rounds),
        ):
            await gateway.run()

    with metrics_served(registry, settings.metrics_port) as port:
        _tell_metrics(port)
        asyncio.run(work())


def run_worker() -> None:
    """Store and analyse what arrives at the broker until SIGTERM or Ctrl-C."""
    from lumbar.metrics_endpoint import metrics_served, new_registry
    from lumbar_server.metrics import WorkerMetrics
    from lumbar_server.worker import UNCOLLECTED_OBJECTS, Worker

    gc.set_threshold(UNCOLLECTED_OBJECTS)
    settings = server_settings()
    log_to_stderr()
    registry = new_registry()
    metrics = WorkerMetrics(registry)
    worker = Worker(
        settings.database_url,
        settings.broker,
        shards=settings.shards,
        retention=settings.retention,
        worker_id=settings.worker_id,
        transaction=metrics.transaction,
    )
    metrics.watch(worker)
    interrupted = False

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = number == signal.SIGINT
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with metrics_served(registry, settings.metrics_port) as port:
        _tell_metrics(port)
        with watched(_WORKER_LIMITS_S, lambda: {"worker": worker.rounds}):
            worker.run()
    if interrupted:
        raise KeyboardInterrupt


def run_server(port: int | None) -> None:
    """Serve the API and the pages until SIGTERM or Ctrl-C; ``port`` goes before the settings."""
    from lumbar.metrics_endpoint import metrics_served, new_registry
    from lumbar.page_server import bind
    from lumbar_server.app import create_app
    from lumbar_server.database import migrate
    from lumbar_server.metrics import ServerMetrics
    from lumbar_server.serve import HttpServer

    settings = server_settings()
    log_to_stderr()
    migrate(settings.database_url)
    with bind(settings.http_host, settings.http_port if port is None else port) as listening:
        host, bound_port = listening.getsockname()[:2]
        app = create_app(
            settings.database_url,
            settings.broker,
            names=settings.http_names,
            import_limit_bytes=settings.import_limit_bytes,
            retention=settings.retention,
        )
        logging.getLogger(__name__).info("pages at http://%s:%d/", host, bound_port)
        registry = new_registry()
        registry.register(ServerMetrics(app))
        with metrics_served(registry, settings.metrics_port) as metrics_port:
            _tell_metrics(metrics_port)
            http = HttpServer(app, host=host, port=bound_port)
            with watched(_SERVER_LIMITS_S, lambda: {"server": http.rounds}):
                http.run(sockets=[listening])


def _tell_metrics(port: int | None) -> None:
    if port is not None:
        logging.getLogger(__name__).info("metrics at http://127.0.0.1:%d/metrics", port)
