"""What goes wrong at one address leaves the others alone."""

from functools import partial

from bleak import BleakClient

from faulty_link import Faults, faulty
from lumbar_gateway.profiles.lumbar import STREAM_UUID
from simulated_sensor import PATIENCE_S, find, firmware, measurement, on_air


async def test_each_address_has_its_own_faults_once():
    sensors = [firmware(measurement(10), f"LB-0000000{number}") for number in (1, 2)]
    struck: list[str] = []

    def read(address: str, _uuid: str, data: bytes) -> bytes:
        struck.append(address)
        return data

    async with on_air(*sensors) as (_, central):
        backend = central.client_backend
        for sensor in sensors:
            backend = faulty(backend, Faults(sensor.address, read=partial(read, sensor.address)))
        for sensor in sensors:
            device = await find(central, sensor)
            async with BleakClient(device, backend=backend, timeout=PATIENCE_S) as client:
                await client.read_gatt_char(STREAM_UUID)
            assert struck == [sensor.address]
            struck.clear()
