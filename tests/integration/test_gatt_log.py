"""The flash log over a real GATT link: nothing is lost that it still has."""

import asyncio

import pytest

from lumbar_gateway.profiles.lumbar import (
    BLOCK_SAMPLES,
    CONTROL_UUID,
    Command,
    CommandResult,
    ControlStatus,
    DirectoryRecord,
    GapReason,
    LogBlock,
    LogEnd,
    LogGap,
    Opcode,
    SensorState,
    sealed,
)
from lumbar_sim.flash_log import FlashLog
from simulated_sensor import (
    LIST_LOG,
    START,
    connected,
    firmware,
    measurement,
    on_air,
    truth,
)


async def test_after_a_loss_the_log_has_exactly_what_is_missing():
    measured = measurement(3000)
    sensor = firmware(measured)
    async with on_air(sensor, supervision_timeout_s=0.3) as (radio, central):
        async with connected(central, sensor) as before:
            await before.command(START)
            await before.until(lambda: len(before.packets) >= 3)
            radio.lose(sensor)
            await before.until_lost()
        await asyncio.sleep(0.1)
        radio.restore(sensor)
        async with connected(central, sensor) as after:
            await after.until_state(SensorState.FINISHED)
            have = before.samples | after.samples
            missing = sorted(truth(measured).keys() - have.keys())
            assert missing == list(range(missing[0], missing[-1] + 1))
            filled = await after.read_log(missing[0], missing[-1] + 1)
    assert sorted(filled) == missing
    assert have | filled == truth(measured)


async def test_worn_away_from_the_gateway_everything_is_in_the_log():
    measured = measurement(700)
    sensor = firmware(measured, speed=50.0, autostart=True)
    async with on_air(sensor) as (_, central):
        await asyncio.sleep(0.3)
        async with connected(central, sensor) as client:
            await client.until(lambda: sensor.sensor.state is SensorState.FINISHED)
            assert await client.read_log(0, 700) == truth(measured)


async def test_blocks_are_cut_to_the_range_and_the_open_block_is_read_too():
    measured = measurement(2 * BLOCK_SAMPLES + 7)
    sensor = firmware(measured)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        stream_id = (await client.description()).stream_id
        blocks, end = await client.log(Command.read_log(stream_id, 50, 1000))
        assert [(b.first_index, len(b.samples)) for b in blocks] == [(50, 10), (60, 60), (120, 7)]
        assert end == LogEnd(stream_id, 50, 127, records=3)
        ticks = [block.first_ticks for block in blocks]
        assert ticks == pytest.approx([sensor.sensor.ticks_at(i) for i in (50, 60, 120)], abs=1)


async def test_a_range_not_measured_yet_ends_where_the_stream_is():
    sensor = firmware(measurement(100))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        stream_id = (await client.description()).stream_id
        records, end = await client.log(Command.read_log(stream_id, 0, 50))
        assert (records, end) == ([], LogEnd(stream_id, 0, 0, records=0))


async def test_what_the_log_does_not_have_is_named_with_its_reason():
    measured = measurement(300, missing=range(200, 210))
    sensor = firmware(measured, flash_log=FlashLog(capacity_blocks=5))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        stream_id = (await client.description()).stream_id
        await client.command(Command.free_log(stream_id, 70))
        sensor.sensor.flash_log.damage(stream_id, 150)
        records, end = await client.log(Command.read_log(stream_id, 0, 300))
        assert [record for record in records if isinstance(record, LogGap)] == [
            LogGap(stream_id, 0, 70, GapReason.FREED),
            LogGap(stream_id, 120, 180, GapReason.UNREADABLE),
            LogGap(stream_id, 200, 210, GapReason.NEVER_MEASURED),
        ]
        assert end == LogEnd(stream_id, 0, 300, records=len(records))
        accounted = [i for r in records for i in range(r.first_index, r.end_index)]
        assert accounted == list(range(300))


async def test_freed_samples_are_gone_and_the_directory_says_so():
    sensor = firmware(measurement(200))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        description = await client.description()
        free = Command.free_log(description.stream_id, 130)
        assert await client.command(free) == CommandResult(Opcode.FREE_LOG, ControlStatus.OK)
        directory, _ = await client.log(LIST_LOG)
        [record] = directory
        assert isinstance(record, DirectoryRecord)
        assert (record.description, record.oldest_index) == (description, 130)
        assert (record.lost_before_index, record.end_index) == (0, 200)
        assert sorted(await client.read_log(0, 200)) == list(range(130, 200))
        assert (await client.status()).oldest_index == 130


