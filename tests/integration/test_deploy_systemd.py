"""What systemd sees of the programs, and what it thinks of the units that deploy/ ships."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bleak.backends.scanner import BaseBleakScanner

from acking_server import AckingServer
from gateway_household import firmware, gateway, until
from lumbar.broker import Broker
from lumbar_sim.radio import VirtualRadio
from private_bus import private_bus, stand_in_for_bluez

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
NAMES = ("lumbar-gateway", "lumbar-worker", "lumbar-server")
MOST_EXPOSURE = 2.0  # of 10, by systemd-analyze; what is left is the network, D-Bus and the JIT
TIMEOUT_S = 60.0


@pytest.fixture
def notified(tmp_path: Path) -> Iterator[socket.socket]:
    """Listen as systemd does; the socket is at ``notify`` in the test's folder."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(TIMEOUT_S)
        yield listening


@pytest.mark.parametrize("program", ["worker", "server"])
def test_programs_say_when_they_are_up_and_feed_the_watchdog(
    program: str, notified: socket.socket, broker: Broker, tmp_path: Path
) -> None:
    settings = {
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "400000",
        "LUMBAR_SERVER_DATABASE_URL": f"sqlite:///{tmp_path / 'lumbar.db'}",
        "LUMBAR_SERVER_BROKER_PORT": str(broker.address.port),
        "LUMBAR_SERVER_BROKER_USERNAME": str(broker.address.username),
        "LUMBAR_SERVER_BROKER_PASSWORD": str(broker.address.password),
        "LUMBAR_SERVER_HTTP_PORT": "0",
    }
    command = [sys.executable, "-m", "lumbar", program]
    with subprocess.Popen(
        command, env=os.environ | settings, cwd=tmp_path, stderr=subprocess.DEVNULL
    ) as process:
        try:
            heard = [notified.recv(100) for _ in range(4)]
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT_S)
        finally:
            process.kill()
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]


@pytest.mark.system
async def test_gateway_is_up_once_it_scans_and_serves_its_figures(
    notified: socket.socket, broker: Broker, tmp_path: Path
) -> None:
    with private_bus(tmp_path) as address:
        settings = {
            "DBUS_SYSTEM_BUS_ADDRESS": address,
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WATCHDOG_USEC": "400000",
            "LUMBAR_LOG": "json",
            "LUMBAR_GATEWAY_SPOOL_PATH": str(tmp_path / "spool.db"),
            "LUMBAR_GATEWAY_BROKER_PORT": str(broker.address.port),
            "LUMBAR_GATEWAY_BROKER_USERNAME": str(broker.address.username),
            "LUMBAR_GATEWAY_BROKER_PASSWORD": str(broker.address.password),
            "LUMBAR_GATEWAY_METRICS_PORT": "0",
        }
        async with stand_in_for_bluez(address, [True]):
            heard, scraped, said, status = await asyncio.to_thread(
                _run_gateway, os.environ | settings, notified
            )
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    assert "lumbar_gateway_spool_bytes " in scraped
    assert status == 0, said
    assert all(json.loads(line) for line in said.splitlines())
    assert str(broker.address.password) not in said


def _run_gateway(
    settings: dict[str, str], notified: socket.socket
) -> tuple[list[bytes], str, str, int]:
    """Run the program until it has fed the watchdog; returns what it told whom, and its status."""
    command = [sys.executable, "-m", "lumbar", "gateway"]
    with subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            heard = [notified.recv(100) for _ in range(3)]
            url = re.search(r"http://\S+/metrics", said)
            assert url is not None, said
            scraped = httpx.get(url[0], timeout=TIMEOUT_S).text
            process.send_signal(signal.SIGTERM)
            status = process.wait(TIMEOUT_S)
            said += process.stderr.read()
        finally:
            process.kill()
    return heard, scraped, said, status


async def test_every_part_of_a_gateway_comes_around(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    async with VirtualRadio() as radio:
        central = await radio.central()
        await radio.add_sensor(firmware(3.0))
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: all(running.rounds.values()))
            before = running.rounds
            await until(server, lambda: all(running.rounds[part] > before[part] for part in before))
    assert before.keys() == {"scanner", "spool", "publisher"}


async def test_scan_that_never_starts_stands_still_and_the_others_go_on(
    broker: Broker, server: AckingServer, tmp_path: Path
) -> None:
    class Stuck(BaseBleakScanner):
        def __init__(self, *_: object, **__: object) -> None:
            super().__init__(None, None)

        async def start(self) -> None:
            await asyncio.Event().wait()

        async def stop(self) -> None:
            pass

    async with VirtualRadio() as radio:
        central = await radio.central()
        await radio.add_sensor(firmware(3.0))
        central.scanner_backend = Stuck  # type: ignore[assignment]
        async with gateway(tmp_path, broker.address, central) as running:
            await until(server, lambda: running.rounds["publisher"] > 2)
            assert running.rounds["scanner"] == 1


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The shipped units, with a program that is there."""
    for name in NAMES:
        text = (UNITS / f"{name}.service").read_text()
        assert "/opt/lumbar/bin/lumbar" in text
        (tmp_path / f"{name}.service").write_text(
            text.replace("/opt/lumbar/bin/lumbar", "/bin/true")
        )
    return tmp_path


@pytest.mark.system
@pytest.mark.parametrize("name", NAMES)
def test_systemd_takes_the_unit_without_a_complaint(units: Path, name: str) -> None:
    judged = systemd_analyze("verify", units / f"{name}.service")
    assert (judged.returncode, judged.stdout + judged.stderr) == (0, "")


@pytest.mark.system
@pytest.mark.parametrize("name", NAMES)
def test_little_is_left_open_to_a_program_that_was_broken_into(units: Path, name: str) -> None:
    judged = systemd_analyze("security", "--offline=true", units / f"{name}.service")
    exposure = re.search(r"Overall exposure level .*: ([0-9.]+)", judged.stdout)
    assert exposure is not None, judged.stdout + judged.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE, judged.stdout


def systemd_analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *map(str, arguments), "--no-pager"]
    return subprocess.run(command, capture_output=True, text=True, check=False)
