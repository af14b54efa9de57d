"""Where Prometheus reads the figures of a program: HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

from lumbar.errors import PortError

_HOST = "127.0.0.1"


def new_registry() -> CollectorRegistry:
    """Return a registry with the processor time, memory and files of this process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


@contextmanager
def metrics_served(registry: CollectorRegistry, port: int | None) -> Iterator[int | None]:
    """Serve ``registry`` until the block ends, and give the port; nothing where it is None.

    Raises ``PortError`` where the port is in use.
    """
    if port is None:
        yield None
        return
    try:
        server, thread = start_http_server(port, _HOST, registry)
    except OSError as error:
        raise PortError(
            f"cannot serve metrics on {_HOST} port {port} ({error.strerror}): "
            "stop the program that uses it, or set another METRICS_PORT"
        ) from None
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
