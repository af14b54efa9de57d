"""Sensor to server over the virtual radio and a real broker: nothing lost undeclared."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner

from acking_server import AckingServer
from bad_disks import FiniteDisk
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
from lumbar_gateway.messages import GatewayStatus, Topic
from lumbar_gateway.profiles.lumbar import LOG_UUID, RecordKind
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.radio import VirtualRadio
from lumbar_sim.radio.virtual_radio import DEFAULT_RSSI_DBM
from simulated_sensor import FastClock


async def test_every_sample_arrives_and_spool_and_log_empty(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(3))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until_settled(server)
            await until(server, lambda: running.status[SENSOR_ID].spooled_samples == 0)
            status = running.status[SENSOR_ID]
            await until(server, lambda: sensor.sensor.flash_log.used_blocks == 0)
    assert_complete(server, measurement(3))
    assert (status.link, status.lost_samples, status.malformed) == ("connected", 0, 0)
    assert (status.acked_samples, status.battery_percent) == (300, 100)
    assert status.signal_dbm == DEFAULT_RSSI_DBM
    shown = GatewayStatus.from_bytes(server.retained[str(Topic(SENSOR_ID, "status/gateway"))])
    assert shown.gateway_id == "gateway"


async def test_times_of_live_samples_are_true(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        await radio.add_sensor(firmware(3))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server)
    live = [batch for batch in server.batches if batch.live]
    newest = live[-1]
    assert abs(newest.late_s(newest.fit.wall_s(newest.end_index - 1))) < 1.0
    ticks_s = (newest.packets[0].ticks - live[0].packets[0].ticks) / 32768
    assert ticks_s == pytest.approx((newest.first_index - live[0].first_index) / 100, abs=0.001)


async def test_a_link_cut_in_mid_stream_costs_no_sample(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(6))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: len(server.batches) > 5)
            await radio.drop(sensor)
            await until(server, lambda: running.status[SENSOR_ID].connections > 1)
            radio.lose(sensor)
            await until(server, lambda: running.status[SENSOR_ID].link == "searching")
            radio.restore(sensor)
            await until_settled(server)
    assert_complete(server, measurement(6))
    assert server.lost_samples == 0
    assert {batch.live for batch in server.batches} == {True, False}


async def test_a_restarted_broker_costs_no_sample(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        await radio.add_sensor(firmware(5))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: len(server.batches) > 5)
            await asyncio.to_thread(broker.stop)
            before = running.status[SENSOR_ID].received_samples
            await until(server, lambda: running.status[SENSOR_ID].received_samples > before + 100)
            await asyncio.to_thread(broker.start)
            await until_settled(server)
    assert_complete(server, measurement(5))


async def test_a_restarted_gateway_goes_on_where_it_was(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        await radio.add_sensor(firmware(5))
        central = await radio.central()
        server.acks = False
        async with gateway(tmp_path, broker.address, central):
            await until(server, lambda: len(server.batches) > 5)
        server.acks = True
        await asyncio.sleep(1.0)
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server)
    assert_complete(server, measurement(5))


async def test_what_was_worn_out_of_reach_is_read_from_the_log(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        await asyncio.sleep(2.5)
        assert sensor.sensor.status.next_index == 200
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server)
    assert_complete(server, measurement(2))
    assert not any(batch.live for batch in server.batches)


async def test_a_transfer_cut_in_its_middle_goes_on_where_it_was(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    """A minute away from the gateway; on return the link breaks twice in the transfer."""
    clock = FastClock(60.0)
    asked: list[int] = []
    unread: list[int] = []
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(
            firmware(60, autostart=True, monotonic_s=clock.monotonic_s, sleep=clock.sleep)
        )
        await until(server, lambda: sensor.sensor.status.next_index == 6000)
        central = await radio.central()

        def cut_at_the_50th_and_70th_block(uuid: str, data: bytes) -> list[bytes]:
            if uuid == LOG_UUID and data[1] == RecordKind.BLOCK:
                asked.append(int.from_bytes(data[10:14], "little"))
                if len(asked) in (50, 70):
                    drops.append(asyncio.ensure_future(radio.drop(sensor)))
            return [data]

        drops: list[asyncio.Future[None]] = []
        faults = Faults(sensor.address, notification=cut_at_the_50th_and_70th_block)
        backend = faulty(central.client_backend, faults)
        async with gateway(tmp_path, broker.address, central, client_backend=backend) as running:
            while not server.ends or not unread or unread[-1]:
                status = running.status.get(SENSOR_ID)
                unread += [status.log_samples] if status else []
                await asyncio.sleep(0.01)
            await until_settled(server)
            assert running.status[SENSOR_ID].connections == 3
    assert_complete(server, measurement(60))
    assert server.lost_samples == 0
    assert len(server.values) == 1
    assert [batch.first_index for batch in server.batches] == sorted(
        batch.first_index for batch in server.batches
    )
    assert len(asked) <= 100 + 2 * 50, "only the answer that was cut is asked for again"
    assert max(unread) == 6000
    assert any(0 < left < 6000 for left in unread)


async def test_a_gap_in_the_measurement_is_declared_lost(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        await radio.add_sensor(firmware(4, without=(130, 190)))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server)
    assert_complete(server, measurement(4, without=(130, 190)))
    assert [list(ranges) for ranges in server.lost.values()] == [[(130, 190)]]
    assert server.reasons == {"never measured"}


async def test_what_the_log_overwrote_is_declared_lost(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        log = FlashLog(capacity_blocks=4)
        await radio.add_sensor(firmware(5, autostart=True, flash_log=log))
        await asyncio.sleep(5.5)
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server)
    (values,) = (stored for stored in server.values.values() if stored)
    (lost,) = (list(ranges) for ranges in server.lost.values() if ranges.count)
    assert lost == [(0, min(values))]
    assert sorted(values) == list(range(min(values), 500))
    assert 180 <= len(values) <= 240
    assert server.reasons == {"overwritten in the sensor's log"}


async def test_a_stream_from_before_a_reboot_is_read_to_its_end(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    log = FlashLog()
    async with VirtualRadio() as radio:
        first = await radio.add_sensor(firmware(1, autostart=True, flash_log=log))
        await asyncio.sleep(1.2)
        old = first.sensor.description.stream_id
        await radio.remove_sensor(first)
        second = await radio.add_sensor(firmware(2, flash_log=log, seed=99))
        new = second.sensor.description.stream_id
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central):
            await until_settled(server, streams=2)
            await until(server, lambda: log.used_blocks == 0)
    assert_complete(server, measurement(1), old)
    assert_complete(server, measurement(2), new)


async def test_full_disk_leaves_samples_in_the_log_until_there_is_room(
    broker: Broker, server: AckingServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    disk = FiniteDisk()
    async with VirtualRadio() as radio:
        await radio.add_sensor(firmware(8))
        central = await radio.central()
        async with gateway(tmp_path, broker.address, central, connect=disk.connect):
            await until(server, lambda: len(server.batches) > 5)
            disk.is_full = True
            await until(server, lambda: "no room for the spool" in caplog.text)
            await asyncio.sleep(1.0)
            disk.is_full = False
            await until_settled(server)
    assert_complete(server, measurement(8))
    assert server.lost_samples == 0
    full = [r for r in caplog.records if "no room" in r.message and "group_commit" in r.name]
    assert len(full) < 10


async def test_what_another_gateway_took_from_the_log_is_awaited_and_not_declared_lost(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(3, autostart=True))
        central, other = await radio.central(), await radio.central()
        server.acks = False
        async with gateway(tmp_path / "first", broker.address, central):
            await until(server, lambda: sensor.sensor.status.oldest_index == 300)
        async with gateway(tmp_path / "other", broker.address, other, gateway_id="other") as late:
            await until(server, lambda: len(server.ends) == 1)
            await asyncio.sleep(1.0)
            assert late.status[SENSOR_ID].lost_samples == 0
            server.acks = True
            async with gateway(tmp_path / "first", broker.address, central):
                await until_settled(server)
    assert_complete(server, measurement(3))
    assert server.lost_samples == 0


async def test_what_another_gateway_never_delivers_is_declared_lost_in_the_end(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(2, autostart=True))
        await until(server, lambda: sensor.sensor.status.next_index == 200)
        stream = sensor.sensor.description.stream_id
        sensor.sensor.flash_log.free(stream, 70)
        central = await radio.central()
        async with gateway(
            tmp_path, broker.address, central, timing=replace(QUICK, freed_s=5.0)
        ) as running:
            await until(server, lambda: len(server.values[stream]) == 130)
            assert running.status[SENSOR_ID].lost_samples == 0
            await until_settled(server)
    assert [list(ranges) for ranges in server.lost.values()] == [[(0, 70)]]
    assert server.reasons == {
        "freed in the sensor's log for another gateway, which did not deliver"
    }


async def test_a_stream_that_another_gateway_finished_is_closed_when_its_samples_are_settled(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    log = FlashLog()
    async with VirtualRadio() as radio:
        first = await radio.add_sensor(firmware(60, flash_log=log))
        old = first.sensor.description.stream_id
        central = await radio.central()
        async with gateway(
            tmp_path, broker.address, central, timing=replace(QUICK, freed_s=2.0)
        ) as running:
            await until(server, lambda: len(server.values[old]) > 50)
            await radio.remove_sensor(first)
            await until(server, lambda: running.status[SENSOR_ID].link == "searching")
            stored = len(server.values[old])
            log.free(old, log.record(old).end_index)
            second = await radio.add_sensor(firmware(1, flash_log=log, seed=99))
            second.bonds.all_keys = first.bonds.all_keys
            new = second.sensor.description.stream_id
            await until(server, lambda: {old, new} <= set(server.ends))
            await until(server, lambda: len(server.values[new]) == 100)
    assert stored <= server.ends[old] == len(server.values[old])
    assert server.lost_samples == 0


@pytest.mark.parametrize("steps", range(4))
async def test_gateway_stops_although_the_link_breaks_at_that_moment(
    broker: Broker, server: AckingServer, tmp_path: Path, steps: int
) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60))
        central = await radio.central()
        async with asyncio.timeout(30):
            async with gateway(tmp_path, broker.address, central):
                await until(server, lambda: bool(server.batches))
                await radio.drop(sensor)
                for _ in range(steps):
                    await asyncio.sleep(0)


@pytest.mark.parametrize("got_as_far_as", ["the link", "everything discovered"])
async def test_a_link_that_a_killed_program_left_open_is_taken_over(
    broker: Broker, server: AckingServer, tmp_path: Path, got_as_far_as: str
) -> None:
    """As BlueZ does; a sensor with an open link does not advertise."""
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(3))
        central = await radio.central()
        device = await BleakScanner.find_device_by_address(
            sensor.address, backend=central.scanner_backend
        )
        assert device is not None
        if got_as_far_as == "the link":
            await central.connect(device.details, 5.0)
        else:
            await BleakClient(device, backend=central.client_backend, pair=True).connect()
        async with gateway(
            tmp_path, broker.address, central, adapter_backend=central.adapter_backend
        ):
            await until_settled(server)
    assert_complete(server, measurement(3))
