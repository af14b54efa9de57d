"""A home in virtual time: sensors with clocks of their own, a gateway, and wall time at will."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback

from gateway_household import QUICK
from lumbar_gateway.gateway import Gateway
from lumbar_gateway.messages import BrokerAddress
from lumbar_server.database import open_engine, reading
from lumbar_server.store import streams
from lumbar_server.store.streams import StreamRecord
from lumbar_server.worker import Worker
from lumbar_sim.bleak_backend import Central
from lumbar_sim.firmware import Firmware
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.measurement import Measurement
from lumbar_sim.radio import VirtualRadio
from mortal import Mortal
from simulated_broker import SimulatedBroker
from simulated_client import client_class
from virtual_time import VirtualTimeLoop

RATE_HZ = 50.0
WALL_AT_ZERO_S = 1_700_000_000.0
RADIO_JITTER_S = 0.03
SETTLES_S = 300
NOWHERE = BrokerAddress("127.0.0.1", 1)


class TimedSensor:
    """A sensor, switched on now, that knows when it really took each sample."""

    def __init__(
        self, number: int, seconds: float, clock_ppm: float, log: FlashLog | None = None
    ) -> None:
        self._loop = asyncio.get_running_loop()
        booted_s = self._loop.time()
        self._clock_ppm = clock_ppm
        self.log = log or FlashLog()
        index = np.arange(round(seconds * RATE_HZ))
        counts = np.stack([index % 100, -index % 100, 0 * index + 4096], axis=1).astype(np.int16)
        self.firmware = Firmware(
            f"SIM-{number:08X}",
            Measurement(index, counts, RATE_HZ, 1 / 4096, 0.0, 8),
            monotonic_s=lambda: self._loop.time() - booted_s,
            clock_ppm=clock_ppm,
            flash_log=self.log,
            rng=np.random.default_rng([number, round(booted_s)]),
        )
        self.end_index = len(index)
        self.key = f"{self.firmware.sensor.description.stream_id:016x}"

    def start(self) -> None:
        """Begin to measure."""
        self._start_s = self._loop.time()
        self.firmware.sensor.start()

    def true_s(self, index: float) -> float:
        """Return the virtual time at which a sample is taken."""
        return self._start_s + index / RATE_HZ / (1 + self._clock_ppm * 1e-6)


class Home:
    """What a test moves; ``wall_offset_s`` is wall minus virtual time, as the gateway has it."""

    def __init__(self, folder: Path, radio: VirtualRadio, central: Central) -> None:
        self.radio = radio
        self.wall_offset_s = WALL_AT_ZERO_S
        self._loop = asyncio.get_running_loop()
        self._folder = folder
        self._central = central
        self._rng = np.random.default_rng(5)
        self._broker = SimulatedBroker(self._rng.spawn(1)[0])
        self._url = f"sqlite:///{folder / 'lumbar.db'}"

    def wall_s(self) -> float:
        """Return the gateway's wall time."""
        return self._loop.time() + self.wall_offset_s

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[Gateway]:
        """Run a gateway, whose monotonic time begins anew each time, and a worker behind it."""
        begun_s = self._loop.time()
        gateway = Gateway(
            self._folder / "spool.db",
            NOWHERE,
            scanner_backend=self._central.scanner_backend,
            client_backend=late(self._central.client_backend, self._rng.spawn(1)[0]),
            mqtt_client=client_class(self._broker, _immortal("gateway")),
            now_s=self.wall_s,
            monotonic_s=lambda: self._loop.time() - begun_s,
            rng=self._rng.spawn(1)[0],
            timing=QUICK,
        )
        async with _running(self._work()), _running(gateway.run()):
            yield gateway

    async def _work(self) -> None:
        client = client_class(self._broker, _immortal("worker"))
        worker = Worker(self._url, NOWHERE, now_s=self.wall_s, mqtt_client=client)
        worker.start()
        while True:
            worker.step(0.0)
            await asyncio.sleep(0.1)

    def stored(self, sensor: TimedSensor) -> StreamRecord | None:
        """Return what the database has of the sensor's stream."""
        engine = open_engine(self._url)
        with reading(engine) as connection:
            record = streams.read(connection, [sensor.key]).get(sensor.key)
        engine.dispose()
        return record

    async def until_settled(self, *sensors: TimedSensor) -> None:
        """Wait until the streams are whole."""
        for _ in range(SETTLES_S):
            await asyncio.sleep(1.0)
            records = [self.stored(sensor) for sensor in sensors]
            if all(record is not None and record.is_settled for record in records):
                return
        raise AssertionError(f"not settled: {records}")

    def error_s(self, sensor: TimedSensor, index: float) -> float:
        """Return how late the stored time of a sample is."""
        record = self.stored(sensor)
        assert record is not None
        assert record.clock is not None
        return record.clock.wall_s(index) - self.wall_offset_s - sensor.true_s(index)


def late(backend: type[BaseBleakClient], rng: np.random.Generator) -> type[BaseBleakClient]:
    """Return ``backend`` whose notifications take up to ``RADIO_JITTER_S``, in their order."""

    class LateClient(backend):  # type: ignore[valid-type, misc]
        async def start_notify(
            self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **options: Any
        ) -> None:
            loop = asyncio.get_running_loop()
            newest_s = 0.0

            def on_value(data: bytearray) -> None:
                nonlocal newest_s
                newest_s = max(newest_s, loop.time() + rng.uniform(0.0, RADIO_JITTER_S))
                loop.call_at(newest_s, callback, data)

            await super().start_notify(characteristic, on_value, **options)

    return LateClient


def at_home(folder: Path, story: Callable[[Home], Coroutine[Any, Any, None]]) -> None:
    """Play a story in virtual time."""

    async def play() -> None:
        async with VirtualRadio() as radio:
            await story(Home(folder, radio, await radio.central()))

    rng = np.random.default_rng(1)
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(rng)) as runner:
        runner.run(play())


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _immortal(name: str) -> Mortal:
    return Mortal(name, lambda _point: False, lambda: None)
