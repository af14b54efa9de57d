"""Losing a sensor and finding it again, through bleak's public API."""

import asyncio

import pytest
from bleak import BleakClient
from bleak.exc import BleakError
from bleak_retry_connector import establish_connection

from lumbar_gateway.profiles.lumbar import CONTROL_UUID, STREAM_UUID, SensorState
from simulated_sensor import (
    PATIENCE_S,
    START,
    connected,
    find,
    firmware,
    measurement,
    on_air,
    truth,
)


async def test_loss_ends_both_sides_after_the_supervision_timeout():
    sensor = firmware(measurement(10))
    loop = asyncio.get_running_loop()
    async with on_air(sensor, supervision_timeout_s=0.4) as (radio, central):
        async with connected(central, sensor) as client:
            radio.lose(sensor)
            lost_s = loop.time()
            with pytest.raises(BleakError, match="disconnected"):
                await client.client.read_gatt_char(STREAM_UUID)
            assert loop.time() - lost_s >= 0.4
            assert client.lost.is_set()
            assert not client.client.is_connected
        await asyncio.sleep(0.05)
        assert sensor.device.connections == {}
        assert sensor.device.is_advertising


async def test_back_within_the_supervision_timeout_nothing_is_lost():
    measured = measurement(1000)
    sensor = firmware(measured, speed=10.0)
    async with (
        on_air(sensor, supervision_timeout_s=10.0) as (radio, central),
        connected(central, sensor) as client,
    ):
        await client.command(START)
        radio.lose(sensor)
        await asyncio.sleep(0.05)
        packets = len(client.packets)
        await asyncio.sleep(0.15)
        assert len(client.packets) == packets
        radio.restore(sensor)
        await client.until_state(SensorState.FINISHED)
        assert client.samples == truth(measured)


async def test_out_of_reach_for_long_live_samples_are_left_to_the_log():
    measured = measurement(5000)
    sensor = firmware(measured, speed=100.0, max_mtu=100)
    async with (
        on_air(sensor, supervision_timeout_s=10.0) as (radio, central),
        connected(central, sensor) as client,
    ):
        await client.command(START)
        radio.lose(sensor)
        async with asyncio.timeout(PATIENCE_S):
            while sensor.sensor.state is not SensorState.FINISHED:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        radio.restore(sensor)
        await client.until_state(SensorState.FINISHED)
        assert len(client.samples) < 5000
        assert await client.read_log(0, 5000) == truth(measured)


async def test_sensor_that_disconnects_properly_is_noticed_at_once_and_advertises_again():
    sensor = firmware(measurement(10))
    async with on_air(sensor, supervision_timeout_s=30.0) as (radio, central):
        async with connected(central, sensor) as client:
            await radio.drop(sensor)
            await client.until_lost()
        async with connected(central, sensor) as client:
            await client.status()


async def test_disconnected_callback_is_called_once_also_for_the_own_disconnect():
    sensor = firmware(measurement(10))
    calls: list[BleakClient] = []
    async with on_air(sensor) as (radio, central):
        client = BleakClient(
            await find(central, sensor), calls.append, backend=central.client_backend
        )
        await client.connect()
        await client.disconnect()
        assert calls == [client]
        await client.connect()
        await radio.drop(sensor)
        async with asyncio.timeout(PATIENCE_S):
            while client.is_connected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await client.disconnect()
    assert calls == [client, client]


async def test_absent_sensor_times_out_and_the_next_connection_works():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        device = await find(central, sensor)
        client = BleakClient(device, backend=central.client_backend, pair=True)
        radio.lose(sensor)
        with pytest.raises(TimeoutError):
            await client.connect(timeout=0.3)
        radio.restore(sensor)
        await client.connect(timeout=PATIENCE_S)
        assert client.is_connected
        await client.disconnect()


async def test_cancelled_connection_attempt_leaves_the_radio_free():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        device = await find(central, sensor)
        radio.lose(sensor)
        client = BleakClient(device, backend=central.client_backend)
        attempt = asyncio.create_task(client.connect())
        await asyncio.sleep(0.05)
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        radio.restore(sensor)
        await client.connect(timeout=PATIENCE_S)
        await client.disconnect()


@pytest.mark.parametrize("delay_s", [0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2])
async def test_cancelled_at_any_moment_no_connection_is_left_behind(delay_s):
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central):
        device = await find(central, sensor)
        client = BleakClient(device, backend=central.client_backend, pair=True)
        attempt = asyncio.create_task(client.connect())
        await asyncio.sleep(delay_s)
        attempt.cancel()
        await asyncio.gather(attempt, return_exceptions=True)
        await client.disconnect()
        assert central.device.connections == {}
        async with connected(central, sensor) as again:
            await again.status()


async def test_attempts_for_an_absent_sensor_do_not_stop_those_for_another():
    absent, present = (firmware(measurement(10), f"LB-0000000{n}") for n in (1, 2))
    async with on_air(absent, present) as (radio, central):
        devices = [await find(central, sensor) for sensor in (absent, present)]
        radio.lose(absent)
        clients = [BleakClient(device, backend=central.client_backend) for device in devices]
        results = await asyncio.gather(
            clients[0].connect(timeout=0.3), clients[1].connect(timeout=10), return_exceptions=True
        )
        assert isinstance(results[0], TimeoutError)
        assert clients[1].is_connected


async def test_bonded_reconnection_encrypts_without_pairing_again():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central):
        async with connected(central, sensor):
            bond = dict(sensor.bonds.all_keys)
        device = await find(central, sensor)
        async with BleakClient(device, backend=central.client_backend, pair=False) as client:
            await client.start_notify(CONTROL_UUID, lambda *_: None)
            [connection] = sensor.device.connections.values()
            assert connection.is_encrypted
            assert connection.encryption_key_size == 16
        assert sensor.bonds.all_keys == bond


async def test_sensor_that_lost_its_bond_is_refused_until_it_is_paired_again():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central):
        async with connected(central, sensor):
            sensor.bonds.all_keys.clear()
        device = await find(central, sensor)
        client = BleakClient(device, backend=central.client_backend, pair=True)
        with pytest.raises(BleakError, match="KEY_MISSING"):
            await client.connect()
        assert not client.is_connected
        await client.unpair()
        await client.connect()
        await client.disconnect()


async def test_retry_connector_connects_at_once_and_as_soon_as_a_lost_sensor_is_back():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        device = await find(central, sensor)
        arguments = {"backend": central.client_backend, "pair": True}
        client = await establish_connection(BleakClient, device, sensor.name, **arguments)
        assert client.is_connected
        await client.disconnect()
        radio.lose(sensor)
        # The attempt's own limit is 20 s; coming back in between is what happens in a gym.
        attempt = asyncio.create_task(
            establish_connection(BleakClient, device, sensor.name, **arguments)
        )
        await asyncio.sleep(0.3)
        radio.restore(sensor)
        client = await attempt
        assert client.is_connected
        await client.disconnect()


async def test_a_callers_cancellation_does_not_mix_up_answers():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central), connected(central, sensor) as client:
        radio.lose(sensor)
        read = asyncio.create_task(client.client.read_gatt_char(STREAM_UUID))
        await asyncio.sleep(0.02)
        read.cancel()
        with pytest.raises(asyncio.CancelledError):
            await read
        radio.restore(sensor)
        assert (await client.status()).state is SensorState.IDLE
        assert await client.description() == sensor.sensor.description
