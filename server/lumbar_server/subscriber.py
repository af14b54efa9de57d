"""The server's one connection to the broker: MQTT 3.1.1 by paho.

paho calls back on a thread of its own; the callbacks only put into a queue.
"""

from __future__ import annotations

import logging
import queue
import sys
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any, NamedTuple

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.messages.broker_trouble import HUNG_UP, connection_trouble, refusal
from lumbar_server.mqtt_client import MqttClient

log = logging.getLogger(__name__)

_KEEP_ALIVE_S = 30
_RECONNECT_S = (1, 10)  # chosen: quick after a restart, no storm against a broker that is down
_MOST_UNREAD = 20_000  # of messages that need no acknowledgement: about a minute of 30 sensors


class Delivery(NamedTuple):
    """A message from the broker; to be acknowledged on the connection it came by."""

    topic: str
    payload: bytes
    qos: int
    packet_id: int
    connection: int


class Subscriber:
    """Receives what matches ``patterns`` from ``start`` until ``stop``, across reconnections.

    Parameters
    ----------
    client_id
        Fixed for a durable subscription: the broker queues under this name.
    durable
        True: clean session off, quality of service 1, and each message has to be acknowledged.
        False: what was missed is missed.
    mqtt_client
        paho's client, or a class with its interface.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        *,
        client_id: str,
        patterns: Sequence[str],
        durable: bool,
        mqtt_client: type[MqttClient] = MqttClient,
    ) -> None:
        self._broker = broker
        self._patterns = list(patterns)
        self._durable = durable
        self._inbox: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._is_welcome = self._is_refused = False  # on the present connection
        self._told = ""  # since the last time that we were welcome
        self.is_subscribed = False  # on the present connection
        self.connections = 0  # how often a connection was made: a change means a new one
        self._client = mqtt_client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=not durable,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        if broker.username is not None:
            self._client.username_pw_set(broker.username, broker.password)
        if broker.tls is not None:
            self._client.tls_set_context(broker.tls.context())
        self._client.reconnect_delay_set(*_RECONNECT_S)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._not_connected
        self._client.on_disconnect = self._disconnected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._received

    def start(self) -> None:
        """Connect in the background; keeps trying for as long as it takes."""
        self._client.connect_async(self._broker.host, self._broker.port, _KEEP_ALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect; what is not acknowledged will be delivered again."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def is_connected(self) -> bool:
        """Tell whether the broker is there."""
        return self._client.is_connected()

    def take(self, most: int, most_bytes: int, timeout_s: float) -> list[Delivery]:
        """Wait for a message, then return all that wait, within the bounds."""
        taken: list[Delivery] = []
        size = 0
        deadline_s = monotonic() + timeout_s
        while len(taken) < most and size < most_bytes:
            try:
                wait_s = 0.0 if taken else max(0.0, deadline_s - monotonic())
                taken.append(self._inbox.get(block=wait_s > 0, timeout=wait_s or None))
            except queue.Empty:
                break
            size += len(taken[-1].payload)
        return taken

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Tell the broker that ``deliveries`` are dealt with.

        Those of an earlier connection are left out: the broker delivers them again, and their
        packet ids may mean other messages by now.
        """
        present = self.connections
        self._client.acknowledge(
            [one.packet_id for one in deliveries if one.connection == present and one.qos]
        )

    def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """Publish; returns false, and queues nothing, while the broker is away."""
        if not self.is_connected:
            return False
        self._client.publish(topic, payload, qos=qos, retain=retain)
        return True

    def _connected(
        self, client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any
    ) -> None:
        if reason.is_failure:
            self._is_refused = True
            self._complain(refusal(str(reason)))
            return
        self._is_welcome = True
        self._told = ""
        self.connections += 1
        qos = 1 if self._durable else 0
        client.subscribe([(pattern, qos) for pattern in self._patterns])
        log.info("connected to the broker at %s:%d", self._broker.host, self._broker.port)

    def _subscribed(self, *_: Any) -> None:
        self.is_subscribed = True

    def _not_connected(self, _client: mqtt.Client, _data: Any) -> None:
        # paho does not hand the reason over, but it calls us while it is still being handled.
        self._complain(connection_trouble(self._broker, sys.exc_info()[1]))

    def _disconnected(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: ReasonCode, _more: Any
    ) -> None:
        self.is_subscribed = False
        if self._is_welcome and reason.is_failure:
            self._complain(f"is gone ({reason}): trying again until it is back")
        elif not (self._is_welcome or self._is_refused):
            self._complain(HUNG_UP)
        self._is_welcome = self._is_refused = False

    def _complain(self, trouble: str) -> None:
        if trouble != self._told:
            log.warning("broker %s:%d %s", self._broker.host, self._broker.port, trouble)
        self._told = trouble

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if not self._durable and self._inbox.qsize() >= _MOST_UNREAD:
            return
        self._inbox.put(
            Delivery(
                message.topic, bytes(message.payload), message.qos, message.mid, self.connections
            )
        )
