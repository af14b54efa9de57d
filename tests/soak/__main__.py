"""``make soak``: kill, cut and reboot under a seed, then compare the database with the truth."""

from __future__ import annotations

import argparse
import asyncio
import logging
import secrets
import shutil
import sys
from pathlib import Path

from soak_fate import until_kills, until_time
from soak_run import Outcome, soak
from system_packages import MissingPackageError

FOLDER = Path("build/soak")


def main() -> int:
    """Return the exit code: 0 where nothing was lost and nothing is there twice."""
    wanted = _arguments()
    for name in ("bumble", "lumbar_sim"):  # of a link that is lost on purpose
        logging.getLogger(name).setLevel(logging.CRITICAL)
    folder = FOLDER / f"seed-{wanted.seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    running = soak(
        lambda drawn: (
            until_time(drawn, wanted.seconds)
            if wanted.seconds is not None
            else until_kills(drawn, wanted.kills)
        ),
        seed=wanted.seed,
        sensors=wanted.sensors,
        with_server=wanted.database == "postgresql",
        folder=folder.resolve(),
        announce=lambda line: print(line, flush=True),
    )
    try:
        outcome = asyncio.run(running)
    except MissingPackageError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        print("interrupted; everything that was started is stopped", file=sys.stderr)
        return 130
    _tell(outcome)
    return 1 if outcome.problems else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak ARGS=...", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="processes to kill (200)")
    parser.add_argument("--seconds", type=float, help="go on for so long instead")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="of the faults")
    parser.add_argument("--sensors", type=int, default=20)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    wanted = parser.parse_args()
    if min(wanted.kills, wanted.sensors) < 1 or (
        wanted.seconds is not None and wanted.seconds <= 0
    ):
        parser.error("kills, sensors and seconds: more than 0")
    return wanted


def _tell(outcome: Outcome) -> None:
    for fault, n in outcome.faults.most_common():
        print(f"{n:5}  {fault.value}")
    verdict = outcome.verdict
    print(
        f"{outcome.kills} kills; {verdict.measured} samples of {verdict.streams} streams measured,"
        f" {verdict.declared_lost} lost by sensors that said so; wall time right within"
        f" {verdict.worst_clock_error_s * 1000:.0f} ms; {outcome.took_s:.0f} s, of which"
        f" {outcome.settled_s:.0f} s to settle"
    )
    for line in outcome.problems:
        print(f"PROBLEM: {line}")
    print("nothing lost, nothing twice" if not outcome.problems else "FAILED")


if __name__ == "__main__":
    sys.exit(main())
