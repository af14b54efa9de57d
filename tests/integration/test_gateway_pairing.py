"""Pairing a sensor by hand: with its passkey, anew after a lost bond, and refused with a reason."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method
from rich.console import Console

from gateway_household import SENSOR_ID, firmware
from lumbar.pair import ask_passkey
from lumbar_gateway.bluez_agent import answering_passkeys
from lumbar_gateway.errors import PairingError
from lumbar_gateway.pairing import pair
from lumbar_sim.bleak_backend import Central
from lumbar_sim.firmware import Firmware
from lumbar_sim.radio import VirtualRadio
from private_bus import private_bus

PASSKEY = 123456


async def paired(central: Central, sensor: Firmware, typed: int | None) -> tuple[str, int]:
    """Pair and type a passkey where one is asked for; returns the sensor's id and how often."""
    asked = 0

    async def ask() -> int | None:
        nonlocal asked
        asked += 1
        return typed

    sensor_id = await pair(
        sensor.address,
        ask,
        agent=central.answering_passkeys,
        scanner_backend=central.scanner_backend,
        client_backend=central.client_backend,
    )
    return sensor_id, asked


async def test_a_sensor_that_shows_a_passkey_is_paired_with_it() -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60, passkey=PASSKEY))
        central = await radio.central()
        assert await paired(central, sensor, PASSKEY) == (SENSOR_ID, 1)
        [keys] = (await central.bonds.get_all())[0][1:]
        assert keys.ltk is not None
        assert keys.ltk.authenticated


async def test_a_sensor_without_a_passkey_is_paired_without_a_question() -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60))
        assert await paired(await radio.central(), sensor, None) == (SENSOR_ID, 0)


@pytest.mark.parametrize("typed", [PASSKEY + 1, None], ids=["wrong", "none"])
async def test_a_wrong_passkey_is_refused_with_what_to_do(typed: int | None) -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60, passkey=PASSKEY))
        central = await radio.central()
        with pytest.raises(PairingError, match="try again with the passkey"):
            await paired(central, sensor, typed)
        assert central.device.connections == {}
        assert await paired(central, sensor, PASSKEY) == (SENSOR_ID, 1)


async def test_a_sensor_that_lost_its_bond_is_paired_anew() -> None:
    async with VirtualRadio() as radio:
        sensor = await radio.add_sensor(firmware(60))
        central = await radio.central()
        await paired(central, sensor, None)
        sensor.bonds.all_keys.clear()
        assert await paired(central, sensor, None) == (SENSOR_ID, 0)


def test_only_six_digits_are_a_passkey(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["12345", "abcdef", " 012345 "])
    console = Console(quiet=True)
    monkeypatch.setattr(console, "input", lambda _prompt: next(typed))
    assert ask_passkey(console) == 12345
    monkeypatch.setattr(console, "input", lambda _prompt: "")
    assert ask_passkey(console) is None


class AgentManager(ServiceInterface):
    """As much of BlueZ as asks an agent for a passkey."""

    def __init__(self) -> None:
        super().__init__("org.bluez.AgentManager1")
        self.calls: list[tuple[str, str]] = []

    @dbus_method()
    def RegisterAgent(self, agent: o, capability: s):  # type: ignore[no-untyped-def]  # noqa: F821, N802
        self.calls.append(("register", capability))

    @dbus_method()
    def RequestDefaultAgent(self, agent: o):  # type: ignore[no-untyped-def]  # noqa: F821, N802
        self.calls.append(("default", agent))

    @dbus_method()
    def UnregisterAgent(self, agent: o):  # type: ignore[no-untyped-def]  # noqa: F821, N802
        self.calls.append(("unregister", agent))


async def asked_by_bluez(bus: MessageBus, owner: str, path: str) -> Message:
    reply = await bus.call(
        Message(
            destination=owner,
            path=path,
            interface="org.bluez.Agent1",
            member="RequestPasskey",
            signature="o",
            body=["/org/bluez/hci0/dev_C6_4C_00_00_00_01"],
        )
    )
    assert reply is not None
    return reply


@pytest.mark.system
async def test_bluez_hears_the_passkey_from_our_agent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed: list[int | None] = [PASSKEY, None]

    async def ask() -> int | None:
        return typed.pop(0)

    with private_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        bluez = await MessageBus(bus_address=address).connect()
        manager = AgentManager()
        bluez.export("/org/bluez", manager)
        await bluez.request_name("org.bluez")
        senders: list[str] = []
        bluez.add_message_handler(
            lambda message: (
                senders.append(message.sender) if message.member == "RegisterAgent" else None
            )
        )
        async with answering_passkeys(ask):
            (_, capability), (_, path) = manager.calls
            assert capability == "KeyboardOnly"
            answer = await asked_by_bluez(bluez, senders[0], path)
            assert answer.body == [PASSKEY]
            refusal = await asked_by_bluez(bluez, senders[0], path)
            assert refusal.message_type is MessageType.ERROR
            assert refusal.error_name == "org.bluez.Error.Canceled"
        assert manager.calls[-1] == ("unregister", path)
        bluez.disconnect()
        await asyncio.sleep(0)


@pytest.mark.system
async def test_without_bluez_nobody_waits_for_a_passkey(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def ask() -> int | None:
        return None

    with private_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        with pytest.raises(PairingError, match="start it"):
            async with answering_passkeys(ask):
                pass
