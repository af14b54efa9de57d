"""A computed programme, played to a real broker, worker and server as fast as it is asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lumbar.broker import running_broker
from lumbar_gateway.messages import GatewayStatus, LostSamples, Topic
from running_server import running_server
from running_worker import Client, connected_client, running_worker
from signal_traces import Programme
from stream_messages import START_S, PublishedStream, arriving

RATE_HZ = 50.0
BATCH = 25


class PlayedClock:
    """Goes on by itself, and jumps to where the programme has come."""

    def __init__(self) -> None:
        self._base_s = START_S - time.monotonic()

    def now_s(self) -> float:
        """Return the wall time."""
        return self._base_s + time.monotonic()

    def reach(self, wall_s: float) -> None:
        """Go on to a time, never back."""
        self._base_s = max(self._base_s, wall_s - time.monotonic())


@dataclass(frozen=True)
class Room:
    """Where somebody exercises."""

    address: str  # of the pages
    client: Client  # at the broker
    clock: PlayedClock


@contextmanager
def running_room(folder: Path) -> Iterator[Room]:
    """Run broker, worker and server until the block ends."""
    clock = PlayedClock()
    url = f"sqlite:///{folder / 'test.db'}"
    with (
        running_broker(folder / "broker") as broker,
        connected_client(broker.address) as client,
        running_worker(url, broker.address, clock.now_s),
        running_server(url, broker.address, clock.now_s) as address,
    ):
        yield Room(address, client, clock)


class PlayedWorkout:
    """What a gateway publishes of one sensor whose wearer follows a programme."""

    def __init__(self, room: Room, workout: Programme, sensor_id: str = "SIM-7F2A") -> None:
        samples = workout.wearer.samples(RATE_HZ)
        self.stream = PublishedStream(sensor_id, 0xFEED, samples)
        self._room = room
        self._at = 0
        self.link("connected")

    def link(self, link: str) -> None:
        """Tell how the gateway sees the sensor."""
        status = GatewayStatus(link, 82, 0, self._room.clock.now_s(), "gateway-1")
        topic = Topic(self.stream.sensor_id, "status/gateway-1")
        self._room.client.publish(str(topic), [bytes(status)])

    def play(self, until_s: float) -> None:
        """Publish what was not published yet, as if it had just been measured."""
        clock = self._room.clock
        end = round(until_s * RATE_HZ)
        for first in range(self._at, end, BATCH):
            batch = self.stream.batch(first, min(first + BATCH, end))
            clock.reach(START_S + batch.end_index / RATE_HZ)
            payload = bytes(arriving(batch, clock.now_s()))
            self._room.client.publish(self.stream.topic, [payload])
        self._at = end

    def lose(self, until_s: float) -> None:
        """Declare what comes next as lost for good."""
        end = round(until_s * RATE_HZ)
        lost = LostSamples(self.stream.stream_id, self._at, end, "overwritten in the sensor's log")
        self._room.client.publish(self.stream.topic, [bytes(lost)])
        self._at = end

    def miss(self, until_s: float) -> tuple[int, int]:
        """Let the wearer go on out of reach; returns what the sensor's log then has alone."""
        first, self._at = self._at, round(until_s * RATE_HZ)
        self._room.clock.reach(START_S + until_s)
        return first, self._at

    def read_log(self, first: int, end: int) -> None:
        """Publish what was missed as it is read from the sensor's log."""
        batch = self.stream.batch(first, end, live=False)
        self._room.client.publish(self.stream.topic, [bytes(batch)])

    def finish(self) -> None:
        """Play the rest, and end the stream."""
        self.play(len(self.stream.samples) / RATE_HZ)
        self._room.client.publish(self.stream.topic, [bytes(self.stream.end())])
