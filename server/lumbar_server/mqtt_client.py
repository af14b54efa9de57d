"""paho with a buffer: many packets in one read from the broker's socket, acknowledged in one write.

paho by itself asks the system three times for every packet and wakes its thread for every
acknowledgement. Each time it lets go of the interpreter, and waits to have it back from a thread
that is busy decoding and storing: in a backlog that costs as much as receiving the message.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.client import PUBACK
from paho.mqtt.enums import MQTTErrorCode

_READ_BYTES = 2**16
_MOST_PACKETS = 1000  # read in a row (chosen), so that what is to be sent gets its turn
_PUBACK = struct.Struct("!BBH")  # MQTT 3.1.1, section 3.4: type, remaining length, packet id


class MqttClient(mqtt.Client):
    """paho's client, reading through a buffer.

    paho has no public place for either: ``_packet_queue`` and ``_create_socket`` are its own.
    """

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages of quality of service 1; callable from any thread."""
        if packet_ids:
            packets = b"".join(_PUBACK.pack(PUBACK, 2, packet_id) for packet_id in packet_ids)
            self._packet_queue(PUBACK, packets, packet_ids[-1], 1)

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read what is there, whole packets or parts of them."""
        code = super().loop_read(max_packets)
        for _ in range(_MOST_PACKETS):
            socket: Any = self.socket()
            if code or socket is None or not socket.pending():
                break
            code = super().loop_read(max_packets)
        return code

    def _create_socket(self) -> Any:
        return _BufferedSocket(super()._create_socket())


class _BufferedSocket:
    """A socket, with or without TLS, read in large parts.

    ``pending`` counts as that of a TLS socket does, which paho asks before it waits for more.
    """

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._read = b""
        self._at = 0
        self.fileno, self.close = socket.fileno, socket.close
        self.send, self.setblocking = socket.send, socket.setblocking
        self._pending_inside = getattr(socket, "pending", int)

    def recv(self, most: int) -> bytes:
        """Return at most so many bytes; empty where the other side has closed."""
        if self._at == len(self._read):
            self._read, self._at = self._socket.recv(max(most, _READ_BYTES)), 0
        begin, self._at = self._at, min(self._at + most, len(self._read))
        return self._read[begin : self._at]

    def pending(self) -> int:
        """Return how many bytes can be had without waiting."""
        return len(self._read) - self._at + int(self._pending_inside())
