"""``make powercut``: cut a virtual machine's power while its spool commits, again and again."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from pathlib import Path

from power_cut import cut_power
from system_packages import MissingPackageError


def main() -> int:
    """Return the exit code: 0 where every spool came back whole."""
    parser = argparse.ArgumentParser(prog="make powercut ARGS=...", description=__doc__)
    parser.add_argument("--boots", type=int, default=10)
    parser.add_argument("--cuts", type=int, default=40, help="states of the disk for each (40)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    wanted = parser.parse_args()
    start_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lumbar-powercut-") as folder:
        try:
            outcome = cut_power(
                Path(folder),
                boots=wanted.boots,
                cuts=wanted.cuts,
                seed=wanted.seed,
                announce=lambda line: print(line, flush=True),
            )
        except MissingPackageError as error:
            sys.exit(str(error))
        except KeyboardInterrupt:
            print("interrupted; the machine is off", file=sys.stderr)
            return 130
    for line in outcome.problems:
        print(f"PROBLEM: {line}")
    print(
        f"{outcome.boots} boots, {outcome.cuts} states of the disk, {outcome.commits} commits in"
        f" {time.monotonic() - start_s:.0f} s: {len(outcome.problems)} problems"
    )
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
