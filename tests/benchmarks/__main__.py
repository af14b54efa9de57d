"""``make bench``: CPU time and memory beside named peers, measured in turn in one run."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # CPU time of one core, for everybody
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import platform
import sys
from collections.abc import Callable
from pathlib import Path

from bulk_speed import bulk_speed, other_jobs
from chunkings import chunkings
from fresh_process import DAY, cold_starts, peak_memory_mib
from gateway_cost import SENSORS, gateway_cost
from gateway_day import MIB, gateway_day, growth_per_h
from ingest_cost import ingest_cost
from interleaved import Timing, ratio_to
from live_page import LIMIT_MS, READERS, live_page
from live_page import SENSORS as WORN
from live_push import live_push, single_push_quantiles_s
from rich import box
from rich.console import Console
from rich.table import Table
from worker_mosquitto import SAMPLES, worker_mosquitto
from year_rescore import year_rescore

from chromium import EXECUTABLE
from lumbar_signal import VERSION

ROUNDS = 9
GATEWAY_ROUNDS = 3  # each takes most of a minute
WORKER_ROUNDS = 5
DAY_HOURS = 3.0  # a whole day takes the third of an hour
BYTES_PER_SAMPLE = 6
console = Console(width=120)


def main() -> None:
    """Run the cases that are named, or all of them."""
    wanted = sys.argv[1:] or list(CASES)
    unknown = sorted(set(wanted) - set(CASES))
    if unknown:
        sys.exit(f"no case is called {', '.join(unknown)}; choose from: {', '.join(CASES)}")
    console.print(
        f"detector {VERSION}, Python {platform.python_version()}, {os.cpu_count()} cores; CPU time,"
        f" contestants in turn, median of {ROUNDS} rounds and interquartile range (IQR)"
    )
    for name in wanted:
        CASES[name]()


def _bulk() -> None:
    timings = bulk_speed(ROUNDS)
    *jobs, reading = timings
    table = _table(f"bulk: {DAY} of int16 counts", "million samples/s", "CPU s", "IQR", "ratio")
    for timing in jobs:
        table.add_row(timing.name, *_speed(timing), _ratio(timing, jobs[0]))
    limit = 1 / reading.per_unit_s
    table.add_row(
        f"reading memory alone: {limit / 1e9:.1f} GB/s",
        f"{limit / BYTES_PER_SAMPLE / 1e6:.0f}",
        "",
        f"{reading.spread:.0%}",
        "",
    )
    console.print(table)
    table = _table(
        "other jobs at the lower back, two hours: not a comparison of the same work",
        "million samples/s",
        "CPU s",
        "IQR",
        "ratio",
    )
    others = other_jobs()
    for timing in others:
        table.add_row(timing.name, *_speed(timing), _ratio(timing, others[0]))
    console.print(table)


def _live() -> None:
    timings = live_push(ROUNDS)
    table = _table("live: 20 samples a call", "µs a call", "IQR", "ratio to the empty call")
    for timing in timings:
        times = f"{1 / ratio_to(timings[0], timing):.1f}"
        table.add_row(timing.name, f"{timing.per_unit_s * 1e6:.2f}", f"{timing.spread:.0%}", times)
    for name, quantile_s in single_push_quantiles_s().items():
        table.add_row(f"Detector.push, wall clock, {name}", f"{quantile_s * 1e6:.2f}", "", "")
    console.print(table)


def _live_page() -> None:
    if not Path(EXECUTABLE).exists():
        console.print("live_page: Chromium is not installed: make system-packages")
        return
    table = _table(
        f"live_page: from the sensor's converter on, {WORN} sensors at 100 Hz on the virtual radio,"
        f" {READERS + 1} viewers; at most {LIMIT_MS:.0f} ms for 99 % are wanted",
        "values",
        "ms: median",
        "p95",
        "p99",
        "most",
    )
    for one in live_page():
        quantiles = (f"{one.delay_ms(percent):.0f}" for percent in (50, 95, 99, 100))
        table.add_row(one.name, f"{len(one.delays_s):,}", *quantiles)
    console.print(table)
    console.print(f"load of the machine, mean of five minutes: {os.getloadavg()[1]:.1f}")


def _memory() -> None:
    table = _table(f"memory: {DAY} in a fresh process", "peak MiB")
    for name, peak_mib in peak_memory_mib().items():
        table.add_row(name, "not installed" if peak_mib is None else f"{peak_mib:.0f}")
    console.print(table)


def _start() -> None:
    table = _table("start: fresh process, compiled code on disk", "CPU s", "IQR")
    for timing in cold_starts(ROUNDS):
        table.add_row(timing.name, f"{timing.median_s:.2f}", f"{timing.spread:.0%}")
    console.print(table)


def _ingest() -> None:
    timings = ingest_cost(ROUNDS)
    table = _table(
        "ingest: 20 samples a message, 500 messages a transaction, SQLite",
        "µs a message",
        "messages/s",
        "IQR",
        "ratio",
    )
    for timing in timings:
        table.add_row(
            timing.name,
            f"{timing.per_unit_s * 1e6:.0f}",
            f"{1 / timing.per_unit_s:,.0f}",
            f"{timing.spread:.0%}",
            _ratio(timing, timings[0]),
        )
    console.print(table)


def _gateway() -> None:
    broker, contestants = gateway_cost(GATEWAY_ROUNDS)
    table = _table(
        f"gateway: {SENSORS} sensors at 100 Hz, {broker}; delay from notification to publication,"
        f" {GATEWAY_ROUNDS} rounds",
        "CPU µs a sample",
        "IQR",
        "ratio",
        "messages/s",
        "delay ms: median",
        "p95",
        "p99",
    )
    for one in contestants:
        table.add_row(
            one.timing.name,
            f"{one.timing.per_unit_s * 1e6:.1f}",
            f"{one.timing.spread:.0%}",
            _ratio(one.timing, contestants[0].timing),
            f"{one.messages_per_s:.0f}",
            *(f"{ms:.1f}" if ms is not None else "" for ms in map(one.delay_ms, (50, 95, 99))),
        )
    console.print(table)


def _day() -> None:
    marks = gateway_day(DAY_HOURS)
    table = _table(
        f"day: the gateway over {DAY_HOURS:g} h of one sensor at 100 Hz, in virtual time; the"
        " simulated sensor, radio and broker are in the same process",
        "resident MiB",
        "blocks of Python",
        "spool MiB",
        "million samples acknowledged",
        "CPU s",
    )
    for mark in marks:
        table.add_row(
            f"{mark.at_h:.0f} h",
            f"{mark.resident_bytes / MIB:.1f}",
            f"{mark.blocks:,}",
            f"{mark.spool_bytes / MIB:.1f}",
            f"{mark.acked_samples / 1e6:.2f}",
            f"{mark.cpu_s:.0f}",
        )
    resident, blocks, spool = (
        growth_per_h(marks, name) for name in ("resident_bytes", "blocks", "spool_bytes")
    )
    table.add_row(
        "growth in an hour, from the first on",
        f"{resident / MIB:+.2f}",
        f"{blocks:+,.0f}",
        f"{spool / MIB:+.2f}",
        "",
        "",
    )
    console.print(table)


def _worker() -> None:
    broker, contestants = worker_mosquitto(WORKER_ROUNDS)
    table = _table(
        f"worker: a backlog of {SAMPLES} samples a message from {broker}, SQLite,"
        f" {WORKER_ROUNDS} rounds",
        "CPU µs a message",
        "IQR",
        "ratio",
        "messages/s",
        "IQR",
        "ratio of speed",
    )
    plain = contestants[0]
    for one in contestants:
        table.add_row(
            one.name,
            f"{one.cpu.per_unit_s * 1e6:.0f}",
            f"{one.cpu.spread:.0%}",
            _ratio(one.cpu, plain.cpu),
            f"{1 / one.wall.per_unit_s:,.0f}",
            f"{one.wall.spread:.0%}",
            f"{1 / ratio_to(one.wall, plain.wall):.2f}",
        )
    console.print(table)


def _chunkings() -> None:
    table = _table(
        "chunkings: simulated traces cut at random, against one call",
        "samples",
        "chunkings",
        "calls",
        "differing",
    )
    done = list(chunkings())
    for one in done:
        table.add_row(
            one.name, f"{one.samples}", f"{one.chunkings}", f"{one.calls}", f"{one.differing}"
        )
    total, differing = sum(one.chunkings for one in done), sum(one.differing for one in done)
    table.add_row("all: events, sets and bytes of state", "", f"{total}", "", f"{differing}")
    console.print(table)


def _year() -> None:
    table = _table(
        "year: 27 million stored samples scored anew from SQLite, decoding and storing included",
        "million samples/s",
        "CPU s",
        "IQR",
    )
    for timing in year_rescore(3):
        table.add_row(timing.name, *_speed(timing))
    console.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _speed(timing: Timing) -> tuple[str, str, str]:
    return f"{1e-6 / timing.per_unit_s:.2f}", f"{timing.median_s:.3f}", f"{timing.spread:.0%}"


def _ratio(timing: Timing, own: Timing) -> str:
    return f"{ratio_to(timing, own):.2f}"


CASES: dict[str, Callable[[], None]] = {
    "bulk": _bulk,
    "live": _live,
    "live_page": _live_page,
    "memory": _memory,
    "start": _start,
    "ingest": _ingest,
    "gateway": _gateway,
    "day": _day,
    "worker": _worker,
    "year": _year,
    "chunkings": _chunkings,
}

if __name__ == "__main__":
    main()
