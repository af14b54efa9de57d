import pytest

from lumbar.errors import RadioError
from lumbar.radio_scan import listen, print_heard
from lumbar_gateway.profiles.lumbar import SERVICE_UUID
from simulated_sensor import SENSOR_ID, firmware, measurement, on_air


async def test_sensors_in_reach_are_listed_loudest_first(capsys: pytest.CaptureFixture[str]):
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        quiet = await radio.add_sensor(firmware(measurement(10), "LB-00000001"), rssi_dbm=-85)
        heard = await listen(0.5, central.scanner_backend)
    assert [device.address for device, _ in heard] == [sensor.address, quiet.address]
    assert SERVICE_UUID in heard[0][1].service_uuids
    print_heard(heard)
    first, second = [line for line in capsys.readouterr().out.splitlines() if "dBm" in line]
    assert f"Lumbar {SENSOR_ID[3:7]}" in first
    assert "-85 dBm" in second


async def test_nobody_in_reach_is_told(capsys: pytest.CaptureFixture[str]):
    print_heard([])
    assert "Nobody was heard: wake the sensor" in capsys.readouterr().out


async def test_broken_radio_is_told_with_a_remedy():
    class NoRadio:
        def __init__(self, *_: object, **__: object) -> None:
            raise OSError("no bus")

    with pytest.raises(RadioError, match=r"no Bluetooth \(no bus\): plug in or switch on"):
        await listen(0.1, NoRadio)  # type: ignore[arg-type]
