"""Sensors and links that misbehave: one clear line, counted, and nobody else notices."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from acking_server import AckingServer
from faulty_link import Faults, faulty
from gateway_household import (
    QUICK,
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
    LogEnd,
    RecordKind,
    fragment,
    sealed,
)
from lumbar_sim.flash_log import FlashLog
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
        may_fail = uuid == LOG_UUID and data[1] != RecordKind.END
        return [data] * (int(rng.integers(0, 3)) if may_fail else 1)

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(4, autostart=True))
        central = await radio.central()
        backend = faulty(
            central.client_backend, Faults(sensor.address, notification=lose_or_repeat)
        )
        await until(server, lambda: sensor.sensor.status.next_index > 350)
        async with gateway(tmp_path, broker.address, central, client_backend=backend):
            await until_settled(server)
    assert_complete(server, measurement(4))
    assert server.lost_samples == 0


async def test_a_command_whose_answer_got_lost_is_given_again_on_the_same_connection(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    lost: set[int] = set()

    def lose_the_first(uuid: str, data: bytes) -> list[bytes]:
        if uuid != CONTROL_UUID or data[0] in lost:
            return [data]
        lost.add(data[0])
        return []

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(3))
        central = await radio.central()
        forgetful = Faults(sensor.address, notification=lose_the_first)
        backend = faulty(central.client_backend, forgetful)
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            await until_settled(server)
            assert running.status[SENSOR_ID].connections == 1
    assert len(lost) > 2
    assert_complete(server, measurement(3))


async def test_damaged_log_is_asked_again(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    damaged: list[bytes] = []

    def damage_the_first(uuid: str, data: bytes) -> list[bytes]:
        if uuid == LOG_UUID and len(damaged) < 3 and len(data) > 200:
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


async def test_a_directory_that_lacks_a_stream_is_asked_for_again(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    swallowed: list[bytes] = []

    def lose_the_first_line(uuid: str, data: bytes) -> list[bytes]:
        if uuid == LOG_UUID and data[1] == RecordKind.DIRECTORY and not swallowed:
            swallowed.append(data)
            return []
        return [data]

    log = FlashLog()
    async with VirtualRadio() as radio:
        first = await radio.add_sensor(firmware(1, autostart=True, flash_log=log))
        await until(server, lambda: first.sensor.status.next_index == 100)
        await radio.remove_sensor(first)
        second = await radio.add_sensor(firmware(1, flash_log=log, seed=99))
        central = await radio.central()
        backend = faulty(
            central.client_backend, Faults(second.address, notification=lose_the_first_line)
        )
        async with gateway(tmp_path, broker.address, central, client_backend=backend):
            await until_settled(server, streams=2)
    assert swallowed
    for stream in server.ends:
        assert_complete(server, measurement(1), stream)


async def test_a_block_that_went_bad_in_the_flash_is_declared_unreadable(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        central = await radio.central()
        await until(server, lambda: sensor.sensor.status.next_index == 200)
        sensor.sensor.flash_log.damage(sensor.sensor.description.stream_id, 70)
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server)
    assert [list(ranges) for ranges in server.lost.values()] == [[(60, 120)]]
    assert server.reasons == {"unreadable in the sensor's log"}


async def test_a_block_that_never_arrives_is_not_declared_lost(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    heard_at_last: list[bool] = []

    def swallow_index_60(uuid: str, data: bytes) -> list[bytes]:
        is_it = uuid == LOG_UUID and data[1:2] == b"\x02" and data[10:14] == b"\x3c\x00\x00\x00"
        return [data] if heard_at_last or not is_it else []

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        central = await radio.central()
        backend = faulty(
            central.client_backend, Faults(sensor.address, notification=swallow_index_60)
        )
        await until(server, lambda: sensor.sensor.status.next_index == 200)
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            await until(server, lambda: sum(map(len, server.values.values())) == 140)
            await asyncio.sleep(5 * QUICK.poll_s)
            assert running.status[SENSOR_ID].log_samples == 60
            assert sensor.sensor.flash_log.used_blocks == 3
            heard_at_last.append(True)
            await until_settled(server)
    assert_complete(server, measurement(2))
    assert server.lost_samples == 0


async def test_a_log_that_leaves_samples_out_without_a_word_is_a_fault_of_the_sensor(
    broker: Broker, server: AckingServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def say_nothing_was_sent(uuid: str, data: bytes) -> list[bytes]:
        if uuid == LOG_UUID and data[1] == RecordKind.BLOCK:
            return []
        if uuid == LOG_UUID and data[1] == RecordKind.END:
            end = LogEnd.from_bytes(data[1:])
            if end.first_index < end.end_index and end.records == 4:
                return fragment(replace(end, records=0), 500)
        return [data]

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        central = await radio.central()
        await until(server, lambda: sensor.sensor.status.next_index == 200)
        backend = faulty(
            central.client_backend, Faults(sensor.address, notification=say_nothing_was_sent)
        )
        async with gateway(tmp_path, broker.address, central, client_backend=backend):
            await until(server, lambda: "the log says nothing of samples from 0 on" in caplog.text)
    assert server.lost_samples == 0


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


def without_serial_number(uuid: str, data: bytes) -> bytes:
    return b"no/serial/+" if uuid == SERIAL_NUMBER_UUID else data


def silent(uuid: str, data: bytes) -> list[bytes]:
    is_block = uuid == LOG_UUID and data[1] == RecordKind.BLOCK
    return [] if uuid == SAMPLES_UUID or is_block else [data]


def with_version_9(uuid: str, data: bytes) -> bytes:
    return sealed(b"\x09" + data[1:-4]) if uuid == STREAM_UUID else data


def without_directory(uuid: str, data: bytes) -> list[bytes]:
    return [] if uuid == LOG_UUID and data[1] == RecordKind.DIRECTORY else [data]


@pytest.mark.parametrize(
    ("faults", "line"),
    [
        ({"read": with_version_9}, "profile version 9"),
        ({"notification": without_directory}, "directory was not whole"),
        ({"read": without_serial_number}, "serial number"),
        ({"swallowed_writes": {CONTROL_UUID}}, "the control point did not answer"),
        ({"missing": {SAMPLES_UUID}}, "4c420002"),
        ({"missing": {SERIAL_NUMBER_UUID}}, "00002a25"),
        ({"notification": silent}, "no samples for"),
    ],
    ids=["version", "directory", "serial", "control", "samples", "device-information", "silence"],
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
