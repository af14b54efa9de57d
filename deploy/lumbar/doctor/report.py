"""All checks, one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Console

from lumbar.doctor.bluetooth import check_bluetooth
from lumbar.doctor.broker import check_brokers
from lumbar.doctor.clock import check_clock
from lumbar.doctor.database import check_database
from lumbar.doctor.disk import check_disk
from lumbar.doctor.finding import Finding, State
from lumbar.doctor.installed import check_detector, check_extras, check_python
from lumbar.failure_line import failure_line

_CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "python": check_python,
    "extras": check_extras,
    "detector": check_detector,
    "bluetooth": check_bluetooth,
    "clock": check_clock,
    "broker": check_brokers,
    "database": check_database,
    "disk": check_disk,
}
_COLOURS = {State.OK: "green", State.NOTE: "yellow", State.FAILED: "red"}


def run_doctor() -> bool:
    """Print one line for each check; return whether none failed."""
    console = Console()
    well = True
    for part, check in _CHECKS.items():
        for finding in _findings(part, check):
            well &= finding.state is not State.FAILED
            remedy = f": {finding.remedy}" if finding.remedy else ""
            console.print(f"[{_COLOURS[finding.state]}]{finding.state:<6}[/]", end=" ")
            console.print(
                f"{finding.part:<10} {finding.said}{remedy}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
    return well


def _findings(part: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Do a check; one that cannot be done, for settings that are wrong, has failed."""
    try:
        yield from check()
    except Exception as error:
        yield Finding(part, State.FAILED, failure_line(error))
