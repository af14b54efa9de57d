"""The virtual radio's face: sensors and centrals in one place, with commandable loss."""

from __future__ import annotations

import asyncio
from typing import Protocol, TypeVar

from bumble import hci
from bumble.device import Device
from bumble.keys import MemoryKeyStore
from bumble.transport.common import AsyncPipeSink, TransportSink, TransportSource

from lumbar_sim.bleak_backend import Central
from lumbar_sim.radio.controller import RadioController
from lumbar_sim.radio.link import RadioLink
from lumbar_sim.radio.socket_radio import listen

DEFAULT_RSSI_DBM = -60  # chosen: a sensor in the same room


class Peripheral(Protocol):
    """A simulated sensor: a host that runs on any controller."""

    @property
    def device(self) -> Device:
        """The bumble device, once powered on."""

    async def power_on(self, hci_source: TransportSource, hci_sink: TransportSink) -> None:
        """Take over a controller and advertise."""

    async def power_off(self) -> None:
        """Stop everything that was started."""


SensorT = TypeVar("SensorT", bound=Peripheral)


class VirtualRadio:
    """One place with sensors and centrals; close it when done.

    Parameters
    ----------
    connection_events
        See `RadioLink`.

    Examples
    --------
    >>> async with VirtualRadio() as radio:  # doctest: +SKIP
    ...     sensor = await radio.add_sensor(Firmware("LB-3F2A91C0", measurement))
    ...     central = await radio.central()
    ...     client = BleakClient(device, backend=central.client_backend, pair=True)
    ...     radio.lose(sensor)
    """

    def __init__(self, *, connection_events: bool = False) -> None:
        self._air = RadioLink(connection_events=connection_events)
        self._sensors: dict[Peripheral, RadioController] = {}
        self._centrals: list[Central] = []
        self._servers: list[asyncio.Server] = []

    async def __aenter__(self) -> VirtualRadio:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def sensors(self) -> list[Peripheral]:
        """Everything added and not removed."""
        return list(self._sensors)

    async def add_sensor(self, sensor: SensorT, rssi_dbm: int = DEFAULT_RSSI_DBM) -> SensorT:
        """Power a sensor on within everybody's reach; returns it."""
        controller = RadioController(type(sensor).__name__, self._air, rssi_dbm)
        self._sensors[sensor] = controller
        await sensor.power_on(controller, AsyncPipeSink(controller))
        return sensor

    async def remove_sensor(self, sensor: Peripheral) -> None:
        """Take the battery out of a sensor: peers notice by supervision timeout."""
        controller = self._sensors.pop(sensor)
        self._air.set_reach(controller, reachable=False)
        await sensor.power_off()
        controller.le_legacy_advertiser.stop()
        self._air.remove_controller(controller)

    async def central(self, supervision_timeout_s: float = 2.0) -> Central:
        """Switch on a central.

        Parameters
        ----------
        supervision_timeout_s
            After this long without its sensor a connection is lost: 0.1 to 32 s.
        """
        controller = RadioController("central", self._air, rssi_dbm=0)
        central = Central(
            controller,
            AsyncPipeSink(controller),
            hci.Address(f"C4:4C:42:00:00:{len(self._centrals):02X}"),
            supervision_timeout_s,
            MemoryKeyStore(),
        )
        self._centrals.append(central)
        await central.power_on()
        return central

    async def listen(self) -> int:
        """Let gateways in other processes have controllers here; returns the port on loopback.

        See `remote_central`.
        """
        server = await listen(self._air)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def lose(self, sensor: Peripheral) -> None:
        """Take a sensor out of everybody's reach; connections end by supervision timeout."""
        self._air.set_reach(self._sensors[sensor], reachable=False)

    def restore(self, sensor: Peripheral) -> None:
        """Bring a lost sensor back; a connection not timed out goes on without loss."""
        self._air.set_reach(self._sensors[sensor], reachable=True)

    async def drop(self, sensor: Peripheral) -> None:
        """Let the sensor end its connections properly."""
        for connection in list(sensor.device.connections.values()):
            await connection.disconnect()

    async def close(self) -> None:
        """Switch everything off."""
        for server in self._servers:
            server.close()
        for central in self._centrals:
            await central.power_off()
        for sensor in self.sensors:
            await self.remove_sensor(sensor)
