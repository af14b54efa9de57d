"""``lumbar scan``: who is in reach, now."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from bleak import BleakScanner
from bleak.backends.scanner import BaseBleakScanner
from bleak.exc import BleakError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from lumbar.errors import RadioError
from lumbar_gateway.profiles.lumbar import BATTERY_SERVICE_UUID, SERVICE_UUID

_REFRESH_S = 0.25
_ADVICE = (
    "wake the sensor and bring it within a few metres; "
    "one that a gateway or a phone is connected to does not show itself"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one device says of itself."""

    address: str
    name: str
    profile: str  # empty where it is no sensor of ours
    signal_dbm: int
    battery_percent: int | None  # None where it does not say

    @property
    def fields(self) -> tuple[str, str, str, str, str]:
        """Return name, profile, signal, battery and address as text."""
        battery = "" if self.battery_percent is None else f"{self.battery_percent} %"
        return self.name, self.profile, f"{self.signal_dbm} dBm", battery, self.address


def run_scan(seconds: float) -> None:
    """Listen for a while, or until Ctrl-C, and show who is heard."""
    asyncio.run(scan(seconds, Console()))


async def scan(
    seconds: float, console: Console, backend: type[BaseBleakScanner] | None = None
) -> None:
    """Show who is heard: a table that follows the air on a terminal, else lines at the end.

    Raises ``RadioError`` where the computer's Bluetooth does not work.
    """
    with _stopped_by_interrupt(seconds) as stopping:
        async with listening(backend) as scanner:
            if console.is_terminal:
                await _show_live(scanner, console, stopping)
            else:
                await stopping.wait()
            heard = whom(scanner)
    if not console.is_terminal:
        for one in heard:
            console.print(_line(one), markup=False, highlight=False, soft_wrap=True)
    if not any(one.profile for one in heard):
        console.print(f"No sensor was heard: {_ADVICE}.", soft_wrap=True)


@asynccontextmanager
async def listening(backend: type[BaseBleakScanner] | None = None) -> AsyncIterator[BleakScanner]:
    """Listen to advertisements; raises ``RadioError`` where Bluetooth does not work."""
    try:
        scanner = BleakScanner(backend=backend)
        await scanner.start()
    except (BleakError, OSError) as error:
        what = getattr(error, "strerror", None) or error
        raise RadioError(
            f"no Bluetooth ({what}): plug in or switch on an adapter (Linux: start bluez)"
        ) from error
    try:
        yield scanner
    finally:
        await scanner.stop()


def whom(scanner: BleakScanner) -> list[Heard]:
    """Return every device heard so far as it was last, our sensors first, then the loudest."""
    heard = []
    for device, data in scanner.discovered_devices_and_advertisement_data.values():
        profile = "lumbar" if SERVICE_UUID in data.service_uuids else ""
        name = data.local_name or device.name or ""
        battery_percent = next(iter(data.service_data.get(BATTERY_SERVICE_UUID, b"")), None)
        heard.append(Heard(device.address, name, profile, data.rssi, battery_percent))
    return sorted(heard, key=lambda one: (not one.profile, -one.signal_dbm))


async def _show_live(scanner: BleakScanner, console: Console, stopping: asyncio.Event) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while not stopping.is_set():
            live.update(_table(whom(scanner)), refresh=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_REFRESH_S):
                    await stopping.wait()


def _table(heard: list[Heard]) -> Table:
    table = Table(box=SIMPLE_HEAD, caption="Ctrl-C ends", caption_justify="left")
    for heading in ("Name", "Profile", "Signal", "Battery", "Address"):
        table.add_column(heading, justify="right" if heading in ("Signal", "Battery") else "left")
    for one in heard:
        table.add_row(*map(Text, one.fields), style="" if one.profile else "dim")
    return table


def _line(one: Heard) -> str:
    name, profile, loudness, battery, address = one.fields
    return f"{address:<17}  {loudness:>8}  {battery:>5}  {profile:<7} {name}".rstrip()


@contextmanager
def _stopped_by_interrupt(seconds: float) -> Iterator[asyncio.Event]:
    """Give an event that is set after ``seconds``, or by Ctrl-C."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    timer = loop.call_later(seconds, stopping.set)
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C interrupts as always
        loop.add_signal_handler(signal.SIGINT, stopping.set)
    try:
        yield stopping
    finally:
        timer.cancel()
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
