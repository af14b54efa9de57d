import asyncio
import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from lumbar.errors import RadioError
from lumbar.radio_scan import scan
from lumbar_sim.radio import VirtualRadio
from running_worker import wait_until
from simulated_sensor import firmware, measurement, on_air


@pytest.fixture
def terminal() -> Console:
    return Console(file=io.StringIO(), width=90, force_terminal=True, legacy_windows=False)


def shown(console: Console) -> str:
    """What was printed, without colours and movements of the cursor."""
    assert isinstance(console.file, io.StringIO)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", console.file.getvalue())


async def test_sensors_in_reach_are_lines_where_nobody_looks_loudest_first():
    sensor = firmware(measurement(10))
    console = Console(file=io.StringIO(), width=40)
    async with on_air(sensor) as (radio, central):
        quiet = await radio.add_sensor(firmware(measurement(10), "LB-00000001"), rssi_dbm=-85)
        await scan(0.5, console, central.scanner_backend)
    assert shown(console).splitlines() == [
        f"{sensor.address}   -60 dBm  100 %  lumbar  Lumbar 3F2A",
        f"{quiet.address}   -85 dBm  100 %  lumbar  Lumbar 0000",
    ]


async def test_table_on_a_terminal_follows_who_comes(terminal: Console):
    sensor = firmware(measurement(10))
    async with on_air(sensor) as (radio, central):
        scanning = asyncio.create_task(scan(30.0, terminal, central.scanner_backend))
        await asyncio.to_thread(wait_until, lambda: "Lumbar 3F2A" in shown(terminal))
        await radio.add_sensor(firmware(measurement(10), "LB-12340001"))
        await asyncio.to_thread(wait_until, lambda: "Lumbar 1234" in shown(terminal))
        signal.raise_signal(signal.SIGINT)
        await asyncio.wait_for(scanning, 5.0)
    last = shown(terminal).rpartition("Name")[2]
    assert last.split("\n")[0].split() == ["Profile", "Signal", "Battery", "Address"]
    row = next(line for line in last.splitlines() if "Lumbar 3F2A" in line)
    assert row.split() == ["Lumbar", "3F2A", "lumbar", "-60", "dBm", "100", "%", sensor.address]
    assert "No sensor" not in last


async def test_nobody_in_reach_is_told_with_what_to_do():
    console = Console(file=io.StringIO(), width=40)
    async with VirtualRadio() as radio:
        central = await radio.central()
        await scan(0.1, console, central.scanner_backend)
    assert shown(console).startswith("No sensor was heard: wake the sensor and bring it within")


async def test_broken_radio_is_told_with_a_remedy(terminal: Console):
    class NoRadio:
        def __init__(self, *_: object, **__: object) -> None:
            raise OSError("no bus")

    with pytest.raises(RadioError, match=r"no Bluetooth \(no bus\): plug in or switch on"):
        await scan(0.1, terminal, NoRadio)  # type: ignore[arg-type]


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
