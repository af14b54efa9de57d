"""Ticks to wall time: wraps, jitter, drift, set clocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_gateway.clock import StreamClock
from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar import TICK_HZ

RATE_HZ = 50.0
START_S = 1_750_000_000.0
PACKET = 5


def true_wall_s(index: float, drift: float, rate_error: float = 0.0) -> float:
    """Wall time of a sample: the sensor's crystal and its converter may both be off."""
    return START_S + index / (RATE_HZ * (1 + rate_error)) * (1 + drift)


def after(
    seconds: float,
    *,
    drift: float = 0.0,
    jitter_s: float = 0.0,
    rate_error: float = 0.0,
    first_ticks: int = 0,
    first_index: int = 0,
    seed: int = 1,
) -> StreamClock:
    rng = np.random.default_rng(seed)
    clock = StreamClock(RATE_HZ)
    for first in range(first_index, first_index + round(seconds * RATE_HZ), PACKET):
        ticks = first_ticks + round(first / (RATE_HZ * (1 + rate_error)) * TICK_HZ)
        sent_s = true_wall_s(first + PACKET - 1, drift, rate_error)
        arrival_s = sent_s + rng.uniform(0, jitter_s)
        clock = clock.observed(first, PACKET, ticks % 2**32, arrival_s)
    return clock


@pytest.mark.parametrize("drift", [-100e-6, -20e-6, 0.0, 100e-6])
@pytest.mark.parametrize("seed", range(5))
def test_fit_is_within_5_ms_after_a_minute_of_30_ms_jitter(drift: float, seed: int) -> None:
    fit = after(60, drift=drift, jitter_s=0.03, seed=seed).fit()
    for index in (0, 1500, 3000):
        assert fit.wall_s(index) == pytest.approx(true_wall_s(index, drift), abs=0.005)


def test_fit_without_jitter_finds_the_drift() -> None:
    fit = after(120, drift=150e-6).fit()
    assert fit.wall_s_per_sample * RATE_HZ - 1 == pytest.approx(150e-6, abs=2e-6)


def test_drift_is_bounded_by_what_crystals_do() -> None:
    fit = after(120, drift=0.01).fit()
    assert fit.wall_s_per_sample * RATE_HZ <= 1 + 201e-6


def test_converter_off_its_nominal_rate_is_measured() -> None:
    fit = after(60, rate_error=0.02, jitter_s=0.01).fit()
    assert fit.wall_s(3000) == pytest.approx(true_wall_s(3000, 0, 0.02), abs=0.005)
    assert fit.wall_s(0) == pytest.approx(true_wall_s(0, 0, 0.02), abs=0.005)


def test_late_joiner_knows_the_time_of_index_0() -> None:
    fit = after(60, first_index=180_000, jitter_s=0.02).fit()
    assert fit.wall_at_zero_s == pytest.approx(START_S, abs=0.5)
    assert fit.wall_s(183_000) == pytest.approx(true_wall_s(183_000, 0), abs=0.005)


def test_ticks_wrap_within_a_stream() -> None:
    clock = after(20, first_ticks=2**32 - 10 * TICK_HZ)
    assert clock.unwrap(500, 0) == 2**32
    assert clock.unwrap(0, 2**32 - 10 * TICK_HZ) == 2**32 - 10 * TICK_HZ
    assert clock.fit().wall_s(900) == pytest.approx(true_wall_s(900, 0), abs=0.001)


@given(index=st.integers(0, 2**32 - 1), offset=st.integers(0, 2**32 - 1))
def test_ticks_are_never_negative_and_keep_their_low_bits(index: int, offset: int) -> None:
    raw = (offset + round(index * TICK_HZ / RATE_HZ)) % 2**32
    ticks = StreamClock(RATE_HZ).anchored(index, raw).unwrap(index, raw)
    assert ticks >= 0
    assert ticks % 2**32 == raw


def test_older_packet_changes_nothing() -> None:
    clock = after(10)
    assert clock.observed(100, PACKET, round(100 / RATE_HZ * TICK_HZ), START_S) == clock


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0])
def test_a_wall_clock_that_was_set_is_followed(step_s: float) -> None:
    clock = after(30)
    for first in range(1500, 1500 + round(90 * RATE_HZ), PACKET):
        arrival_s = true_wall_s(first + PACKET - 1, 0) + step_s
        clock = clock.observed(first, PACKET, round(first / RATE_HZ * TICK_HZ), arrival_s)
    assert clock.fit().wall_s(5000) == pytest.approx(true_wall_s(5000, 0) + step_s, abs=0.005)


def test_one_late_burst_does_not_move_the_fit() -> None:
    clock = after(30)
    before = clock.fit().wall_s(1500)
    for first in range(1500, 1600, PACKET):  # 2 s of samples, all of them 5 s late
        clock = clock.observed(first, PACKET, round(first / RATE_HZ * TICK_HZ), START_S + 40)
    assert clock.fit().wall_s(1500) == pytest.approx(before, abs=0.001)


def test_hull_stays_small() -> None:
    assert len(after(600, jitter_s=0.03).hull) < 40


def test_stamps_of_another_clock_are_implausible() -> None:
    clock = after(10)
    assert clock.is_plausible(500, 10 * TICK_HZ)
    assert not clock.is_plausible(500, 20 * TICK_HZ)
    assert not clock.is_plausible(20_000, 10 * TICK_HZ)


def test_unobserved_stream_ends_when_presumed() -> None:
    fit = StreamClock(RATE_HZ).presuming(500, START_S).fit()
    assert fit.wall_s(500) == pytest.approx(START_S)
    assert fit.wall_s_per_sample == 1 / RATE_HZ


def test_unknown_clock_says_so() -> None:
    with pytest.raises(ProfileError, match="no packet"):
        StreamClock(RATE_HZ).fit()


def test_clock_survives_as_text() -> None:
    clock = after(60, jitter_s=0.03).presuming(10, START_S)
    assert StreamClock.from_json(clock.to_json()) == clock
