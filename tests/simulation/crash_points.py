"""A process is killed at every point where it touches disk, broker or another process, in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from play import Outcome, play
from scenario import Noise, Scenario


def reference(bridges: int) -> Scenario:
    """Return a workout in which nothing else goes wrong."""
    return Scenario(
        seed=0,
        bridges=bridges,
        sensors=1,
        gateways=1,
        flash_blocks=1000,
        worn_alone_s=1.5,  # so that the log has something to bring as well
        worker_period_s=0.3,
        noise=Noise(),
        moments=(),
    )


@dataclass(frozen=True, slots=True)
class CrashPoints:
    """The points of an undisturbed run, in order; a kind is what is done, by whom."""

    kinds: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{len(self.kinds)} crash points of {len(set(self.kinds))} kinds:"]
        lines += [f"  {n:5d}  {kind}" for kind, n in sorted(Counter(self.kinds).items())]
        return "\n".join(lines)


def crash_points(scenario: Scenario) -> CrashPoints:
    """Play a scenario undisturbed and note every point that its processes reach."""
    kinds: list[str] = []

    def note(point: str) -> bool:
        kinds.append(point)
        return False

    outcome = play(scenario, note)
    assert not outcome.problems, outcome.problems
    return CrashPoints(tuple(kinds))


def play_killed_at(scenario: Scenario, at: int) -> Outcome:
    """Play a scenario and kill the process that comes to the point ``at``, counted from 0."""
    return play(scenario, _at(at))


def _at(wanted: int) -> Callable[[str], bool]:
    reached = -1

    def fate(_point: str) -> bool:
        nonlocal reached
        reached += 1
        return reached == wanted

    return fate
