"""``lumbar sim trace``: simulated traces in families, with the truth beside each."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from lumbar.errors import UsageError
from lumbar.simulated_script import Script
from lumbar.simulated_trace import Made, TraceOrder, make_trace
from lumbar.trace_file import ENDINGS, check_trace_name
from lumbar_sim.families.catalogue import catalogue_named, purposes_of
from lumbar_sim.limits import require

TRUTH_ENDING = ".truth.json"
MOST_TRACES = 100_000
_TOLD_ALONE = 4  # more traces than that are told of in one line


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """What the command was asked for."""

    script: Script
    families: tuple[str, ...]
    purpose: str | None
    seed: int
    sampling_rate_hz: float | None
    count: int
    out: Path
    truth: Path | None


def run_sim_trace(options: TraceOptions, *, now_s: Callable[[], float] = time.monotonic) -> None:
    """Make all traces, on all processors where there are several.

    Raises
    ------
    UsageError
        One line that names the parameter and what is allowed.
    """
    try:
        orders = trace_orders(options)
    except ValueError as error:
        raise UsageError(str(error)) from None
    orders[0].trace.parent.mkdir(parents=True, exist_ok=True)
    orders[0].truth.parent.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    begun_s = now_s()
    made: list[Made] = []
    with _progress(console, len(orders)) as bar:
        task = bar.add_task("simulating", total=len(orders))
        for each in _made(orders):
            made.append(each)
            bar.advance(task)
    _tell(made, now_s() - begun_s)


def trace_orders(options: TraceOptions) -> list[TraceOrder]:
    """Return what to make, all of it checked.

    Raises
    ------
    ValueError
        Names the parameter and what is allowed.
    """
    require("count", options.count, 1, MOST_TRACES)
    if options.sampling_rate_hz is not None:
        require("rate", options.sampling_rate_hz, 10.0, 1000.0)
    options.script.programme_for(np.random.default_rng(options.seed))
    purpose = _purpose(options)
    catalogue_named(purpose).limited_to(options.families)
    return [
        TraceOrder(
            purpose=purpose,
            families=options.families,
            seed=options.seed,
            person=person,
            script=options.script,
            sampling_rate_hz=options.sampling_rate_hz,
            trace=trace,
            truth=options.truth or _beside(trace),
        )
        for person, trace in enumerate(_files(options))
    ]


def _purpose(options: TraceOptions) -> str:
    """Return the purpose that was asked for, or that of the first named family."""
    named = purposes_of(options.families)
    return options.purpose or next(iter(named.values()), "development")


def _files(options: TraceOptions) -> list[Path]:
    """Return the traces' names: as given, or numbered where there are several, or in a folder."""
    if options.truth is not None and options.count > 1:
        raise UsageError("--truth names one file: leave it out, each truth is put beside its trace")
    if options.out.name.endswith(ENDINGS):
        folder, stem, ending = options.out.parent, *_split(options.out.name)
        if options.count == 1:
            return [options.out]
    elif options.out.suffix and not options.out.is_dir():
        check_trace_name(options.out)
    else:
        folder, stem, ending = options.out, f"{options.script.name}-{options.seed}", ".parquet"
    return [folder / f"{stem}-{person:04d}{ending}" for person in range(options.count)]


def _split(name: str) -> tuple[str, str]:
    ending = next(ending for ending in ENDINGS if name.endswith(ending))
    return name.removesuffix(ending), ending


def _beside(trace: Path) -> Path:
    return trace.with_name(_split(trace.name)[0] + TRUTH_ENDING)


def _made(orders: list[TraceOrder]) -> Iterator[Made]:
    """Yield each trace as it is done; one trace is not worth another process."""
    processes = min(len(orders), os.cpu_count() or 1)
    if processes == 1:
        yield from map(make_trace, orders)
        return
    # a library's own threads would fight with the other processes for the processors
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    started_afresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=started_afresh) as pool:
        try:
            for done in as_completed([pool.submit(make_trace, order) for order in orders]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _progress(console: Console, total: int) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=total == 1 or not console.is_terminal,
    )


def _tell(made: list[Made], took_s: float) -> None:
    made = sorted(made, key=lambda each: each.order.person)
    for each in made if len(made) <= _TOLD_ALONE else ():
        families = ", ".join(family["name"] for family in each.families.values())
        print(
            f"{each.order.trace}: {each.duration_s:.1f} s at {each.sampling_rate_hz:g} Hz, "
            f"simulated ({families}), {each.body_id}"
        )
    hours = sum(each.duration_s for each in made) / 3600.0
    folder = made[0].order.trace.parent
    print(
        f"{len(made)} simulated {'trace' if len(made) == 1 else 'traces'} in {folder}: "
        f"{hours:.2f} h of simulated life in {took_s:.1f} s, {hours / took_s:.3g} h/s"
    )
