"""The doctor before a real D-Bus, and before a real mosquitto."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lumbar.broker import Broker
from lumbar.doctor.bluetooth import check_bluetooth
from lumbar.doctor.broker import speech_trouble
from lumbar.doctor.finding import Finding, State
from private_bus import private_bus, stand_in_for_bluez
from shipped_mosquitto import ShippedMosquitto, shipped_mosquitto


@pytest.fixture
def _gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this machine one that is set up as a gateway."""
    monkeypatch.setenv("LUMBAR_GATEWAY_GATEWAY_ID", "gym-1")


async def bluetooth() -> dict[str, Finding]:
    findings = await asyncio.to_thread(lambda: list(check_bluetooth()))
    return {one.part: one for one in findings}


@pytest.mark.usefixtures("_gateway")
async def test_bus_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    found = (await bluetooth())["bluetooth"]
    assert found.state is State.FAILED
    assert found.said.startswith("no D-Bus")
    assert found.remedy == "start it (systemctl start dbus)"


async def test_machine_that_is_no_gateway_needs_no_bluetooth(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    found = (await bluetooth())["bluetooth"]
    assert (found.state, found.remedy[:27]) == (State.NOTE, "only the gateway needs it: ")


@pytest.mark.system
@pytest.mark.usefixtures("_gateway")
async def test_bluez_that_does_not_run_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with private_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        found = (await bluetooth())["bluetooth"]
    assert found.said.startswith("BlueZ does not run")
    assert "systemctl enable --now bluetooth" in found.remedy


@pytest.mark.system
@pytest.mark.usefixtures("_gateway")
async def test_missing_permission_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with private_bus(tmp_path, denied="org.bluez") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        async with stand_in_for_bluez(address, [True]):
            found = (await bluetooth())["bluetooth"]
    assert (found.state, found.said) == (State.FAILED, "D-Bus does not let us talk to BlueZ")
    assert "usermod -aG bluetooth" in found.remedy


@pytest.mark.system
@pytest.mark.usefixtures("_gateway")
async def test_adapters_are_told_on_or_off_or_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with private_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        async with stand_in_for_bluez(address, [False]):
            off = (await bluetooth())["adapter"]
        async with stand_in_for_bluez(address, [True]):
            well = await bluetooth()
        async with stand_in_for_bluez(address, []):
            missing = (await bluetooth())["bluetooth"]
    assert (off.state, off.said) == (State.FAILED, "hci0 (00:11:22:33:44:55) is off")
    assert "bluetoothctl power on" in off.remedy
    on, heard = well["adapter"], well["bluetooth"]
    assert (on.state, on.said) == (State.OK, "hci0 (00:11:22:33:44:55) is on")
    assert (heard.state, heard.said) == (State.OK, "we may listen to advertisements")
    assert (missing.state, missing.said) == (State.FAILED, "no Bluetooth adapter")


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedMosquitto]:
    with shipped_mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.mark.system
def test_account_that_may_not_speak_as_the_gateway_is_told(mosquitto: ShippedMosquitto) -> None:
    for address in (mosquitto.gateway("gym-1"), mosquitto.certified("gym-1")):
        assert speech_trouble(address, "gym-1") is None
        assert "not speak as gateway 'gym-2'" in str(speech_trouble(address, "gym-2"))


def test_broker_of_the_old_protocol_only_is_not_blamed(broker: Broker) -> None:
    assert speech_trouble(replace(broker.address), "gym-1") is None
