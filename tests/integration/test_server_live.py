"""The live stream of a page: real broker, real worker, real HTTP server."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest

from lumbar.broker import running_broker
from lumbar_gateway.messages import BrokerAddress, GatewayStatus, Topic
from running_server import next_event, running_server, server_sent_events
from running_worker import PATIENCE_S, Client, connected_client, running_worker
from stream_messages import START_S, PublishedStream, arriving
from synthetic_bridge import bridge_samples

STREAM = PublishedStream("SIM-1", 0x1234, bridge_samples(5))
BATTERY_81 = GatewayStatus("connected", 81, 0, START_S, "gateway-1")


_BEGAN_S = time.monotonic()


def now_s() -> float:
    """Wall time as if the test had begun when the samples were taken."""
    return START_S + time.monotonic() - _BEGAN_S


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerAddress]:
    with running_broker(tmp_path / "broker") as broker:
        yield broker.address


@pytest.fixture
def client(broker: BrokerAddress) -> Iterator[Client]:
    with connected_client(broker) as client:
        yield client


@pytest.fixture
def address(broker: BrokerAddress, url: str) -> Iterator[str]:
    with running_worker(url, broker, now_s), running_server(url, broker, now_s) as address:
        wait_for_broker(address)
        yield address


def wait_for_broker(address: str) -> None:
    next_event(server_sent_events(address), "broker", lambda one: one["connected"])


def play(client: Client, first: int, end: int, size: int = 25) -> None:
    """Publish as if each batch had arrived just now, faster than it was taken."""
    for start in range(first, end, size):
        batch = arriving(STREAM.batch(start, min(start + size, end)), now_s())
        client.publish(STREAM.topic, [bytes(batch)])


def test_page_opened_in_the_midst_of_a_workout_sees_it_at_once(
    address: str, client: Client
) -> None:
    n = len(STREAM.samples)
    watching = server_sent_events(address)
    next_event(watching, "broker")
    play(client, 0, n)
    next_event(watching, "state", lambda state: state.get("repetitions") == 5)
    late = server_sent_events(address)
    state = next_event(late, "state")
    assert (state["sensor"], state["exercise"], state["repetitions"]) == (
        "SIM-1",
        "glute_bridge",
        5,
    )
    assert state["live"]
    assert state["sets"][0]["repetitions"] == 5
    late.close()  # type: ignore[attr-defined]
    watching.close()  # type: ignore[attr-defined]


def test_strips_carry_every_sample_once_and_in_order(address: str, client: Client) -> None:
    watching = server_sent_events(address)
    next_event(watching, "broker")
    play(client, 0, 500)
    play(client, 0, 500)  # published again
    rows: list[list[int]] = []
    while len(rows) < 500:
        strip = next_event(watching, "samples")
        assert strip["first_index"] == len(rows)
        rows += strip["samples"]
    assert rows == STREAM.samples[:500].tolist()


def test_back_filled_samples_are_not_shown_as_live(address: str, client: Client) -> None:
    watching = server_sent_events(address)
    next_event(watching, "broker")
    client.publish(STREAM.topic, [bytes(STREAM.batch(0, 500, live=False))])
    state = next_event(watching, "state")
    assert not state["live"]
    assert state["cue"] is None
    assert state["events"] == []


def test_link_battery_and_what_is_saved(address: str, client: Client) -> None:
    watching = server_sent_events(address)
    next_event(watching, "broker")
    status = GatewayStatus("connected", 82, 0, START_S, "gateway-1")
    client.publish(str(Topic("SIM-1", "status/gateway-1")), [bytes(status)])
    link = next_event(watching, "link")
    assert (link["link"], link["battery_percent"]) == ("connected", 82)
    play(client, 0, 100)
    saved = next_event(watching, "saved", lambda one: one["stored_end"] == 100)
    assert saved["waiting_s"] == 0
    assert httpx.get(address + "/api/v1/sensors").json()[0]["battery_percent"] == 82


def test_gateway_that_is_gone_takes_its_sensors_with_it(address: str, client: Client) -> None:
    watching = server_sent_events(address)
    status = GatewayStatus("connected", 82, 0, START_S, "gateway-1")
    client.publish(str(Topic("SIM-1", "status/gateway-1")), [bytes(status)])
    next_event(watching, "link", lambda one: one["link"] == "connected")
    gone = str(Topic("gateway-1", "gateway"))
    client.publish(gone, [bytes(GatewayStatus("gateway offline"))])
    next_event(watching, "link", lambda one: one["link"] == "gateway offline")
    client.publish(gone, [bytes(GatewayStatus("connected"))])
    next_event(watching, "link", lambda one: one["link"] == "connected")


def test_status_in_the_name_of_another_gateway_is_not_shown(address: str, client: Client) -> None:
    watching = server_sent_events(address)
    next_event(watching, "broker")
    topic = str(Topic("SIM-1", "status/gateway-1"))
    forged = GatewayStatus("connected", 11, 0, START_S, "gateway-2")
    client.publish(topic, [bytes(forged), bytes(replace(forged, gateway_id="gateway-1"))])
    assert next_event(watching, "link")["gateway_id"] == "gateway-1"


def test_viewer_of_one_sensor_hears_of_no_other(address: str, client: Client) -> None:
    watching = server_sent_events(address, "/api/v1/live?sensor_id=SIM-2")
    for sensor_id in ("SIM-1", "SIM-2"):
        status = GatewayStatus("searching", None, 0, START_S, "gateway-1")
        client.publish(str(Topic(sensor_id, "status/gateway-1")), [bytes(status)])
    assert next_event(watching, "link")["sensor"] == "SIM-2"


def test_hostile_live_messages_do_not_end_the_stream(address: str, client: Client) -> None:
    watching = server_sent_events(address)
    next_event(watching, "broker")
    for what in ("events", "status/gateway-1", "ack/1", "samples/gateway-1"):
        client.publish(str(Topic("SIM-1", what)), [b"", b"[]", b"\xff" * 99, b'{"v": 1}'])
    play(client, 0, 100)
    assert next_event(watching, "samples")["first_index"] == 0


def test_server_stops_although_a_page_is_open(url: str) -> None:
    ended = threading.Event()

    def watch(address: str) -> None:
        for _ in server_sent_events(address):
            pass
        ended.set()

    with running_server(url, None, now_s) as address:
        thread = threading.Thread(target=watch, args=(address,))
        thread.start()
        time.sleep(0.2)
    assert ended.wait(10)
    thread.join()


def test_viewer_who_does_not_read_takes_nothing_from_the_others(
    address: str, client: Client
) -> None:
    """Its own buffers fill up; everybody else has every sample, and it has the newest state."""
    flood = PublishedStream("SIM-1", 0x1234, np.full((400_000, 3), 4096, np.int16))
    watching = server_sent_events(address)
    next_event(watching, "broker")
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        idle.connect((host, int(port)))
        idle.sendall(f"GET /api/v1/live HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        seen = 0
        for first in range(0, len(flood.samples), 2000):
            batch = arriving(flood.batch(first, first + 2000), now_s())
            client.publish(flood.topic, [bytes(batch)])
            while seen < first + 2000:
                strip = next_event(watching, "samples")
                assert strip["first_index"] == seen
                seen += len(strip["samples"])
        client.publish(str(Topic("SIM-1", "status/gateway-1")), [bytes(BATTERY_81)])
        idle.settimeout(PATIENCE_S)
        heard = b""
        while b'"battery_percent":81' not in heard[-70_000:]:
            heard += idle.recv(65536)
    strips = [int(one) for one in re.findall(rb'"first_index":(\d+)', heard)]
    assert strips == sorted(strips)
    assert len(strips) < len(flood.samples) // 2000
