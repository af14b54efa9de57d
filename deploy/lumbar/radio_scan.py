"""``lumbar scan``: who is in reach."""

from __future__ import annotations

import asyncio

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lumbar.errors import RadioError
from lumbar_gateway.profiles.lumbar import SERVICE_UUID

Heard = list[tuple[BLEDevice, AdvertisementData]]


def run_scan(seconds: float) -> None:
    """Listen for a while and print who was heard."""
    with Console(stderr=True).status(f"Listening for {seconds:g} s ..."):
        heard = asyncio.run(listen(seconds))
    print_heard(heard)


def print_heard(heard: Heard) -> None:
    """Print a table of what ``listen`` returned."""
    console = Console()
    if not heard:
        console.print("Nobody was heard: wake the sensor, and bring it within a few metres.")
        return
    table = Table(box=SIMPLE_HEAD)
    for heading in ("Address", "Name", "Signal", "Sensor"):
        table.add_column(heading, justify="right" if heading == "Signal" else "left")
    for device, advertisement in heard:
        kind = "lumbar" if _is_ours(advertisement) else ""
        name = escape(advertisement.local_name or "")
        table.add_row(device.address, name, f"{advertisement.rssi} dBm", kind)
    console.print(table)


async def listen(seconds: float, backend: type[BaseBleakScanner] | None = None) -> Heard:
    """Return every device heard and its last advertisement, our sensors first, then the loudest.

    Raises ``RadioError`` where the computer's Bluetooth does not work.
    """
    try:
        async with BleakScanner(backend=backend) as scanner:
            await asyncio.sleep(seconds)
            heard = list(scanner.discovered_devices_and_advertisement_data.values())
    except (BleakError, OSError) as error:
        what = getattr(error, "strerror", None) or error
        raise RadioError(
            f"no Bluetooth ({what}): plug in or switch on an adapter (Linux: start bluez)"
        ) from error
    return sorted(heard, key=lambda one: (not _is_ours(one[1]), -one[1].rssi))


def _is_ours(advertisement: AdvertisementData) -> bool:
    return SERVICE_UUID in advertisement.service_uuids
