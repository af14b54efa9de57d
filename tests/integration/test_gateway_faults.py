"""Sensors and links that misbehave: one clear line, counted, and nobody else notices."""

from __future__ import annotations

import logging
import zlib
from pathlib import Path

import numpy as np
import pytest

from acking_server import AckingServer
from faulty_link import Faults, faulty
from gateway_household import (
    SENSOR_ID,
    assert_complete,
    firmware,
    gateway,
    measurement,
    until,
    until_settled,
)
from lumbar.broker import Broker
from lumbar_gateway.profiles.lumbar import (
    CONTROL_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    SERIAL_NUMBER_UUID,
    STATUS_UUID,
    STREAM_UUID,
)
from lumbar_sim.radio import VirtualRadio

OTHER_ID = "LB-00000002"


async def test_lost_notifications_are_filled_from_the_log_at_once(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(5))
        central = await radio.central()
        lossy = Faults(sensor.address)
        lossy.notification = lambda uuid, data: (
            [] if uuid == SAMPLES_UUID and rng.random() < 0.3 else [data]
        )
        backend = faulty(central.client_backend, lossy)
        async with gateway(tmp_path, broker.address, central, client_backend=backend):
            await until(server, lambda: any(not batch.live for batch in server.batches))
            assert not server.ends, "filled while the sensor still measures"
            await until_settled(server)
    assert_complete(server, measurement(5))
    assert server.lost_samples == 0


async def test_lost_and_repeated_log_notifications_cost_no_sample(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    rng = np.random.default_rng(6)

    def lose_or_repeat(uuid: str, data: bytes) -> list[bytes]:
        is_block = uuid == LOG_UUID and data[0] & 0x3F == 2
        return [data] * (int(rng.integers(0, 3)) if is_block else 1)

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(4, autostart=True))
        central = await radio.central()
        backend = faulty(
            central.client_backend, Faults(sensor.address, notification=lose_or_repeat)
        )
        await until(server, lambda: sensor.sensor.status.next_index > 350)
        async with gateway(tmp_path, broker.address, central, client_backend=backend):
            await until_settled(server)
    stored = sum(map(len, server.values.values()))
    assert stored + server.lost_samples == 400
    assert server.lost_samples <= 60  # a third of the blocks is lost in each answer, three count


async def test_damaged_log_is_asked_again(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    damaged: list[bytes] = []

    def damage_the_first(uuid: str, data: bytes) -> list[bytes]:
        if uuid == LOG_UUID and data[0] & 0x3F == 2 and len(damaged) < 3:
            damaged.append(data)
            return [data[:20] + bytes([data[20] ^ 1]) + data[21:]]
        return [data]

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        central = await radio.central()
        backend = faulty(
            central.client_backend, Faults(sensor.address, notification=damage_the_first)
        )
        await until(server, lambda: sensor.sensor.status.next_index == 200)
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            await until_settled(server)
            assert running.status[SENSOR_ID].malformed == 3
    assert_complete(server, measurement(2))


async def test_unreadable_block_is_given_up_and_named(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    def damage_index_60(uuid: str, data: bytes) -> list[bytes]:
        if uuid == LOG_UUID and data[0] & 0x3F == 2 and data[9:13] == (60).to_bytes(4, "little"):
            return [data[:-4] + zlib.crc32(b"something else").to_bytes(4, "little")]
        return [data]

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        central = await radio.central()
        backend = faulty(
            central.client_backend, Faults(sensor.address, notification=damage_index_60)
        )
        await until(server, lambda: sensor.sensor.status.next_index == 200)
        async with gateway(tmp_path, broker.address, central, client_backend=backend):
            await until_settled(server)
    assert [list(ranges) for ranges in server.lost.values()] == [[(60, 120)]]
    assert server.reasons == {"unreadable in the sensor's log"}


def random_bytes(uuid: str, data: bytes) -> list[bytes]:
    noise = np.random.default_rng(len(data)).bytes(len(data))
    return (
        [noise, b"", data, noise * 2] if uuid in (SAMPLES_UUID, STATUS_UUID, LOG_UUID) else [data]
    )


async def test_random_notifications_between_good_ones_are_counted(
    broker: Broker, server: AckingServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2))
        central = await radio.central()
        backend = faulty(central.client_backend, Faults(sensor.address, notification=random_bytes))
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            await until(server, lambda: sum(map(len, server.values.values())) == 200)
            assert running.status[SENSOR_ID].malformed > 20
    assert server.differing == 0
    complaints = [r for r in caplog.records if "only counted" in r.message]
    assert 1 <= len(complaints) <= running.status[SENSOR_ID].connections


def with_version_9(uuid: str, data: bytes) -> bytes:
    return b"\x09" + data[1:] if uuid == STREAM_UUID else data


def without_serial_number(uuid: str, data: bytes) -> bytes:
    return b"no/serial/+" if uuid == SERIAL_NUMBER_UUID else data


def silent(uuid: str, data: bytes) -> list[bytes]:
    return [] if uuid == SAMPLES_UUID else [data]


@pytest.mark.parametrize(
    ("faults", "line"),
    [
        ({"read": with_version_9}, "profile version 9"),
        ({"read": without_serial_number}, "serial number"),
        ({"swallowed_writes": {CONTROL_UUID}}, "the control point did not answer"),
        ({"missing": {SAMPLES_UUID}}, "4c420002"),
        ({"missing": {SERIAL_NUMBER_UUID}}, "00002a25"),
        ({"notification": silent}, "no samples for"),
    ],
    ids=["version", "serial", "control", "samples", "device-information", "silence"],
)
async def test_a_bad_sensor_is_named_and_the_good_one_does_not_notice(
    faults: dict[str, object],
    line: str,
    broker: Broker,
    server: AckingServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    async with VirtualRadio() as radio:
        bad = await radio.add_sensor(firmware(60))
        await radio.add_sensor(firmware(2, OTHER_ID))
        central = await radio.central()
        backend = faulty(central.client_backend, Faults(bad.address, **faults))  # type: ignore[arg-type]
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            await until_settled(server)
            await until(server, lambda: line in caplog.text)
            failures = [s for s in running.status.values() if s.last_failure]
            assert [line in s.last_failure for s in failures] == [True]
            assert running.status[OTHER_ID].connections == 1
    (stream,) = server.ends
    assert_complete(server, measurement(2), stream)
    assert not any(record.exc_info for record in caplog.records)
