"""One clock for a whole process, as fast as wanted."""

from __future__ import annotations

import asyncio
import time


class ScaledClock:
    """Wall time and durations that run ``speed`` times faster than the real ones.

    The sensor, the gateway's arrival stamps and the worker all take their time from it, so a
    recording replayed at ten times its speed is stored as if it had been measured now, at its own
    rate. Time-outs of radio and network stay real: a handshake takes as long as it takes.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not 0.1 <= speed <= 1000.0:
            raise ValueError(f"speed {speed}: choose 0.1 to 1000 times real time")
        self.speed = speed
        self._wall_start_s = time.time()
        self._start_s = time.monotonic()

    def monotonic_s(self) -> float:
        """Scaled seconds since this clock was made."""
        return (time.monotonic() - self._start_s) * self.speed

    def wall_s(self) -> float:
        """Scaled wall time, seconds since 1970-01-01 UTC; right at the start, then ahead."""
        return self._wall_start_s + self.monotonic_s()

    async def sleep(self, duration_s: float) -> None:
        """Sleep ``duration_s`` scaled seconds."""
        await asyncio.sleep(max(0.0, duration_s) / self.speed)
