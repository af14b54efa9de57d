"""The gateway's radio: BlueZ and its adapter (Linux), and whether we may listen."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from lumbar.doctor.finding import Finding, State, short
from lumbar.service_settings import is_gateway

_LEAST_BLUEZ = (5, 55)  # what bleak asks for
_WAIT_S = 5.0
_GROUP = "let the user join the group bluetooth (usermod -aG bluetooth USER) and log in anew"
_SERVICE = "start BlueZ (apt-get install bluez; systemctl enable --now bluetooth)"


class _BluetoothError(Exception):
    """Bluetooth cannot be used; the arguments are what is said, and the remedy."""


def check_bluetooth() -> Iterator[Finding]:
    """Look at version, adapter and permissions; failures where this machine is a gateway."""
    if find_spec("bleak") is None:
        return
    bad = State.FAILED if is_gateway() else State.NOTE
    try:
        if sys.platform == "linux":
            yield _version(bad)
            for name, properties in asyncio.run(_adapters()).items():
                yield _adapter(name, properties, bad)
        asyncio.run(_listen_briefly())
    except _BluetoothError as trouble:
        said, remedy = trouble.args
        if bad is State.NOTE:
            remedy = f"only the gateway needs it: {remedy}"
        yield Finding("bluetooth", bad, said, remedy)
    else:
        yield Finding("bluetooth", State.OK, "we may listen to advertisements")


def _version(bad: State) -> Finding:
    """Ask BlueZ's own tool: the daemon does not say its version on D-Bus."""
    tool = shutil.which("bluetoothctl")
    said = ""
    if tool is not None:
        asked = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)
        said = asked.stdout.strip()
    return version_finding(said, bad)


def version_finding(said: str, bad: State) -> Finding:
    """Judge what ``bluetoothctl --version`` printed; empty where there is none."""
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None:
        return Finding("bluez", State.NOTE, "no bluetoothctl here: its version is unknown")
    least = ".".join(map(str, _LEAST_BLUEZ))
    if (int(found[1]), int(found[2])) < _LEAST_BLUEZ:
        return Finding("bluez", bad, f"version {found[0]}", f"upgrade to {least} or later")
    return Finding("bluez", State.OK, f"version {found[0]}")


async def _adapters() -> Mapping[str, Mapping[str, Any]]:
    """Return the properties of every adapter by its name; raises ``_BluetoothError``."""
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        async with asyncio.timeout(_WAIT_S):
            await bus.connect()
            answer = await bus.call(
                Message(
                    destination="org.bluez",
                    path="/",
                    interface="org.freedesktop.DBus.ObjectManager",
                    member="GetManagedObjects",
                )
            )
    except TimeoutError:
        raise _BluetoothError("D-Bus or BlueZ does not answer", _SERVICE) from None
    except (OSError, EOFError) as error:
        remedy = "start it (systemctl start dbus)"
        raise _BluetoothError(f"no D-Bus ({short(error)})", remedy) from error
    finally:
        bus.disconnect()
    assert answer is not None
    if answer.message_type is MessageType.ERROR:
        if str(answer.error_name).endswith("AccessDenied"):
            raise _BluetoothError("D-Bus does not let us talk to BlueZ", _GROUP)
        raise _BluetoothError(f"BlueZ does not run ({answer.error_name})", _SERVICE)
    adapters = {
        path.rpartition("/")[2]: {
            name: value.value for name, value in interfaces["org.bluez.Adapter1"].items()
        }
        for path, interfaces in answer.body[0].items()
        if "org.bluez.Adapter1" in interfaces
    }
    if not adapters:
        raise _BluetoothError("no Bluetooth adapter", "plug one in, or enable the built-in one")
    return adapters


def _adapter(name: str, properties: Mapping[str, Any], bad: State) -> Finding:
    said = f"{name} ({properties.get('Address', 'no address')})"
    if properties.get("Powered"):
        return Finding("adapter", State.OK, f"{said} is on")
    remedy = "bluetoothctl power on (and rfkill unblock bluetooth)"
    return Finding("adapter", bad, f"{said} is off", remedy)


async def _listen_briefly() -> None:
    from bleak import BleakScanner

    try:
        async with asyncio.timeout(_WAIT_S), BleakScanner():
            pass
    except Exception as error:  # bleak's backends raise what their platform raises
        denied = "AccessDenied" in str(error) or "NotPermitted" in str(error)
        remedy = _GROUP if denied else "plug in or switch on an adapter"
        raise _BluetoothError(f"we cannot listen ({short(error)})", remedy) from error
