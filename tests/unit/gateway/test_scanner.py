"""The scanner starts anew by itself, and gives up where Bluetooth no longer answers."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner

from lumbar_gateway.errors import RadioStuckError
from lumbar_gateway.scanner import MAX_HANGS, MAX_SENSORS, Scanner


class SilentScanner(BaseBleakScanner):
    """Starts and stops, and hears what ``say`` is told."""

    heard_by: Any = None

    def __init__(self, detection_callback: Any, service_uuids: Any, *_: Any, **__: Any) -> None:
        super().__init__(detection_callback, service_uuids)
        type(self).heard_by = self

    async def start(self) -> None:
        """Scan."""

    async def stop(self) -> None:
        """Scan no more."""

    @classmethod
    def say(cls, address: str) -> None:
        data = AdvertisementData(None, {}, {}, [], None, -60, ())
        cls.heard_by.call_detection_callbacks(BLEDevice(address, None, None), data)


class HangingScanner(SilentScanner):
    async def start(self) -> None:
        await asyncio.Event().wait()


class HangingStop(SilentScanner):
    async def stop(self) -> None:
        await asyncio.Event().wait()


class FailingScanner(SilentScanner):
    async def start(self) -> None:
        raise KeyError("org.bluez.Adapter1")


async def test_bluetooth_that_no_longer_answers_ends_the_scanner(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(RadioStuckError, match="restart"):
        await Scanner(lambda _: None, HangingScanner, switch_s=0.01).run()
    assert len(caplog.records) == MAX_HANGS


async def test_a_scanner_can_be_ended_although_its_stop_hangs() -> None:
    task = asyncio.create_task(Scanner(lambda _: None, HangingStop, switch_s=0.01).run())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_whatever_a_stack_raises_is_one_line_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    task = asyncio.create_task(Scanner(lambda _: None, FailingScanner).run())
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [record] = caplog.records
    assert "no Bluetooth" in record.message
    assert record.exc_info is None


async def test_addresses_are_bounded_and_room_is_made_by_forgetting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[str] = []
    scanner = Scanner(heard.append, SilentScanner)
    task = asyncio.create_task(scanner.run())
    await asyncio.sleep(0.01)
    for n in range(MAX_SENSORS + 10):
        SilentScanner.say(f"C0:00:00:00:00:{n:02X}")
    assert len(heard) == MAX_SENSORS
    assert len(caplog.records) == 1
    scanner.forget(heard[0])
    SilentScanner.say("C0:00:00:00:00:FF")
    assert heard[-1] == "C0:00:00:00:00:FF"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
