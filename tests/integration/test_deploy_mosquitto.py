"""The mosquitto configuration that deploy/ ships, with Debian's mosquitto."""

import queue
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from lumbar.doctor import broker_trouble
from lumbar_gateway.messages import BrokerAddress, Topic
from lumbar_gateway.messages.topics import pattern

pytestmark = pytest.mark.system

SHIPPED = Path(__file__).parents[2] / "deploy" / "mosquitto"
TIMEOUT_S = 20.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("mosquitto")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    passwords = folder / "lumbar.passwords"
    passwords.write_text("lumbar-gateway:out\nlumbar-server:in\n")
    passwords.chmod(0o600)
    subprocess.run(["mosquitto_passwd", "-U", passwords], check=True)
    (folder / "lumbar.acl").write_text((SHIPPED / "lumbar.acl").read_text())
    (folder / "lumbar.acl").chmod(0o600)
    text = (SHIPPED / "lumbar.conf").read_text()
    text = text.replace("/etc/mosquitto/", f"{folder}/").replace(
        "listener 1883", f"listener {free}"
    )
    configuration = folder / "lumbar.conf"
    configuration.write_text(f"{text}\nuser root\npersistence_location {folder}/\n")
    program = ["/usr/sbin/mosquitto", "-c", str(configuration)]
    with subprocess.Popen(program, stderr=subprocess.DEVNULL) as process:
        while broker_trouble(BrokerAddress("127.0.0.1", free, "lumbar-server", "in")) is not None:
            assert process.poll() is None
            time.sleep(0.05)
        yield free
        process.terminate()


@contextmanager
def client(port: int, username: str, password: str) -> Iterator[mqtt.Client]:
    connection = mqtt.Client(CallbackAPIVersion.VERSION2)
    connection.username_pw_set(username, password)
    connection.connect("127.0.0.1", port)
    connection.loop_start()
    try:
        yield connection
    finally:
        connection.disconnect()
        connection.loop_stop()


def test_nobody_enters_without_the_password(port: int) -> None:
    for username, password in ((None, None), ("lumbar-gateway", "in"), ("stranger", "out")):
        assert broker_trouble(BrokerAddress("127.0.0.1", port, username, password)) is not None


def test_gateways_speak_of_samples_and_only_the_server_acknowledges(port: int) -> None:
    heard: queue.Queue[str] = queue.Queue()
    granted: queue.Queue[object] = queue.Queue()
    with (
        client(port, "lumbar-server", "in") as server,
        client(port, "lumbar-gateway", "out") as gateway,
    ):
        server.on_message = lambda _c, _u, message: heard.put(f"{message.payload.decode()}")
        server.on_subscribe = lambda *_: granted.put(None)
        for what in ("samples", "ack/+"):
            server.subscribe(pattern(what), qos=1)
            granted.get(timeout=TIMEOUT_S)
        ack = str(Topic("LB-1", "ack/0011223344556677"))
        gateway.publish(ack, b"forged", qos=1).wait_for_publish(TIMEOUT_S)
        gateway.publish(str(Topic("LB-1", "samples")), b"samples", qos=1)
        assert heard.get(timeout=TIMEOUT_S) == "samples"
        server.publish(ack, b"stored", qos=1)
        assert heard.get(timeout=TIMEOUT_S) == "stored"
