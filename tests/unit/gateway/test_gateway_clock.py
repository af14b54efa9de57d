"""The wall clock is a view: what is observed stays, what is added to it follows the clock."""

import asyncio
import logging

import pytest

from lumbar_gateway.clock import StreamClock, presumed
from lumbar_gateway.errors import SpoolError
from lumbar_gateway.gateway_clock import GatewayClock, watch_wall_clock
from lumbar_gateway.profiles.lumbar import TICK_HZ


class Clocks:
    """Two clocks that stand still until told."""

    def __init__(self) -> None:
        self.monotonic_s = 5000.0
        self.offset_s = 1_750_000_000.0
        self.reading_takes_s = 0.0

    def monotonic(self) -> float:
        self.monotonic_s += self.reading_takes_s
        return self.monotonic_s

    def wall(self) -> float:
        return self.monotonic_s + self.offset_s


def test_offset_is_steady_and_follows_a_setting() -> None:
    clocks = Clocks()
    clock = GatewayClock(1, clocks.monotonic, clocks.wall)
    assert clock.wall_offset_s() == 1_750_000_000.0
    clocks.offset_s += 0.0005  # two readings are never quite alike
    assert clock.wall_offset_s() == 1_750_000_000.0
    clocks.offset_s -= 3600.0
    assert clock.wall_offset_s() == pytest.approx(1_749_996_400.0)


def test_interrupted_reading_is_no_setting() -> None:
    clocks = Clocks()
    clock = GatewayClock(1, clocks.monotonic, clocks.wall)
    clocks.reading_takes_s, clocks.offset_s = 0.2, clocks.offset_s + 0.1
    assert clock.wall_offset_s() == 1_750_000_000.0


@pytest.mark.parametrize("step_s", [0.9, -0.9, 3600.0, -3600.0])
def test_wall_clock_that_is_set_holds_for_the_whole_stream_at_once(step_s: float) -> None:
    clocks = Clocks()
    gateway = GatewayClock(1, clocks.monotonic, clocks.wall)
    stream = StreamClock(presumed(50.0, 1, 0, 5000.0), 1)
    for first in range(0, 3000, 5):
        clocks.monotonic_s = 5000.0 + (first + 4) / 50.0
        stream.observe(first, 5, round(first / 50.0 * TICK_HZ), gateway.monotonic_s())
        if first == 1500:
            clocks.offset_s += step_s
        fit = stream.state.fit(gateway.wall_offset_s())
        for index in (0, first):
            true_s = 5000.0 + index / 50.0 + clocks.offset_s
            assert fit.wall_s(index) == pytest.approx(true_s, abs=0.001)


async def test_settings_are_noted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    clocks = Clocks()
    clock = GatewayClock(7, clocks.monotonic, clocks.wall)
    noted: list[tuple[int, float]] = []
    is_noted = asyncio.Event()
    failures = [SpoolError("the disk is full")]

    async def note(boot: int, wall_offset_s: float) -> None:
        if failures:
            raise failures.pop()
        noted.append((boot, wall_offset_s))
        is_noted.set()

    with caplog.at_level(logging.WARNING):
        watching = asyncio.create_task(watch_wall_clock(clock, note, look_s=0.001))
        await is_noted.wait()
        is_noted.clear()
        clocks.offset_s += 3600.0
        await is_noted.wait()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert noted == [(7, 1_750_000_000.0), (7, 1_750_003_600.0)]
    assert "the disk is full" in caplog.text
    assert caplog.text.count("was set by +3600.000 s") == 1
