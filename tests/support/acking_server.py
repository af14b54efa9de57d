"""A stand-in for the server: keeps what a gateway publishes and acknowledges what it has."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lumbar_gateway.messages import (
    Ack,
    BrokerAddress,
    IndexRanges,
    LostSamples,
    Refusal,
    SampleBatch,
    StreamMessage,
    Topic,
    decode_stream_message,
)
from lumbar_gateway.messages.ack import ack_topic
from lumbar_gateway.messages.cbor import checksum_of
from lumbar_gateway.messages.topics import pattern

ACK_INTERVAL_S = 0.05  # a real server takes a second
TIMEOUT_S = 60.0


class AckingServer:
    """Use as a context manager; ``acks=False`` hears everything and says nothing.

    What it ``refuses`` it does not store, and says so.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        *,
        acks: bool = True,
        refuses: Callable[[StreamMessage], bool] = lambda _: False,
    ) -> None:
        self.acks = acks
        self._refuses = refuses
        self._refused: dict[int, list[Refusal]] = defaultdict(list)
        self.values: dict[int, dict[int, tuple[int, ...]]] = defaultdict(dict)  # by stream, index
        self.batches: list[SampleBatch] = []
        self.lost: dict[int, IndexRanges] = defaultdict(IndexRanges)
        self.reasons: set[str] = set()
        self.ends: dict[int, int] = {}
        self.differing = 0
        self.retained: dict[str, bytes] = {}  # status and gateway topics, the newest payload each
        self._sensors: dict[int, str] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id="stand-in", clean_session=False
        )
        self._client.username_pw_set(broker.username, broker.password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._connected
        self._client.on_message = self._received
        self._broker = broker
        self._acking = threading.Thread(target=self._ack_all, name="acks", daemon=True)

    def __enter__(self) -> AckingServer:
        self._client.connect(self._broker.host, self._broker.port)
        self._client.loop_start()
        self._acking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._acking.join()
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def lost_samples(self) -> int:
        """How many samples were declared lost."""
        return sum(ranges.count for ranges in self.lost.values())

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> None:
        """Block until ``condition`` holds; raises ``AssertionError`` after ``timeout_s``."""
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {self}"
            time.sleep(0.02)

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish anything, as a stranger could."""
        self._client.publish(topic, payload, qos=1)

    def __repr__(self) -> str:
        received = {
            f"{stream:016x}": IndexRanges((i, i + 1) for i in sorted(values))
            for stream, values in self.values.items()
        }
        return f"received {received}, lost {dict(self.lost)}, ends {self.ends}"

    def _connected(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe([(pattern(what), 1) for what in ("samples/+", "status/+", "gateway")])

    def _received(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        topic = Topic.parse(message.topic)
        if topic.kind != "samples":
            self.retained[message.topic] = bytes(message.payload)
            return
        content = decode_stream_message(message.payload)
        with self._lock:
            self._sensors[content.stream_id] = topic.sensor_id
            if self._refuses(content):
                refusal = Refusal(0, 0, checksum_of(message.payload))
                self._refused[content.stream_id].append(refusal)
            elif isinstance(content, SampleBatch):
                self._store(content)
            elif isinstance(content, LostSamples):
                self.lost[content.stream_id].add(content.first_index, content.end_index)
                self.reasons.add(content.reason)
            else:
                self.ends[content.stream_id] = content.end_index

    def _store(self, batch: SampleBatch) -> None:
        self.batches.append(batch)
        stored = self.values[batch.stream_id]
        for i, sample in enumerate(batch.samples.tolist(), batch.first_index):
            self.differing += stored.setdefault(i, tuple(sample)) != tuple(sample)

    def _ack_all(self) -> None:
        while not self._stopping.wait(ACK_INTERVAL_S):
            if self.acks and self._client.is_connected():
                with self._lock:
                    acks = [(sensor, self._ack(stream)) for stream, sensor in self._sensors.items()]
                for sensor, ack in acks:
                    topic = str(Topic(sensor, ack_topic(ack.stream_id)))
                    self._client.publish(topic, bytes(ack), qos=1, retain=True)

    def _ack(self, stream_id: int) -> Ack:
        stored = IndexRanges((i, i + 1) for i in sorted(self.values[stream_id]))
        lost, end = self.lost[stream_id].copy(), self.ends.get(stream_id)
        return Ack(stream_id, stored, lost, end, tuple(self._refused[stream_id]))
