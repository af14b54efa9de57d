"""Everything one household runs, in one process: broker, worker, pages and gateway."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner
from sqlalchemy import make_url

from lumbar.broker import Broker
from lumbar.clock import ScaledClock
from lumbar.page_server import PageServer, bind
from lumbar_gateway.gateway import Gateway
from lumbar_server.app import create_app
from lumbar_server.worker import Worker

Announce = Callable[[str, str], None]  # what came up, and a word about it


@dataclass(frozen=True, slots=True)
class Places:
    """Where a household keeps its things and where it listens."""

    folder: Path
    port: int = 8000  # of the pages; 0 takes a free one
    database_url: str = ""  # empty: SQLite in the folder

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.folder / 'lumbar.db'}"

    @property
    def spool(self) -> Path:
        """The gateway's spool."""
        return self.folder / "spool.db"


@dataclass(frozen=True, slots=True)
class Radio:
    """The backend classes that reach the radio; None is the platform's own."""

    scanner_backend: type[BaseBleakScanner] | None = None
    client_backend: type[BaseBleakClient] | None = None


class WorkerThread:
    """A worker in a thread, to be stopped and started again."""

    def __init__(self, make: Callable[[], Worker]) -> None:
        self._make = make
        self.start()

    def start(self) -> None:
        """Start a fresh worker that knows only what is stored."""
        self._worker = self._make()
        self._thread = threading.Thread(target=self._worker.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Return once the worker has ended."""
        self._worker.stop()
        self._thread.join()


class Household:
    """The running parts; each can be stopped and started again by itself."""

    def __init__(self, places: Places, radio: Radio, clock: ScaledClock) -> None:
        self.places = places
        self._radio = radio
        self._clock = clock
        self.broker = Broker(
            accounts={"lumbar": secrets.token_urlsafe(24)}, folder=places.folder, port=0
        )
        self.broker.start()
        self.worker = WorkerThread(self._new_worker)
        self._gateway_task: asyncio.Task[None] | None = None

    def start_pages(self, listening: socket.socket) -> None:
        """Serve API and pages on a bound socket."""
        app = create_app(self.places.url, self.broker.address, now_s=self._clock.wall_s)
        self.pages = PageServer(app, listening)
        self.pages.start()

    def start_gateway(self) -> None:
        """Start a gateway on the spool: it looks for sensors from now on."""
        self.gateway = Gateway(
            self.places.spool,
            self.broker.address,
            scanner_backend=self._radio.scanner_backend,
            client_backend=self._radio.client_backend,
            now_s=self._clock.wall_s,
        )
        self._gateway_task = asyncio.create_task(self.gateway.run(), name="gateway")

    async def stop_gateway(self) -> None:
        """Disconnect from the sensors and close the spool."""
        if self._gateway_task is not None:
            self._gateway_task.cancel()
            await asyncio.gather(self._gateway_task, return_exceptions=True)

    async def stop(self) -> None:
        """Stop all parts, the source of the samples first."""
        await self.stop_gateway()
        await asyncio.to_thread(self.worker.stop)
        if hasattr(self, "pages"):
            await asyncio.to_thread(self.pages.stop)
        await asyncio.to_thread(self.broker.stop)

    def _new_worker(self) -> Worker:
        return Worker(self.places.url, self.broker.address, now_s=self._clock.wall_s)


@asynccontextmanager
async def running_household(
    places: Places, *, radio: Radio, clock: ScaledClock, announce: Announce
) -> AsyncIterator[Household]:
    """Start all parts in order and stop them at the end.

    Raises
    ------
    PortError
        Where the page's port is in use.
    """
    listening = bind("127.0.0.1", places.port)
    household = await asyncio.to_thread(Household, places, radio, clock)
    try:
        announce(
            "broker", f"amqtt on {household.broker.address.host}:{household.broker.address.port}"
        )
        announce(
            "worker", f"storing in {make_url(places.url).render_as_string(hide_password=True)}"
        )
        household.start_pages(listening)
        announce("page", household.pages.url)
        household.start_gateway()
        announce("gateway", "scanning")
        yield household
    finally:
        await household.stop()
        listening.close()
