"""A simulated sensor on a virtual radio, and a central's view of it through bleak."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice

from lumbar_gateway.profiles.lumbar import (
    CONTROL_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    STATUS_UUID,
    STREAM_UUID,
    Command,
    CommandResult,
    ControlStatus,
    LogAssembler,
    LogBlock,
    LogEnd,
    LogRecord,
    Opcode,
    SamplesPacket,
    SensorState,
    Status,
    StreamDescription,
)
from lumbar_sim.bleak_backend import Central
from lumbar_sim.firmware import Firmware
from lumbar_sim.measurement import Measurement
from lumbar_sim.radio import VirtualRadio

SENSOR_ID = "LB-3F2A91C0"
START, STOP = Command(Opcode.START), Command(Opcode.STOP)
LIST_LOG = Command(Opcode.LIST_LOG)
PATIENCE_S = 20.0  # generous: the machine may be busy


class FastClock:
    """True time, ``speed`` times faster."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def monotonic_s(self) -> float:
        return time.monotonic() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


def measurement(
    n: int, *, width: int = 3, missing: Sequence[int] = (), rate_hz: float = 100.0, seed: int = 1
) -> Measurement:
    """Random counts with indices 0 to n - 1, without the missing ones."""
    index = np.setdiff1d(np.arange(n), np.array(missing, dtype=np.int64))
    counts = np.random.default_rng(seed).integers(-32768, 32768, (len(index), width))
    dps_per_step = 0.07 if width == 6 else 0.0
    return Measurement(index, counts.astype(np.int16), rate_hz, 1 / 4096, dps_per_step, 8)


def firmware(
    measured: Measurement, sensor_id: str = SENSOR_ID, *, speed: float = 20.0, **arguments: Any
) -> Firmware:
    """A sensor whose time runs ``speed`` times faster."""
    clock = FastClock(speed)
    return Firmware(
        sensor_id, measured, monotonic_s=clock.monotonic_s, sleep=clock.sleep, **arguments
    )


async def find(central: Central, sensor: Firmware) -> BLEDevice:
    """Scan for a sensor."""
    device = await BleakScanner.find_device_by_address(
        sensor.address, PATIENCE_S, backend=central.scanner_backend
    )
    assert device is not None
    return device


class SensorClient:
    """A connected and subscribed central."""

    def __init__(self, client: BleakClient, lost: asyncio.Event) -> None:
        self.client = client
        self.lost = lost
        self.packets: list[SamplesPacket] = []
        self.statuses: list[Status] = []
        self.notification_sizes: list[int] = []
        self._results: asyncio.Queue[CommandResult] = asyncio.Queue()
        self._records: asyncio.Queue[LogRecord] = asyncio.Queue()
        self._assembler = LogAssembler()
        self._changed = asyncio.Event()

    async def subscribe(self) -> None:
        await self.client.start_notify(SAMPLES_UUID, self._on_samples)
        await self.client.start_notify(STATUS_UUID, self._on_status)
        await self.client.start_notify(CONTROL_UUID, self._on_result)
        await self.client.start_notify(LOG_UUID, self._on_log)

    async def description(self) -> StreamDescription:
        return StreamDescription.from_bytes(bytes(await self.client.read_gatt_char(STREAM_UUID)))

    async def status(self) -> Status:
        return Status.from_bytes(bytes(await self.client.read_gatt_char(STATUS_UUID)))

    async def command(self, command: Command | bytes) -> CommandResult:
        await self.client.write_gatt_char(CONTROL_UUID, bytes(command), response=True)
        return await self.next_result()

    async def next_result(self) -> CommandResult:
        async with asyncio.timeout(PATIENCE_S):
            return await self._results.get()

    async def log(self, command: Command) -> tuple[list[LogRecord], LogEnd]:
        """Send LIST_LOG or READ_LOG; returns the records and the end."""
        result = await self.command(command)
        assert result.status is ControlStatus.OK
        return await self.records()

    async def records(self) -> tuple[list[LogRecord], LogEnd]:
        records = []
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(record := await self._records.get(), LogEnd):
                records.append(record)
        return records, record

    async def read_log(self, first_index: int, end_index: int) -> dict[int, tuple[int, ...]]:
        """Read a range of the current stream; returns the samples by index."""
        stream_id = (await self.description()).stream_id
        records, _ = await self.log(Command.read_log(stream_id, first_index, end_index))
        return by_index([record for record in records if isinstance(record, LogBlock)])

    async def until_state(self, state: SensorState) -> None:
        await self.until(lambda: bool(self.statuses) and self.statuses[-1].state is state)

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def until_lost(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.lost.wait()

    @property
    def samples(self) -> dict[int, tuple[int, ...]]:
        """The live samples by index."""
        return by_index(self.packets)

    def _on_samples(self, _: object, data: bytearray) -> None:
        self.notification_sizes.append(len(data))
        self.packets.append(SamplesPacket.from_bytes(bytes(data)))
        self._changed.set()

    def _on_status(self, _: object, data: bytearray) -> None:
        self.statuses.append(Status.from_bytes(bytes(data)))
        self._changed.set()

    def _on_result(self, _: object, data: bytearray) -> None:
        self._results.put_nowait(CommandResult.from_bytes(bytes(data)))

    def _on_log(self, _: object, data: bytearray) -> None:
        self.notification_sizes.append(len(data))
        if (record := self._assembler.push(bytes(data))) is not None:
            self._records.put_nowait(record)


def by_index(pieces: Sequence[SamplesPacket | LogBlock]) -> dict[int, tuple[int, ...]]:
    """Samples by index; a sample that comes twice must be the same."""
    found: dict[int, tuple[int, ...]] = {}
    for piece in pieces:
        for at, sample in enumerate(piece.samples.tolist()):
            index = piece.first_index + at
            assert found.setdefault(index, tuple(sample)) == tuple(sample)
    return found


def truth(measured: Measurement) -> dict[int, tuple[int, ...]]:
    """What was measured, by index."""
    rows = (tuple(row) for row in measured.counts.tolist())
    return dict(zip(measured.index.tolist(), rows, strict=True))


@asynccontextmanager
async def connected(
    central: Central, sensor: Firmware, **arguments: Any
) -> AsyncIterator[SensorClient]:
    """Scan, connect, pair and subscribe."""
    device = await find(central, sensor)
    lost = asyncio.Event()
    async with BleakClient(
        device,
        lambda _: lost.set(),
        backend=central.client_backend,
        pair=True,
        timeout=PATIENCE_S,
        **arguments,
    ) as client:
        sensor_client = SensorClient(client, lost)
        await sensor_client.subscribe()
        yield sensor_client


@asynccontextmanager
async def on_air(
    *sensors: Firmware, supervision_timeout_s: float = 2.0
) -> AsyncIterator[tuple[VirtualRadio, Central]]:
    """Put sensors and one central on a radio."""
    async with VirtualRadio() as radio:
        for sensor in sensors:
            await radio.add_sensor(sensor)
        yield radio, await radio.central(supervision_timeout_s)
