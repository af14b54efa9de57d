"""All simulated persons, on all processors, scored."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from rich.console import Console
from rich.progress import track

from lumbar.evidence.findings import Simulated
from lumbar.evidence.sessions import Person, Scored, sessions
from lumbar.evidence.target_figures import target_figures
from lumbar.scoring.score import score_observations
from lumbar_sim.families.cast import FACTORS
from lumbar_sim.families.catalogue import REPORTING


def simulated(*, bodies: int, everyday_hours: int, seed: int, console: Console) -> Simulated:
    """Simulate, analyse and score; the same arguments give the same figures.

    Parameters
    ----------
    bodies
        Persons; each does every exercise and all foreign ones.
    everyday_hours
        Of all together.
    """
    people = persons(bodies=bodies, everyday_hours=everyday_hours, seed=seed)
    done: list[Scored] = []
    steps = _in_order(people)
    for of_one in track(steps, "simulating", total=bodies, console=console, transient=True):
        done += of_one
    rng = np.random.default_rng(seed)
    told = [(one.free, one.prescribed) for one in done if one.prescribed]
    families = {f: tuple(one.name for one in getattr(REPORTING, f)) for f in FACTORS}
    return Simulated(
        families=families,
        all=score_observations([one.free for one in done], rng=rng),
        unprompted=score_observations([free for free, _ in told], rng=rng),
        prescribed=score_observations([prescribed for _, prescribed in told], rng=rng),
        targets=target_figures(done, rng),
    )


def persons(*, bodies: int, everyday_hours: int, seed: int) -> list[Person]:
    """Return the persons, the hours shared out as evenly as whole ones can be."""
    each, more = divmod(everyday_hours, bodies)
    return [Person(seed, number, each + (number < more)) for number in range(bodies)]


def _in_order(people: list[Person]) -> Iterator[list[Scored]]:
    processes = min(len(people), os.cpu_count() or 1)
    if processes == 1:
        yield from map(sessions, people)
        return
    # a library's own threads would fight with the other processes for the processors
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    started_afresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=started_afresh) as pool:
        try:
            yield from pool.map(sessions, people)
        finally:
            pool.shutdown(cancel_futures=True)
