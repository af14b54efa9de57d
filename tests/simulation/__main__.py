"""Play many scenarios, or kill at every crash point; each failure names what plays it again."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from time import monotonic

import lumbar_signal
from crash_points import crash_points, play_killed_at, reference
from play import Outcome, play
from scenario import draw

PROGRESS_S = 10.0
EXAMPLE = """examples:
  python tests/simulation --runs 1000 --first-seed 5000
  python tests/simulation --seed 5123 --verbose
  python tests/simulation --crash-points 4
"""


def main() -> int:
    """Return 0 where nothing was lost, doubled or changed."""
    options = _options()
    lumbar_signal.warm_up()
    if options.seed is not None:
        return _play_one(options.seed, options.verbose)
    failures = 0
    with ProcessPoolExecutor(options.processes, initializer=_silence) as pool:
        if options.runs:
            seeds = range(options.first_seed, options.first_seed + options.runs)
            failures += _judge("seed", seeds, pool.map(_play_seed, seeds, chunksize=4))
        if options.crash_points is not None:
            scenario = reference(options.crash_points)
            points = crash_points(scenario)
            print(points, flush=True)
            each = range(len(points.kinds))
            killed = pool.map(partial(play_killed_at, scenario), each, chunksize=4)
            failures += _judge("crash point", each, killed)
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python tests/simulation",
        description="From the sensor to the database in virtual time, with faults.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--runs", type=int, default=0, metavar="N", help="play N seeds")
    parser.add_argument(
        "--first-seed", type=int, default=1, metavar="N", help="begin with this one"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="play one seed and tell its faults")
    parser.add_argument("--verbose", action="store_true", help="with --seed: show the logs")
    parser.add_argument(
        "--crash-points",
        type=int,
        metavar="BRIDGES",
        help="kill at every point of a workout of so many glute bridges",
    )
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="side by side")
    return parser.parse_args()


def _play_one(seed: int, verbose: bool) -> int:
    if verbose:
        logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    else:
        _silence()
    scenario = draw(seed)
    print(scenario, flush=True)
    outcome = play(scenario)
    print("\n".join(outcome.problems) or f"whole after {outcome.took_s:.0f} s")
    return 1 if outcome.problems else 0


def _play_seed(seed: int) -> Outcome:
    return play(draw(seed))


def _judge(name: str, numbers: Iterable[int], outcomes: Iterable[Outcome]) -> int:
    begun_s = told_s = monotonic()
    failures = deaths = played = 0
    for number, outcome in zip(numbers, outcomes, strict=True):
        played += 1
        deaths += outcome.deaths
        if outcome.problems:
            failures += 1
            print(f"{name} {number}: " + "; ".join(outcome.problems), flush=True)
        if monotonic() - told_s > PROGRESS_S:
            told_s = monotonic()
            print(f"  {played} played, {failures} failed, {told_s - begun_s:.0f} s", flush=True)
    took_s = monotonic() - begun_s
    print(
        f"{name}s: {played} played, {deaths} deaths, {failures} failed, {took_s:.0f} s", flush=True
    )
    return failures


def _silence() -> None:
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
