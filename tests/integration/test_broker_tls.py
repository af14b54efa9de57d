"""MQTT over TLS, with Debian's mosquitto as ``deploy/`` sets it up."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acking_server import AckingServer
from certificates import Authority
from gateway_streams import STREAM, packet
from lumbar.doctor.broker import broker_trouble
from lumbar_gateway.gateway_clock import GatewayClock
from lumbar_gateway.group_commit import Spool
from lumbar_gateway.messages import BrokerAddress, Tls
from lumbar_gateway.messages.topics import pattern
from lumbar_gateway.publisher import Publisher
from lumbar_gateway.spool import SpoolFile
from lumbar_server.subscriber import Subscriber
from shipped_mosquitto import SERVER_ACCOUNT, ShippedMosquitto, shipped_mosquitto

pytestmark = pytest.mark.system

CLOCK = GatewayClock(1, time.monotonic, time.time)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedMosquitto]:
    with shipped_mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


async def publish_ten_samples(folder: Path, address: BrokerAddress, server: AckingServer) -> None:
    """Run the publisher of the gateway gym-1 until the server has acknowledged all."""
    async with Spool(folder / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.append(packet(0, 10), STREAM.clock)
        await spool.flush()
        publishing = asyncio.create_task(Publisher(spool, address, "gym-1", CLOCK).run())
        try:
            await asyncio.to_thread(
                server.wait_until, lambda: spool.counts(STREAM.sensor_id).waiting == 0, 10.0
            )
        finally:
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)


async def test_samples_travel_encrypted_with_a_password(
    broker: ShippedMosquitto, tmp_path: Path
) -> None:
    with AckingServer(broker.server) as server:
        await publish_ten_samples(tmp_path, broker.gateway("gym-1"), server)


async def test_samples_travel_with_a_client_certificate(
    broker: ShippedMosquitto, tmp_path: Path
) -> None:
    with AckingServer(broker.server) as server:
        await publish_ten_samples(tmp_path, broker.certified("gym-1"), server)


async def test_a_certificate_of_another_gateway_does_not_write_as_this_one(
    tmp_path: Path,
) -> None:
    with shipped_mosquitto(tmp_path) as broker, AckingServer(broker.server) as server:
        with pytest.raises(AssertionError, match="not within"):
            await publish_ten_samples(tmp_path, broker.certified("gym-2"), server)
        assert not server.values


def test_worker_and_pages_listen_encrypted(broker: ShippedMosquitto) -> None:
    encrypted = broker.gateway("any")
    account = dict(zip(("username", "password"), SERVER_ACCOUNT, strict=True))
    address = replace(encrypted, **account)  # type: ignore[arg-type]
    subscriber = Subscriber(
        address, client_id="lumbar-tls", patterns=[pattern("samples/+")], durable=False
    )
    subscriber.start()
    try:
        deadline_s = time.monotonic() + 20
        while not subscriber.is_subscribed:
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
    finally:
        subscriber.stop()


def wrong_authority(broker: ShippedMosquitto, folder: Path) -> BrokerAddress:
    return replace(broker.gateway("gym-1"), tls=Tls(Authority(folder / "other", "other").ca_file))


def wrong_host(broker: ShippedMosquitto, _: Path) -> BrokerAddress:
    return replace(broker.gateway("gym-1"), host="127.0.0.1")


def plain_speech(broker: ShippedMosquitto, _: Path) -> BrokerAddress:
    return replace(broker.gateway("gym-1"), tls=None)


def encrypted_speech(broker: ShippedMosquitto, _: Path) -> BrokerAddress:
    return replace(broker.gateway("gym-1"), port=broker.plain_port)


def no_certificate(broker: ShippedMosquitto, _: Path) -> BrokerAddress:
    return replace(broker.gateway("gym-1"), port=broker.certificate_port)


def strangers_certificate(broker: ShippedMosquitto, folder: Path) -> BrokerAddress:
    keys = Authority(folder / "other", "other").issue("gym-1")
    tls = Tls(broker.authority.ca_file, keys.certificate, keys.key)
    return replace(broker.certified("gym-1"), tls=tls)


def wrong_password(broker: ShippedMosquitto, _: Path) -> BrokerAddress:
    return replace(broker.gateway("gym-1"), password="guess")


TROUBLES = [
    (wrong_authority, "signed by nobody in .*other/ca.crt that we believe: let BROKER_CA_FILE"),
    (wrong_host, "not for 127.0.0.1: write the name that it is for as BROKER_HOST"),
    (plain_speech, "hangs up before it answers: .* does it want TLS"),
    (encrypted_speech, "hangs up before it answers: is this the right port"),
    (no_certificate, "hangs up before it answers: .* or a client certificate"),
    (strangers_certificate, "hangs up before it answers: .* or a client certificate"),
    (wrong_password, "refuses us .*: check the user name and password"),
]


@pytest.mark.parametrize(("make", "said"), TROUBLES)
async def test_every_trouble_is_one_clear_line(
    broker: ShippedMosquitto,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[ShippedMosquitto, Path], BrokerAddress],
    said: str,
) -> None:
    address = make(broker, tmp_path)
    with caplog.at_level(logging.INFO):
        assert_said([await asyncio.to_thread(broker_trouble, address)], said)
        async with Spool(tmp_path / "spool.db") as spool:
            publishing = asyncio.create_task(Publisher(spool, address, "gym-1", CLOCK).run())
            patterns = [pattern("samples/+")]
            subscriber = Subscriber(address, client_id="x", patterns=patterns, durable=False)
            subscriber.start()
            await asyncio.sleep(2.5)  # long enough for a second attempt
            await asyncio.to_thread(subscriber.stop)
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)
    for program in ("lumbar_gateway.broker_link", "lumbar_server.subscriber"):
        assert_said([r.getMessage() for r in caplog.records if r.name == program], said)


def assert_said(lines: list[str | None], said: str) -> None:
    assert len(lines) == 1, lines
    assert re.search(said, str(lines[0])), lines
    assert "guess" not in str(lines[0])


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    with shipped_mosquitto(tmp_path, expired=True) as broker:
        said = broker_trouble(broker.gateway("gym-1"))
    assert said == "its certificate has expired: have it renewed, and check this machine's clock"
