"""The mosquitto configuration that deploy/ ships, with Debian's mosquitto."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from lumbar.doctor.broker import broker_trouble
from lumbar_gateway.messages import BrokerAddress, Topic
from lumbar_gateway.messages.topics import pattern
from lumbar_server.worker import GROUP_MESSAGES
from shipped_mosquitto import shipped_mosquitto

pytestmark = pytest.mark.system

TIMEOUT_S = 20.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with shipped_mosquitto(tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker.plain_port


@contextmanager
def client(
    port: int, username: str, password: str, *, manual_ack: bool = False
) -> Iterator[mqtt.Client]:
    connection = mqtt.Client(CallbackAPIVersion.VERSION2, manual_ack=manual_ack)
    connection.username_pw_set(username, password)
    connection.connect("127.0.0.1", port)
    connection.loop_start()
    try:
        yield connection
    finally:
        connection.disconnect()
        connection.loop_stop()


def test_nobody_enters_without_the_password(port: int) -> None:
    for username, password in ((None, None), ("gym-1", "in"), ("stranger", "out")):
        assert broker_trouble(BrokerAddress("127.0.0.1", port, username, password)) is not None


def test_gateways_speak_in_their_own_name_and_only_the_server_acknowledges(port: int) -> None:
    ack = str(Topic("LB-1", "ack/0011223344556677"))
    forged = [
        ack,
        str(Topic("LB-1", "samples/gym-2")),
        str(Topic("LB-1", "status/gym-2")),
        str(Topic("gym-2", "gateway")),
        str(Topic("LB-1", "samples/gym-1/gym-2")),
        str(Topic("LB-1", "samples")),
        str(Topic("LB-1", "events")),
    ]
    own = [str(Topic("LB-1", f"{kind}/gym-1")) for kind in ("samples", "status")]
    own.append(str(Topic("gym-1", "gateway")))
    patterns = [pattern(what) for what in ("samples/+", "status/+", "gateway", "ack/+")]
    with client(port, "lumbar-server", "in") as server, client(port, "gym-1", "out") as gateway:
        at_server = subscribed(server, patterns)
        for topic in forged:
            gateway.publish(topic, b"forged", qos=1).wait_for_publish(TIMEOUT_S)
        for topic in own:
            gateway.publish(topic, b"own", qos=1)
        heard = [at_server.get(timeout=TIMEOUT_S) for _ in own]
        assert heard == [(topic, b"own") for topic in own]
        server.publish(ack, b"stored", qos=1)
        assert at_server.get(timeout=TIMEOUT_S) == (ack, b"stored")


def test_a_gateway_reads_acknowledgements_and_nobodys_samples(port: int) -> None:
    ack = str(Topic("LB-1", "ack/0011223344556677"))
    with (
        client(port, "lumbar-server", "in") as server,
        client(port, "gym-1", "out") as gateway,
        client(port, "gym-2", "out") as curious,
    ):
        at_gateway = subscribed(curious, [pattern("samples/+"), pattern("ack/+")])
        samples = str(Topic("LB-1", "samples/gym-1"))
        gateway.publish(samples, b"samples", qos=1).wait_for_publish(TIMEOUT_S)
        server.publish(ack, b"stored", qos=1)
        assert at_gateway.get(timeout=TIMEOUT_S) == (ack, b"stored")


def test_a_worker_is_handed_a_whole_transaction_before_it_acknowledges(port: int) -> None:
    with (
        client(port, "lumbar-server", "in", manual_ack=True) as worker,
        client(port, "gym-1", "out") as gateway,
    ):
        at_worker = subscribed(worker, [pattern("samples/+")])
        for number in range(GROUP_MESSAGES):
            gateway.publish(str(Topic("LB-1", "samples/gym-1")), b"%d" % number, qos=1)
        heard = [at_worker.get(timeout=TIMEOUT_S)[1] for _ in range(GROUP_MESSAGES)]
        assert heard == [b"%d" % number for number in range(GROUP_MESSAGES)]


def subscribed(connection: mqtt.Client, patterns: list[str]) -> queue.Queue[tuple[str, bytes]]:
    """Subscribe, and return what is heard from now on."""
    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
    granted = threading.Event()
    connection.on_message = lambda _c, _u, message: heard.put((message.topic, message.payload))
    connection.on_subscribe = lambda *_: granted.set()
    connection.subscribe([(one, 1) for one in patterns])
    assert granted.wait(TIMEOUT_S)
    return heard
