"""The sensor's watch crystal: its own idea of how time passes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from lumbar_gateway.profiles.lumbar import TICK_HZ


class Crystal:
    """A clock that runs ``clock_ppm`` parts per million fast.

    Parameters
    ----------
    clock_ppm
        Positive is fast. Watch crystals are within 20 ppm at 25 °C and up to 100 ppm slow at
        body-worn extremes (parabolic coefficient -0.034 ppm/K², typical data sheet).
    monotonic_s
        True time in seconds; a simulation N times faster passes a clock that runs N times faster.
    sleep
        Sleeps so many seconds of ``monotonic_s``.
    """

    def __init__(
        self,
        clock_ppm: float = 0.0,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rate = 1.0 + clock_ppm * 1e-6
        self._monotonic_s = monotonic_s
        self._sleep = sleep

    def now_s(self) -> float:
        """Return the seconds that the crystal has counted."""
        return self._monotonic_s() * self._rate

    async def sleep_until(self, crystal_s: float) -> None:
        """Sleep until the crystal has counted to ``crystal_s``."""
        await self._sleep(max(0.0, crystal_s - self.now_s()) / self._rate)


def tick_count(crystal_s: float) -> int:
    """Return the ticks counted after ``crystal_s`` seconds by the crystal."""
    return round(crystal_s * TICK_HZ)


def ticks(crystal_s: float) -> int:
    """Return the 32-bit tick counter after ``crystal_s`` seconds by the crystal."""
    return tick_count(crystal_s) % 2**32
