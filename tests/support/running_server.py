"""The HTTP server in a thread, on a free port of the loopback interface."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from lumbar_gateway.messages import BrokerAddress
from lumbar_server.app import create_app
from lumbar_server.serve import HttpServer
from running_worker import PATIENCE_S, wait_until


@contextmanager
def running_server(
    url: str, broker: BrokerAddress | None, now_s: Callable[[], float]
) -> Iterator[str]:
    """Serve until the block ends; yields the address of the pages."""
    with running_app(create_app(url, broker, now_s=now_s)) as address:
        yield address


@contextmanager
def running_app(app: FastAPI) -> Iterator[str]:
    """Serve ``app`` until the block ends; yields the address of the pages."""
    server = HttpServer(app, host="127.0.0.1", port=0)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def server_sent_events(address: str, path: str = "/api/v1/live") -> Iterator[tuple[str, Any]]:
    """Yield (kind, content) for as long as the stream is open."""
    kind = ""
    with httpx.stream("GET", address + path, timeout=PATIENCE_S) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)


def next_event(
    events: Iterator[tuple[str, Any]], kind: str, wanted: Callable[[Any], bool] = bool
) -> Any:
    """Return the content of the first event of ``kind`` that is ``wanted``."""
    return next(content for name, content in events if name == kind and wanted(content))
