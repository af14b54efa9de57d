"""A way to the virtual radio for a gateway in another process: HCI over a loopback socket.

The gateway's host speaks to its controller as over a serial line. Where the process dies, its
controller falls silent with it, and the sensors notice by supervision timeout.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bumble import hci
from bumble.keys import JsonKeyStore
from bumble.transport.common import StreamPacketSource
from bumble.transport.tcp_client import open_tcp_client_transport

from lumbar_sim.bleak_backend import Central
from lumbar_sim.radio.controller import RadioController
from lumbar_sim.radio.link import RadioLink

_LOOPBACK = "127.0.0.1"
_SUPERVISION_TIMEOUT_S = 2.0  # chosen: as `VirtualRadio.central`


async def listen(air: RadioLink) -> asyncio.Server:
    """Give every process that connects a controller of its own, until the server is closed."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _ControllerPort(air), _LOOPBACK, 0)


@asynccontextmanager
async def remote_central(port: int, address: str, bonds: Path) -> AsyncIterator[Central]:
    """Switch on a central on another process's virtual radio, see `VirtualRadio.listen`.

    Parameters
    ----------
    port
        Where that radio listens.
    address
        The central's static random address: sensors know their gateway by it, so a gateway that
        is started again uses the same.
    bonds
        The file that keeps the keys of paired sensors; made where it is missing.

    Raises
    ------
    ConnectionError
        Where nobody listens.
    """
    transport = await open_tcp_client_transport(f"{_LOOPBACK}:{port}")
    async with transport:
        central = Central(
            transport.source,
            transport.sink,
            hci.Address(address),
            _SUPERVISION_TIMEOUT_S,
            JsonKeyStore(filename=str(bonds)),
        )
        await central.power_on()
        yield central
        await central.power_off()


class _ControllerPort(StreamPacketSource):
    """The controller's end of one socket."""

    def __init__(self, air: RadioLink) -> None:
        super().__init__()
        self._controller = RadioController("remote", air, rssi_dbm=0)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect the controller to its host."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._controller.host = _Host(transport)
        self.set_packet_sink(self._controller)

    def connection_lost(self, _error: Exception | None) -> None:
        """Fall silent for good: the host's process is gone."""
        self._controller.host = None
        self._controller.air.remove_controller(self._controller)


class _Host:
    """Where the controller's packets go; nowhere once the other end is gone."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport

    def on_packet(self, packet: bytes) -> None:
        """Send one packet."""
        if not self._transport.is_closing():
            self._transport.write(packet)
