"""Child process: one consumer of a backlog; its CPU time and how long it took.

Reads a job as one line of JSON and prints what it measured as another.
"""

import gc
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.messages.topics import pattern
from lumbar_server.database import migrate
from lumbar_server.detection import warm_up
from lumbar_server.mqtt_client import MqttClient
from lumbar_server.worker import GROUP_MESSAGES, UNCOLLECTED_OBJECTS, Worker
from stream_messages import START_S

SCHEMA = "CREATE TABLE messages (id INTEGER PRIMARY KEY, topic TEXT, payload BLOB)"
STEP_S = 0.1


class PlainConsumer:
    """Keeps the bytes of each message, as safe as the worker: acknowledged once committed."""

    def __init__(self, broker: BrokerAddress, client_id: str, database: str) -> None:
        self.stored = 0
        self._waiting: list[mqtt.MQTTMessage] = []
        self._broker = broker
        self._database = sqlite3.connect(database, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(SCHEMA)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True
        )
        self._client.username_pw_set(broker.username, broker.password)
        self._client.on_connect = lambda *_: self._client.subscribe(pattern("samples/+"), qos=1)
        self._client.on_message = self._received

    def run(self, messages: int) -> None:
        """Consume so many messages, in one thread."""
        self._client.connect(self._broker.host, self._broker.port)
        while self.stored < messages:
            self._client.loop(STEP_S)
            if self._waiting and self.stored + len(self._waiting) >= messages:
                self._commit()
        while self._client.want_write():
            self._client.loop(STEP_S)
        self._client.disconnect()

    def _received(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        self._waiting.append(message)
        if len(self._waiting) >= GROUP_MESSAGES:
            self._commit()

    def _commit(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(
            "INSERT INTO messages (topic, payload) VALUES (?, ?)",
            [(one.topic, one.payload) for one in self._waiting],
        )
        self._database.execute("COMMIT")
        for one in self._waiting:
            self._client.ack(one.mid, one.qos)
        self.stored += len(self._waiting)
        self._waiting.clear()


def plain(broker: BrokerAddress, client_id: str, database: str) -> Callable[[int], None]:
    """Prepare the plain consumer."""
    return PlainConsumer(broker, client_id, database).run


def worker(broker: BrokerAddress, client_id: str, database: str) -> Callable[[int], None]:
    """Prepare the worker, in a process as ``lumbar worker`` has it."""
    gc.set_threshold(UNCOLLECTED_OBJECTS)
    warm_up()
    url = f"sqlite:///{database}"
    migrate(url)

    def run(messages: int) -> None:
        acknowledged = 0

        class CountingClient(MqttClient):
            def acknowledge(self, packet_ids: Sequence[int]) -> None:
                nonlocal acknowledged
                acknowledged += len(packet_ids)
                if acknowledged == messages:
                    ours.stop()
                super().acknowledge(packet_ids)

        ours = Worker(
            url,
            broker,
            worker_id=client_id.removeprefix("lumbar-"),
            now_s=lambda: START_S,
            mqtt_client=CountingClient,
        )
        ours.run()

    return run


if __name__ == "__main__":
    job = json.loads(sys.stdin.readline())
    prepare = {"plain": plain, "worker": worker}[job["name"]]
    consume = prepare(BrokerAddress(**job["broker"]), job["client_id"], job["database"])
    begun_s, begun_cpu_s = time.monotonic(), time.process_time()
    consume(job["messages"])
    print(
        json.dumps(
            {"cpu_s": time.process_time() - begun_cpu_s, "wall_s": time.monotonic() - begun_s}
        )
    )
