"""paho in the event loop: callbacks come in the loop's thread, reconnections by themselves."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from paho.mqtt.enums import CallbackAPIVersion

from lumbar.broker import Broker
from lumbar_gateway.messages import BrokerAddress
from lumbar_gateway.mqtt_client import MqttClient

PATIENCE_S = 30.0


@asynccontextmanager
async def client(
    address: BrokerAddress, prepare: Callable[[MqttClient], None]
) -> AsyncIterator[MqttClient]:
    """Run a client until the end of the block."""
    running = MqttClient(CallbackAPIVersion.VERSION2, client_id="looped", clean_session=False)
    running.username_pw_set(address.username, address.password)
    running.reconnect_delay_set(1, 1)
    prepare(running)
    running.connect_async(address.host, address.port)
    running.loop_start()
    try:
        yield running
    finally:
        running.disconnect()
        await asyncio.to_thread(running.loop_stop)


async def test_more_than_a_socket_takes_at_once_is_all_confirmed(broker: Broker) -> None:
    connected, confirmed = asyncio.Event(), asyncio.Queue[int]()
    threads = set()

    def on_publish(_client: object, _data: object, mid: int, *_: object) -> None:
        threads.add(threading.get_ident())
        confirmed.put_nowait(mid)

    def prepare(client: MqttClient) -> None:
        client.max_inflight_messages_set(100)
        client.on_connect = lambda *_: connected.set()
        client.on_publish = on_publish

    async with asyncio.timeout(PATIENCE_S), client(broker.address, prepare) as publisher:
        await connected.wait()
        sent = [publisher.publish("heavy", bytes(200_000), qos=1).mid for _ in range(100)]
        assert publisher.want_write()  # no socket takes twenty megabytes at once
        assert sorted([await confirmed.get() for _ in sent]) == sent
    assert threads == {threading.get_ident()}


async def test_what_was_published_is_confirmed_after_the_broker_came_back(broker: Broker) -> None:
    connected, gone, confirmed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def prepare(client: MqttClient) -> None:
        client.on_connect = lambda *_: connected.set()
        client.on_disconnect = lambda *_: gone.set()
        client.on_publish = lambda *_: confirmed.set()

    async with asyncio.timeout(PATIENCE_S), client(broker.address, prepare) as publisher:
        await connected.wait()
        await asyncio.to_thread(broker.stop)
        await gone.wait()
        publisher.publish("again", b"kept by paho", qos=1)
        assert not confirmed.is_set()
        await asyncio.to_thread(broker.start)
        await confirmed.wait()


async def test_it_says_that_nobody_listens_and_can_be_stopped() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = BrokerAddress("127.0.0.1", taken.getsockname()[1])
        failed = asyncio.Event()

        def prepare(client: MqttClient) -> None:
            client.on_connect_fail = lambda *_: failed.set()

        async with asyncio.timeout(PATIENCE_S), client(nobody, prepare):
            await failed.wait()
