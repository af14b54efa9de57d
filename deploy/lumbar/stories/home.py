"""A household in one process: a fresh database, the worker's ingest, the server, and one clock."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lumbar.errors import LumbarError
from lumbar.page_server import PageServer, bind
from lumbar_server.app import create_app
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Arrived, Ingest

PATIENCE_S = 60.0


class StoryError(LumbarError):
    """The server refused what a simulated person may do."""


class MovedClock:
    """Stands still until it is moved; may be ahead of the truth for a while."""

    def __init__(self) -> None:
        self.true_s = 0.0
        self.ahead_s = 0.0

    def now_s(self) -> float:
        """Return the wall time as the household's computer has it."""
        return self.true_s + self.ahead_s

    @property
    def true_utc(self) -> datetime:
        """What time it truly is."""
        return datetime.fromtimestamp(self.true_s, UTC)

    @property
    def now_utc(self) -> datetime:
        """What the household's computer takes it for."""
        return datetime.fromtimestamp(self.now_s(), UTC)


class RefusedError(StoryError):
    """The server said no, with its reason."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class Api:
    """Asks below ``/api/v1``."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc

    def get(self, path: str) -> Any:
        """Return what is there."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make something."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Any:
        """Put something in its place."""
        return self._ask("PUT", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """Change something."""
        return self._ask("PATCH", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """Ask; raises ``RefusedError`` with the server's own sentence."""
        payload = None if body is None else json.dumps(body)
        headers = {} if payload is None else {"Content-Type": "application/json"}
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_S)
        with closing(connection):
            connection.request(method, f"/api/v1{path}", payload, headers)
            answer = connection.getresponse()
            text = answer.read()
        content = json.loads(text) if text else None
        if answer.status >= 400:
            raise RefusedError(answer.status, str((content or {}).get("detail", text)))
        return content


class Home:
    """Where one person lives with their sensor."""

    def __init__(self, api: Api, ingest: Ingest, clock: MovedClock) -> None:
        self.api, self.clock = api, clock
        self._ingest = ingest

    def receive(self, messages: list[Arrived]) -> None:
        """Let the worker have what a gateway publishes."""
        if messages:
            self._ingest.commit(messages)

    def tidy(self) -> None:
        """Let the worker close its books on what is over."""
        self._ingest.tidy(most=4)


@contextmanager
def running_home(folder: Path, started_s: float) -> Iterator[Home]:
    """Run database, worker and server until the block ends."""
    url = f"sqlite:///{folder / 'home.db'}"
    migrate(url)
    clock = MovedClock()
    clock.true_s = started_s
    engine = open_engine(url)
    server = PageServer(create_app(url, None, now_s=clock.now_s), bind("127.0.0.1", 0))
    server.start()
    try:
        yield Home(Api(server.url), Ingest(engine, clock.now_s), clock)
    finally:
        server.stop()
        engine.dispose()
