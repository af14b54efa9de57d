"""Everything one household runs, in one process: broker, worker, pages and gateway."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner

from lumbar.broker import Broker
from lumbar.page_server import PageServer, bind
from lumbar_gateway.gateway import Gateway
from lumbar_server.app import create_app
from lumbar_server.retention import KEPT_FOR_GOOD, Retention
from lumbar_server.worker import Worker

DATABASE = "lumbar.db"

Announce = Callable[[str, str], None]  # what came up, and a word about it


@dataclass(frozen=True, slots=True)
class Places:
    """Where a household keeps its things, for how long, and where it listens."""

    folder: Path
    port: int = 8000  # of the pages; 0 takes a free one
    retention: Retention = KEPT_FOR_GOOD
    names: tuple[str, ...] = ()  # of the pages, besides those of loopback

    @property
    def url(self) -> str:
        """The database's address."""
        return f"sqlite:///{self.folder / DATABASE}"

    @property
    def spool(self) -> Path:
        """The gateway's spool."""
        return self.folder / "spool.db"


@dataclass(frozen=True, slots=True)
class Radio:
    """The backend classes that reach the radio; None is the platform's own."""

    scanner_backend: type[BaseBleakScanner] | None = None
    client_backend: type[BaseBleakClient] | None = None


class Household:
    """The running parts; each can be stopped and started again by itself.

    Parameters
    ----------
    running
        Where worker and gateway run: the failure of one ends all.
    """

    def __init__(
        self,
        places: Places,
        radio: Radio,
        now_s: Callable[[], float],
        monotonic_s: Callable[[], float] | None,
        running: asyncio.TaskGroup,
    ) -> None:
        self.places = places
        self._radio = radio
        self._now_s = now_s
        self._monotonic_s = monotonic_s
        self._running = running
        accounts = {"lumbar": secrets.token_urlsafe(24)}
        self.broker = Broker(accounts=accounts, folder=places.folder)
        self.broker.start()

    def start_worker(self) -> None:
        """Start a worker that knows only what is stored."""
        self._worker = Worker(
            self.places.url,
            self.broker.address,
            retention=self.places.retention,
            now_s=self._now_s,
        )
        self._working = self._running.create_task(asyncio.to_thread(self._worker.run))

    async def stop_worker(self) -> None:
        """Return once the worker has finished its transaction."""
        self._worker.stop()
        await asyncio.wait([self._working])

    def start_pages(self, listening: socket.socket) -> None:
        """Serve API and pages on a listening socket."""
        app = create_app(
            self.places.url,
            self.broker.address,
            names=self.places.names,
            retention=self.places.retention,
            now_s=self._now_s,
        )
        self.pages = PageServer(app, listening)
        self.pages.start()

    def start_gateway(self) -> None:
        """Start a gateway on the spool: it looks for sensors from now on."""
        self.gateway = Gateway(
            self.places.spool,
            self.broker.address,
            scanner_backend=self._radio.scanner_backend,
            client_backend=self._radio.client_backend,
            now_s=self._now_s,
            monotonic_s=self._monotonic_s,
        )
        self._collecting = self._running.create_task(self.gateway.run())

    async def stop_gateway(self) -> None:
        """Disconnect from the sensors and close the spool."""
        self._collecting.cancel()
        await asyncio.wait([self._collecting])


@asynccontextmanager
async def running_household(
    places: Places,
    *,
    radio: Radio,
    now_s: Callable[[], float],
    monotonic_s: Callable[[], float] | None = None,
    announce: Announce,
) -> AsyncIterator[Household]:
    """Start all parts in order and stop them at the end.

    Parameters
    ----------
    now_s
        Wall time, seconds since 1970-01-01 UTC.
    monotonic_s
        Seconds that pass as in ``now_s``; by default the event loop's.

    Raises
    ------
    PortError
        Where the page's port is in use.
    """
    listening = bind("127.0.0.1", places.port)
    async with AsyncExitStack() as stack:
        stack.callback(listening.close)
        running = await stack.enter_async_context(asyncio.TaskGroup())
        household = Household(places, radio, now_s, monotonic_s, running)
        stack.push_async_callback(asyncio.to_thread, household.broker.stop)
        announce("broker", f"{household.broker.address.host}:{household.broker.address.port}")
        household.start_worker()
        stack.push_async_callback(household.stop_worker)
        announce("worker", f"stores in {places.folder / DATABASE}")
        await asyncio.to_thread(household.start_pages, listening)
        stack.push_async_callback(asyncio.to_thread, household.pages.stop)
        announce("page", household.pages.url)
        household.start_gateway()
        stack.push_async_callback(household.stop_gateway)
        announce("gateway", "scans for sensors")
        yield household
