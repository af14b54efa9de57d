"""The radio: one scanner for all sensors, and a connection to one of them (bleak).

``scanner_backend`` and ``client_backend`` are bleak's own seam; None is the platform's Bluetooth.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakError
from bleak_retry_connector import establish_connection

from lumbar_gateway.errors import LinkError
from lumbar_gateway.profiles.lumbar import SERVICE_UUID

CONNECT_ATTEMPTS = 2  # of 20 s each; then an advertisement is waited for again
SCAN_RETRY_S = 10.0  # Bluetooth is off or absent: look again this often
SCAN_SILENCE_S = 90.0  # a scan that hears nothing for this long is started anew (habluetooth)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the gateway waits, in real seconds."""

    answer_s: float = 10.0  # for a GATT operation or the control point
    log_s: float = 10.0  # for the next record of the log
    data_s: float = 10.0  # for samples of a sensor that measures
    retry_s: float = 1.0  # after the first failure; doubles with each further one ...
    longest_retry_s: float = 60.0  # ... up to this
    poll_s: float = 1.0  # between looks at what the log still has to fill
    free_s: float = 3.0  # between permissions to overwrite the log
    # For what another gateway took from the log to reach the server, before it is declared lost.
    # Chosen: that gateway may be a phone that is offline for a weekend; what comes later still
    # counts, a declaration only lets the session end.
    freed_s: float = 3 * 86_400.0


class Scanner:
    """Hears advertisements of our service; ``on_new`` is called once for every address."""

    def __init__(
        self, on_new: Callable[[str], None], backend: type[BaseBleakScanner] | None = None
    ) -> None:
        self._on_new = on_new
        self._backend = backend
        self._waiting: dict[str, asyncio.Future[BLEDevice]] = {}
        self._known: set[str] = set()
        self._sound = asyncio.Event()

    async def run(self) -> None:
        """Scan until cancelled; a scan that fails or falls silent is started anew."""
        complained = False
        while True:
            try:
                async with BleakScanner(self._heard, [SERVICE_UUID], backend=self._backend):
                    complained = False
                    await self._until_silent()
            except (BleakError, OSError) as error:
                if not complained:
                    _log.error(
                        "no Bluetooth (%s): plug in or switch on an adapter (Linux: start bluez); "
                        "trying again every %.0f s",
                        error,
                        SCAN_RETRY_S,
                    )
                complained = True
                await asyncio.sleep(SCAN_RETRY_S)

    async def fresh(self, address: str) -> BLEDevice:
        """Return the device of the next advertisement from ``address``."""
        future = self._waiting.setdefault(address, asyncio.get_running_loop().create_future())
        return await asyncio.shield(future)

    async def _until_silent(self) -> None:
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(SCAN_SILENCE_S):
                    await self._sound.wait()
                self._sound.clear()

    def _heard(self, device: BLEDevice, _data: AdvertisementData) -> None:
        self._sound.set()
        if device.address not in self._known:
            self._known.add(device.address)
            self._on_new(device.address)
        future = self._waiting.pop(device.address, None)
        if future is not None and not future.done():
            future.set_result(device)


class Connection:
    """A connected sensor; every operation raises ``LinkError`` where it fails."""

    def __init__(self, client: BleakClient, gone: asyncio.Event, answer_s: float) -> None:
        self._client = client
        self._gone = gone
        self._answer_s = answer_s

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

    @asynccontextmanager
    async def _answering(self, what: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_s):
                yield
        except TimeoutError:
            raise LinkError(f"{what}: no answer for {self._answer_s:g} s") from None
        except BleakError as error:
            raise LinkError(f"{what}: {error}") from error


@asynccontextmanager
async def connected(
    device: BLEDevice, backend: type[BaseBleakClient] | None, answer_s: float
) -> AsyncIterator[Connection]:
    """Connect and pair; always disconnects, whatever happens in between."""
    gone = asyncio.Event()
    chosen: dict[str, Any] = {} if backend is None else {"backend": backend}
    try:
        client = await establish_connection(
            BleakClient,
            device,
            device.name or device.address,
            disconnected_callback=lambda _: gone.set(),
            max_attempts=CONNECT_ATTEMPTS,
            pair=True,
            **chosen,
        )
    except (BleakError, TimeoutError) as error:
        raise LinkError(f"cannot connect: {error}") from error
    try:
        yield Connection(client, gone, answer_s)
    finally:
        with contextlib.suppress(BleakError, TimeoutError):
            async with asyncio.timeout(answer_s):
                await client.disconnect()
