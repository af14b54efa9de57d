"""The gateway's own two clocks: one that only runs, and the wall's, which people set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from lumbar_gateway.errors import SpoolError

LOOK_S = 1.0  # the wall clock is compared with the other this often
# Chosen: far above what two readings differ by, far below what a time server corrects in one step.
SET_S = 1e-3
READ_S = 1e-4  # readings further apart were interrupted and tell nothing

_log = logging.getLogger(__name__)


class GatewayClock:
    """Monotonic time of one run of the gateway, and what to add to it for wall time.

    Everything is observed in monotonic time; wall time is a view of it. Where the wall clock is
    set, the new offset holds for everything observed in this run, also for what came before: a
    clock that was set was wrong.

    Parameters
    ----------
    boot
        Names this run: monotonic times of different runs cannot be compared.
    monotonic_s
        Seconds from any origin.
    wall_s
        Seconds since 1970-01-01 UTC.
    """

    def __init__(
        self, boot: int, monotonic_s: Callable[[], float], wall_s: Callable[[], float]
    ) -> None:
        self.boot = boot
        self.monotonic_s = monotonic_s
        self._wall_s = wall_s
        self._offset_s = wall_s() - monotonic_s()

    def wall_offset_s(self) -> float:
        """Wall time minus monotonic time, as of now."""
        before_s = self.monotonic_s()
        wall_s = self._wall_s()
        after_s = self.monotonic_s()
        offset_s = wall_s - (before_s + after_s) / 2
        if abs(offset_s - self._offset_s) > SET_S and after_s - before_s < READ_S:
            self._offset_s = offset_s
        return self._offset_s

    def wall_s(self) -> float:
        """Return the wall time, seconds since 1970-01-01 UTC."""
        return self._wall_s()


async def watch_wall_clock(
    clock: GatewayClock,
    note: Callable[[int, float], Awaitable[None]],
    look_s: float = LOOK_S,
) -> None:
    """Tell ``note`` of the run's offset, now and whenever it changes, until cancelled."""
    noted_s: float | None = None
    while True:
        offset_s = clock.wall_offset_s()
        if offset_s != noted_s:
            if noted_s is not None:
                _log.warning("the wall clock was set by %+.3f s", offset_s - noted_s)
            try:
                await note(clock.boot, offset_s)
                noted_s = offset_s
            except SpoolError as error:
                _log.error("the clock's setting is not noted: %s", error)
        await asyncio.sleep(look_s)
