"""One task per sensor: wait for its advertisement, talk, back off, again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import numpy as np
from bleak.backends.client import BaseBleakClient

from lumbar_gateway.errors import GatewayError
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.link import Scanner, Timing, connected
from lumbar_gateway.session import SensorRecord, Session
from lumbar_gateway.streams import Stream

_log = logging.getLogger(__name__)


class SensorTask:
    """Keeps the connection to the sensor at one address."""

    def __init__(
        self,
        record: SensorRecord,
        scanner: Scanner,
        spool: Spool,
        *,
        client_backend: type[BaseBleakClient] | None,
        timing: Timing,
        clock: GatewayClock,
        rng: np.random.Generator,
        on_change: Callable[[Stream | None], None],
    ) -> None:
        self.record = record
        self._scanner = scanner
        self._spool = spool
        self._client_backend = client_backend
        self._timing = timing
        self._clock = clock
        self._rng = rng
        self._on_change = on_change
        self._failures_on_end = 0

    async def run(self) -> None:
        """Run until cancelled; no failure of the sensor ends it."""
        while True:
            received = self.record.received_samples
            try:
                await self._connect_once()
            except GatewayError as error:
                self._note(error)
            except Exception as error:  # whatever a Bluetooth stack throws hurts one sensor only
                self._note(error)
                _log.exception("unexpected error")
            if self.record.received_samples > received:
                self._failures_on_end = 0
            self._failures_on_end += 1
            await asyncio.sleep(self._pause_s())

    async def _connect_once(self) -> None:
        device = await self._scanner.fresh(self.record.address)
        try:
            async with connected(device, self._client_backend, self._timing.answer_s) as connection:
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

    def _note(self, error: Exception) -> None:
        self.record.failures += 1
        self.record.last_failure = str(error)
        name = self.record.sensor_id or self.record.address
        _log.warning("%s: %s; trying again", name, error)

    def _pause_s(self) -> float:
        doubled = self._timing.retry_s * 2.0 ** min(self._failures_on_end - 1, 10)
        jitter = float(self._rng.uniform(0.5, 1.0))
        return jitter * min(doubled, self._timing.longest_retry_s)
