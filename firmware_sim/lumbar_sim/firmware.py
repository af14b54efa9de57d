"""The sensor's firmware: its Bluetooth side, on any controller."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import numpy as np
from bumble import hci
from bumble.att import ATT_Error
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.transport.common import TransportSink, TransportSource

from lumbar_gateway.profiles.lumbar import (
    NOTIFICATION_INTERVAL_S,
    CommandResult,
    SamplesPacket,
    fragment,
)
from lumbar_sim import advertisement, current_time
from lumbar_sim.crystal import Crystal
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.gatt_services import SensorServices
from lumbar_sim.measurement import Measurement
from lumbar_sim.pairing import pairing
from lumbar_sim.recorder import Run
from lumbar_sim.sensor import Answer, Converter, Sensor

logger = logging.getLogger(__name__)

ADVERTISING_INTERVAL_MS = 100.0  # chosen: found within a second
ATT_HEADER_BYTES = 3
MAX_MTU = 517
# Chosen: half of the controller's buffers. Where as many wait for longer than a notification
# interval, the link is weak and live samples are left to the log.
MAX_WAITING_PACKETS = 32
STATUS_INTERVAL_S = 10.0  # chosen: a gateway learns battery and log state without asking
CCCD_IMPROPERLY_CONFIGURED = 0xFD  # Supplement to the Core specification, part B, 1.2
VALUE_NOT_ALLOWED = 0x13


class Firmware:
    """A sensor on the air. Once started it measures whether or not a central is connected.

    Parameters
    ----------
    sensor_id
        The serial number, see `Sensor`.
    measurement
        What its converter delivers.
    monotonic_s, sleep
        True time; a simulation N times faster passes a clock that runs N times faster.
    clock_ppm
        How fast its crystal is, see `Crystal`.
    rng
        For stream ids; seeded by the operating system by default.
    flash_log
        What a reboot left behind; a new one by default.
    autostart
        Measure from power-on: worn away from the gateway.
    max_mtu
        The largest ATT MTU it agrees to: 23 to 517.
    converter
        See `Sensor`.
    passkey
        What it shows when somebody pairs with it: six digits. None pairs without.

    Attributes
    ----------
    sensor
        What it does, without its radio.
    bonds
        Its memory of the gateways it is paired with.
    """

    def __init__(
        self,
        sensor_id: str,
        measurement: Measurement,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock_ppm: float = 0.0,
        rng: np.random.Generator | None = None,
        flash_log: FlashLog | None = None,
        autostart: bool = False,
        max_mtu: int = MAX_MTU,
        converter: Converter | None = None,
        passkey: int | None = None,
    ) -> None:
        self.sensor = Sensor(
            sensor_id,
            measurement,
            Crystal(clock_ppm, monotonic_s, sleep),
            rng if rng is not None else np.random.default_rng(),
            flash_log if flash_log is not None else FlashLog(),
            converter,
        )
        self.bonds = MemoryKeyStore()
        self._autostart = autostart
        self._max_mtu = max_mtu
        self._passkey = passkey
        self._device: Device | None = None
        self._services: SensorServices | None = None
        self._measuring: asyncio.Task[None] | None = None
        self._advertising: set[asyncio.Task[None]] = set()
        self._answers: set[asyncio.Future[None]] = set()
        self._transferring = False

    @property
    def device(self) -> Device:
        """The Bluetooth host; there is one after power-on."""
        if self._device is None:
            raise RuntimeError(f"{self.sensor.sensor_id} is off: await power_on first")
        return self._device

    @property
    def address(self) -> str:
        """Its static random address, made from the sensor id."""
        return advertisement.address(self.sensor.sensor_id)

    @property
    def name(self) -> str:
        """What it is called on the air."""
        return advertisement.name(self.sensor.sensor_id)

    async def power_on(self, hci_source: TransportSource, hci_sink: TransportSink) -> None:
        """Take over a controller and advertise."""
        config = DeviceConfiguration(name=self.name, address=hci.Address(self.address))
        device = Device(config=config, host=Host(hci_source, hci_sink))
        device.keystore = self.bonds
        device.gatt_server.max_mtu = self._max_mtu
        device.pairing_config_factory = lambda _connection: pairing(self._passkey)
        self._device, self._services = device, self._add_services(device)
        device.on(Device.EVENT_CONNECTION, self._on_connection)
        await device.power_on()
        await self._advertise()
        if self._autostart:
            self.sensor.start()
        self._measuring = asyncio.create_task(self._measure())
        self._measuring.add_done_callback(self._on_ended)

    async def power_off(self) -> None:
        """Stop everything; a peer notices by its supervision timeout."""
        self.device.remove_listener(Device.EVENT_CONNECTION, self._on_connection)
        for connection in self.device.connections.values():
            connection.remove_listener(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        # An HCI command must not be cancelled half-way, so advertising is waited for.
        await asyncio.gather(*self._advertising)
        tasks = [task for task in (self._measuring, *self._answers) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.device.power_off()

    def _on_connection(self, connection: Connection) -> None:
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        task = asyncio.create_task(self._advertise())
        self._advertising.add(task)
        task.add_done_callback(self._advertising.discard)

    async def _advertise(self) -> None:
        sensor = self.sensor
        await self.device.start_advertising(
            advertising_data=advertisement.advertising_data(sensor.sensor_id),
            scan_response_data=advertisement.scan_response_data(
                sensor.sensor_id, sensor.battery_percent
            ),
            advertising_interval_min=ADVERTISING_INTERVAL_MS,
            advertising_interval_max=ADVERTISING_INTERVAL_MS,
        )

    def _add_services(self, device: Device) -> SensorServices:
        sensor = self.sensor
        return SensorServices(
            device,
            sensor_id=sensor.sensor_id,
            read_stream=lambda: bytes(sensor.description),
            read_status=lambda: bytes(sensor.status),
            read_clock=lambda: bytes(sensor.clock),
            read_battery=lambda: bytes([sensor.battery_percent]),
            read_time=lambda: sensor.current_time,
            write_control=self._on_control,
            write_time=self._on_time,
        )

    async def _measure(self) -> None:
        crystal, sensor = self.sensor.crystal, self.sensor
        told, told_s = sensor.state, crystal.now_s()
        beat = 0
        while True:
            beat = max(beat, int(crystal.now_s() / NOTIFICATION_INTERVAL_S)) + 1
            await crystal.sleep_until(sensor.sampled_s(beat * NOTIFICATION_INTERVAL_S))
            runs = sensor.take_runs()
            for connection in list(self.device.connections.values()):
                await self._notify_samples(connection, runs)
            if sensor.state is not told or crystal.now_s() - told_s >= STATUS_INTERVAL_S:
                told, told_s = sensor.state, crystal.now_s()
                await self._notify_status()

    async def _notify_samples(self, connection: Connection, runs: list[Run]) -> None:
        assert self._services is not None
        width = self.sensor.description.channels.count
        capacity = SamplesPacket.capacity(_payload_bytes(connection), width)
        if capacity < 1 or not self._services.subscribed(connection, self._services.samples):
            return
        for run in runs:
            for at in range(0, len(run.samples), capacity):
                if not await _has_room(connection):
                    return
                samples = run.samples[at : at + capacity]
                index = run.first_index + at
                packet = SamplesPacket(index, self.sensor.ticks_at(index), samples)
                await self._notify(connection, self._services.samples, bytes(packet))

    async def _notify_status(self) -> None:
        assert self._services is not None
        for connection in list(self.device.connections.values()):
            await self._notify(connection, self._services.status, bytes(self.sensor.status))

    async def _notify(
        self, connection: Connection, characteristic: Characteristic[bytes], value: bytes
    ) -> None:
        # bumble would cut a longer value without a word.
        assert len(value) <= _payload_bytes(connection), f"{len(value)} bytes do not fit the MTU"
        await self.device.notify_subscriber(connection, characteristic, value)

    def _on_control(self, connection: Connection, value: bytes) -> None:
        assert self._services is not None
        if not self._services.subscribed(connection, self._services.control):
            raise ATT_Error(CCCD_IMPROPERLY_CONFIGURED)
        result, answer = self.sensor.execute(value, busy=self._transferring)
        task = self._spawn(connection, self._answer(connection, result, answer))
        if answer is not None:
            self._transferring = True
            task.add_done_callback(self._on_transferred)

    def _on_time(self, _connection: Connection, value: bytes) -> None:
        try:
            self.sensor.set_time(current_time.decode(value))
        except ValueError as error:
            raise ATT_Error(VALUE_NOT_ALLOWED) from error

    async def _answer(
        self, connection: Connection, result: CommandResult, answer: Answer | None
    ) -> None:
        assert self._services is not None
        await self.device.indicate_subscriber(connection, self._services.control, bytes(result))
        for record in answer or ():
            for piece in fragment(record, _payload_bytes(connection)):
                await self._notify(connection, self._services.log, piece)
            await connection.drain()

    def _on_transferred(self, _task: asyncio.Future[None]) -> None:
        self._transferring = False

    def _spawn(
        self, connection: Connection, work: Coroutine[Any, Any, None]
    ) -> asyncio.Future[None]:
        task = asyncio.ensure_future(connection.cancel_on_disconnection(work))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
        task.add_done_callback(self._on_ended)
        return task

    def _on_ended(self, task: asyncio.Future[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("firmware of %s failed", self.sensor.sensor_id, exc_info=error)


def _payload_bytes(connection: Connection) -> int:
    return connection.att_mtu - ATT_HEADER_BYTES


async def _has_room(connection: Connection) -> bool:
    queue = connection.data_packet_queue
    if queue is None:  # the link was lost while an earlier packet was on its way
        return False
    if queue.pending >= MAX_WAITING_PACKETS:
        with suppress(TimeoutError):
            async with asyncio.timeout(NOTIFICATION_INTERVAL_S):
                await connection.drain()
    return queue.pending < MAX_WAITING_PACKETS
