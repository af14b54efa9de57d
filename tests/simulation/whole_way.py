"""Sensors, gateways, broker and worker in one thread, in virtual time, and what befalls them."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from faulty_link import Faults, faulty
from gateway_household import QUICK
from lumbar_gateway.gateway import Gateway
from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.profiles.lumbar import SensorState
from lumbar_server.worker import Worker
from lumbar_sim.bleak_backend import Central
from lumbar_sim.firmware import Firmware
from lumbar_sim.measurement import Measurement
from lumbar_sim.radio import VirtualRadio
from mortal import DeathError, Mortal, connects_as, mortal_radio
from noisy_air import noisy_air, noisy_wire
from scenario import Fault, Moment, Scenario
from simulated_broker import SimulatedBroker, WireFaults
from simulated_client import client_class
from worn_sensor import Boot, RememberingFlashLog

WALL_AT_ZERO_S = 1_700_000_000.0
NOWHERE = BrokerAddress("127.0.0.1", 1)  # the simulated broker needs no address
SHORTEST_AWAY_S, LONGEST_AWAY_S = 0.1, 8.0  # of a process, until somebody starts it again
Fate = Callable[[str], bool]


class Life:
    """A process with its successor after each death."""

    def __init__(
        self, name: str, world: World, live: Callable[[Mortal], Coroutine[Any, Any, None]]
    ):
        self._name, self._world, self._live = name, world, live
        self._mortal: Mortal | None = None
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Live again and again until cancelled."""
        while True:
            self._mortal = mortal = Mortal(self._name, self._world.fate, self._died)
            self._task = asyncio.create_task(self._live(mortal), name=self._name)
            try:
                await asyncio.wait([self._task])
            except asyncio.CancelledError:
                self._task.cancel()
                await asyncio.wait([self._task])
                raise
            if mortal.alive:
                self._task.result()  # it ended by itself: that is a failure of its own
                raise AssertionError(f"{self._name} ended by itself")
            await asyncio.sleep(self._world.draw(SHORTEST_AWAY_S, LONGEST_AWAY_S))

    def kill(self) -> None:
        """Kill it wherever it is."""
        if self._mortal is not None and self._mortal.alive:
            self._mortal.die()

    def _died(self) -> None:
        assert self._mortal is not None
        self._world.deaths[self._name] += 1
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, self._world.broker.lose_clients_of, self._mortal)
        if self._task is not None:
            loop.call_soon(self._task.cancel)


