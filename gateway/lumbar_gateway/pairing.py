"""Pairs a sensor with this computer, with a passkey where the sensor wants one (bleak)."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import Any

from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import BaseBleakScanner

from lumbar_gateway.errors import PairingError
from lumbar_gateway.profiles.lumbar import SERIAL_NUMBER_UUID

HEARD_S = 30.0  # for an advertisement: a sensor at rest may advertise every few seconds
PAIRED_S = 90.0  # for a person to read and type six digits; Bluetooth itself gives up after 30 s

AskPasskey = Callable[[], Awaitable[int | None]]
Agent = Callable[[AskPasskey], AbstractAsyncContextManager[None]]


async def pair(
    address: str,
    ask_passkey: AskPasskey,
    *,
    agent: Agent | None = None,
    scanner_backend: type[BaseBleakScanner] | None = None,
    client_backend: type[BaseBleakClient] | None = None,
) -> str:
    """Pair anew with the sensor at ``address``; what was known of an earlier pairing is forgotten.

    Parameters
    ----------
    ask_passkey
        Asks a person for the six digits that the sensor shows; None gives up.
    agent
        Passes the system's question on; by default BlueZ's on Linux. Elsewhere the system asks
        the person itself.
    scanner_backend, client_backend
        bleak's own seam; None is the platform's Bluetooth.

    Returns
    -------
    sensor_id
        As the sensor says it, over the encrypted link.

    Raises
    ------
    PairingError
        Says what to do.
    """
    client: dict[str, Any] = {} if client_backend is None else {"backend": client_backend}
    with suppress(Exception):  # where there is no earlier pairing, each stack says so its own way
        await BleakClient(await _find(address, scanner_backend), **client).unpair()
    device = await _find(address, scanner_backend)  # BlueZ forgot the device with its bond
    try:
        async with (
            (agent or _of_the_system())(ask_passkey),
            asyncio.timeout(PAIRED_S),
            BleakClient(device, pair=True, timeout=PAIRED_S, **client) as paired,
        ):
            return bytes(await paired.read_gatt_char(SERIAL_NUMBER_UUID)).decode("utf-8", "replace")
    except PairingError:
        raise
    except Exception as error:  # each Bluetooth stack has its own
        said = " ".join(f"{error}".split()) or type(error).__name__
        raise PairingError(
            f"pairing with {address} failed ({said}): bring the sensor near, wake it, and try "
            "again with the passkey that it shows"
        ) from None


async def _find(address: str, backend: type[BaseBleakScanner] | None) -> BLEDevice:
    chosen: dict[str, Any] = {} if backend is None else {"backend": backend}
    try:
        device = await BleakScanner.find_device_by_address(address, HEARD_S, **chosen)
    except Exception as error:  # each Bluetooth stack has its own
        said = " ".join(f"{error}".split()) or type(error).__name__
        raise PairingError(f"no Bluetooth ({said}): see lumbar doctor") from None
    if device is None:
        raise PairingError(
            f"{address} was not heard for {HEARD_S:.0f} s: wake the sensor and bring it near; end "
            "a gateway or phone app that is connected to it (systemctl stop lumbar-gateway)"
        )
    return device


def _of_the_system() -> Agent:
    if sys.platform == "linux":
        from lumbar_gateway.bluez_agent import answering_passkeys

        return answering_passkeys
    return lambda _ask: nullcontext()
