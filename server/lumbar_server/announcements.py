"""What the worker tells the others: acknowledgements to the gateways, states to the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from lumbar_gateway.messages import Ack, LiveEvents, Topic
from lumbar_gateway.messages.ack import ack_topic
from lumbar_server.ingest import Committed
from lumbar_server.live_state import describe_events, describe_state
from lumbar_server.store.streams import StreamRecord

PERIOD_S = 1.0
"""At most one acknowledgement a second for each stream, and at least one state while live."""


class Publish(Protocol):
    """Send to the broker; returns false where it is away."""

    def __call__(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """Send one message."""


class Announcements:
    """Acknowledgements, coalesced, and live states of the streams that a worker is busy with."""

    def __init__(self, publish: Publish, now_s: Callable[[], float]) -> None:
        self._publish = publish
        self._now_s = now_s
        self._streams: dict[str, StreamRecord] = {}
        self._due: set[str] = set()  # streams to acknowledge
        self._acked_s: dict[str, float] = {}
        self._shown_s: dict[str, float] = {}

    def committed(self, done: Iterable[Committed]) -> None:
        """Tell of a transaction; acknowledgements may wait for the next ``publish_due``."""
        for one in done:
            self._streams[one.record.stream_id] = one.record
            self._due.add(one.record.stream_id)
            self._show(one)
        self.publish_due()

    def repeat_all(self) -> None:
        """Acknowledge every known stream again: the broker may have forgotten."""
        self._due |= self._streams.keys()
        self.publish_due(all_of_them=True)

    def publish_due(self, *, all_of_them: bool = False) -> None:
        """Send the acknowledgements whose second is over, or whose stream has just ended."""
        now_s = self._now_s()
        for stream_id in sorted(self._due):
            record = self._streams[stream_id]
            waited = abs(now_s - self._acked_s.get(stream_id, -PERIOD_S)) >= PERIOD_S
            is_time = waited or record.is_settled or all_of_them
            if is_time and self._acknowledge(record):
                self._due.discard(stream_id)
                self._acked_s[stream_id] = now_s

    def forget(self, most: int) -> None:
        """Forget streams that are acknowledged to their end, and the oldest above ``most``."""
        over = list(self._streams)[: max(0, len(self._streams) - most)]
        ended = [key for key, record in self._streams.items() if record.is_settled]
        for stream_id in {*over, *ended} - self._due:
            del self._streams[stream_id]
            self._acked_s.pop(stream_id, None)
            self._shown_s.pop(stream_id, None)

    def _acknowledge(self, record: StreamRecord) -> bool:
        stream_id = int(record.stream_id, 16)
        ack = Ack(stream_id, record.stored, record.lost, record.end_index)
        topic = Topic(record.sensor_id, ack_topic(stream_id))
        return self._publish(str(topic), bytes(ack), qos=1, retain=True)

    def _show(self, done: Committed) -> None:
        now_s = self._now_s()
        stream_id = done.record.stream_id
        waited = abs(now_s - self._shown_s.get(stream_id, -PERIOD_S)) >= PERIOD_S
        if not (waited or done.events or done.record.is_settled):
            return
        message = LiveEvents(
            int(stream_id, 16),
            done.record.settled_end,
            describe_events(done, now_s),
            describe_state(done, now_s),
        )
        topic = Topic(done.record.sensor_id, "events")
        self._publish(str(topic), bytes(message), qos=0, retain=False)
        self._shown_s[stream_id] = now_s