async def test_a_full_log_overwrites_the_oldest_and_reports_it_as_lost():
    sensor = firmware(measurement(400), flash_log=FlashLog(capacity_blocks=3))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        status = await client.status()
        assert (status.oldest_index, status.lost_before_index) == (240, 240)
        assert sorted(await client.read_log(0, 400)) == list(range(240, 400))


async def test_a_reboot_keeps_the_log_and_begins_another_stream():
    log = FlashLog()
    measured = measurement(100)
    first = firmware(measured, flash_log=log)
    async with on_air(first) as (radio, central):
        async with connected(central, first) as client:
            await client.command(START)
            await client.until_state(SensorState.FINISHED)
            old = await client.description()
        await radio.remove_sensor(first)
        second = await radio.add_sensor(firmware(measurement(50), flash_log=log))
        second.bonds.all_keys = first.bonds.all_keys
        async with connected(central, second) as client:
            directory, end = await client.log(LIST_LOG)
            assert end.records == 2
            assert [record.description.stream_id for record in directory] == [
                old.stream_id,
                (await client.description()).stream_id,
            ]
            blocks, _ = await client.log(Command.read_log(old.stream_id, 0, 100))
            assert sum(len(block.samples) for block in blocks) == 100
            await client.command(Command.free_log(old.stream_id, 100))
            result = await client.command(Command.read_log(old.stream_id, 0, 100))
            assert result.status is ControlStatus.UNKNOWN_STREAM


@pytest.mark.parametrize(
    ("written", "status"),
    [
        (b"", ControlStatus.DAMAGED),
        (b"\x01", ControlStatus.DAMAGED),
        (bytes(Command.set_range(8))[:-1] + b"\x00", ControlStatus.DAMAGED),
        (sealed(b"\x7f"), ControlStatus.UNKNOWN_OPCODE),
        (sealed(b"\x01\x00"), ControlStatus.BAD_PARAMETERS),
        (sealed(b"\x11\x00\x00"), ControlStatus.BAD_PARAMETERS),
        (bytes(Command.set_range(0)), ControlStatus.BAD_PARAMETERS),
        (bytes(Command(Opcode.SET_TIME, b"\xff" * 8)), ControlStatus.BAD_PARAMETERS),
        (bytes(Command.read_log(1, 0, 10)), ControlStatus.UNKNOWN_STREAM),
        (bytes(Command(Opcode.READ_LOG, bytes(14))), ControlStatus.BAD_PARAMETERS),
        (bytes(Command.read_log(1, 2**32 - 5, 2**32 + 1)), ControlStatus.BAD_PARAMETERS),
        (bytes(Command.free_log(1, 10)), ControlStatus.UNKNOWN_STREAM),
        (bytes(Command.set_time(1.79e9)), ControlStatus.OK),
        (bytes(Command(Opcode.IDENTIFY)), ControlStatus.OK),
    ],
)
async def test_every_command_is_answered_with_a_status(written, status):
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        opcode = 0 if status is ControlStatus.DAMAGED else written[0]
        assert await client.command(written) == CommandResult(opcode, status)
        assert sensor.sensor.blinks == (written == bytes(Command(Opcode.IDENTIFY)))


async def test_a_second_transfer_is_refused_while_one_runs():
    sensor = firmware(measurement(3000), speed=200.0, max_mtu=23)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        stream_id = (await client.description()).stream_id
        read = Command.read_log(stream_id, 0, 3000)
        await client.client.write_gatt_char(CONTROL_UUID, bytes(read), response=True)
        await client.client.write_gatt_char(CONTROL_UUID, bytes(LIST_LOG), response=True)
        results = [await client.next_result(), await client.next_result()]
        assert results == [
            CommandResult(Opcode.READ_LOG, ControlStatus.OK),
            CommandResult(Opcode.LIST_LOG, ControlStatus.BUSY),
        ]
        blocks, _ = await client.records()
        assert sum(len(b.samples) for b in blocks if isinstance(b, LogBlock)) == 3000
        assert (await client.command(LIST_LOG)).status is ControlStatus.OK


async def test_a_transfer_cut_by_a_loss_does_not_leave_the_sensor_busy():
    sensor = firmware(measurement(3000), speed=200.0, max_mtu=23)
    async with on_air(sensor, supervision_timeout_s=0.2) as (radio, central):
        async with connected(central, sensor) as client:
            await client.command(START)
            await client.until_state(SensorState.FINISHED)
            stream_id = (await client.description()).stream_id
            await client.command(Command.read_log(stream_id, 0, 3000))
            radio.lose(sensor)
            await client.until_lost()
        radio.restore(sensor)
        async with connected(central, sensor) as client:
            assert len(await client.read_log(0, 3000)) == 3000
