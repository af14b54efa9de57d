"""Wall time of what is stored, over a radio that delays: from the firmware to the database."""

import asyncio
from pathlib import Path

import pytest

from lumbar_gateway.messages import ClockSource
from timed_home import Home, TimedSensor, at_home

HOUR_S = 3600.0


def source(home: Home, sensor: TimedSensor) -> ClockSource:
    record = home.stored(sensor)
    assert record is not None
    assert record.clock is not None
    return record.clock.source


def test_two_sensors_are_right_within_5_ms_and_aligned_within_10(tmp_path: Path) -> None:
    async def story(home: Home) -> None:
        slow, fast = TimedSensor(1, 60.0, -100.0), TimedSensor(2, 60.0, 100.0)
        async with home.gateway():
            for sensor in (slow, fast):
                sensor.start()
                await home.radio.add_sensor(sensor.firmware)
            await home.until_settled(slow, fast)
        for share in (0.0, 0.5, 1.0):
            errors_s = [home.error_s(one, share * one.end_index) for one in (slow, fast)]
            assert all(abs(error_s) < 0.005 for error_s in errors_s)
            assert abs(errors_s[0] - errors_s[1]) < 0.010

    at_home(tmp_path, story)


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S, 0.9])
def test_wall_clock_that_is_set_is_right_for_the_whole_stream(
    tmp_path: Path, step_s: float
) -> None:
    async def story(home: Home) -> None:
        sensor = TimedSensor(1, 60.0, 50.0)
        sensor.start()
        await home.radio.add_sensor(sensor.firmware)
        async with home.gateway():
            await asyncio.sleep(40.0)
            assert abs(home.error_s(sensor, 1000)) < 0.005
            home.wall_offset_s += step_s
            await asyncio.sleep(5.0)
            assert abs(home.error_s(sensor, 1000)) < 0.005
            await home.until_settled(sensor)
        for index in (0, sensor.end_index):
            assert abs(home.error_s(sensor, index)) < 0.005

    at_home(tmp_path, story)


def test_gateway_that_starts_again_goes_on_with_what_it_knows_of_the_crystal(
    tmp_path: Path,
) -> None:
    async def story(home: Home) -> None:
        sensor = TimedSensor(1, 120.0, 100.0)
        sensor.start()
        await home.radio.add_sensor(sensor.firmware)
        async with home.gateway():
            await asyncio.sleep(60.0)
        await asyncio.sleep(20.0)
        async with home.gateway():
            await home.until_settled(sensor)
        for index in (0, sensor.end_index):
            assert abs(home.error_s(sensor, index)) < 0.005

    at_home(tmp_path, story)


def test_workout_of_the_morning_fetched_at_night_is_stored_at_the_mornings_time(
    tmp_path: Path,
) -> None:
    async def story(home: Home) -> None:
        sensor = TimedSensor(1, 60.0, -80.0)
        sensor.firmware.sensor.set_time(home.wall_s())  # by a phone, before it was put on
        await asyncio.sleep(600.0)
        sensor.start()
        await asyncio.sleep(12 * HOUR_S)
        await home.radio.add_sensor(sensor.firmware)
        async with home.gateway():
            await home.until_settled(sensor)
        assert source(home, sensor) is ClockSource.READ
        for index in (0, sensor.end_index):
            assert abs(home.error_s(sensor, index)) < 0.1

    at_home(tmp_path, story)


def test_sensor_is_told_again_when_the_gateways_clock_was_set(tmp_path: Path) -> None:
    async def story(home: Home) -> None:
        before = TimedSensor(1, 40.0, 0.0)
        before.start()
        await home.radio.add_sensor(before.firmware)
        home.wall_offset_s -= HOUR_S  # the gateway has just been switched on, without a clock
        async with home.gateway():
            await asyncio.sleep(10.0)
            home.wall_offset_s += HOUR_S
            await asyncio.sleep(15.0)
        [record] = before.log.directory()
        told_s = record.time.set_time_us / 1e6
        counted_s = (record.time.set_ticks - record.time.start_ticks) / 32768
        assert told_s - counted_s == pytest.approx(before.true_s(0) + home.wall_offset_s, abs=0.1)

    at_home(tmp_path, story)


def test_workout_before_a_reboot_is_stored_at_the_time_that_the_sensor_knew(
    tmp_path: Path,
) -> None:
    async def story(home: Home) -> None:
        before = TimedSensor(1, 60.0, 20.0)
        before.firmware.sensor.set_time(home.wall_s())
        await asyncio.sleep(10 * HOUR_S)
        before.start()
        await asyncio.sleep(HOUR_S)
        before.firmware.sensor.take_runs()
        after = TimedSensor(1, 10.0, 20.0, before.log)
        await asyncio.sleep(10 * HOUR_S)
        after.start()
        await home.radio.add_sensor(after.firmware)
        async with home.gateway():
            await home.until_settled(before, after)
        assert source(home, before) is ClockSource.TOLD
        for index in (0, before.end_index):
            assert abs(home.error_s(before, index)) < 1.0
        assert abs(home.error_s(after, after.end_index)) < 0.1

    at_home(tmp_path, story)


def test_workout_of_a_boot_that_nobody_told_the_time_ended_before_the_next_boot(
    tmp_path: Path,
) -> None:
    async def story(home: Home) -> None:
        before = TimedSensor(1, 60.0, 0.0)
        before.start()
        await asyncio.sleep(62.0)
        before.firmware.sensor.take_runs()
        after = TimedSensor(1, 10.0, 0.0, before.log)
        await asyncio.sleep(8 * HOUR_S)  # and is fetched in the evening
        after.start()
        await home.radio.add_sensor(after.firmware)
        async with home.gateway():
            await home.until_settled(before, after)
        assert source(home, before) is ClockSource.PRESUMED
        assert abs(home.error_s(before, before.end_index)) < 3.0

    at_home(tmp_path, story)


def test_counter_that_wrapped_twice_since_the_workout_is_no_riddle(tmp_path: Path) -> None:
    async def story(home: Home) -> None:
        sensor = TimedSensor(1, 30.0, 0.0)
        await asyncio.sleep(40 * HOUR_S)  # it wraps after 36.4 h
        sensor.start()
        await asyncio.sleep(80 * HOUR_S)
        await home.radio.add_sensor(sensor.firmware)
        async with home.gateway():
            await home.until_settled(sensor)
        assert source(home, sensor) is ClockSource.READ
        assert abs(home.error_s(sensor, 0)) < 0.1

    at_home(tmp_path, story)
