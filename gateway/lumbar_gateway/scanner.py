"""One scanner for all sensors: who is in reach, and the newest advertisement of each (bleak)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from bleak import BleakAdapter, BleakScanner
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

from lumbar_gateway.errors import RadioStuckError
from lumbar_gateway.profiles.lumbar import SERVICE_UUID

SCAN_RETRY_S = 10.0  # Bluetooth is off or absent: look again this often
SCAN_SILENCE_S = 90.0  # a scan that hears nothing for this long is started anew (habluetooth)
LOOK_S = 2.0  # chosen: between looks for open links that nobody here opened
SWITCH_S = 15.0  # chosen: BlueZ starts or stops a scan within a second, or never
FAREWELL_S = 3.0  # chosen: who ends a program does not wait for a Bluetooth that hangs
MAX_HANGS = 3  # in a row: then only a new start of the program may help
MAX_SENSORS = 64  # chosen: three times what one adapter connects to; more are somebody's play

_log = logging.getLogger(__name__)


class Scanner:
    """Hears advertisements of our service.

    Parameters
    ----------
    on_new
        Called once for every address.
    backend, adapter_backend
        bleak's own seam; None is the platform's Bluetooth.
    switch_s
        How long starting or stopping the scan may take.
    """

    def __init__(
        self,
        on_new: Callable[[str], None],
        backend: type[BaseBleakScanner] | None = None,
        adapter_backend: type[BaseBleakAdapter] | None = None,
        switch_s: float = SWITCH_S,
    ) -> None:
        self._on_new = on_new
        self._backend = backend
        self._adapter_backend = adapter_backend
        self._switch_s = switch_s
        self._waiting: dict[str, asyncio.Future[BLEDevice]] = {}
        self._known: set[str] = set()
        self._signal_dbm: dict[str, int] = {}
        self._sound = asyncio.Event()
        self.rounds = 0  # goes on with each advertisement, and each start of the scan
        self._hangs = 0
        self._has_complained = False
        self._has_refused = False

    async def run(self) -> None:
        """Scan until cancelled; a scan that fails or falls silent is started anew.

        Raises
        ------
        RadioStuckError
            Where Bluetooth no longer answers.
        """
        while True:
            self.rounds += 1
            try:
                await self._scan()
                self._hangs = 0
            except TimeoutError:
                task = asyncio.current_task()
                if task is not None and task.cancelling():  # it hung on the way out
                    raise asyncio.CancelledError from None
                self._note_hang()
            except Exception as error:  # each stack has its own
                self._complain(error)
                await asyncio.sleep(SCAN_RETRY_S)

    async def fresh(self, address: str) -> BLEDevice:
        """Return the device of the next advertisement from ``address``."""
        future = self._waiting.setdefault(address, asyncio.get_running_loop().create_future())
        return await asyncio.shield(future)

    def signal_dbm(self, address: str) -> int | None:
        """Return how loud the last advertisement from ``address`` was."""
        return self._signal_dbm.get(address)

    def forget(self, address: str) -> None:
        """Take ``address`` for new when it is heard again."""
        self._known.discard(address)
        self._waiting.pop(address, None)
        self._signal_dbm.pop(address, None)

    async def _scan(self) -> None:
        """Scan until nothing is heard any more; ``TimeoutError`` where Bluetooth hangs."""
        scanner = BleakScanner(self._heard, [SERVICE_UUID], backend=self._backend)
        async with asyncio.timeout(self._switch_s):
            await scanner.start()
        looking = asyncio.create_task(self._look_for_open_links())
        try:
            self._has_complained = False
            await self._until_silent()
        finally:
            looking.cancel()
            task = asyncio.current_task()
            ends = task is not None and task.cancelling() > 0
            async with asyncio.timeout(min(FAREWELL_S, self._switch_s) if ends else self._switch_s):
                await scanner.stop()

    async def _look_for_open_links(self) -> None:
        """Take a sensor with an open link for heard: it does not advertise.

        BlueZ keeps the link of a program that was killed; connecting takes it over.
        """
        if self._backend is not None and self._adapter_backend is None:
            return
        with contextlib.suppress(Exception):  # not every stack can tell, and each fails in its way
            adapter = await BleakAdapter.get(backend=self._adapter_backend)
            while True:
                for device in await adapter.get_connected_devices([SERVICE_UUID]):
                    if device.address in self._waiting or device.address not in self._known:
                        self._hear(device)
                await asyncio.sleep(LOOK_S)

    async def _until_silent(self) -> None:
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(SCAN_SILENCE_S):
                    await self._sound.wait()
                self._sound.clear()

    def _note_hang(self) -> None:
        self._hangs += 1
        _log.error("Bluetooth did not answer for %.0f s, scanning anew", self._switch_s)
        if self._hangs >= MAX_HANGS:
            raise RadioStuckError(
                "Bluetooth no longer answers: restart it (Linux: systemctl restart bluetooth) "
                "and this program"
            ) from None

    def _complain(self, error: Exception) -> None:
        if not self._has_complained:
            _log.error(
                "no Bluetooth (%s): plug in or switch on an adapter (Linux: start bluez); "
                "trying again every %.0f s",
                " ".join(f"{error}".split()) or type(error).__name__,
                SCAN_RETRY_S,
            )
        self._has_complained = True

    def _heard(self, device: BLEDevice, data: AdvertisementData) -> None:
        self._hear(device)
        if device.address in self._known:
            self._signal_dbm[device.address] = data.rssi

    def _hear(self, device: BLEDevice) -> None:
        self._sound.set()
        self.rounds += 1
        if device.address not in self._known and not self._take(device.address):
            return
        future = self._waiting.pop(device.address, None)
        if future is not None and not future.done():
            future.set_result(device)

    def _take(self, address: str) -> bool:
        """Take in a new address; tells whether there was room for it."""
        if len(self._known) >= MAX_SENSORS:
            if not self._has_refused:
                _log.warning(
                    "more than %d sensors in reach: %s and others are left out",
                    MAX_SENSORS,
                    address,
                )
            self._has_refused = True
            return False
        self._known.add(address)
        self._on_new(address)
        return True
