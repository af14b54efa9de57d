"""Real processes killed without warning: what is stored at the end is what was measured."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from lumbar.broker import running_broker
from lumbar.clock import ScaledClock
from lumbar.verdict import count_stored, judge_samples, judge_sets, read_back
from lumbar_gateway.gateway import Gateway
from lumbar_gateway.messages import BrokerAddress
from lumbar_sim.firmware import Firmware
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import demo_programme
from lumbar_sim.radio import VirtualRadio
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

LUMBAR = Path(sys.executable).with_name("lumbar")
SENSOR_ID = "SIM-00000002"
SPEED = 4.0
KILLS = 4
PATIENCE_S = 60.0


@contextmanager
def worker_process(database_url: str, broker: BrokerAddress) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [LUMBAR, "worker"],
        env=os.environ
        | {
            "LUMBAR_SERVER_DATABASE_URL": database_url,
            "LUMBAR_SERVER_BROKER_HOST": broker.host,
            "LUMBAR_SERVER_BROKER_PORT": str(broker.port),
            "LUMBAR_SERVER_BROKER_USERNAME": broker.username or "",
            "LUMBAR_SERVER_BROKER_PASSWORD": broker.password or "",
        },
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(180)
async def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng()
    workout = simulate(
        demo_programme(60.0),
        wearer=Wearer(),
        placement=Placement(),
        imu=Imu(),
        sampling_rate_hz=100.0,
        rng=np.random.default_rng(2),
    )
    database_url = f"sqlite:///{tmp_path / 'lumbar.db'}"
    clock = ScaledClock(SPEED)
    with running_broker(tmp_path) as broker:
        async with VirtualRadio() as radio, asyncio.TaskGroup() as running:
            central = await radio.central()
            gateway = Gateway(
                tmp_path / "spool.db",
                broker.address,
                scanner_backend=central.scanner_backend,
                client_backend=central.client_backend,
                now_s=clock.wall_s,
            )
            collecting = running.create_task(gateway.run())
            await radio.add_sensor(
                Firmware(
                    SENSOR_ID,
                    workout.measurement,
                    monotonic_s=clock.monotonic_s,
                    sleep=clock.sleep,
                )
            )
            for _ in range(KILLS):
                with worker_process(database_url, broker.address) as process:
                    await asyncio.sleep(rng.uniform(2.0, 5.0))
                    process.send_signal(signal.SIGKILL)
            with worker_process(database_url, broker.address):
                await session_complete(database_url)
            collecting.cancel()
    stored = read_back(database_url, SENSOR_ID)
    assert judge_samples(workout.measurement, stored).is_whole
    assert [one.problem for one in judge_sets(workout.truth, stored)] == [None, None, None]


async def session_complete(database_url: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(is_complete, database_url):  # noqa: ASYNC110 (a database)
            await asyncio.sleep(0.2)


def is_complete(database_url: str) -> bool:
    if not count_stored(database_url, SENSOR_ID):
        return False
    stored = read_back(database_url, SENSOR_ID)
    return stored is not None and stored.state == "complete"
