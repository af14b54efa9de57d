"""Link, broker, worker and gateway fail in the middle of a set; nothing may be lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from lumbar.chain import Chain, running_chain
from lumbar.clock import ScaledClock
from lumbar.household import Places
from lumbar.verdict import StoredWorkout, judge_samples, judge_sets
from lumbar_signal import analyze
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import demo_programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import SimulatedWorkout, simulate

SPEED = 6.0
PATIENCE_S = 60.0
Fault = Callable[[Chain], Awaitable[None]]


@pytest.fixture(scope="module")
def workout() -> SimulatedWorkout:
    return simulate(
        demo_programme(60.0),
        wearer=Wearer(),
        placement=Placement(tilt_x_deg=-4.0, tilt_y_deg=7.0, tilt_z_deg=5.0),
        imu=Imu(),
        sampling_rate_hz=100.0,
        rng=np.random.default_rng(1),
    )


async def lose_the_link(chain: Chain) -> None:
    chain.radio.lose(chain.firmware)
    await asyncio.sleep(2.5)  # longer than the supervision timeout
    chain.radio.restore(chain.firmware)


async def drop_the_link(chain: Chain) -> None:
    await chain.radio.drop(chain.firmware)


async def restart_the_broker(chain: Chain) -> None:
    await asyncio.to_thread(chain.household.broker.stop)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(chain.household.broker.start)


async def restart_the_worker(chain: Chain) -> None:
    await chain.household.stop_worker()
    await asyncio.sleep(0.5)
    chain.household.start_worker()


async def restart_the_gateway(chain: Chain) -> None:
    await chain.household.stop_gateway()
    chain.household.start_gateway()


async def play(workout: SimulatedWorkout, folder: Path, faults: list[Fault]) -> StoredWorkout:
    """Send the workout through the chain while the faults happen one after the other."""
    async with running_chain(
        workout.measurement,
        sensor_id="SIM-00000001",
        places=Places(folder, port=0),
        clock=ScaledClock(SPEED),
        announce=lambda name, detail: None,
    ) as chain:
        await samples_stored(chain, 2500)  # in the middle of the bridges
        for fault in faults:
            await fault(chain)
            await samples_stored(chain, chain.stored_samples() + 100)
        async with asyncio.timeout(PATIENCE_S):
            return await chain.completion()


async def samples_stored(chain: Chain, n: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await asyncio.to_thread(chain.stored_samples) < n:  # noqa: ASYNC110 (a database)
            await asyncio.sleep(0.05)


def assert_whole(workout: SimulatedWorkout, stored: StoredWorkout) -> None:
    measured = workout.measurement
    assert judge_samples(measured, stored).is_whole
    assert stored.state == "complete"
    assert [one.problem for one in judge_sets(workout.truth, stored)] == [None, None, None]
    undisturbed = analyze(
        measured.counts,
        measured.index,
        sampling_rate_hz=stored.sampling_rate_hz,
        g_per_step=stored.g_per_step,
        dps_per_step=stored.dps_per_step,
    )
    assert list(stored.sets) == list(undisturbed.sets)


@pytest.mark.parametrize(
    "fault", [lose_the_link, restart_the_broker, restart_the_worker, restart_the_gateway]
)
async def test_nothing_is_lost_or_doubled_through(
    fault: Fault, workout: SimulatedWorkout, tmp_path: Path
) -> None:
    assert_whole(workout, await play(workout, tmp_path, [fault]))


async def test_nothing_is_lost_or_doubled_when_everything_fails_in_one_workout(
    workout: SimulatedWorkout, tmp_path: Path
) -> None:
    faults = [lose_the_link, restart_the_worker, drop_the_link, restart_the_broker]
    assert_whole(workout, await play(workout, tmp_path, faults))
