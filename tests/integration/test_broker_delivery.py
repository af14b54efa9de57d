"""The broker inside the process, driven by the client library that gateway and server use."""

from __future__ import annotations

import contextlib
import queue
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from lumbar.broker import Broker, running_broker
from lumbar.errors import BrokerError
from lumbar_gateway.messages import BrokerAddress

TIMEOUT_S = 20.0


class Inbox:
    """A paho client's received payloads, and whether the broker took it in."""

    def __init__(self) -> None:
        self.messages: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
        self.answers: queue.Queue[bool] = queue.Queue()
        self.granted = threading.Event()

    def take(self, count: int) -> list[bytes]:
        return [bytes(self.messages.get(timeout=TIMEOUT_S).payload) for _ in range(count)]


@contextmanager
def client(
    address: BrokerAddress,
    client_id: str,
    *,
    subscribe: str | None = None,
    password: str | None = None,
    prepare: Callable[[mqtt.Client], object] = lambda _: None,
) -> Iterator[tuple[mqtt.Client, Inbox]]:
    inbox = Inbox()
    connection = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)
    connection.username_pw_set(address.username, password or address.password)

    def on_connect(c: mqtt.Client, _u: object, _f: object, code: object, _p: object) -> None:
        if subscribe is not None and code == 0:
            c.subscribe(subscribe, qos=1)
        inbox.answers.put(code == 0)

    connection.on_connect = on_connect
    connection.on_subscribe = lambda *_: inbox.granted.set()
    connection.on_message = lambda _c, _u, message: inbox.messages.put(message)
    prepare(connection)
    connection.connect(address.host, address.port)
    connection.loop_start()
    try:
        yield connection, inbox
    finally:
        connection.disconnect()
        connection.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with running_broker(tmp_path) as running:
        yield running


def publish(connection: mqtt.Client, topic: str, payload: bytes, *, retain: bool = False) -> None:
    connection.publish(topic, payload, qos=1, retain=retain).wait_for_publish(TIMEOUT_S)


def test_hundred_messages_arrive_once_and_in_order(broker: Broker) -> None:
    with (
        client(broker.address, "listener", subscribe="a/#") as (_, inbox),
        client(broker.address, "speaker") as (speaker, _),
    ):
        assert inbox.granted.wait(TIMEOUT_S)
        for i in range(100):
            publish(speaker, "a/b", b"%d" % i)
        assert inbox.take(100) == [b"%d" % i for i in range(100)]
        assert inbox.messages.empty()


def test_messages_wait_for_a_subscriber_that_is_away(broker: Broker) -> None:
    with client(broker.address, "listener", subscribe="a/#") as (_, inbox):
        assert inbox.granted.wait(TIMEOUT_S)
    with client(broker.address, "speaker") as (speaker, _):
        for i in range(50):
            publish(speaker, "a/b", b"%d" % i)
    with client(broker.address, "listener") as (_, inbox):
        assert sorted(inbox.take(50), key=int) == [b"%d" % i for i in range(50)]


def test_wrong_password_is_refused(broker: Broker) -> None:
    with client(broker.address, "stranger", password="guess") as (_, inbox):
        assert inbox.answers.get(timeout=TIMEOUT_S) is False


def test_nobody_enters_without_a_name(broker: Broker) -> None:
    nameless = BrokerAddress(broker.address.host, broker.address.port)
    with client(nameless, "stranger") as (_, inbox):
        assert inbox.answers.get(timeout=TIMEOUT_S) is False


def test_retained_message_reaches_a_later_subscriber(broker: Broker) -> None:
    with client(broker.address, "speaker") as (speaker, _):
        publish(speaker, "a/state", b"old", retain=True)
        publish(speaker, "a/state", b"new", retain=True)
    with client(broker.address, "listener", subscribe="a/state") as (_, inbox):
        message = inbox.messages.get(timeout=TIMEOUT_S)
        assert (bytes(message.payload), message.retain) == (b"new", True)


