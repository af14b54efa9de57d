"""The gateway: every sensor in reach, one spool, one broker."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import BaseBleakScanner

from lumbar_gateway.figures import GatewayFigures, RowAges, SensorStatus
from lumbar_gateway.gateway_clock import GatewayClock, watch_wall_clock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.link import Radio, Timing
from lumbar_gateway.messages import BrokerAddress, GatewayStatus
from lumbar_gateway.mqtt_client import MqttClient
from lumbar_gateway.publisher import Publisher
from lumbar_gateway.reconnect import SensorTask
from lumbar_gateway.scanner import Scanner
from lumbar_gateway.session import SensorRecord
from lumbar_gateway.spool import DEFAULT_LIMIT_BYTES, SpoolFile
from lumbar_gateway.spool_database import Connect
from lumbar_gateway.streams import Stream

SPOOL_PATIENCE_S = 2.0  # chosen: somebody waits for our figures
SPOOL_LOOK_S = 5.0  # chosen: a look costs a hop to its thread
STATUS_S = 10.0  # a sensor's status is published at least this often


class Gateway:
    """Collects from all sensors in reach and delivers to one broker.

    Parameters
    ----------
    spool_path
        The spool's file; made where it is missing.
    broker
        The broker to publish to.
    gateway_id
        Names the gateway and its MQTT session: one of a kind at a broker.
    scanner_backend, client_backend, adapter_backend
        bleak's own seam; None is the platform's Bluetooth.
    mqtt_client
        paho's client, or a class with its interface.
    now_s
        Wall time. A replay may run it faster than real time; waiting is always in real seconds.
    monotonic_s
        Seconds that pass as in ``now_s``, from any origin, but are never set; by default the event
        loop's.
    rng
        Spreads reconnections.
    timing
        How long to wait for a sensor.
    spool_limit_bytes
        How large the spool may get.
    on_puback
        Called with the seconds from publishing a message to the broker's confirmation.
    connect
        Opens the spool's file as ``sqlite3.connect`` does.
    """

    def __init__(
        self,
        spool_path: Path,
        broker: BrokerAddress,
        *,
        gateway_id: str = "gateway",
        scanner_backend: type[BaseBleakScanner] | None = None,
        client_backend: type[BaseBleakClient] | None = None,
        adapter_backend: type[BaseBleakAdapter] | None = None,
        mqtt_client: type[MqttClient] = MqttClient,
        now_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] | None = None,
        rng: np.random.Generator | None = None,
        timing: Timing | None = None,
        spool_limit_bytes: int = DEFAULT_LIMIT_BYTES,
        connect: Connect = sqlite3.connect,
        on_puback: Callable[[float], object] = lambda _seconds: None,
    ) -> None:
        self._spool_path = spool_path
        self._spool_limit_bytes = spool_limit_bytes
        self._row_ages = RowAges()
        self._on_puback = on_puback
        self._gateway_id = gateway_id
        self._broker = broker
        self._scanner_backend = scanner_backend
        self._client_backend = client_backend
        self._adapter_backend = adapter_backend
        self._mqtt_client = mqtt_client
        self._now_s = now_s
        self._monotonic_s = monotonic_s
        self._rng = rng or np.random.default_rng()
        self._timing = timing or Timing()
        self._spool = Spool(spool_path, spool_limit_bytes, connect)
        self._records: dict[str, SensorRecord] = {}
        self._changed = asyncio.Event()
        self._publisher: Publisher | None = None
        self._scanner: Scanner | None = None
        self._spool_rounds = 0

    @property
    def status(self) -> dict[str, SensorStatus]:
        """Every sensor seen since the start, by sensor id (by address until that is known)."""
        seen = (self._status_of(record) for record in self._records.values())
        return {status.sensor_id or status.address: status for status in seen}

    @property
    def is_publishing(self) -> bool:
        """Whether the broker is connected."""
        return self._publisher is not None and self._publisher.connected

    @property
    def rounds(self) -> dict[str, int]:
        """How often each part has come around: who stands still is stuck."""
        return {
            "scanner": self._scanner.rounds if self._scanner else 0,
            "spool": self._spool_rounds,
            "publisher": self._publisher.rounds if self._publisher else 0,
        }

    async def figures(self) -> GatewayFigures:
        """Look at everything that somebody who watches over us wants to know."""
        return GatewayFigures(
            sensors=self.status,
            broker_connected=self.is_publishing,
            spool_bytes=_size_bytes(self._spool_path),
            spool_limit_bytes=self._spool_limit_bytes,
            refused_packets=self._spool.refused_packets,
            evicted_samples=self._spool.evicted_samples,
            differing_samples=self._spool.differing_samples,
            oldest_unacked_s=await self._oldest_unacked_s(),
        )

    async def _oldest_unacked_s(self) -> float:
        try:
            async with asyncio.timeout(SPOOL_PATIENCE_S):
                rows = await self._spool.ask(lambda file: file.packets.row_span())
        except TimeoutError:
            return math.nan
        if rows is None:
            return 0.0
        return self._row_ages.age_s(asyncio.get_running_loop().time(), *rows)

    async def run(self) -> None:
        """Work until cancelled; then disconnect, commit and say goodbye to the broker.

        Raises
        ------
        SpoolError
            Where the spool cannot be opened.
        ExceptionGroup
            Of one ``RadioStuckError``, where the computer's own Bluetooth no longer works: the
            program should end with an error, so that whoever watches over it starts it anew.
        """
        async with self._spool:
            monotonic_s = self._monotonic_s or asyncio.get_running_loop().time
            self._clock = GatewayClock(int(self._rng.integers(2**63)), monotonic_s, self._now_s)
            self._publisher = Publisher(
                self._spool,
                self._broker,
                self._gateway_id,
                self._clock,
                self._mqtt_client,
                self._on_puback,
            )
            publishing = asyncio.create_task(self._publisher.run(), name="publisher")
            try:
                await self._collect(publishing)
            finally:
                await self._spool.flush()
                publishing.cancel()
                await asyncio.gather(publishing, return_exceptions=True)

    async def _collect(self, publishing: asyncio.Task[None]) -> None:
        async with asyncio.TaskGroup() as group:

            def on_new(address: str) -> None:
                group.create_task(self._keep(address, scanner, radio), name=address)

            scanner = Scanner(on_new, self._scanner_backend, self._adapter_backend)
            self._scanner = scanner
            radio = Radio(scanner, self._client_backend, self._timing)
            group.create_task(scanner.run(), name="scanner")
            group.create_task(self._show_statuses(), name="status")
            group.create_task(watch_wall_clock(self._clock, self._note_offset), name="wall clock")
            group.create_task(self._watch_spool(), name="spool watch")
            group.create_task(_until_failed(publishing), name="publisher watch")

    async def _watch_spool(self) -> None:
        """See that the spool's thread still answers: a stalled disk holds it up."""
        while True:
            await self._spool.ask(lambda _file: None)
            self._spool_rounds += 1
            await asyncio.sleep(SPOOL_LOOK_S)

    async def _keep(self, address: str, scanner: Scanner, radio: Radio) -> None:
        """Keep the connection to one sensor for as long as there is a reason to."""
        record = self._records[address] = SensorRecord(address)
        task = SensorTask(
            record,
            scanner,
            radio,
            self._spool,
            timing=self._timing,
            clock=self._clock,
            rng=self._rng,
            on_change=self._on_change,
        )
        await task.run()
        del self._records[address]
        scanner.forget(address)

    async def _note_offset(self, boot: int, wall_offset_s: float) -> None:
        await self._spool.ask(SpoolFile.note_wall_offset, boot, wall_offset_s)

    def _on_change(self, stream: Stream | None) -> None:
        assert self._publisher is not None
        if stream is not None:
            self._publisher.add_stream(stream)
        self._publisher.wake()
        self._changed.set()

    async def _show_statuses(self) -> None:
        assert self._publisher is not None
        while True:
            for sensor_id, status in self.status.items():
                if status.sensor_id is not None:
                    self._publisher.show(sensor_id, self._message(status))
            self._changed.clear()
            await asyncio.sleep(1.0)
            try:
                async with asyncio.timeout(STATUS_S - 1.0):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _message(self, status: SensorStatus) -> GatewayStatus:
        return GatewayStatus(
            link=status.link,
            battery_percent=status.battery_percent,
            spooled_samples=status.spooled_samples,
            log_samples=status.log_samples,
            at_s=self._now_s(),
            gateway_id=self._gateway_id,
            signal_dbm=status.signal_dbm,
        )

    def _status_of(self, record: SensorRecord) -> SensorStatus:
        counts = self._spool.counts(record.sensor_id) if record.sensor_id else None
        return SensorStatus(
            address=record.address,
            sensor_id=record.sensor_id,
            link="connected" if record.is_connected else "searching",
            battery_percent=record.battery_percent,
            signal_dbm=self._scanner.signal_dbm(record.address) if self._scanner else None,
            received_samples=record.received_samples,
            spooled_samples=counts.waiting if counts else 0,
            acked_samples=counts.acked if counts else 0,
            log_samples=record.log_samples,
            lost_samples=counts.lost if counts else 0,
            refused_samples=counts.refused if counts else 0,
            malformed=record.malformed,
            connections=record.connections,
            last_failure=record.last_failure,
        )


async def _until_failed(task: asyncio.Task[None]) -> None:
    await asyncio.shield(task)


def _size_bytes(spool_path: Path) -> int:
    """Return the bytes of the spool's file and of its write-ahead log."""
    paths = (spool_path, spool_path.with_name(f"{spool_path.name}-wal"))
    return sum(path.stat().st_size for path in paths if path.exists())
