"""Samples on their way over a real GATT link."""

import asyncio

import numpy as np
import pytest

from lumbar_gateway.profiles.lumbar import (
    NOTIFICATION_INTERVAL_S,
    TICK_HZ,
    Command,
    CommandResult,
    ControlStatus,
    Opcode,
    SensorState,
)
from lumbar_sim.measurement import Measurement
from simulated_sensor import START, STOP, connected, firmware, measurement, on_air, truth


@pytest.mark.parametrize("width", [3, 6])
async def test_notifications_carry_every_sample_of_a_measurement(width):
    measured = measurement(1500, width=width)
    sensor = firmware(measured)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        assert (await client.status()).state is SensorState.IDLE
        assert (await client.command(START)).status is ControlStatus.OK
        await client.until_state(SensorState.FINISHED)
        assert client.samples == truth(measured)
        assert client.statuses[-1].next_index == 1500
        assert max(client.notification_sizes) <= client.client.mtu_size - 3


async def test_a_packet_never_spans_a_gap_and_gaps_stay_gaps():
    measured = measurement(400, missing=[5, 6, 100, 101, 102, 399 - 1])
    sensor = firmware(measured)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        assert client.samples == truth(measured)
        assert await client.read_log(0, 400) == truth(measured)


async def test_notifications_come_at_least_every_tenth_of_a_second():
    sensor = firmware(measurement(3000), speed=2.0)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until(lambda: len(client.packets) >= 15)
    ticks = np.array([packet.first_ticks for packet in client.packets])
    assert np.median(np.diff(ticks)) <= NOTIFICATION_INTERVAL_S * TICK_HZ + 1


async def test_ticks_follow_the_index_by_the_sensors_own_crystal():
    sensor = firmware(measurement(300, rate_hz=52.0), clock_ppm=-80.0)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
    first = client.packets[0]
    for packet in client.packets:
        elapsed = (packet.first_ticks - first.first_ticks) % 2**32
        assert abs(elapsed - packet.first_index * TICK_HZ / 52.0) <= 1


async def test_smallest_mtu_carries_one_sample_a_packet_and_the_log_in_fragments():
    measured = measurement(150)
    sensor = firmware(measured, speed=4.0, max_mtu=23)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        assert client.client.mtu_size == 23
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        assert client.samples == truth(measured)
        assert {len(packet.samples) for packet in client.packets} == {1}
        assert await client.read_log(0, 150) == truth(measured)
        assert max(client.notification_sizes) == 20


async def test_smallest_mtu_leaves_six_axes_to_the_log():
    measured = measurement(150, width=6)
    sensor = firmware(measured, max_mtu=23)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until_state(SensorState.FINISHED)
        assert client.packets == []
        assert await client.read_log(0, 150) == truth(measured)


async def test_stop_leaves_a_gap_until_the_next_start():
    sensor = firmware(measurement(100_000))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        await client.until(lambda: len(client.packets) >= 3)
        await client.command(STOP)
        await client.until_state(SensorState.IDLE)
        stopped = (await client.status()).next_index
        assert stopped == max(client.samples) + 1
        await asyncio.sleep(0.1)
        packets = len(client.packets)
        await client.command(START)
        await client.until(lambda: len(client.packets) > packets)
        resumed = client.packets[packets].first_index
        assert resumed >= stopped + 0.1 * 20 * 100 - 1
        assert await client.read_log(stopped, resumed) == {}


async def test_two_starts_are_one_start():
    measured = measurement(300)
    sensor = firmware(measured)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        await client.command(START)
        assert await client.command(START) == CommandResult(Opcode.START, ControlStatus.OK)
        await client.until_state(SensorState.FINISHED)
        assert client.samples == truth(measured)


async def test_another_rate_begins_another_stream_where_the_converter_has_it():
    def converter(sampling_rate_hz: float, range_g: int) -> Measurement:
        if sampling_rate_hz not in (50.0, 100.0):
            raise ValueError(f"no {sampling_rate_hz} Hz")
        return measurement(200, rate_hz=sampling_rate_hz, seed=2)

    sensor = firmware(measurement(5000), converter=converter)
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        first = await client.description()
        await client.command(START)
        await client.until(lambda: len(client.packets) >= 2)
        assert (await client.command(Command.set_rate(50.0))).status is ControlStatus.OK
        second = await client.description()
        assert second.stream_id != first.stream_id
        assert second.sampling_rate_hz == 50.0
        await client.until_state(SensorState.FINISHED)
        for refused in (Command.set_rate(77.0), Command.set_rate(float("nan"))):
            assert (await client.command(refused)).status is ControlStatus.BAD_PARAMETERS
        directory, end = await client.log(Command(Opcode.LIST_LOG))
        assert [record.description for record in directory] == [first, second]
        assert (end.stream_id, end.end_index, end.records) == (second.stream_id, 200, 2)


async def test_settings_without_another_measurement_are_refused():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        first = await client.description()
        for command, status in [
            (Command.set_rate(100.0), ControlStatus.OK),
            (Command.set_range(8), ControlStatus.OK),
            (Command.set_rate(50.0), ControlStatus.BAD_PARAMETERS),
            (Command.set_range(16), ControlStatus.BAD_PARAMETERS),
        ]:
            assert (await client.command(command)).status is status
        assert await client.description() == first


async def test_six_sensors_on_one_radio_lose_nothing():
    sensors = [firmware(measurement(500, seed=n), f"LB-0000000{n}") for n in range(6)]

    async def watch(central, sensor):
        async with connected(central, sensor) as client:
            await client.command(START)
            await client.until_state(SensorState.FINISHED)
            return client.samples

    async with on_air(*sensors) as (_, central):
        samples = await asyncio.gather(*(watch(central, sensor) for sensor in sensors))
    assert samples == [truth(measurement(500, seed=n)) for n in range(6)]
