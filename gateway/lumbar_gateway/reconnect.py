"""One task per sensor: wait for its advertisement, talk, pause, again.

How long the pause is follows from what went wrong (`PAUSES`). It doubles with every failure in a
row, up to its longest, and a random half of it is left out, so that sensors that were lost together
do not come back together. A connection that brought samples begins the row anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import numpy as np

from lumbar_gateway.errors import (
    BondLostError,
    GatewayError,
    ProfileError,
    ProtocolError,
    RadioBusyError,
    RadioStuckError,
    SensorNotFoundError,
)
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.link import Radio, Timing
from lumbar_gateway.scanner import Scanner
from lumbar_gateway.session import SensorRecord, Session
from lumbar_gateway.streams import Stream

FORGET_S = 3600.0  # chosen: an address that was never connected and fell silent is forgotten

# First and longest pause by kind of failure, in units of ``Timing.retry_s`` (1 s) and
# ``Timing.longest_retry_s`` (60 s); chosen. The first kind that fits counts.
PAUSES: tuple[tuple[type[GatewayError], float, float], ...] = (
    (BondLostError, 30.0, 10.0),  # 30 s to 10 min: nothing helps until a person pairs
    (SensorNotFoundError, 1.0, 0.1),  # 1 to 6 s: its next advertisement is waited for anyway
    (RadioBusyError, 0.5, 0.1),  # 0.5 to 6 s: others connect, or BlueZ tidies up
    (ProtocolError, 5.0, 5.0),  # 5 s to 5 min: it would do the same again
    (ProfileError, 5.0, 5.0),
    (GatewayError, 1.0, 1.0),  # 1 s to 1 min: dropped links and everything else
)

_log = logging.getLogger(__name__)


class SensorTask:
    """Keeps the connection to the sensor at one address."""

    def __init__(
        self,
        record: SensorRecord,
        scanner: Scanner,
        radio: Radio,
        spool: Spool,
        *,
        timing: Timing,
        clock: GatewayClock,
        rng: np.random.Generator,
        on_change: Callable[[Stream | None], None],
    ) -> None:
        self.record = record
        self._scanner = scanner
        self._radio = radio
        self._spool = spool
        self._timing = timing
        self._clock = clock
        self._rng = rng
        self._on_change = on_change
        self._failures_on_end = 0
        self._told = ""  # what was told since there were samples

    async def run(self) -> None:
        """Run until cancelled, or until nothing was heard of an unknown sensor for long.

        No failure of the sensor ends it.

        Raises
        ------
        RadioStuckError
            Where the computer's own Bluetooth no longer works.
        """
        while await self._is_heard():
            brought = self._brought()
            error: GatewayError = GatewayError("")
            try:
                await self._connect_once()
            except RadioStuckError:
                raise
            except GatewayError as failure:
                error = failure
                self._note(failure)
            except Exception as failure:  # a fault of ours must not hurt other sensors
                self._note(failure)
                _log.exception("unexpected error: please report it")
            if self._brought() > brought:
                self._failures_on_end, self._told = 0, ""
            self._failures_on_end += 1
            await asyncio.sleep(self._pause_s(error))

    async def _is_heard(self) -> bool:
        if self.record.connections:
            return True
        try:
            async with asyncio.timeout(FORGET_S):
                await self._scanner.fresh(self.record.address)
        except TimeoutError:
            return False
        return True

    async def _connect_once(self) -> None:
        try:
            async with self._radio.connected(self.record.address) as connection:
                self.record.connections += 1
                session = Session(
                    connection,
                    self.record,
                    self._spool,
                    timing=self._timing,
                    clock=self._clock,
                    on_change=self._on_change,
                )
                await session.run()
        finally:
            self.record.is_connected = False
            self._on_change(None)

    def _brought(self) -> int:
        """Return a count that goes on with whatever a connection is for."""
        return self.record.received_samples + self.record.log_records

    def _note(self, error: Exception) -> None:
        self.record.failures += 1
        self.record.last_failure = str(error)
        if str(error) != self._told:  # a sensor out of its mind must not fill the log
            name = self.record.sensor_id or self.record.address
            _log.warning("%s: %s; trying again (told once)", name, error)
        self._told = str(error)

    def _pause_s(self, error: GatewayError) -> float:
        first, longest = next(pause for kind, *pause in PAUSES if isinstance(error, kind))
        doubled_s = first * self._timing.retry_s * 2.0 ** min(self._failures_on_end - 1, 10)
        jitter = float(self._rng.uniform(0.5, 1.0))
        return jitter * min(doubled_s, longest * self._timing.longest_retry_s)
