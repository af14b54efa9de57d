"""A client of the HTTP API of a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from running_server import running_server


@contextmanager
def running_api(url: str, now_s: float) -> Iterator[httpx.Client]:
    """Serve a database at a moment that stands still; yield what asks below ``/api/v1``."""
    with (
        running_server(url, None, lambda: now_s) as address,
        httpx.Client(base_url=address + "/api/v1") as api,
    ):
        yield api
