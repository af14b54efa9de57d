"""The radio: a connection to one sensor, one attempt at a time for all of them (bleak).

``scanner_backend`` and ``client_backend`` are bleak's own seam; None is the platform's Bluetooth.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bleak import BleakClient
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak_retry_connector import establish_connection

from lumbar_gateway.errors import (
    LinkError,
    RadioBusyError,
    RadioStuckError,
    SensorNotFoundError,
)
from lumbar_gateway.radio_errors import explained
from lumbar_gateway.scanner import Scanner

STUCK_S = 600.0  # chosen: for this long every attempt found Bluetooth busy, and ...
STUCK_ATTEMPTS = 20  # ... there were this many: only a new start of the program may help
FAREWELL_S = 3.0  # chosen: who ends a program does not wait for a sensor that says nothing


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the gateway waits, in real seconds."""

    connect_s: float = 30.0  # for a connection, with pairing and discovery
    fresh_s: float = 10.0  # for another advertisement of a sensor whose turn has come
    answer_s: float = 10.0  # for a GATT operation or the control point
    log_s: float = 10.0  # for the next record of the log
    data_s: float = 10.0  # for samples of a sensor that measures
    retry_s: float = 1.0  # after a failure; by its kind and number more, see ``reconnect``
    longest_retry_s: float = 60.0
    poll_s: float = 1.0  # between looks at what the log still has to fill
    free_s: float = 3.0  # between permissions to overwrite the log
    # For what another gateway took from the log to reach the server, before it is declared lost.
    # Chosen: that gateway may be a phone that is offline for a weekend; what comes later still
    # counts, a declaration only lets the session end.
    freed_s: float = 3 * 86_400.0


class Connection:
    """A connected sensor; every operation raises ``LinkError`` where it fails."""

    def __init__(self, client: BleakClient, gone: asyncio.Event, answer_s: float) -> None:
        self._client = client
        self._gone = gone
        self._answer_s = answer_s
        self._subscribed: list[str] = []

    async def until_gone(self) -> None:
        """Return when the link is down."""
        await self._gone.wait()

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic."""
        async with self._answering(f"reading {uuid[:8]}"):
            return bytes(await self._client.read_gatt_char(uuid))

    async def write(self, uuid: str, data: bytes) -> None:
        """Write a characteristic and wait for the response."""
        async with self._answering(f"writing {uuid[:8]}"):
            await self._client.write_gatt_char(uuid, data, response=True)

    async def subscribe(self, uuid: str, callback: Callable[[bytes], None]) -> None:
        """Call ``callback`` in the event loop with every notification or indication."""
        async with self._answering(f"subscribing to {uuid[:8]}"):
            await self._client.start_notify(uuid, lambda _, data: callback(bytes(data)))
        self._subscribed.append(uuid)

    async def close(self) -> None:
        """Unsubscribe from everything and disconnect; a link that is gone is left alone.

        Our sensor wants no more than that: it measures on and keeps everything in its log.
        """
        if not self._gone.is_set():
            with contextlib.suppress(LinkError, TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    for uuid in reversed(self._subscribed):
                        async with self._answering("unsubscribing"):
                            await self._client.stop_notify(uuid)
        with contextlib.suppress(LinkError, TimeoutError):
            async with asyncio.timeout(FAREWELL_S), self._answering("disconnecting"):
                await self._client.disconnect()

    @asynccontextmanager
    async def _answering(self, what: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_s):
                yield
        except TimeoutError:
            raise LinkError(f"{what}: no answer for {self._answer_s:g} s") from None
        except Exception as error:  # each Bluetooth stack has its own
            if self._gone.is_set():
                raise LinkError(f"{what}: disconnected") from None
            raise explained(what, error, self._client.address) from None


class Radio:
    """The computer's own Bluetooth: connects to the sensors that the scanner hears.

    An adapter makes one connection at a time; BlueZ refuses a second attempt ("InProgress"), and
    bumble's controller as well. So the sensors take turns. Nobody takes a turn before its sensor
    is heard, for one that is away must not keep the others waiting. Who had to wait then wants
    another advertisement: BlueZ forgets a device half a minute after it was heard.
    """

    def __init__(
        self, scanner: Scanner, backend: type[BaseBleakClient] | None, timing: Timing
    ) -> None:
        self._scanner = scanner
        self._backend = backend
        self._timing = timing
        self._turn = asyncio.Lock()
        self._busy: list[float] = []  # loop times of attempts that found Bluetooth busy, in a row

    @asynccontextmanager
    async def connected(self, address: str) -> AsyncIterator[Connection]:
        """Connect and pair as soon as the sensor is heard; always disconnects in the end.

        Raises
        ------
        LinkError
            Of the kind that tells what helps.
        RadioStuckError
            Where Bluetooth has been busy for too long.
        """
        device = await self._scanner.fresh(address)
        had_to_wait = self._turn.locked()
        async with self._turn:
            if had_to_wait:
                device = await self._again(address)
            connection = await self._connect(device)
        try:
            yield connection
        finally:
            await _to_the_end(connection.close())

    async def _again(self, address: str) -> BLEDevice:
        try:
            async with asyncio.timeout(self._timing.fresh_s):
                return await self._scanner.fresh(address)
        except TimeoutError:
            raise SensorNotFoundError(
                f"connecting: not heard for {self._timing.fresh_s:g} s: bring the sensor near"
            ) from None

    async def _connect(self, device: BLEDevice) -> Connection:
        gone = asyncio.Event()
        chosen: dict[str, Any] = {} if self._backend is None else {"backend": self._backend}
        try:
            async with asyncio.timeout(self._timing.connect_s):
                client = await establish_connection(
                    BleakClient,
                    device,
                    device.name or device.address,
                    disconnected_callback=lambda _: gone.set(),
                    max_attempts=1,
                    pair=True,
                    **chosen,
                )
        except Exception as error:  # each Bluetooth stack has its own
            failure = explained("connecting", error, device.address)
            self._note(failure)
            raise failure from None
        self._busy.clear()
        return Connection(client, gone, self._timing.answer_s)

    def _note(self, failure: LinkError) -> None:
        if not isinstance(failure, RadioBusyError):
            return
        now_s = asyncio.get_running_loop().time()
        self._busy = [*self._busy[:1], *self._busy[1:][-STUCK_ATTEMPTS:], now_s]
        if len(self._busy) >= STUCK_ATTEMPTS and now_s - self._busy[0] >= STUCK_S:
            raise RadioStuckError(
                f"Bluetooth has been busy for {STUCK_S / 60:.0f} min: restart it "
                "(Linux: systemctl restart bluetooth) and this program"
            ) from None


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Finish ``work`` although the task is cancelled meanwhile: a link left open is a slot lost."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