def test_last_will_speaks_when_a_link_breaks(broker: Broker) -> None:
    def leave_will(connection: mqtt.Client) -> None:
        connection.will_set("a/status", b"offline", qos=1, retain=True)

    with client(broker.address, "listener", subscribe="a/status") as (_, inbox):
        assert inbox.granted.wait(TIMEOUT_S)
        with client(broker.address, "dying", prepare=leave_will) as (dying, answers):
            assert answers.answers.get(timeout=TIMEOUT_S)
            wire = dying.socket()
            assert wire is not None
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            assert inbox.take(1) == [b"offline"]


def test_goodbye_keeps_the_last_will_silent(broker: Broker) -> None:
    def leave_will(connection: mqtt.Client) -> None:
        connection.will_set("a/status", b"offline", qos=1)

    with client(broker.address, "listener", subscribe="a/status") as (listener, inbox):
        assert inbox.granted.wait(TIMEOUT_S)
        with client(broker.address, "leaving", prepare=leave_will) as (_, answers):
            assert answers.answers.get(timeout=TIMEOUT_S)
        publish(listener, "a/status", b"still here")
        assert inbox.take(1) == [b"still here"]


def test_restart_listens_on_the_same_port_and_clients_return(broker: Broker) -> None:
    before = broker.address
    with client(before, "listener", subscribe="a/#") as (_, inbox):
        assert inbox.granted.wait(TIMEOUT_S)
        assert inbox.answers.get(timeout=TIMEOUT_S)
        inbox.granted.clear()
        broker.stop()
        broker.stop()
        broker.start()
        broker.start()
        assert broker.address == before
        assert inbox.answers.get(timeout=TIMEOUT_S)
        assert inbox.granted.wait(TIMEOUT_S)
        with client(before, "speaker") as (speaker, _):
            publish(speaker, "a/b", b"again")
        assert inbox.take(1) == [b"again"]


@contextmanager
def talker(address: BrokerAddress, client_id: str) -> Iterator[None]:
    """A client that publishes all the time until its connection breaks."""
    names = [client_id, str(address.username), str(address.password)]
    fields = b"".join(struct.pack(">H", len(name)) + name.encode() for name in names)
    body = b"\x00\x04MQTT\x04\xc2\x00\x1e" + fields  # name and password, clean session, 30 s
    message = b"\x30\x05\x00\x03a/b"

    def talk(wire: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                wire.sendall(20 * message)
                time.sleep(0.001)

    with socket.create_connection((address.host, address.port), TIMEOUT_S) as wire:
        wire.sendall(bytes([0x10, len(body)]) + body)
        assert wire.recv(4) == b"\x20\x02\x00\x00"
        talking = threading.Thread(target=talk, args=(wire,))
        talking.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            talking.join()


def test_stop_returns_while_clients_talk(broker: Broker) -> None:
    for _ in range(20):  # whether data comes at the very moment of the stop is chance
        with contextlib.ExitStack() as talking:
            for i in range(4):
                talking.enter_context(talker(broker.address, f"talker {i}"))
            stopping = threading.Thread(target=broker.stop, daemon=True)
            stopping.start()
            stopping.join(TIMEOUT_S)
            assert not stopping.is_alive()
        broker.start()


def test_busy_port_is_named(broker: Broker, tmp_path: Path) -> None:
    port = broker.address.port
    rival = Broker(accounts={"a": "b"}, folder=tmp_path / "rival", port=port)
    with pytest.raises(BrokerError, match=f"port {port} .*choose another port"):
        rival.start()
    rival.stop()


def test_passwords_are_hashed_and_private(broker: Broker, tmp_path: Path) -> None:
    file = tmp_path / "broker.passwords"
    password = broker.address.password
    assert password is not None
    assert password not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert password not in repr(broker.address)


def test_garbage_on_the_port_disturbs_nobody(broker: Broker) -> None:
    with (
        client(broker.address, "listener", subscribe="a/#") as (listener, inbox),
        socket.create_connection((broker.address.host, broker.address.port)) as wire,
    ):
        assert inbox.granted.wait(TIMEOUT_S)
        wire.sendall(b"GET / HTTP/1.1\r\n\r\n")
        publish(listener, "a/b", b"unmoved")
        assert inbox.take(1) == [b"unmoved"]
