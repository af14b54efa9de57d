"""The worker, detector and all, beside a consumer that only stores: both from a real broker.

The same backlog waits at the broker for each of them under a name of its own. A turn is a process
from its connection until the last message is acknowledged; its own CPU time, and how long it took.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench_broker import bench_broker
from full_day import RATE_HZ, full_day
from interleaved import Timing
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.messages.topics import pattern
from stream_messages import PublishedStream

SENSORS = 20
SAMPLES = 10  # in one message: a notification, published at once
SECONDS = 150.0  # of every sensor: so much that starting up does not count
PATIENCE_S = 120.0
NAMES = {
    "plain": "paho to SQLite: stores the bytes, 500 a transaction",
    "worker": "worker: decode, detect, store, acknowledge",
}
Message = tuple[str, bytes]


@dataclass(frozen=True)
class WorkerTiming:
    """One contestant: its CPU time, and how long it took."""

    name: str
    cpu: Timing
    wall: Timing


def worker_mosquitto(rounds: int) -> tuple[str, list[WorkerTiming]]:
    """Let the contestants take turns; returns the broker's name and what each needed."""
    backlog = _backlog()
    cpu_s: dict[str, list[float]] = {name: [] for name in NAMES}
    wall_s: dict[str, list[float]] = {name: [] for name in NAMES}
    with (
        TemporaryDirectory() as folder,
        bench_broker(Path(folder, "broker")) as (broker_name, broker),
    ):
        for round_ in range(rounds):
            for name in NAMES:
                database = Path(folder, f"{name}-{round_}.db")
                done = _turn(name, broker, f"lumbar-{name}-{round_}", database, backlog)
                cpu_s[name].append(done["cpu_s"])
                wall_s[name].append(done["wall_s"])
    n = len(backlog)
    return broker_name, [
        WorkerTiming(name, Timing(name, n, tuple(cpu_s[key])), Timing(name, n, tuple(wall_s[key])))
        for key, name in NAMES.items()
    ]


def _backlog() -> list[Message]:
    """Return the messages of all sensors as they come in together."""
    day = full_day(SECONDS / 3600)
    streams = [PublishedStream(f"BENCH-{n}", n + 1, day, rate_hz=RATE_HZ) for n in range(SENSORS)]
    per_sensor = [
        [(stream.topic, bytes(batch)) for batch in stream.batches(SAMPLES)] for stream in streams
    ]
    return [message for at_once in zip(*per_sensor, strict=True) for message in at_once]


def _turn(
    name: str, broker: BrokerAddress, client_id: str, database: Path, backlog: Sequence[Message]
) -> dict[str, float]:
    _subscribe(broker, client_id)
    _publish(broker, backlog)
    job = {
        "name": name,
        "broker": asdict(broker),
        "client_id": client_id,
        "database": str(database),
        "messages": len(backlog),
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("worker_contestants.py"))],
        input=json.dumps(job) + "\n",
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=PATIENCE_S,
    )
    _forget(broker, client_id)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _client(broker: BrokerAddress, client_id: str, *, clean: bool) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean)
    client.username_pw_set(broker.username, broker.password)
    return client


def _subscribe(broker: BrokerAddress, client_id: str) -> None:
    """Let the broker keep for ``client_id`` what is published from now on."""
    client = _client(broker, client_id, clean=False)
    subscribed = threading.Event()
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_connect = lambda *_: client.subscribe(pattern("samples/+"), qos=1)
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert subscribed.wait(PATIENCE_S)
    client.disconnect()
    client.loop_stop()


def _publish(broker: BrokerAddress, backlog: Sequence[Message]) -> None:
    client = _client(broker, "backlog", clean=True)
    client.connect(broker.host, broker.port)
    client.loop_start()
    handed = [client.publish(topic, payload, qos=1) for topic, payload in backlog]
    give_up_s = time.monotonic() + PATIENCE_S
    for one in handed:
        one.wait_for_publish(give_up_s - time.monotonic())
    client.disconnect()
    client.loop_stop()


def _forget(broker: BrokerAddress, client_id: str) -> None:
    """End the durable subscription: nothing is kept for a contestant that is done."""
    client = _client(broker, client_id, clean=True)
    gone = threading.Event()
    client.on_connect = lambda *_: client.disconnect()
    client.on_disconnect = lambda *_: gone.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert gone.wait(PATIENCE_S)
    client.loop_stop()