class World:
    """One scenario as it happens.

    Parameters
    ----------
    fate
        Called with each point at which a process touches the outside; true kills it there.
    """

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        measure: Callable[[], Measurement],
        rng: np.random.Generator,
        fate: Fate,
    ) -> None:
        self.scenario = scenario
        self._fate = fate
        self._done = hashlib.sha256()
        self.url = f"sqlite:///{folder / 'lumbar.db'}"
        self.boots: list[Boot] = []
        self.deaths: Counter[str] = Counter()
        self._folder = folder
        self._measure = measure
        self._rng = rng
        self._loop = asyncio.get_running_loop()
        self._wall_offsets_s = [WALL_AT_ZERO_S]
        self._worn: list[Boot] = []  # by sensor
        self._has_happened = False
        self._spools_are_full = False
        self._gateway: list[Gateway | None] = [None] * scenario.gateways
        self.broker = SimulatedBroker(rng.spawn(1)[0])
        noise = scenario.noise
        self.broker.faults = WireFaults(noise.wire_doubled, noisy_wire(noise, rng.spawn(1)[0]))

    def fate(self, point: str) -> bool:
        """Note that a process has come to a point; tell whether it dies there."""
        self._done.update(f"{self._loop.time():.6f} {point};".encode())
        return self._fate(point)

    @property
    def fingerprint(self) -> str:
        """Return a digest of every point and when it was reached."""
        return self._done.hexdigest()

    def draw(self, low: float, high: float) -> float:
        """Draw a time."""
        return float(self._rng.uniform(low, high))

    def wall_s(self) -> float:
        """Return the gateways' wall time."""
        return self._wall_offsets_s[-1] + self._loop.time()

    def wall_error_s(self, virtual_s: float, wall_s: float) -> float:
        """Return by how much a time is off, by the wall clock as it was at any moment."""
        return min(abs(wall_s - virtual_s - offset_s) for offset_s in self._wall_offsets_s)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[World]:
        """Start everything; the scenario's moments come by themselves."""
        async with VirtualRadio() as radio, asyncio.TaskGroup() as group:
            self._radio = radio
            for sensor in range(self.scenario.sensors):
                log = RememberingFlashLog(self.scenario.flash_blocks)
                await self._boot(sensor, self._measure(), log)
            lives = [Life("worker", self, self._work)]
            for number in range(self.scenario.gateways):
                central = await radio.central()
                lives.append(self._gateway_life(number, central))
            self._lives = lives
            tasks = [group.create_task(lives[0].run())]
            await asyncio.sleep(self.scenario.worn_alone_s)
            tasks += [group.create_task(life.run()) for life in lives[1:]]
            tasks.append(group.create_task(self._happen()))
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    def _gateway_life(self, number: int, central: Central) -> Life:
        return Life(
            f"gateway-{number}", self, lambda mortal: self._collect(number, central, mortal)
        )

    async def _boot(self, sensor: int, measurement: Measurement, log: RememberingFlashLog) -> None:
        booted_s = self._loop.time()
        clock_ppm = self.draw(-80.0, 80.0)
        sensor_id = f"SIM-{sensor + 1:08X}"
        firmware = Firmware(
            sensor_id,
            measurement,
            monotonic_s=lambda: self._loop.time() - booted_s,
            rng=self._rng.spawn(1)[0],
            clock_ppm=clock_ppm,
            flash_log=log,
            autostart=True,
        )
        if sensor < len(self._worn):
            firmware.bonds = self._worn[sensor].firmware.bonds
        boot = Boot(firmware, log, measurement, booted_s, clock_ppm)
        self.boots.append(boot)
        self._worn[sensor : sensor + 1] = [boot]
        await self._radio.add_sensor(firmware)

    async def _collect(self, number: int, central: Central, mortal: Mortal) -> None:
        client_backend = mortal_radio(central.client_backend, mortal)
        for boot in self._worn:
            air = noisy_air(self.scenario.noise, self._rng.spawn(1)[0])
            client_backend = faulty(client_backend, Faults(boot.firmware.address, air))
        gateway = Gateway(
            self._folder / f"spool-{number}.db",
            NOWHERE,
            gateway_id=f"gateway-{number}",
            scanner_backend=central.scanner_backend,
            client_backend=client_backend,
            adapter_backend=central.adapter_backend,
            mqtt_client=client_class(self.broker, mortal),
            now_s=self.wall_s,
            rng=self._rng.spawn(1)[0],
            timing=QUICK,
            connect=lambda *a, **k: mortal.connect(*a, has_room=self._has_room, **k),
        )
        self._gateway[number] = gateway
        with suppress(DeathError):
            await gateway.run()

    def _has_room(self) -> bool:
        return not self._spools_are_full

    async def _work(self, mortal: Mortal) -> None:
        connects_as(mortal)
        worker = Worker(
            self.url, NOWHERE, now_s=self.wall_s, mqtt_client=client_class(self.broker, mortal)
        )
        try:
            worker.start()
            while True:
                worker.step(0.0)
                await asyncio.sleep(self.scenario.worker_period_s)
        except DeathError:
            return

    @property
    def is_calm(self) -> bool:
        """Tell whether everything has befallen that will, and every sensor has finished."""
        finished = all(boot.firmware.sensor.state is SensorState.FINISHED for boot in self._worn)
        return finished and self._has_happened

    async def _happen(self) -> None:
        for moment in self.scenario.moments:
            await asyncio.sleep(max(0.0, moment.at_s - self._loop.time()))
            await self._befall(moment)
        self._has_happened = True

    async def _befall(self, moment: Moment) -> None:
        boot = self._worn[moment.sensor]
        match moment.fault:
            case Fault.LINK_DROPPED:
                await self._radio.drop(boot.firmware)
            case Fault.LINK_LOST:
                self._radio.lose(boot.firmware)
                await asyncio.sleep(moment.lasts_s)
                self._radio.restore(boot.firmware)
            case Fault.SENSOR_REBOOTED:
                await self._radio.remove_sensor(boot.firmware)
                boot.ended_at = boot.firmware.sensor.status.next_index
                await asyncio.sleep(moment.lasts_s)
                await self._boot(moment.sensor, self._measure(), boot.flash_log)
            case Fault.GATEWAY_KILLED:
                self._lives[1 + int(self._rng.integers(self.scenario.gateways))].kill()
            case Fault.WORKER_KILLED:
                self._lives[0].kill()
            case Fault.BROKER_CUT:
                self.broker.cut()
            case Fault.BROKER_RESTARTED | Fault.BROKER_FORGETS:
                self.broker.stop(forgets=moment.fault is Fault.BROKER_FORGETS)
                await asyncio.sleep(moment.lasts_s)
                self.broker.start()
            case Fault.CLOCK_STEPPED:
                step_s = self.draw(-3600.0, 3600.0)
                self._wall_offsets_s.append(self._wall_offsets_s[-1] + step_s)
            case Fault.SPOOL_FULL:
                self._spools_are_full = True
                await asyncio.sleep(moment.lasts_s)
                self._spools_are_full = False
