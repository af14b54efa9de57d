"""``lumbar replay``: a recorded trace through the whole chain, as if a sensor were measuring it."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from lumbar.chain import Chain, running_chain
from lumbar.clock import ScaledClock
from lumbar.errors import ReplayError
from lumbar.household import DATABASE, Places
from lumbar.logs import log_to_stderr
from lumbar.quantisation import quantise
from lumbar.termination import tidy_termination
from lumbar.trace import Trace, read_trace
from lumbar.verdict import StoredWorkout, judge_samples
from lumbar_sim.measurement import Measurement

_POLL_S = 0.1
_PATIENCE_S = 60.0  # without any new sample stored, beside the trace's own gaps
_FULL_DISK_PATIENCE_S = 5.0
_ROOM_BYTES = 2**20  # chosen: less cannot hold a group of messages, in spool and database
_HALF_A_STEP = 0.5 + 1e-6  # and what float64 loses


def sensor_id_of(name: str) -> str:
    """Return the id under which a trace is stored; the same file name gives the same one."""
    return f"SIM-{zlib.crc32(name.encode()):08X}"


def run_replay(path: Path, *, speed: float, port: int, data: Path | None) -> None:
    """Send a trace through the chain and compare what is stored with the file.

    Parameters
    ----------
    speed
        Times real time; every clock of the chain runs so much faster.
    data
        Keeps spool and database; None: a temporary folder, removed at the end.

    Raises
    ------
    TraceError
        Where the file cannot be used.
    ReplayError
        Where what is stored differs from the file.
    """
    log_to_stderr(logging.ERROR)
    trace = read_trace(path)
    with tidy_termination(), _folder(data) as folder:
        asyncio.run(_replay(trace, ScaledClock(speed), Places(folder, port)))
    print(f"database: {folder / DATABASE}" if data else "nothing was kept: --data FOLDER keeps it")


async def _replay(trace: Trace, clock: ScaledClock, places: Places) -> None:
    measurement = quantise(trace)
    console = Console()
    async with running_chain(
        measurement,
        sensor_id=sensor_id_of(trace.name),
        places=places,
        clock=clock,
        announce=lambda name, detail: print(f"{name:<9} {detail}", flush=True),
    ) as chain:
        longest_gap_s = float(np.diff(trace.t_s).max()) / clock.speed
        stored = await _follow(chain, measurement, console, longest_gap_s)
    _compare(trace, measurement, stored)
    print(_describe(trace, stored))


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        with tempfile.TemporaryDirectory(prefix="lumbar-replay-") as folder:
            yield Path(folder)
    else:
        data.mkdir(parents=True, exist_ok=True)
        yield data


async def _follow(
    chain: Chain, measurement: Measurement, console: Console, longest_gap_s: float
) -> StoredWorkout:
    """Show how much is stored until the session is complete.

    Raises ``ReplayError`` where nothing is stored any more for longer than the trace's own gaps.
    """
    total = len(measurement.index)
    folder = chain.household.places.folder
    completion = asyncio.create_task(chain.completion())
    columns = (
        TextColumn("stored   "),
        BarColumn(),
        TextColumn("{task.completed:.0f} of {task.total:.0f} samples"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("stored", total=total)
        before, quiet_s = 0, 0.0
        while not completion.done() and quiet_s < longest_gap_s + _patience_s(folder):
            await asyncio.wait([completion], timeout=_POLL_S)
            stored = await asyncio.to_thread(chain.stored_samples)
            quiet_s = 0.0 if stored != before else quiet_s + _POLL_S
            before = stored
            progress.update(bar, completed=stored)
    if not completion.done():
        completion.cancel()
        raise _stuck(folder, f"{before} of {total} samples stored")
    return completion.result()


def _patience_s(folder: Path) -> float:
    return _FULL_DISK_PATIENCE_S if _is_full(folder) else _PATIENCE_S


def _is_full(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < _ROOM_BYTES


def _stuck(folder: Path, progress: str) -> ReplayError:
    if _is_full(folder):
        return ReplayError(
            f"{progress}, and no room for more in {folder}: free disk space and replay again"
        )
    return ReplayError(
        f"{progress} and no more for {_PATIENCE_S:.0f} s: run `lumbar doctor`, then try a lower "
        "--speed"
    )


def _compare(trace: Trace, measurement: Measurement, stored: StoredWorkout) -> None:
    """Raise ``ReplayError`` where the database differs from the file by over half a step."""
    verdict = judge_samples(measurement, stored)
    if not verdict.is_whole:
        raise ReplayError(
            f"{trace.name}: {verdict.missing} samples missing, {verdict.doubled} doubled, "
            f"{verdict.different} changed of {verdict.measured}: please report this"
        )
    worst = worst_error_steps(trace, stored)
    if worst > _HALF_A_STEP:
        raise ReplayError(
            f"{trace.name}: stored values differ from the file by up to {worst:.2f} steps: "
            "please report this"
        )


def worst_error_steps(trace: Trace, stored: StoredWorkout) -> float:
    """Return the largest difference between file and database, in stored steps.

    The file's values are taken as far as 16 bits reach: at 16 g exactly, a converter is full.
    """
    worst = _worst_steps(trace.acc_g, stored.g_per_step, stored.counts[:, :3])
    if trace.gyro_dps is not None:
        gyro = _worst_steps(trace.gyro_dps, stored.dps_per_step, stored.counts[:, 3:])
        worst = max(worst, gyro)
    return worst


def _worst_steps(
    values: NDArray[np.float64], value_per_step: float, counts: NDArray[np.int16]
) -> float:
    limits = np.iinfo(np.int16)
    steps = np.clip(values / value_per_step, limits.min, limits.max)
    return float(np.abs(steps - counts).max())


def _describe(trace: Trace, stored: StoredWorkout) -> str:
    found = [
        f"{one.exercise.value} ({len(one.repetitions) or len(one.holds)})" for one in stored.sets
    ]
    return (
        f"{trace.name}: {len(stored.index)} samples stored, equal to the file within "
        f"{worst_error_steps(trace, stored):.2f} of a step; sets: {', '.join(found) or 'none'}"
    )
