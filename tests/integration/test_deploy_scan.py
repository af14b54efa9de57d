import os
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.parametrize("command", ["scan", "gateway"])
def test_a_missing_adapter_is_one_clear_line(command: str, tmp_path: Path) -> None:
    no_bus = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path / 'nobody'}"}
    ended = subprocess.run(
        [sys.executable, "-m", "lumbar", command],
        env=os.environ | no_bus | {"LUMBAR_GATEWAY_SPOOL_PATH": str(tmp_path / "spool.db")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "no Bluetooth" in ended.stderr
    assert "plug in or switch on an adapter" in ended.stderr
