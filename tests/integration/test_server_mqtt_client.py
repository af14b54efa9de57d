"""paho with a buffer: what comes in one piece, or in bits, is read whole and answered at once."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

from paho.mqtt.enums import CallbackAPIVersion

from lumbar_server.mqtt_client import MqttClient

PATIENCE_S = 30.0
CONNACK = bytes([0x20, 2, 0, 0])


def publish(packet_id: int, payload: bytes) -> bytes:
    """Return a PUBLISH packet of quality of service 1 on topic ``t``."""
    rest = struct.pack("!H", 1) + b"t" + struct.pack("!H", packet_id) + payload
    length = len(rest)
    head = bytearray([0x32])
    while length >= 128:
        head.append(length & 127 | 128)
        length >>= 7
    return bytes(head) + bytes([length]) + rest


class Played:
    """The client, and a broker's end of its connection that the test plays."""

    def __init__(self, listening: socket.socket) -> None:
        self.heard: SimpleQueue[tuple[int, bytes]] = SimpleQueue()
        self.client = MqttClient(
            CallbackAPIVersion.VERSION2, client_id="played", clean_session=False, manual_ack=True
        )
        self.client.on_message = lambda _c, _d, one: self.heard.put((one.mid, bytes(one.payload)))
        self.client.connect_async("127.0.0.1", listening.getsockname()[1])
        self.client.loop_start()
        self.broker, _ = listening.accept()
        self.broker.settimeout(PATIENCE_S)
        self.broker.recv(1000)  # CONNECT
        self.broker.sendall(CONNACK)

    def hears(self, n: int) -> list[tuple[int, bytes]]:
        """Return the next ``n`` messages."""
        return [self.heard.get(timeout=PATIENCE_S) for _ in range(n)]


@contextmanager
def played() -> Iterator[Played]:
    """Play a broker until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        one = Played(listening)
        try:
            yield one
        finally:
            one.client.disconnect()
            one.client.loop_stop()
            one.broker.close()


def test_messages_that_come_together_or_in_bits_are_all_read_in_order() -> None:
    sent = [(n, bytes([n % 256]) * (n % 300)) for n in range(1, 3001)]
    sent.append((3001, bytes(200_000)))  # more than the buffer holds
    wire = b"".join(publish(*one) for one in sent)
    with played() as one:
        one.broker.sendall(wire)
        assert one.hears(len(sent)) == sent
        for byte in publish(7, b"slowly"):
            one.broker.sendall(bytes([byte]))
        assert one.hears(1) == [(7, b"slowly")]


def test_what_was_sent_while_nothing_else_comes_is_not_left_in_the_buffer() -> None:
    with played() as one:
        for n in range(1, 200):
            one.broker.sendall(publish(n, b"first") + publish(n + 1000, b"second"))
            assert one.hears(2) == [(n, b"first"), (n + 1000, b"second")]


def test_many_messages_are_acknowledged_in_one_write() -> None:
    with played() as one:
        one.client.acknowledge([])
        one.client.acknowledge([1, 2, 65535])
        assert one.broker.recv(1000) == bytes.fromhex("40020001 40020002 4002ffff")
