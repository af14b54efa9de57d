"""A clock that stands still until a test moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class MovedClock:
    """Stands still until it is moved."""

    now_utc: datetime

    def now_s(self) -> float:
        """Return the wall time."""
        return self.now_utc.timestamp()

    def go_on(self, **by: float) -> None:
        """Let time pass."""
        self.now_utc += timedelta(**by)
