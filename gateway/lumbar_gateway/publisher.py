"""From the spool to the broker, and the server's acknowledgements back (MQTT 3.1.1).

The broker is not trusted with anything: what it confirmed is published again until the server
itself says that it is stored.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lumbar_gateway import outbox
from lumbar_gateway.acknowledgements import Acknowledgements
from lumbar_gateway.broker_link import BrokerLink
from lumbar_gateway.errors import SpoolError
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.messages import (
    BrokerAddress,
    GatewayStatus,
    Topic,
)
from lumbar_gateway.messages.ack import ack_topic
from lumbar_gateway.messages.cbor import checksum_of
from lumbar_gateway.messages.topics import said_by
from lumbar_gateway.mqtt_client import MqttClient
from lumbar_gateway.notices import Notices, unrecorded
from lumbar_gateway.outbox import Sent, StreamOutbox
from lumbar_gateway.packet_table import SpooledPacket
from lumbar_gateway.spool import AppendReport
from lumbar_gateway.streams import Stream

WINDOW = 64  # messages on the way to the broker without its PUBACK
READ_ROWS = 512  # rows read from the spool at once
LOOK_S = 1.0  # how often overdue acknowledgements are looked for
STALE_S = 5.0  # samples that waited longer come too late for a live cue

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _InFlight:
    """A message that the broker has not confirmed."""

    published_s: float
    batch: Sent | None  # None where it has no samples


class Publisher:
    """Publishes the spool of one gateway under a fixed client id."""

    def __init__(
        self,
        spool: Spool,
        broker: BrokerAddress,
        gateway_id: str,
        clock: GatewayClock,
        mqtt_client: type[MqttClient] = MqttClient,
        on_puback: Callable[[float], object] = lambda _seconds: None,
    ) -> None:
        self._on_puback = on_puback
        self._spool = spool
        self._gateway_id = gateway_id
        self._clock = clock
        self._gateway_topic = str(Topic(gateway_id, "gateway"))
        self._link = BrokerLink(broker, f"lumbar-{gateway_id}", mqtt_client)
        self.rounds = 0  # goes on with each look, so at least every second
        self._wake = asyncio.Event()
        self._outboxes: dict[int, StreamOutbox] = {}
        self._in_flight: dict[int, _InFlight] = {}
        self._notices = Notices()
        self._acks = Acknowledgements(spool, self._outboxes, self._notices)
        self._next_notices_s = self._next_rewind_s = 0.0
        self._statuses: dict[str, GatewayStatus] = {}
        self._recent_rows: deque[tuple[float, int]] = deque()
        self._stale_row = 0

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._link.connected

    async def run(self) -> None:
        """Publish until cancelled."""
        self._loop = asyncio.get_running_loop()
        for stream_id, row in (
            await self._spool.ask(lambda file: file.packets.newest_rows())
        ).items():
            self._outboxes[stream_id] = StreamOutbox(row)
            self._stale_row = max(self._stale_row, row)
        self._spool.on_commit(self._committed)
        self._link.start(
            (self._gateway_topic, bytes(GatewayStatus("gateway offline"))),
            on_connect=self._connected,
            on_puback=self._puback,
            on_message=self._acknowledged,
        )
        try:
            while True:
                self._note_time()
                await self._look()
                self.rounds += 1
                timer = self._loop.call_later(self._pause_s(), self._wake.set)
                await self._wake.wait()
                timer.cancel()
                self._wake.clear()
        finally:
            await self._say_goodbye()

    def wake(self) -> None:
        """Look again for what is to be published: something changed in the spool."""
        self._wake.set()

    def add_stream(self, stream: Stream) -> None:
        """Take a newly registered stream into account and hear its acknowledgements."""
        if self.connected:
            self._subscribe([stream])
        self.wake()

    def show(self, sensor_id: str, status: GatewayStatus) -> None:
        """Publish a sensor's status, retained; only the newest one counts."""
        self._statuses[sensor_id] = status
        if self.connected:
            self._link.publish(self._topic(sensor_id, "status"), bytes(status), retain=True)

    def _topic(self, sensor_id: str, kind: str) -> str:
        return str(Topic(sensor_id, said_by(self._gateway_id, kind)))

    def _connected(self) -> None:
        self._notices.forget()
        self._next_notices_s = 0.0
        for box in self._outboxes.values():
            box.rewind()
        self._subscribe(self._spool.streams())
        self._link.publish(self._gateway_topic, bytes(GatewayStatus("connected")), retain=True)
        for sensor_id, status in self._statuses.items():
            self.show(sensor_id, status)
        self.wake()

    def _subscribe(self, streams: Sequence[Stream]) -> None:
        self._link.subscribe(
            [str(Topic(one.sensor_id, ack_topic(one.stream_id))) for one in streams]
        )

    def _committed(self, report: AppendReport) -> None:
        for stream_id, rows in report.rows.items():
            if stream_id not in self._outboxes:
                self._outboxes[stream_id] = StreamOutbox()
            self._outboxes[stream_id].committed(rows)
        self.wake()

    def _pause_s(self) -> float:
        """Return how long there is nothing to do, unless something happens."""
        now_s = self._loop.time()
        waiting = [box.waits_s(now_s) for box in self._outboxes.values() if box.fresh]
        return min([*waiting, self._acks.due_in_s(now_s, LOOK_S)]) if self._has_room else LOOK_S

    def _note_time(self) -> None:
        now_s = self._loop.time()
        if not self._recent_rows or now_s - self._recent_rows[-1][0] >= LOOK_S:
            newest = max((box.newest_row for box in self._outboxes.values()), default=0)
            self._recent_rows.append((now_s, newest))
        while self._recent_rows and self._recent_rows[0][0] < now_s - STALE_S:
            self._stale_row = self._recent_rows.popleft()[1]

    def _puback(self, mid: int) -> None:
        was_full = not self._has_room
        found = self._in_flight.pop(mid, None)
        if found is not None:
            now_s = self._loop.time()
            self._on_puback(now_s - found.published_s)
            if found.batch is not None:
                found.batch.puback_s = now_s
        if was_full:
            self.wake()

    def _acknowledged(self, topic: str, payload: bytes) -> None:
        if self._acks.take(topic, payload):
            self.wake()

    async def _look(self) -> None:
        try:
            await self._acks.apply(self._loop.time())
            if self.connected:
                await self._publish_samples()
                await self._publish_notices()
        except SpoolError as error:
            _log.error("publishing waits: %s", error)

    async def _publish_samples(self) -> None:
        self._rewind_overdue()
        progress = True
        while progress and self._has_room:
            progress = False
            now_s = self._loop.time()
            due = [item for item in self._outboxes.items() if item[1].is_due(now_s)]
            for stream_id, box in due:
                if self._has_room:
                    progress |= await self._publish_stream(stream_id, box)

    def _rewind_overdue(self) -> None:
        now_s = self._loop.time()
        if now_s < self._next_rewind_s:
            return
        self._next_rewind_s = now_s + LOOK_S
        for stream_id, box in self._outboxes.items():
            if box.rewind_if_overdue(now_s):
                _log.info("stream %016x: no acknowledgement, publishing again", stream_id)

    @property
    def _has_room(self) -> bool:
        return self.connected and len(self._in_flight) < WINDOW

    async def _publish_stream(self, stream_id: int, box: StreamOutbox) -> bool:
        cursor, rows = box.cursor, box.fresh
        if not rows:
            rows = await self._spool.ask(lambda file: file.rows_after(stream_id, cursor, READ_ROWS))
        if box.cursor != cursor:  # a new connection rewound meanwhile
            return True
        stream = self._spool.stream(stream_id)
        if stream is None or not rows:
            box.exhausted()
            return False
        for batch in outbox.batches(rows, self._stale_row):
            if not (self._has_room and box.may_publish):
                break
            self._publish_batch(stream, box, batch)
        return True

    def _publish_batch(
        self, stream: Stream, box: StreamOutbox, rows: Sequence[SpooledPacket]
    ) -> None:
        message = outbox.message(stream, rows, self._stale_row, self._wall_offset_s)
        payload = bytes(message)
        self._send(stream, payload, box.published(rows, checksum_of(payload), self._loop.time()))

    def _wall_offset_s(self, gateway_boot: int) -> float:
        """Return wall minus monotonic time in a run; of one long forgotten, as in this one."""
        if gateway_boot == self._clock.boot:
            return self._clock.wall_offset_s()
        past_s = self._spool.wall_offset_s(gateway_boot)
        return self._clock.wall_offset_s() if past_s is None else past_s

    def _send(self, stream: Stream, payload: bytes, sent: Sent | None) -> None:
        info = self._link.publish(self._topic(stream.sensor_id, "samples"), payload)
        self._in_flight[info.mid] = _InFlight(self._loop.time(), sent)

    async def _publish_notices(self) -> None:
        """Publish what was lost and which streams ended, at most once in a look's time."""
        now_s = self._loop.time()
        if now_s < self._next_notices_s:
            return
        self._next_notices_s = now_s + LOOK_S
        notices = await unrecorded(self._spool, self._outboxes)
        self._notices.keep(notices)
        for notice in notices:
            stream, box = self._spool.stream(notice.stream_id), self._outboxes.get(notice.stream_id)
            retry_s = box.retry_s if box else outbox.RETRY_S
            if stream and self._has_room and self._notices.is_due(notice, now_s, retry_s):
                payload = bytes(notice)
                self._send(stream, payload, None)
                self._notices.published(notice, now_s, checksum_of(payload))

    async def _say_goodbye(self) -> None:
        if self.connected:
            for sensor_id in self._statuses:
                self.show(sensor_id, self._statuses[sensor_id].gone())
        await self._link.stop(self._gateway_topic, bytes(GatewayStatus("gateway offline")))
