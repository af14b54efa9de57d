"""Moments as sample indices, on a grid that a better fit of the stream's clock seldom moves."""

from __future__ import annotations

from datetime import datetime

from lumbar_gateway.messages import ClockFit

GRID_S = 0.5
"""Nothing follows the clock's fit by less (chosen: nobody presses more exactly)."""


def index_near(clock: ClockFit, at_utc: datetime) -> int:
    """Return the sample index of a moment; 0 before the stream."""
    grid = max(1, round(GRID_S / clock.wall_s_per_sample))
    return max(0, round(clock.index(at_utc.timestamp()) / grid) * grid)
