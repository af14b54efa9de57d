"""What a central finds before and after it has paired, through bleak's public API."""

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode

from lumbar_gateway.profiles.lumbar import (
    ADVERTISEMENT_MAGIC,
    BATTERY_LEVEL_UUID,
    BATTERY_SERVICE_UUID,
    CLOCK_UUID,
    COMPANY_ID,
    CONTROL_UUID,
    CURRENT_TIME_UUID,
    LOG_UUID,
    SAMPLES_UUID,
    SERIAL_NUMBER_UUID,
    SERVICE_UUID,
    STATUS_UUID,
    STREAM_UUID,
    TICK_HZ,
    Channels,
    ClockReading,
)
from lumbar_sim import current_time
from simulated_sensor import (
    PATIENCE_S,
    SENSOR_ID,
    START,
    connected,
    find,
    firmware,
    measurement,
    on_air,
)


async def test_advertisement_has_name_service_manufacturer_data_and_loudness():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        other = await radio.add_sensor(firmware(measurement(10), "LB-00000001"), rssi_dbm=-85)
        scanner = BleakScanner(backend=central.scanner_backend)
        found = {}
        async with scanner:
            async for device, data in scanner.advertisement_data():
                found[device.address] = data
                if len(found) == 2:
                    break
    data = found[sensor.address]
    assert data.local_name == "Lumbar 3F2A"
    assert data.service_uuids == [SERVICE_UUID]
    assert data.manufacturer_data == {COMPANY_ID: ADVERTISEMENT_MAGIC + bytes.fromhex("3F2A91C0")}
    assert data.service_data == {BATTERY_SERVICE_UUID: bytes([100])}
    assert (data.rssi, found[other.address].rssi) == (-60, -85)


async def test_scanners_share_the_radio_and_filter_by_service():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central):
        backend = central.scanner_backend
        async with BleakScanner(service_uuids=["180d"], backend=backend) as strangers:
            async with BleakScanner(service_uuids=[SERVICE_UUID], backend=backend) as ours:
                await anext(aiter(ours.advertisement_data()))
            assert [device.address for device in ours.discovered_devices] == [sensor.address]
            assert strangers.discovered_devices == []
            await find(central, sensor)  # the outer scan still runs


async def test_services_and_properties_are_those_of_the_profile():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        service = client.client.services.get_service(SERVICE_UUID)
        assert service is not None
        assert {c.uuid: set(c.properties) for c in service.characteristics} == {
            STREAM_UUID: {"read"},
            SAMPLES_UUID: {"notify"},
            CONTROL_UUID: {"write", "indicate"},
            LOG_UUID: {"notify"},
            STATUS_UUID: {"read", "notify"},
            CLOCK_UUID: {"read"},
        }
        stream = service.get_characteristic(STREAM_UUID)
        assert stream is not None
        assert stream.max_write_without_response_size == client.client.mtu_size - 3 == 514


async def test_description_serial_number_and_battery_can_be_read():
    sensor = firmware(measurement(10, width=6, rate_hz=104.0))
    sensor.sensor.battery_percent = 83
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        description = await client.description()
        assert description == sensor.sensor.description
        assert description.channels == Channels.ACC | Channels.GYRO
        assert description.sampling_rate_hz == 104.0
        assert await client.client.read_gatt_char(SERIAL_NUMBER_UUID) == SENSOR_ID.encode()
        assert await client.client.read_gatt_char(BATTERY_LEVEL_UUID) == b"\x53"
        clock = ClockReading.from_bytes(bytes(await client.client.read_gatt_char(CLOCK_UUID)))
        assert clock.boot == 1
        assert 0 <= sensor.sensor.clock.ticks_now - clock.ticks_now < 20 * TICK_HZ


async def test_time_is_unknown_until_set_and_runs_by_the_sensors_clock():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        assert await client.client.read_gatt_char(CURRENT_TIME_UUID) == current_time.UNKNOWN
        wall_s = 1_790_000_000.5
        await client.client.write_gatt_char(
            CURRENT_TIME_UUID, current_time.encode(wall_s), response=True
        )
        now_s = current_time.decode(bytes(await client.client.read_gatt_char(CURRENT_TIME_UUID)))
        assert wall_s <= now_s < wall_s + 20 * PATIENCE_S
        with pytest.raises(BleakGATTProtocolError) as refused:
            await client.client.write_gatt_char(CURRENT_TIME_UUID, b"\xff" * 10, response=True)
        assert refused.value.code == BleakGATTProtocolErrorCode.VALUE_NOT_ALLOWED


async def test_control_log_and_time_refuse_an_unencrypted_link():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central):
        device = await find(central, sensor)
        async with BleakClient(device, backend=central.client_backend) as client:
            operations = [
                lambda: client.write_gatt_char(CONTROL_UUID, bytes(START), response=True),
                lambda: client.start_notify(CONTROL_UUID, lambda *_: None),
                lambda: client.start_notify(LOG_UUID, lambda *_: None),
                lambda: client.write_gatt_char(CURRENT_TIME_UUID, bytes(10), response=True),
            ]
            for operation in operations:
                with pytest.raises(BleakGATTProtocolError) as refused:
                    await operation()
                assert refused.value.code == BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION
            await client.read_gatt_char(STREAM_UUID)
            await client.pair()
            await client.start_notify(CONTROL_UUID, lambda *_: None)


async def test_control_point_asks_for_its_indications_first():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central):
        device = await find(central, sensor)
        async with BleakClient(device, backend=central.client_backend, pair=True) as client:
            with pytest.raises(BleakGATTProtocolError) as refused:
                await client.write_gatt_char(CONTROL_UUID, bytes(START), response=True)
            assert refused.value.code == BleakGATTProtocolErrorCode.CCCD_IMPROPERLY_CONFIGURED


async def test_operations_after_disconnect_raise_bleaks_error():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (_, central), connected(central, sensor) as client:
        stream = client.client.services.get_characteristic(STREAM_UUID)
        assert stream is not None
        await client.client.disconnect()
        await client.client.disconnect()
        assert not client.client.is_connected
        with pytest.raises(BleakError, match="not connected"):
            await client.client._backend.read_gatt_char(stream)


async def test_an_address_instead_of_a_device_is_looked_for():
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        async with BleakClient(sensor.address, backend=central.client_backend) as client:
            assert client.name == "Lumbar 3F2A"
        radio.lose(sensor)
        absent = BleakClient(sensor.address, backend=central.client_backend, timeout=0.3)
        with pytest.raises(BleakError, match="not in reach"):
            await absent.connect()
