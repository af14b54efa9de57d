"""``lumbar demo``: watch a simulated workout travel from the sensor to the page."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from lumbar.chain import Chain, running_chain
from lumbar.clock import ScaledClock
from lumbar.errors import DemoError
from lumbar.household import Places
from lumbar.live_lines import LiveLines
from lumbar.logs import log_to_stderr
from lumbar.termination import tidy_termination
from lumbar.verdict import SampleVerdict, SetVerdict, judge_samples, judge_sets
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme, demo_programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import SimulatedWorkout, simulate

SENSOR_ID = "SIM-3F2A91C0"  # SIM-: pages say that it is simulated
SAMPLING_RATE_HZ = 100.0
PLACEMENT = Placement(
    tilt_x_deg=-4.0, tilt_y_deg=7.0, tilt_z_deg=5.0
)  # a belt is never quite straight
STARTED_AT = "LUMBAR_DEMO_STARTED_AT"  # set by make: before anything was installed
_PATIENCE_S = 60.0  # after the programme's end, for the last samples to be stored


class Console:
    """Lines with the seconds since the command was typed."""

    def __init__(self, started_at_s: float) -> None:
        self.started_at_s = started_at_s

    def line(self, text: str) -> None:
        """Print one line."""
        print(f"{time.time() - self.started_at_s:6.1f} s  {text}", flush=True)

    def stage(self, name: str, detail: str) -> None:
        """Print that a part is up."""
        self.line(f"{name:<9} {detail}")


def run_demo(duration_s: float | None, *, port: int, seed: int) -> bool:
    """Run the demonstration; without a duration the page stays until Ctrl-C.

    Returns whether nothing was lost and every set was found as it was done.

    Raises
    ------
    DemoError
        Where the duration is too short.
    PortError
        Where the page's port is in use.
    """
    log_to_stderr(logging.ERROR)
    with tidy_termination():
        return asyncio.run(_run(duration_s, port, seed))


async def _run(duration_s: float | None, port: int, seed: int) -> bool:
    console = Console(float(os.environ.get(STARTED_AT) or time.time()))
    imu = Imu()
    programme = _programme(duration_s)
    workout = simulate(
        programme,
        wearer=Wearer(),
        placement=PLACEMENT,
        imu=imu,
        sampling_rate_hz=SAMPLING_RATE_HZ,
        rng=np.random.default_rng(seed),
    )
    console.stage("wearer", f"simulated, a programme of {workout.duration_s:.0f} s")
    clock = ScaledClock()
    with tempfile.TemporaryDirectory(prefix="lumbar-demo-") as folder:
        async with running_chain(
            workout.measurement,
            sensor_id=SENSOR_ID,
            places=Places(Path(folder), port),
            clock=clock,
            announce=console.stage,
            clock_ppm=imu.clock_ppm,
        ) as chain:
            right = await _watch(chain, workout, console)
            if duration_s is None:
                console.line(f"the page stays at {chain.household.pages.url}; Ctrl-C ends it")
                await asyncio.Event().wait()
    return right


def _programme(duration_s: float | None) -> Programme:
    try:
        return demo_programme(duration_s)
    except ValueError as error:
        remedy = str(error).rpartition(": ")[2]
        raise DemoError(f"--duration {duration_s:g}: {remedy} seconds") from None


async def _watch(chain: Chain, workout: SimulatedWorkout, console: Console) -> bool:
    lines = LiveLines(chain.household.broker.address, console.line)
    following = asyncio.create_task(lines.run())
    try:
        async with asyncio.timeout(workout.duration_s + _PATIENCE_S):
            await chain.completion()
    except TimeoutError:
        console.line("not everything was stored in time")
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return _summarise(chain, workout, lines, console)


def _summarise(chain: Chain, workout: SimulatedWorkout, lines: LiveLines, console: Console) -> bool:
    stored = chain.stored()
    samples = judge_samples(workout.measurement, stored)
    sets = judge_sets(workout.truth, stored)
    gateway = chain.household.gateway.status[SENSOR_ID]
    received = gateway.spooled_samples + gateway.acked_samples  # live or from the sensor's log
    print(_describe_samples(samples, received))
    for verdict in sets:
        print(_describe_set(verdict, SAMPLING_RATE_HZ))
    if lines.first_repetition_at_s is not None:
        waited_s = lines.first_repetition_at_s - console.started_at_s
        print(f"first counted repetition: {waited_s:.1f} s after the command")
    right = samples.is_whole and all(verdict.is_right for verdict in sets)
    print("all right" if right else "NOT RIGHT: see the lines above")
    return right


def _describe_samples(verdict: SampleVerdict, received: int) -> str:
    return (
        f"\nsamples: {verdict.measured} measured, {received} received, {verdict.stored} stored, "
        f"{verdict.missing} lost, {verdict.doubled} doubled, {verdict.different} changed"
    )


def _describe_set(verdict: SetVerdict, rate_hz: float) -> str:
    true, found = verdict.true, verdict.found
    name = true.exercise.value if true else found.exercise.value if found else ""
    done = []
    if found is not None:
        done += [f"{len(found.repetitions)} repetitions"] if found.repetitions else []
        done += [f"{(hold.end - hold.start) / rate_hz:.1f} s held" for hold in found.holds]
        done += [f"{one.kind.value} of {one.peak_deg:.0f}°" for one in found.deviations]
    outcome = "as truly done (simulated)" if verdict.is_right else f"WRONG: {verdict.problem}"
    return f"set: {name.replace('_', ' ')}: {', '.join(done) or 'nothing'}: {outcome}"
