"""A worker in a thread, and a gateway's publisher as plain as can be."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from queue import Empty, SimpleQueue
from time import monotonic, sleep

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lumbar_gateway.messages import Ack, BrokerAddress
from lumbar_server.worker import Worker

PATIENCE_S = 30.0
RETRY_S = 1.0


@contextmanager
def running_worker(
    url: str,
    broker: BrokerAddress,
    now_s: Callable[[], float],
    *,
    shards: Sequence[str] = ("+",),
    worker_id: str = "worker",
    until_ready: bool = True,
    transaction: Callable[[int], AbstractContextManager[object]] = nullcontext,
) -> Iterator[Worker]:
    """Run a worker until the block ends."""
    worker = Worker(
        url, broker, shards=shards, worker_id=worker_id, now_s=now_s, transaction=transaction
    )
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        if until_ready:
            wait_until(lambda: worker.is_ready)
        yield worker
    finally:
        worker.stop()
        thread.join()


@contextmanager
def connected_client(broker: BrokerAddress, *topics: str) -> Iterator["Client"]:
    """Connect a client that publishes at quality of service 1 and hears ``topics``."""
    client = Client(broker, topics)
    try:
        yield client
    finally:
        client.stop()


class Client:
    """Publishes, and keeps what it hears."""

    def __init__(self, broker: BrokerAddress, topics: Sequence[str] = ()) -> None:
        self.heard: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(broker.username, broker.password)
        self._client.on_message = lambda _c, _d, m: self.heard.put((m.topic, bytes(m.payload)))
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        if topics:
            self._client.subscribe([(topic, 1) for topic in topics])
            assert subscribed.wait(PATIENCE_S)

    def publish(self, topic: str, payloads: Sequence[bytes]) -> None:
        """Publish and wait until the broker has taken all."""
        for one in [self._client.publish(topic, payload, qos=1) for payload in payloads]:
            one.wait_for_publish(PATIENCE_S)

    def publish_until(
        self, topic: str, payloads: Sequence[bytes], wanted: Callable[[Ack], bool]
    ) -> None:
        """Publish again and again, as a gateway does, until an acknowledgement is ``wanted``."""
        while not self.heard.empty():
            self.heard.get()
        for _ in range(round(PATIENCE_S / RETRY_S)):
            self.publish(topic, payloads)
            with contextlib.suppress(AssertionError):
                self.wait_for_ack(wanted, RETRY_S)
                return
        raise AssertionError("the acknowledgement did not come")

    def wait_for(
        self, wanted: Callable[[str, bytes], bool], patience_s: float = PATIENCE_S
    ) -> tuple[str, bytes]:
        """Return the first message that is ``wanted``."""
        deadline_s = monotonic() + patience_s
        while (left_s := deadline_s - monotonic()) > 0:
            try:
                topic, payload = self.heard.get(timeout=left_s)
            except Empty:
                break
            if wanted(topic, payload):
                return topic, payload
        raise AssertionError("the message did not come")

    def wait_for_ack(self, wanted: Callable[[Ack], bool], patience_s: float = PATIENCE_S) -> Ack:
        """Return the first acknowledgement that is ``wanted``."""

        def is_it(topic: str, payload: bytes) -> bool:
            return "/ack/" in topic and wanted(Ack.from_bytes(payload))

        return Ack.from_bytes(self.wait_for(is_it, patience_s)[1])

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds."""
    deadline_s = monotonic() + PATIENCE_S
    while not condition():
        assert monotonic() < deadline_s, "it did not happen"
        sleep(0.02)
