"""A machine whose power is cut again and again, and what its spool is like each time."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from command_output import output_of
from gateway_streams import STREAM
from guest_files import files_of
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.spool import SpoolFile
from spool_load import KEPT, SPOOL
from virtual_machine import make_disk, make_root, running
from write_log import entries, length, write_disk

PROGRAM = Path(__file__).with_name("spool_load.py")
DISK_MIB = 128
START_S = 120.0  # an emulated machine on a busy one may take so long to start
LONGEST_S = 6.0  # of work before the power goes
REPLAYED = 1  # e2fsck's code where it did no more than a mount: replay the journal

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Promise:
    """What the machine had said when its disk had done so many requests."""

    requests: int
    committed: int  # every sample below this one
    acked: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a number of power cuts did."""

    boots: int
    cuts: int
    commits: int
    problems: tuple[str, ...]


def cut_power(folder: Path, *, boots: int, cuts: int, seed: int, announce: Announce) -> Outcome:
    """Boot a machine ``boots`` times from what its last power cut left of its disk.

    Parameters
    ----------
    folder
        An empty one, for the disks.
    cuts
        So many states of the disk are looked at for each boot: that after the power cut itself, and
        those that earlier ones, at random requests, would have left.
    seed
        Of all choices; how far the machine gets is not in it.
    """
    rng = np.random.default_rng(seed)
    announce(f"seed {seed}: {boots} boots, {cuts} states of the disk for each")
    root, disk = folder / "root.img", folder / "disk.img"
    search_path = [path for path in sys.path if path]
    make_root(root, files_of(PROGRAM, search_path), PROGRAM, search_path)
    make_disk(disk, DISK_MIB)
    problems: list[str] = []
    commits = at_least = 0
    for boot in range(boots):
        promises = _work(root, disk, folder / "writes.log", float(rng.uniform(1.0, LONGEST_S)))
        if promises[0].committed < at_least:
            problems.append(f"boot {boot}: went on from {promises[0].committed}, not {at_least}")
        commits += len(promises)
        announce(f"boot {boot}: power cut after {promises[-1]}")
        problems += _look_at_states(folder, promises, cuts, rng)
        at_least = promises[-1].committed
    return Outcome(boots, boots * cuts, commits, tuple(problems))


def _work(root: Path, disk: Path, log: Path, seconds: float) -> list[Promise]:
    """Let the machine run on a copy of ``disk`` until the power goes; ``disk`` stays as it was."""
    worked_on = disk.with_suffix(".worked-on")
    shutil.copy(disk, worked_on)
    promises: list[Promise] = []
    said: list[str] = []
    with running(root, worked_on, log) as output:
        end_s = time.monotonic() + START_S
        while time.monotonic() < end_s:
            if not (line := output.readline().decode(errors="replace")):
                raise RuntimeError(f"the machine has stopped by itself: {''.join(said)}")
            if promise := _promise(line, log, promises[-1:]):
                promises.append(promise)
                if len(promises) == 1:
                    end_s = time.monotonic() + seconds
            else:
                said.append(line)  # the kernel, or our program's last words
    if not promises:
        raise RuntimeError(f"the machine did not start in {START_S:.0f} s: {''.join(said)}")
    promises.append(replace(promises[-1], requests=length(log)))
    return promises


def _promise(line: str, log: Path, before: list[Promise]) -> Promise | None:
    committed, acked = (before[0].committed, before[0].acked) if before else (0, 0)
    match line.split():
        case ["committed", index]:
            return Promise(length(log), int(index), acked)
        case ["acked", index]:
            return Promise(length(log), committed, int(index))
    return None


def _look_at_states(
    folder: Path, promises: list[Promise], cuts: int, rng: np.random.Generator
) -> list[str]:
    """Judge states between the first promise and the last; the disk is then in the last one."""
    disk, state, log = folder / "disk.img", folder / "state.img", folder / "writes.log"
    done = entries(log)
    at = np.sort(rng.integers(promises[0].requests, len(done), cuts - 1)).tolist()
    problems = []
    for requests in [*at, len(done)]:
        promised = max(
            (one for one in promises if one.requests <= requests),
            key=lambda one: (one.committed, one.acked),
        )
        shutil.copy(disk, state)
        write_disk(state, log, done[:requests], rng)
        problems += [
            f"after request {requests} of {len(done)}, {promised}: {problem}"
            for problem in judge_disk(state, folder / "found", promised)
        ]
    shutil.move(state, disk)
    return problems


def judge_disk(disk: Path, found: Path, promised: Promise) -> list[str]:
    """Return what is wrong with a disk and the spool on it."""
    shutil.rmtree(found, ignore_errors=True)
    found.mkdir()
    try:
        output_of("e2fsck", "-fp", disk, may_return=REPLAYED)
    except RuntimeError as error:
        return [f"the file system is damaged: {error}"]
    output_of("debugfs", "-R", f"rdump / {found}", disk)
    return judge_spool(found / SPOOL, promised)


def judge_spool(path: Path, promised: Promise) -> list[str]:
    """Return what is wrong with a spool; none is the aim."""
    with closing(sqlite3.connect(path)) as database:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        return [f"integrity_check: {verdict}"]
    with closing(SpoolFile(path)) as spool:
        return _judge_samples(spool, promised)


def _judge_samples(spool: SpoolFile, promised: Promise) -> list[str]:
    if STREAM.stream_id not in spool.streams:
        return ["nothing of the stream is there"]
    received = spool.received(STREAM.stream_id)
    rows = [row.packet for row in spool.rows_after(STREAM.stream_id, 0, 10**9)]
    values = [int(x) for row in rows for x in np.frombuffer(row.body, "<i2")[::3]]
    deleted = received.end - len(values)
    problems = []
    if not received.covers(0, promised.committed) or received != IndexRanges([(0, received.end)]):
        problems.append(f"received {received}")
    if not promised.acked <= deleted <= max(0, received.end - KEPT):
        problems.append(f"{deleted} samples are deleted")
    if values != np.arange(deleted, received.end).astype(np.int16).tolist():
        problems.append("samples are missing, doubled or changed")
    return problems
