"""Play a scenario to its end and compare the database with what the sensors measured."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from functools import cache
from itertools import count
from math import inf
from pathlib import Path

import numpy as np

from lumbar.verdict import StoredWorkout, judge_samples, read_back
from lumbar_gateway.messages.clock_fit import ClockFit, ClockSource
from lumbar_server.database import open_engine, reading
from lumbar_server.store import streams
from lumbar_server.store.streams import StreamRecord, StreamState
from lumbar_signal import analyze
from lumbar_sim.activities import GluteBridge, Rest
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.measurement import Measurement
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate
from scenario import Scenario
from virtual_time import VirtualTimeLoop
from whole_way import Fate, World
from worn_sensor import Boot, Samples

RATE_HZ = 25.0  # the lowest that is analysed: the fewer bytes, the more runs
PATIENCE_S = 900.0  # virtual: by then everything has to be settled
LOOK_S = 5.0
MOST_WRONG_S = {  # of a date, by what it rests on; a stream of some seconds shows no drift yet
    ClockSource.OBSERVED: 0.05,
    ClockSource.READ: 0.2,
    ClockSource.TOLD: 1.0,
    ClockSource.PRESUMED: inf,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scenario ended."""

    problems: tuple[str, ...]
    took_s: float  # virtual
    deaths: int
    fingerprint: str  # of everything that was done: the same seed gives the same


def play(scenario: Scenario, fate: Fate = lambda _point: False) -> Outcome:
    """Play a scenario in virtual time."""
    rng = np.random.default_rng([scenario.seed, 1])
    with (
        tempfile.TemporaryDirectory(dir=_fast_folder()) as folder,
        asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(rng.spawn(1)[0])) as runner,
    ):
        return runner.run(_play(scenario, Path(folder), rng, fate))


async def _play(scenario: Scenario, folder: Path, rng: np.random.Generator, fate: Fate) -> Outcome:
    loop = asyncio.get_running_loop()
    numbers = count()  # no two boots measure the same
    world = World(scenario, folder, lambda: workout(next(numbers), scenario.bridges), rng, fate)
    problems = ["nothing has begun"]
    async with world.running():
        while problems and loop.time() < PATIENCE_S:
            await asyncio.sleep(LOOK_S)
            if world.is_calm:
                problems = [p for boot in world.boots for p in judge(world, boot)]
        return Outcome(tuple(problems), loop.time(), world.deaths.total(), world.fingerprint)


def judge(world: World, boot: Boot) -> list[str]:
    """Compare what is stored of one stream with what its sensor measured."""
    measured, name = boot.measured(), f"stream {boot.stream_id:016x}"
    if len(measured.index) == 0:
        return []
    record = record_of(world.url, f"{boot.stream_id:016x}")
    lost = [] if record is None else [*record.lost]
    is_lost = np.zeros(len(measured.index), bool)
    for first, end in lost:
        is_lost |= (first <= measured.index) & (measured.index < end)
    found = []
    if np.any(is_lost & (measured.index >= boot.overwritten_below)):
        found.append(f"{lost} called lost, which the sensor has")
    kept = measured.only(~is_lost)
    if len(kept.index):
        found += judge_kept(world, boot, kept)
    if record is not None and record.clock is not None:
        found += judge_clock(world, boot, record.clock)
    return [f"{name}: {problem}" for problem in found]


def judge_kept(world: World, boot: Boot, kept: Samples) -> list[str]:
    """Compare what is stored with what should be, and the results with those without faults."""
    stored = read_back(world.url, boot.firmware.sensor.sensor_id, f"{boot.stream_id:016x}")
    if stored is None:
        return ["nothing is stored"]
    verdict = judge_samples(kept, stored)
    found = [] if verdict.is_whole else [str(verdict)]
    if stored.state == StreamState.RECEIVING:
        found.append(stored.state)
    elif stored.sets != undisturbed(kept, stored):
        found.append("other sets than without faults")
    return found


def judge_clock(world: World, boot: Boot, clock: ClockFit) -> list[str]:
    """Compare the times of the first and of the last sample with when they were taken."""
    most_s = MOST_WRONG_S[clock.source]
    return [
        f"sample {index} is dated {error_s:.3f} s off ({clock.source.name.lower()})"
        for index in (0, boot.measurement.end_index - 1)
        if (error_s := world.wall_error_s(boot.taken_s(index), clock.wall_s(index))) > most_s
    ]


def record_of(database_url: str, stream_id: str) -> StreamRecord | None:
    """Return a stream as the database knows it."""
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            return streams.read(connection, [stream_id]).get(stream_id)
    finally:
        engine.dispose()


def undisturbed(kept: Samples, stored: StoredWorkout) -> tuple[object, ...]:
    """Return the sets of the same samples without any fault."""
    return analyze(
        kept.counts,
        kept.index,
        sampling_rate_hz=stored.sampling_rate_hz,
        g_per_step=stored.g_per_step,
        dps_per_step=stored.dps_per_step,
    ).sets


@cache
def workout(number: int, bridges: int) -> Measurement:
    """Some glute bridges, with a rest before and after."""
    return simulate(
        Programme(
            (
                Rest(Stance.SUPINE, 1.0),
                GluteBridge(bridges, up_s=1.2, top_s=0.5, down_s=1.2, pause_s=0.3),
                Rest(Stance.SUPINE, 1.5),
            )
        ),
        wearer=Wearer(),
        placement=Placement(tilt_x_deg=-4.0, tilt_y_deg=7.0, tilt_z_deg=5.0),
        imu=Imu(),
        sampling_rate_hz=RATE_HZ,
        rng=np.random.default_rng(number),
    ).measurement


def _fast_folder() -> str | None:
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None
