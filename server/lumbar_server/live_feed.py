"""The thread that listens to the broker for the live view."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Sequence

from lumbar_gateway.messages import (
    Ack,
    BrokerAddress,
    GatewayStatus,
    LiveEvents,
    MessageError,
    SampleBatch,
    Topic,
    decode_stream_message,
)
from lumbar_gateway.messages.topics import pattern
from lumbar_server.live import LiveBoard
from lumbar_server.subscriber import Delivery, Subscriber

log = logging.getLogger(__name__)

_Heard = tuple[Topic, SampleBatch | LiveEvents | GatewayStatus | Ack]
_WHAT = ("samples/+", "events", "status/+", "gateway", "ack/+")
_WAIT_S = 0.5


class LiveFeed:
    """Hears samples, states, links and acknowledgements, and hands them to ``board``.

    What is missed is missed: everything that counts goes the way of the worker.
    """

    def __init__(self, broker: BrokerAddress, board: LiveBoard) -> None:
        self._board = board
        self._subscriber = Subscriber(
            broker,
            client_id=f"lumbar-live-{secrets.token_hex(4)}",
            patterns=[pattern(what) for what in _WHAT],
            durable=False,
        )
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_connected(self) -> bool:
        """Tell whether the broker is there."""
        return self._subscriber.is_subscribed

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen in the background; the board is told within ``loop``."""
        self._subscriber.start()
        self._thread = threading.Thread(target=self._listen, args=(loop,), name="live feed")
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; blocks for a moment."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self._subscriber.stop()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopping.is_set():
            deliveries = self._subscriber.take(1000, 2**22, _WAIT_S)
            heard = [one for delivery in deliveries if (one := _decode(delivery)) is not None]
            loop.call_soon_threadsafe(self._hand_over, heard)

    def _hand_over(self, heard: Sequence[_Heard]) -> None:
        self._board.broker(connected=self.is_connected)
        for topic, message in heard:
            self._board.take(topic, message)


def _decode(delivery: Delivery) -> _Heard | None:
    try:
        topic = Topic.parse(delivery.topic)
        if topic.kind == "events":
            return topic, LiveEvents.from_bytes(delivery.payload)
        if topic.kind == "gateway":
            return topic, GatewayStatus.from_bytes(delivery.payload)
        if topic.kind == "ack":
            return topic, Ack.from_bytes(delivery.payload)
        if topic.kind == "status":
            return topic, _status(topic, delivery.payload)
        message = decode_stream_message(delivery.payload)
    except MessageError as error:
        log.debug("not shown: %s", error)  # the worker counts it
        return None
    return (topic, message) if isinstance(message, SampleBatch) else None


def _status(topic: Topic, payload: bytes) -> GatewayStatus:
    """Read a status; the broker vouches for the topic, so its gateway must be the payload's."""
    status = GatewayStatus.from_bytes(payload)
    if status.gateway_id != topic.gateway_id:
        raise MessageError(f"{topic}: speaks in the name of gateway {status.gateway_id!r}")
    return status
