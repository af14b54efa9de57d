"""The gateway's one connection to the broker: MQTT 3.1.1 by paho, kept up across everything."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Sequence

from paho.mqtt.client import MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.messages.broker_trouble import HUNG_UP, connection_trouble, refusal
from lumbar_gateway.mqtt_client import MqttClient

KEEPALIVE_S = 30
RECONNECT_S = (1, 30)  # chosen: quick after a restart, no storm against a broker that is down
SUBSCRIBE_AT_ONCE = 100  # topics in one packet: below 10 kB
FAREWELL_S = 2.0  # time for the last messages at shutdown

_log = logging.getLogger(__name__)


class BrokerLink:
    """Connects under a fixed client id with a last will; says once what is wrong.

    Listeners are called by the event loop, never in the midst of what paho is doing.
    """

    def __init__(
        self, broker: BrokerAddress, client_id: str, mqtt_client: type[MqttClient]
    ) -> None:
        self._broker = broker
        self._client = mqtt_client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False
        )
        self.connected = False
        self._is_refused = False  # on the present connection
        self._answered_badly: str | None = None

    def start(
        self,
        will: tuple[str, bytes],
        *,
        on_connect: Callable[[], None],
        on_puback: Callable[[int], None],
        on_message: Callable[[str, bytes], None],
    ) -> None:
        """Connect in the background, and again whenever the connection is gone."""
        self._loop = asyncio.get_running_loop()
        self._on_connect = on_connect
        client = self._client
        client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls.context())
        client.will_set(*will, qos=1, retain=True)
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._paho_connected
        client.on_connect_fail = self._paho_not_connected
        client.on_disconnect = lambda _c, _u, _f, code, _p: self._tell(
            self._disconnected, code.is_failure
        )
        client.on_publish = lambda _c, _u, mid, *_: self._tell(on_puback, mid)
        client.on_message = lambda _c, _u, message: self._tell(
            on_message, message.topic, message.payload
        )
        client.connect_async(self._broker.host, self._broker.port, KEEPALIVE_S)
        client.loop_start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> MQTTMessageInfo:
        """Publish at quality of service 1; to be called while connected.

        Should the link break here, paho keeps the message and sends it by itself: never retry.
        """
        return self._client.publish(topic, payload, qos=1, retain=retain)

    def subscribe(self, topics: Sequence[str]) -> None:
        """Hear ``topics``."""
        for first in range(0, len(topics), SUBSCRIBE_AT_ONCE):
            part = topics[first : first + SUBSCRIBE_AT_ONCE]
            self._client.subscribe([(topic, 1) for topic in part])

    async def stop(self, topic: str, last_words: bytes) -> None:
        """Say ``last_words``, retained, where somebody hears them, and disconnect."""
        if self.connected:
            said = self.publish(topic, last_words, retain=True)
            with contextlib.suppress(RuntimeError):  # the link broke meanwhile: the will says it
                await asyncio.to_thread(said.wait_for_publish, FAREWELL_S)
        self.connected = False
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _tell(self, callback: Callable[..., None], *args: object) -> None:
        self._loop.call_soon(callback, *args)

    def _paho_connected(
        self, _client: object, _userdata: object, _flags: object, code: ReasonCode, _p: object
    ) -> None:
        if code.is_failure:
            self._tell(self._refused, str(code))
        else:
            self._tell(self._connected)

    def _paho_not_connected(self, *_: object) -> None:
        # paho does not hand the reason over, but it calls us while it is still being handled.
        self._tell(self._unreachable, connection_trouble(self._broker, sys.exc_info()[1]))

    def _connected(self) -> None:
        _log.info("broker %s:%d: connected", self._broker.host, self._broker.port)
        self.connected = True
        self._answered_badly = None
        self._on_connect()

    def _disconnected(self, unasked: bool) -> None:
        if unasked and self.connected:
            _log.warning("broker %s:%d: lost, trying again", self._broker.host, self._broker.port)
        elif unasked and not self._is_refused:
            self._complain(HUNG_UP)
        self.connected = self._is_refused = False

    def _unreachable(self, trouble: str) -> None:
        self._complain(f"{trouble}; samples wait in the spool")

    def _refused(self, reason: str) -> None:
        self._is_refused = True
        self._complain(refusal(reason))

    def _complain(self, reason: str) -> None:
        if reason != self._answered_badly:
            self._answered_badly = reason
            _log.warning("broker %s:%d: %s", self._broker.host, self._broker.port, reason)
