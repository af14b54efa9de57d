"""The HTTP server in a thread of its own."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time

from fastapi import FastAPI

from lumbar.errors import PortError
from lumbar_server.serve import HttpServer

_POLL_S = 0.02


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host:port`` (0: a free one).

    Raises ``PortError`` if the port is in use, or can be reached from other computers.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        _require_loopback(bound)
        bound.listen()  # two sockets may share a bound port, but only one may listen
    except OSError as error:
        bound.close()
        raise PortError(
            f"port {port} on {host}: {error.strerror or error}; choose another with --port "
            "(0 takes a free one)"
        ) from None
    return bound


def _require_loopback(bound: socket.socket) -> None:
    address = bound.getsockname()[0]
    if not ipaddress.ip_address(address).is_loopback:
        bound.close()
        raise PortError(
            f"pages on {address} would be open to everybody in reach, as accounts do not exist "
            "yet: listen on 127.0.0.1, and let a reverse proxy ask for a login"
        )


class PageServer:
    """Serves ``app`` between ``start`` and ``stop``."""

    def __init__(self, app: FastAPI, listening: socket.socket) -> None:
        host, port = listening.getsockname()
        self.url = f"http://{host}:{port}/"
        self._socket = listening
        self._server = HttpServer(app, host=host, port=port)
        self._thread = threading.Thread(target=self._serve, name="page-server", daemon=True)

    def start(self) -> None:
        """Return once requests are answered."""
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End open streams and return once the port is free again."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])
