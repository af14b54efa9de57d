"""Memory and spool of the gateway over a long time that passes quickly.

Sensor, radio, broker and clock are simulated, in a fresh process of their own; gateway and SQLite
are real. Everything is in that process, so what grows there may also be the simulation's.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

MIB = 2**20
SETTLED_H = 1.0  # chosen: caches are full by then
ACK_S = 1.0  # as the worker
SIMULATION = Path(__file__).parents[1] / "simulation"


@dataclass(frozen=True)
class Hour:
    """What the process needed at an hour mark."""

    at_h: float
    resident_bytes: int
    blocks: int  # of Python's own allocator
    spool_bytes: int
    acked_samples: int
    cpu_s: float


def gateway_day(hours: float) -> list[Hour]:
    """Let one sensor at 100 Hz stream for ``hours`` of virtual time; returns the hour marks."""
    done = subprocess.run(
        [sys.executable, __file__, str(hours)], check=True, stdout=subprocess.PIPE, text=True
    )
    return [Hour(**json.loads(line)) for line in done.stdout.splitlines()]


def growth_per_h(marks: list[Hour], name: str) -> float:
    """Return the slope of a figure over the hours, once everything has settled."""
    settled = [mark for mark in marks if mark.at_h >= SETTLED_H]
    at_h = [mark.at_h for mark in settled]
    return float(np.polyfit(at_h, [getattr(mark, name) for mark in settled], 1)[0])


async def _live(hours: float, folder: Path) -> None:
    from worn_sensors import worn_sensor

    from lumbar_gateway.gateway import Gateway
    from lumbar_gateway.messages import BrokerAddress
    from lumbar_sim.radio import VirtualRadio
    from mortal import Mortal
    from simulated_broker import SimulatedBroker
    from simulated_client import client_class

    loop = asyncio.get_running_loop()
    broker = SimulatedBroker(np.random.default_rng(0))
    alive = Mortal("gateway", lambda _point: False, lambda: None)
    async with VirtualRadio() as radio:
        await radio.add_sensor(worn_sensor(1, seconds=hours * 3600 + 60, monotonic_s=loop.time))
        central = await radio.central()
        gateway = Gateway(
            folder / "spool.db",
            BrokerAddress("127.0.0.1", 1),  # the simulated broker needs no address
            scanner_backend=central.scanner_backend,
            client_backend=central.client_backend,
            mqtt_client=client_class(broker, alive),
            now_s=lambda: 1_700_000_000.0 + loop.time(),
            rng=np.random.default_rng(1),
        )
        running = [
            asyncio.create_task(gateway.run()),
            asyncio.create_task(_acknowledge(client_class(broker, alive))),
        ]
        for _ in range(int(hours) + 1):
            _tell(gateway, folder, loop.time())
            await asyncio.sleep(3600.0)
        for task in running:
            task.cancel()
        await asyncio.wait(running)


async def _acknowledge(mqtt_client: Any) -> None:
    from stored_indices import StoredIndices

    stored = StoredIndices()
    client = mqtt_client(None, client_id="server")
    client.on_message = lambda _c, _d, message: stored.take(message.topic, message.payload)
    client.on_connect = lambda *_: client.subscribe("lumbar/v1/+/+/samples/+", 1)
    client.loop_start()
    while True:
        await asyncio.sleep(ACK_S)
        for topic, payload in stored.due_acks():
            client.publish(topic, payload, qos=1, retain=True)


def _tell(gateway: Any, folder: Path, at_s: float) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    mark = Hour(
        at_h=round(at_s / 3600, 3),
        resident_bytes=pages * 4096,
        blocks=sys.getallocatedblocks(),
        spool_bytes=sum(file.stat().st_size for file in folder.iterdir()),
        acked_samples=sum(status.acked_samples for status in gateway.status.values()),
        cpu_s=time.process_time(),
    )
    print(json.dumps({name: getattr(mark, name) for name in Hour.__dataclass_fields__}), flush=True)


def _main(hours: float) -> None:
    from virtual_time import VirtualTimeLoop

    with (
        tempfile.TemporaryDirectory(dir=_fast_folder()) as folder,
        asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(np.random.default_rng(2))) as runner,
    ):
        runner.run(_live(hours, Path(folder)))


def _fast_folder() -> str | None:
    """Return a place where a commit does not wait for a disk: time is simulated, bytes are not."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None


if __name__ == "__main__":
    sys.path.append(str(SIMULATION))
    _main(float(sys.argv[1]))
