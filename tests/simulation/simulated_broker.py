"""A broker in virtual time: sessions, retained messages, last wills.

Messages at quality of service 1 are kept for a client whose session is durable, and sent again
after a reconnection where they were not acknowledged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from paho.mqtt.client import topic_matches_sub

if TYPE_CHECKING:
    from mortal import Mortal
    from simulated_client import SimulatedClient

LONGEST_DELAY_S = 0.03
MAX_INFLIGHT = 20  # mosquitto's and paho's own limits


@dataclass(frozen=True, slots=True)
class Message:
    """What is published."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


@dataclass(slots=True)
class Session:
    """What the broker keeps of a client."""

    patterns: dict[str, int] = field(default_factory=dict)
    waiting: deque[Message] = field(default_factory=deque)
    unacked: dict[int, Message] = field(default_factory=dict)  # by packet id
    next_mid: int = 1


@dataclass(slots=True)
class WireFaults:
    """Shares of the messages at quality of service 1 that go wrong; by default none."""

    doubled: float = 0.0
    damage: Callable[[bytes], bytes] = lambda payload: payload


class SimulatedBroker:
    """Holds sessions, retained messages and connections."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.is_up = True
        self.faults = WireFaults()
        self._rng = rng
        self._sessions: dict[str, Session] = {}
        self._retained: dict[str, Message] = {}
        self._connected: dict[str, SimulatedClient] = {}

    def cut(self) -> None:
        """Cut every connection."""
        for client in list(self._connected.values()):
            self.lose(client)

    def stop(self, *, forgets: bool) -> None:
        """Go away; without persistence everything is forgotten."""
        self.is_up = False
        self.cut()
        if forgets:
            self._sessions.clear()
            self._retained.clear()

    def start(self) -> None:
        """Come back."""
        self.is_up = True

    def delay_s(self) -> float:
        """Draw how long something is on the wire."""
        return float(self._rng.uniform(0.0005, LONGEST_DELAY_S))

    def accept(self, client: SimulatedClient) -> None:
        """Take a client in; its durable session goes on where it was."""
        self._connected[client.client_id] = client
        session = self._sessions.get(client.client_id)
        if session is None or client.clean_session:
            session = self._sessions[client.client_id] = Session()
        session.waiting.extendleft(reversed(session.unacked.values()))
        session.unacked.clear()

    def lose(self, client: SimulatedClient) -> None:
        """End a connection without a word; the last will is published."""
        if self._connected.get(client.client_id) is not client:
            return
        self.forget(client)
        if client.will is not None:
            self.publish(client.will)
        client.lost()

    def lose_clients_of(self, owner: Mortal) -> None:
        """End the connections of a process that died."""
        for client in list(self._connected.values()):
            if client.owner is owner:
                self.lose(client)

    def forget(self, client: SimulatedClient) -> None:
        """End a connection properly."""
        if self._connected.get(client.client_id) is client:
            del self._connected[client.client_id]
            if client.clean_session:
                self._sessions.pop(client.client_id, None)

    def subscribe(self, client: SimulatedClient, pattern: str, qos: int) -> None:
        """Deliver what matches from now on, and what is retained at once."""
        session = self._sessions[client.client_id]
        session.patterns[pattern] = qos
        for message in list(self._retained.values()):
            if topic_matches_sub(pattern, message.topic):
                session.waiting.append(replace(message, qos=min(qos, message.qos)))
        self.deliver(client.client_id)

    def publish(self, message: Message) -> None:
        """Hand a message to everybody who subscribed to it."""
        if message.retain:
            self._retained[message.topic] = message
            if not message.payload:
                del self._retained[message.topic]
        for client_id, session in list(self._sessions.items()):
            granted = [
                qos
                for pattern, qos in session.patterns.items()
                if topic_matches_sub(pattern, message.topic)
            ]
            qos = min(max(granted, default=0), message.qos)
            if granted and (qos or client_id in self._connected):
                session.waiting.append(replace(message, qos=qos, retain=False))
                self.deliver(client_id)

    def acknowledged(self, client: SimulatedClient, mid: int) -> None:
        """Forget a delivery that the client has dealt with."""
        session = self._sessions.get(client.client_id)
        if session is not None and self._connected.get(client.client_id) is client:
            session.unacked.pop(mid, None)
            self.deliver(client.client_id)

    def deliver(self, client_id: str) -> None:
        """Send what waits, as much as may be on the way."""
        client, session = self._connected.get(client_id), self._sessions[client_id]
        while client is not None and session.waiting and len(session.unacked) < MAX_INFLIGHT:
            message, mid = session.waiting.popleft(), 0
            if message.qos:
                mid, session.next_mid = session.next_mid, session.next_mid % 65535 + 1
                session.unacked[mid] = message
            client.arriving(message, mid)

    def is_doubled(self) -> bool:
        """Draw whether a message goes out twice."""
        return bool(self._rng.random() < self.faults.doubled)
