"""A D-Bus of our own, with or without a stand-in for BlueZ on it."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method

_POLICY = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_sender="*"/>
    <allow user="*"/>
    {denial}
  </policy>
</busconfig>
"""


@contextmanager
def private_bus(folder: Path, *, denied: str = "") -> Iterator[str]:
    """Run a bus daemon and give its address; nobody may speak to the name ``denied``."""
    socket = folder / "bus"
    denial = f'<deny send_destination="{denied}"/>' if denied else ""
    configuration = folder / "bus.conf"
    configuration.write_text(_POLICY.format(socket=socket, denial=denial))
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.terminate()


class _Adapter(ServiceInterface):
    """As much of ``org.bluez.Adapter1`` as anybody reads here."""

    def __init__(self, powered: bool) -> None:
        super().__init__("org.bluez.Adapter1")
        self._powered = powered

    @dbus_property(access=PropertyAccess.READ)
    def Address(self) -> "s":  # type: ignore[name-defined]  # noqa: F821, N802
        return "00:11:22:33:44:55"

    @method()
    def SetDiscoveryFilter(self, _filter: "a{sv}") -> None:  # type: ignore[name-defined,valid-type]  # noqa: F722, N802
        pass

    @method()
    def StartDiscovery(self) -> None:  # noqa: N802
        pass

    @method()
    def StopDiscovery(self) -> None:  # noqa: N802
        pass

    @dbus_property(access=PropertyAccess.READ)
    def Roles(self) -> "as":  # type: ignore[valid-type]  # noqa: F722, N802
        return ["central", "peripheral"]

    @dbus_property(access=PropertyAccess.READ)
    def Powered(self) -> "b":  # type: ignore[name-defined]  # noqa: F821, N802
        return self._powered


@asynccontextmanager
async def stand_in_for_bluez(address: str, powered: list[bool]) -> AsyncIterator[None]:
    """Own BlueZ's name, with one adapter for each of ``powered``."""
    bus = await MessageBus(bus_address=address).connect()
    for number, is_on in enumerate(powered):
        bus.export(f"/org/bluez/hci{number}", _Adapter(is_on))
    await bus.request_name("org.bluez")
    try:
        yield
    finally:
        bus.disconnect()
