"""How long a sensor's task pauses after which failure, and when it ends; in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import numpy as np
import pytest
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakError

from lumbar_gateway.errors import RadioStuckError
from lumbar_gateway.link import STUCK_S, Radio, Timing
from lumbar_gateway.reconnect import FORGET_S, SensorTask
from lumbar_gateway.scanner import Scanner
from lumbar_gateway.session import SensorRecord
from virtual_time import VirtualTimeLoop

ADDRESS = "C6:4C:00:00:00:01"


class Talkative(BaseBleakScanner):
    """Hears the sensor every second."""

    def __init__(self, detection_callback: Any, service_uuids: Any, *_: Any, **__: Any) -> None:
        super().__init__(detection_callback, service_uuids)

    async def start(self) -> None:
        self._say()

    async def stop(self) -> None:
        self._next.cancel()

    def _say(self) -> None:
        data = AdvertisementData(None, {}, {}, [], None, -60, ())
        self.call_detection_callbacks(BLEDevice(ADDRESS, None, None), data)
        self._next = asyncio.get_running_loop().call_later(1.0, self._say)


class Mute(Talkative):
    """Hears the sensor once."""

    has_spoken = False

    def _say(self) -> None:
        if not Mute.has_spoken:
            super()._say()
        Mute.has_spoken = True
        self._next = asyncio.get_running_loop().call_later(0.0, int)


def refusing(said: str, attempts_s: list[float]) -> type[BaseBleakClient]:
    """Return a client backend that cannot connect."""

    class Refusing(BaseBleakClient):
        def __init__(self, device: BLEDevice, **options: Any) -> None:
            super().__init__(
                device,
                disconnected_callback=options["disconnected_callback"],
                timeout=options["timeout"],
            )

        async def connect(self, *_: object, **__: object) -> None:
            attempts_s.append(asyncio.get_running_loop().time())
            raise BleakError(said)

        @property
        def is_connected(self) -> bool:
            return False

    Refusing.__abstractmethods__ = frozenset()
    return Refusing


async def keep_trying(backend: type[BaseBleakClient], scanner_backend: type[Talkative]) -> None:
    heard = asyncio.Event()
    scanner = Scanner(lambda _: heard.set(), scanner_backend)
    scanning = asyncio.create_task(scanner.run())
    await heard.wait()
    timing = Timing()
    task = SensorTask(
        SensorRecord(ADDRESS),
        scanner,
        Radio(scanner, backend, timing),
        None,  # type: ignore[arg-type]
        timing=timing,
        clock=None,  # type: ignore[arg-type]
        rng=np.random.default_rng(1),
        on_change=lambda _: None,
    )
    try:
        await task.run()
    finally:
        scanning.cancel()
        await asyncio.gather(scanning, return_exceptions=True)


def in_virtual_time(work: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(np.random.default_rng(1))) as runner:
        runner.run(work)


@pytest.mark.parametrize(
    ("said", "first_s", "longest_s", "for_s"),
    [
        ("PIN_OR_KEY_MISSING", 30.0, 600.0, 10_000.0),
        ("Device with address was not found", 1.0, 6.0, 600.0),
        ("the weather", 1.0, 60.0, 1500.0),
    ],
    ids=["bond", "absent", "other"],
)
def test_pauses_follow_from_the_failure_and_double(
    said: str,
    first_s: float,
    longest_s: float,
    for_s: float,
    caplog: pytest.LogCaptureFixture,
) -> None:
    attempts_s: list[float] = []

    async def try_for_long() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(for_s):
                await keep_trying(refusing(said, attempts_s), Talkative)

    in_virtual_time(try_for_long())
    pauses_s = np.diff(attempts_s)
    slack_s = 7.0  # bleak-retry-connector's own wait and the next advertisement
    assert first_s / 2 <= pauses_s[0] <= first_s + slack_s
    assert longest_s / 2 <= pauses_s[-10:].min()
    assert pauses_s.max() <= longest_s + slack_s
    assert len(set(pauses_s.round(1))) > 5, "pauses have jitter"
    assert len(caplog.records) == 1, "told once"


def test_bluetooth_that_stays_busy_ends_the_gateway(caplog: pytest.LogCaptureFixture) -> None:
    attempts_s: list[float] = []
    with pytest.raises(RadioStuckError, match="restart"):
        in_virtual_time(keep_trying(refusing("InProgress", attempts_s), Talkative))
    assert attempts_s[-1] - attempts_s[0] >= STUCK_S
    assert not any(record.exc_info for record in caplog.records)


def test_an_address_that_was_heard_once_is_forgotten() -> None:
    ended_s: list[float] = []

    async def until_forgotten() -> None:
        await keep_trying(refusing("never tried", []), Mute)
        ended_s.append(asyncio.get_running_loop().time())

    in_virtual_time(until_forgotten())
    assert ended_s[0] == pytest.approx(FORGET_S, abs=10.0)
