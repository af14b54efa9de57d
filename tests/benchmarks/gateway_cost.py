"""The gateway, spool and all, beside a bare loop from bleak to paho: CPU a sample, added delay.

Sensors, broker and server are other processes, so that a contestant's CPU time is its own. Each
takes its turn with sensors that have just been switched on.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np
from bench_broker import bench_broker
from interleaved import Timing
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from stored_indices import StoredIndices

from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.messages.topics import pattern

HERE = Path(__file__).parent
SENSORS = 20
SECONDS = 10.0  # of one turn
ACK_S = 1.0  # as the worker: once a second for each stream
NAMES = {
    "bare": "bleak to paho, nothing else",
    "lumbar": "gateway: spool, publish, acknowledged",
    "deaf": "the simulated radio alone",
}


@dataclass(frozen=True)
class GatewayTiming:
    """One contestant: CPU time a sample, one value a round, and all delays until publication."""

    timing: Timing
    messages_per_s: float
    delays_s: tuple[float, ...]

    def delay_ms(self, percent: float) -> float | None:
        """Return a percentile of the delays; None where nothing was published."""
        return float(np.percentile(self.delays_s, percent)) * 1e3 if self.delays_s else None


def gateway_cost(rounds: int) -> tuple[str, list[GatewayTiming]]:
    """Let the contestants take turns; returns the broker's name and what each needed."""
    turns: dict[str, list[dict[str, Any]]] = {name: [] for name in NAMES}
    with (
        TemporaryDirectory() as folder,
        bench_broker(Path(folder, "broker")) as (broker_name, broker),
        StoringServer(broker),
    ):
        for round_ in range(rounds):
            for name, taken in turns.items():
                place = Path(folder, f"{name}-{round_}")
                place.mkdir()
                taken.append(_turn(name, broker, place, round_))
    return broker_name, [_summary(NAMES[name], taken) for name, taken in turns.items()]


def _summary(name: str, turns: list[dict[str, Any]]) -> GatewayTiming:
    return GatewayTiming(
        Timing(name, 1, tuple(turn["cpu_s"] / turn["samples"] for turn in turns)),
        sum(turn["messages"] for turn in turns) / (SECONDS * len(turns)),
        tuple(delay_s for turn in turns for delay_s in turn["delays_s"]),
    )


def _turn(name: str, broker: BrokerAddress, folder: Path, seed: int) -> dict[str, Any]:
    with _sensors(seed) as radio_port:
        job = {
            "name": name,
            "sensors": SENSORS,
            "seconds": SECONDS,
            "radio_port": radio_port,
            "broker": asdict(broker),
            "folder": str(folder),
        }
        done = subprocess.run(
            [sys.executable, str(HERE / "gateway_contestants.py")],
            input=json.dumps(job) + "\n",
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


@contextmanager
def _sensors(seed: int) -> Iterator[int]:
    """Switch sensors on that nobody has seen before; yields the port of their radio."""
    command = [sys.executable, str(HERE / "worn_sensors.py"), str(SENSORS), str(seed)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()  # they are switched off with their input


class StoringServer:
    """Says that everything is stored, as a worker does."""

    def __init__(self, broker: BrokerAddress) -> None:
        self._broker = broker
        self._lock = threading.Lock()
        self._stored = StoredIndices()
        self._stopping = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="server")
        self._client.username_pw_set(broker.username, broker.password)
        self._client.on_connect = lambda client, *_: client.subscribe(
            [(pattern("samples/+"), 1), ("bare/+", 1)]
        )
        self._client.on_message = self._received
        self._acknowledging = threading.Thread(target=self._acknowledge)

    def __enter__(self) -> Self:
        self._client.connect(self._broker.host, self._broker.port)
        self._client.loop_start()
        self._acknowledging.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._acknowledging.join()
        self._client.disconnect()
        self._client.loop_stop()

    def _received(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        if not message.topic.startswith("bare/"):
            with self._lock:
                self._stored.take(message.topic, message.payload)

    def _acknowledge(self) -> None:
        while not self._stopping.wait(ACK_S):
            with self._lock:
                acks = self._stored.due_acks()
            for topic, payload in acks:
                self._client.publish(topic, payload, qos=1, retain=True)
