"""What the worker tells the others: acknowledgements to the gateways, states to the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple, Protocol

from lumbar_gateway.messages import Ack, IndexRanges, LiveEvents, Refusal, Topic
from lumbar_gateway.messages.ack import MAX_RANGES, ack_topic, excerpt
from lumbar_server.ingest import Committed
from lumbar_server.live_state import describe_events, describe_state
from lumbar_server.store.streams import StreamRecord

PERIOD_S = 1.0
"""At most one acknowledgement a second for each stream, and at least one state while live."""
LEVEL_PERIOD_S = 0.2
"""At least one state in this time while it tells how level the wearer is (chosen: looks alive)."""


class Publish(Protocol):
    """Send to the broker; returns false where it is away."""

    def __call__(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """Send one message."""


class _Addressee(NamedTuple):
    """Whose gateways listen: another sensor than the stream's where its name was used."""

    sensor_id: str
    stream_id: str


@dataclass(slots=True)
class _Due:
    """What an acknowledgement that waits is to say, beside what is stored."""

    recent: IndexRanges = field(default_factory=IndexRanges)
    refused: dict[int, Refusal] = field(default_factory=dict)  # by checksum


class Announcements:
    """Acknowledgements, coalesced, and live states of the streams that a worker is busy with."""

    def __init__(self, publish: Publish, now_s: Callable[[], float]) -> None:
        self._publish = publish
        self._now_s = now_s
        self._streams: dict[str, StreamRecord] = {}
        self._due: dict[_Addressee, _Due] = {}
        self._acked_s: dict[_Addressee, float] = {}
        self._shown_s: dict[str, float] = {}
        self._level_told: set[str] = set()  # streams whose latest state has a level

    def committed(self, done: Iterable[Committed]) -> None:
        """Tell of a transaction; acknowledgements may wait for the next ``publish_due``."""
        for one in done:
            stream_id = one.record.stream_id
            self._streams[stream_id] = one.record
            self._due_to(one.record.sensor_id, stream_id).recent.update(one.recent)
            for sensor_id, refusals in one.refusals.items():
                refused = self._due_to(sensor_id, stream_id).refused
                refused.update({refusal.checksum: refusal for refusal in refusals})
            self._show(one)
        self.publish_due()

    def repeat_all(self) -> None:
        """Acknowledge every known stream again: the broker may have forgotten."""
        for record in self._streams.values():
            self._due_to(record.sensor_id, record.stream_id)
        self.publish_due(all_of_them=True)

    def publish_due(self, *, all_of_them: bool = False) -> None:
        """Send the acknowledgements whose second is over, or whose stream has just ended."""
        now_s = self._now_s()
        for addressee in sorted(self._due):
            record = self._streams[addressee.stream_id]
            waited = abs(now_s - self._acked_s.get(addressee, -PERIOD_S)) >= PERIOD_S
            is_time = waited or record.is_settled or all_of_them
            if is_time and self._acknowledge(addressee, record):
                del self._due[addressee]
                self._acked_s[addressee] = now_s

    def forget(self, most: int) -> None:
        """Forget streams that are acknowledged to their end, and the oldest above ``most``."""
        over = list(self._streams)[: max(0, len(self._streams) - most)]
        ended = [key for key, record in self._streams.items() if record.is_settled]
        for stream_id in {*over, *ended} - {addressee.stream_id for addressee in self._due}:
            del self._streams[stream_id]
            self._shown_s.pop(stream_id, None)
            self._level_told.discard(stream_id)
        now_s = self._now_s()
        waiting = [one for one, at_s in self._acked_s.items() if abs(now_s - at_s) < PERIOD_S]
        self._acked_s = {one: self._acked_s[one] for one in waiting}

    def _due_to(self, sensor_id: str, stream_id: str) -> _Due:
        return self._due.setdefault(_Addressee(sensor_id, stream_id), _Due())

    def _acknowledge(self, addressee: _Addressee, record: StreamRecord) -> bool:
        due = self._due[addressee]
        ack = Ack(int(record.stream_id, 16), IndexRanges(), IndexRanges(), None)
        if addressee.sensor_id == record.sensor_id:
            stored, lost = excerpt(record.stored, due.recent), excerpt(record.lost, due.recent)
            ack = replace(ack, stored=stored, lost=lost, end_index=record.end_index)
        ack = replace(ack, refused=tuple(islice(due.refused.values(), MAX_RANGES)))
        topic = Topic(addressee.sensor_id, ack_topic(ack.stream_id))
        return self._publish(str(topic), bytes(ack), qos=1, retain=True)

    def _show(self, done: Committed) -> None:
        now_s = self._now_s()
        stream_id = done.record.stream_id
        period_s = LEVEL_PERIOD_S if stream_id in self._level_told else PERIOD_S
        waited = abs(now_s - self._shown_s.get(stream_id, -PERIOD_S)) >= period_s
        if not (waited or done.events or done.record.is_settled):
            return
        state = describe_state(done, now_s)
        message = LiveEvents(
            int(stream_id, 16), done.record.settled_end, describe_events(done, now_s), state
        )
        topic = Topic(done.record.sensor_id, "events")
        self._publish(str(topic), bytes(message), qos=0, retain=False)
        self._shown_s[stream_id] = now_s
        (self._level_told.add if state.get("level") else self._level_told.discard)(stream_id)
