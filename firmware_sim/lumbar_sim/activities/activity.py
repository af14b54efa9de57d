"""What every activity has: a stance to begin in, and a movement."""

from __future__ import annotations

from typing import Protocol

from lumbar_sim.body import Stance
from lumbar_sim.performance import Performance


class Activity(Protocol):
    """Something to do, begun in ``stance``."""

    @property
    def stance(self) -> Stance:
        """Where it begins; the performance gets there first."""
        ...

    def perform(self, performance: Performance) -> None:
        """Move."""
        ...
