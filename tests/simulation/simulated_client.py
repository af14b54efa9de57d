"""paho's client as far as gateway and worker use it, on the simulated broker, in virtual time.

A connection delivers in order, with a delay. Messages at quality of service 1 may come twice;
those that were not confirmed are sent again after a reconnection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from lumbar_server.mqtt_client import MqttClient
from mortal import DeathError, Mortal
from simulated_broker import Message, SimulatedBroker

RECONNECT_S = 1.0


def client_class(broker: SimulatedBroker, owner: Mortal) -> type[MqttClient]:
    """Return a class with paho's interface whose objects live as long as ``owner``."""
    bound: Any = type("BoundClient", (SimulatedClient,), {"broker": broker, "owner": owner})
    return bound  # type: ignore[no-any-return]


class SimulatedClient:
    """paho's client as far as gateway and worker use it."""

    broker: SimulatedBroker
    owner: Mortal

    def __init__(
        self,
        _version: object,
        client_id: str,
        clean_session: bool = True,
        protocol: object = None,
        manual_ack: bool = False,
    ) -> None:
        self.client_id = client_id
        self.clean_session = clean_session
        self.will: Message | None = None
        self._manual_ack = manual_ack
        self._loop = asyncio.get_running_loop()
        self._next_mid = 1
        self._unconfirmed: dict[int, Message] = {}  # paho keeps them across reconnections
        self._is_connected = self._wants = False
        self._epoch = 0  # of the connection: what is on the wire of an older one never arrives
        self._wire_s = [0.0, 0.0]  # when the last thing out, and in, arrives: order is kept
        self.on_connect = self.on_connect_fail = self.on_disconnect = _ignore
        self.on_publish = self.on_message = self.on_subscribe = _ignore

    def username_pw_set(self, username: str | None, password: str | None) -> None:
        """Take an account; everybody is let in."""

    def reconnect_delay_set(self, shortest_s: int, longest_s: int) -> None:
        """Take no notice: a reconnection is tried every second."""

    def will_set(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        """Keep the last will."""
        self.will = Message(topic, payload, qos, retain)

    def connect_async(self, _host: str, _port: int, _keepalive: int) -> None:
        """Connect once the loop runs."""

    def loop_start(self) -> None:
        """Connect, and again whenever the connection is lost."""
        self._wants = True
        self._loop.call_later(self.broker.delay_s(), self._connect)

    def loop_stop(self) -> None:
        """Stop calling back."""
        self._wants = False

    def disconnect(self) -> None:
        """Leave properly."""
        self._wants = False
        if self.owner.alive and self._is_connected:
            self._end()
            self.broker.forget(self)

    def is_connected(self) -> bool:
        """Tell whether the broker is there."""
        return self._is_connected and self.owner.alive

    def subscribe(self, topic: str | list[tuple[str, int]], qos: int = 0) -> None:
        """Subscribe; confirmed by ``on_subscribe``."""
        if not self.owner.alive:
            return
        for pattern, granted in [(topic, qos)] if isinstance(topic, str) else topic:
            self._out(self.broker.subscribe, self, pattern, granted)
        self._in(self.on_subscribe, self, None, 0, [], None)

    def publish(
        self, topic: str, payload: bytes, qos: int = 0, retain: bool = False
    ) -> SimpleNamespace:
        """Publish; at quality of service 1 until it is confirmed, in this life of the process."""
        self.owner.reach(f"before a publication on {topic.split('/')[4]}")
        mid, self._next_mid = self._next_mid, self._next_mid % 65535 + 1
        message = Message(topic, payload, qos, retain)
        if qos:
            self._unconfirmed[mid] = message
        if self._is_connected:
            self._send(mid, message)
        self.owner.reach(f"after a publication on {topic.split('/')[4]}")
        return SimpleNamespace(mid=mid, wait_for_publish=lambda _timeout_s: None)

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Acknowledge deliveries."""
        for mid in mids:
            self.owner.reach("before acknowledging a delivery")
            self._out(self.broker.acknowledged, self, mid)

    def lost(self) -> None:
        """Notice that the connection is gone."""
        self._end()
        if self.owner.alive:
            failure = SimpleNamespace(is_failure=True)
            self._soon(self.on_disconnect, self, None, None, failure, None)
            if self._wants:
                self._loop.call_later(RECONNECT_S, self._connect)

    def arriving(self, message: Message, mid: int) -> None:
        """Bring a delivery; now and then twice, now and then damaged."""
        payload = self.broker.faults.damage(message.payload)
        came = SimpleNamespace(topic=message.topic, payload=payload, qos=message.qos, mid=mid)
        for _ in range(2 if message.qos and self.broker.is_doubled() else 1):
            self._in(self._take, came)

    def _connect(self) -> None:
        if not self._wants or not self.owner.alive or self._is_connected:
            return
        if not self.broker.is_up:
            self._soon(self.on_connect_fail, self, None)
            self._loop.call_later(RECONNECT_S, self._connect)
            return
        self._is_connected = True
        self._epoch += 1
        self.broker.accept(self)
        self._in(self.on_connect, self, None, None, SimpleNamespace(is_failure=False), None)
        for mid, message in self._unconfirmed.items():
            self._send(mid, message)
        self._out(self.broker.deliver, self.client_id)

    def _end(self) -> None:
        self._is_connected = False
        self._epoch += 1

    def _send(self, mid: int, message: Message) -> None:
        self._out(self._reach_broker, mid, message)

    def _reach_broker(self, mid: int, message: Message) -> None:
        damaged = replace(message, payload=self.broker.faults.damage(message.payload))
        for _ in range(2 if message.qos and self.broker.is_doubled() else 1):
            self.broker.publish(damaged)
        if message.qos:
            self._in(self._confirm, mid)

    def _confirm(self, mid: int) -> None:
        self._unconfirmed.pop(mid, None)
        self.on_publish(self, None, mid, None, None)

    def _take(self, message: SimpleNamespace) -> None:
        self.on_message(self, None, message)
        if message.qos and not self._manual_ack:
            self._out(self.broker.acknowledged, self, message.mid)

    def _out(self, call: Callable[..., object], *args: object) -> None:
        self._on_wire(0, call, *args)

    def _in(self, call: Callable[..., object], *args: object) -> None:
        self._on_wire(1, self._call, call, *args)

    def _on_wire(self, way: int, call: Callable[..., object], *args: object) -> None:
        arrives_s = max(self._wire_s[way] + 1e-5, self._loop.time() + self.broker.delay_s())
        self._wire_s[way] = arrives_s
        self._loop.call_at(arrives_s, self._arrive, self._epoch, call, args)

    def _arrive(self, epoch: int, call: Callable[..., object], args: tuple[object, ...]) -> None:
        if epoch == self._epoch:  # what a process sent before it died still arrives
            call(*args)

    def _soon(self, call: Callable[..., object], *args: object) -> None:
        self._loop.call_soon(self._call, call, *args)

    def _call(self, call: Callable[..., object], *args: object) -> None:
        if not self.owner.alive:
            return
        with suppress(DeathError):
            call(*args)


def _ignore(*_: object) -> None:
    """What paho calls where nobody wants to know."""
