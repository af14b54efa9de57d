"""The gateway's links: many at once, taking turns, failing in ways that are told in one line."""

from __future__ import annotations

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
from lumbar_gateway.profiles.lumbar import CONTROL_UUID, LOG_UUID, SAMPLES_UUID, STATUS_UUID
from lumbar_sim.firmware import Firmware
from lumbar_sim.radio import VirtualRadio


async def test_twenty_sensors_at_once_lose_nothing(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    ids = [f"LB-000000{n:02X}" for n in range(1, 21)]
    async with VirtualRadio() as radio:
        sensors = [await radio.add_sensor(firmware(5, one)) for one in ids]
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until_settled(server, streams=20)
            assert set(running.status) == set(ids)
            assert {status.connections for status in running.status.values()} == {1}
    for sensor in sensors:
        assert_complete(server, measurement(5), sensor.sensor.description.stream_id)
    assert server.lost_samples == 0


async def test_a_sensor_whose_samples_fit_no_notification_is_read_from_its_log(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    """Six axes at the smallest MTU: nothing comes live, and the link is well all the same."""
    acceleration = measurement(3 * QUICK.data_s)
    counts = np.hstack([acceleration.counts, acceleration.counts])
    six_axes = replace(acceleration, counts=counts, dps_per_step=0.07)
    async with VirtualRadio() as radio:
        await radio.add_sensor(Firmware(SENSOR_ID, six_axes, max_mtu=23))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: bool(server.batches))
            assert not server.ends, "read while the sensor still measures"
            await until_settled(server)
            assert running.status[SENSOR_ID].connections == 1
            assert running.status[SENSOR_ID].received_samples == 0
    assert_complete(server, six_axes)


async def test_an_absent_sensor_does_not_keep_the_others_waiting(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        away = await radio.add_sensor(firmware(60, "LB-00000002"))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: "LB-00000002" in running.status)
            radio.lose(away)
            await until(server, lambda: running.status["LB-00000002"].link == "searching")
            present = await radio.add_sensor(firmware(2))
            stream = present.sensor.description.stream_id
            await until(server, lambda: stream in server.ends)
            await until(server, lambda: len(server.values[stream]) == 200)


async def test_a_lost_bond_is_told_in_one_line_with_the_remedy(
    broker: Broker, server: AckingServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: bool(server.batches))
            sensor.bonds.all_keys.clear()
            await radio.drop(sensor)
            await until(server, lambda: "no longer paired" in caplog.text)
            assert f"lumbar pair {sensor.address}" in running.status[SENSOR_ID].last_failure
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    "raised", [KeyError("org.bluez.GattService1"), EOFError(), OSError(32, "Broken pipe")], ids=repr
)
async def test_whatever_a_bluetooth_stack_raises_is_one_line_and_tried_again(
    raised: Exception,
    broker: Broker,
    server: AckingServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    pending = [raised]

    def fail_once(uuid: str, data: bytes) -> bytes:
        if uuid == STATUS_UUID and pending:
            raise pending.pop()
        return data

    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2))
        central = await radio.central()
        backend = faulty(central.client_backend, Faults(sensor.address, read=fail_once))
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            await until_settled(server)
            assert running.status[SENSOR_ID].connections == 2
    assert_complete(server, measurement(2))
    assert not any(record.exc_info for record in caplog.records)


async def test_a_gateway_that_ends_unsubscribes_and_lets_the_sensor_measure_on(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    stopped: list[str] = []
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60))
        central = await radio.central()

        class Watched(central.client_backend):  # type: ignore[name-defined, misc]
            async def stop_notify(self, characteristic: object) -> None:
                stopped.append(characteristic.uuid)  # type: ignore[attr-defined]
                await super().stop_notify(characteristic)

        async with gateway(tmp_path, broker.address, central, client_backend=Watched):
            await until(server, lambda: bool(server.batches))
        assert stopped == [SAMPLES_UUID, STATUS_UUID, LOG_UUID, CONTROL_UUID]
        assert central.device.connections == {}
        before = sensor.sensor.status.next_index
        await until(server, lambda: sensor.sensor.status.next_index > before)
