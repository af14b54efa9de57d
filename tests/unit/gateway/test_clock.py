"""Ticks to time: wraps, jitter, drift, runs of the gateway, and what the sensor says itself."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_gateway.clock import ClockState, StreamClock, known_drift, presumed
from lumbar_gateway.messages import ClockFit, ClockSource
from lumbar_gateway.messages.observed_clock import TICKS_PER_S
from lumbar_gateway.profiles.lumbar import TICK_HZ, ClockReading, StreamTime

RATE_HZ = 50.0
OFFSET_S = 1_750_000_000.0  # wall minus monotonic time
START_S = 5000.0  # monotonic, of sample 0
BOOT, LATER_BOOT = 7, 8
PACKET = 5
HOUR_S = 3600.0


@dataclass(frozen=True)
class Crystal:
    """The sensor's counter and converter; ``drift``: seconds it loses in one."""

    drift: float = 0.0
    rate_error: float = 0.0
    start_ticks: int = 0

    def true_s(self, index: float) -> float:
        """Monotonic time at which a sample is taken."""
        return START_S + index / (RATE_HZ * (1 + self.rate_error)) * (1 + self.drift)

    def ticks(self, index: float) -> int:
        """Ticks since the sensor's boot at that moment."""
        return self.start_ticks + round(index / (RATE_HZ * (1 + self.rate_error)) * TICK_HZ)


def new_clock(boot: int = BOOT, **known: float) -> StreamClock:
    return StreamClock(presumed(RATE_HZ, boot, 0, START_S, **known), boot)


def feed(
    clock: StreamClock,
    crystal: Crystal,
    from_s: float,
    to_s: float,
    *,
    jitter_s: float = 0.0,
    late_s: float = 0.0,
    seed: int = 1,
) -> StreamClock:
    """Let the packets of a stretch of the stream arrive."""
    rng = np.random.default_rng(seed)
    for first in range(round(from_s * RATE_HZ), round(to_s * RATE_HZ), PACKET):
        arrival_s = crystal.true_s(first + PACKET - 1) + late_s + rng.uniform(0, jitter_s)
        clock.observe(first, PACKET, crystal.ticks(first) % 2**32, arrival_s)
    return clock


def error_s(clock: StreamClock, crystal: Crystal, index: int) -> float:
    return clock.state.fit(OFFSET_S).wall_s(index) - OFFSET_S - crystal.true_s(index)


def test_tick_unit_of_messages_and_profile_is_the_same() -> None:
    assert TICKS_PER_S == TICK_HZ


@pytest.mark.parametrize("drift", [-100e-6, -20e-6, 0.0, 100e-6])
def test_time_is_within_5_ms_after_a_minute_of_30_ms_jitter(drift: float) -> None:
    crystal = Crystal(drift)
    for seed in range(50):
        clock = feed(new_clock(), crystal, 0, 60, jitter_s=0.03, seed=seed)
        for index in (0, 1500, 3000):
            assert abs(error_s(clock, crystal, index)) < 0.005


def test_two_sensors_on_one_wearer_are_aligned_within_10_ms() -> None:
    chest, back = Crystal(100e-6), Crystal(-100e-6, start_ticks=2**31)
    for seed in range(20):
        one = feed(new_clock(), chest, 0, 60, jitter_s=0.03, seed=seed)
        other = feed(new_clock(), back, 0, 60, jitter_s=0.03, seed=1000 + seed)
        for index in (0, 3000):
            apart_s = error_s(one, chest, index) - error_s(other, back, index)
            assert abs(apart_s) < 0.010


def test_fit_without_jitter_finds_the_drift() -> None:
    fit = feed(new_clock(), Crystal(150e-6), 0, 120).state.fit(0.0)
    assert fit.wall_s_per_sample * RATE_HZ - 1 == pytest.approx(150e-6, abs=2e-6)
    assert fit.source is ClockSource.OBSERVED
    assert fit.observed_s == pytest.approx(120, abs=2)  # the newest second is still open


def test_drift_is_bounded_by_what_crystals_do() -> None:
    fit = feed(new_clock(), Crystal(0.01), 0, 120).state.fit(0.0)
    assert fit.wall_s_per_sample * RATE_HZ <= 1 + 201e-6


def test_converter_off_its_nominal_rate_is_measured() -> None:
    crystal = Crystal(rate_error=0.02)
    clock = feed(new_clock(), crystal, 0, 60, jitter_s=0.01)
    for index in (0, 3000):
        assert abs(error_s(clock, crystal, index)) < 0.005


def test_late_joiner_knows_the_time_of_index_0() -> None:
    crystal = Crystal()
    clock = feed(new_clock(), crystal, HOUR_S, HOUR_S + 60, jitter_s=0.02)
    assert abs(error_s(clock, crystal, 0)) < 0.5
    assert abs(error_s(clock, crystal, 183_000)) < 0.005


def test_ticks_wrap_within_a_stream() -> None:
    crystal = Crystal(start_ticks=2**32 - 10 * TICK_HZ)
    clock = feed(new_clock(), crystal, 0, 20)
    assert clock.unwrap(500, 0) == 2**32
    assert clock.unwrap(0, 2**32 - 10 * TICK_HZ) == 2**32 - 10 * TICK_HZ
    assert abs(error_s(clock, crystal, 900)) < 0.001


@pytest.mark.parametrize("index", [0, 10_000_000, 60_000_000])  # 2.3 days, 13.9 days
def test_late_joiner_counts_the_wraps_since_the_streams_start(index: int) -> None:
    crystal = Crystal(start_ticks=5 * TICK_HZ)
    assert new_clock().unwrap(index, crystal.ticks(index) % 2**32) == crystal.ticks(index)


@given(index=st.integers(0, 2**32 - 1), offset=st.integers(0, 2**32 - 1))
def test_ticks_are_never_negative_and_keep_their_low_bits(index: int, offset: int) -> None:
    raw = (offset + round(index * TICK_HZ / RATE_HZ)) % 2**32
    clock = new_clock()
    ticks = clock.anchor(index, raw)
    assert clock.unwrap(index, raw) == ticks >= 0
    assert ticks % 2**32 == raw


def test_older_packet_changes_nothing() -> None:
    clock = feed(new_clock(), Crystal(), 0, 10)
    before = clock.state
    clock.observe(100, PACKET, round(100 / RATE_HZ * TICK_HZ), 1.0)
    assert clock.state == before


def test_one_late_burst_does_not_move_the_fit() -> None:
    clock = feed(new_clock(), Crystal(), 0, 30)
    feed(clock, Crystal(), 30, 32, late_s=5.0)
    assert abs(error_s(clock, Crystal(), 1500)) < 0.001


@pytest.mark.parametrize("slept_s", [60.0, HOUR_S])
def test_a_gateway_that_slept_is_right_again_at_once(slept_s: float) -> None:
    crystal = Crystal()
    clock = feed(new_clock(), crystal, 0, 60)
    feed(clock, crystal, 60 + slept_s, 61 + slept_s, late_s=-slept_s)  # its own clock stood still
    woken = clock.state.fit(OFFSET_S + slept_s)
    for index in (0, 3000):
        assert woken.wall_s(index) == pytest.approx(OFFSET_S + crystal.true_s(index), abs=0.001)


def test_an_hour_in_which_the_crystal_gained_is_no_sleep() -> None:
    crystal = Crystal(-150e-6)
    clock = feed(new_clock(), crystal, 0, 600, jitter_s=0.03)
    feed(clock, crystal, 12 * HOUR_S, 12 * HOUR_S + 10, jitter_s=0.03)
    for index in (0, 30_000, round(12 * HOUR_S * RATE_HZ)):
        assert abs(error_s(clock, crystal, index)) < 0.04


def test_end_of_a_late_stretch_is_no_sleep() -> None:
    crystal = Crystal(100e-6)
    clock = feed(new_clock(), crystal, 0, 60, jitter_s=0.03)
    feed(clock, crystal, 60, 70, late_s=5.0)
    feed(clock, crystal, 70, 72, jitter_s=0.03)
    assert clock.state.fit(0.0).observed_s > 70
    assert abs(error_s(clock, crystal, 3600)) < 0.005


def test_envelope_stays_small() -> None:
    assert len(feed(new_clock(), Crystal(), 0, 600, jitter_s=0.03).state.points) < 40


def test_stamps_of_another_clock_are_implausible() -> None:
    clock = feed(new_clock(), Crystal(), 0, 10)
    assert clock.is_plausible(500, 10 * TICK_HZ)
    assert not clock.is_plausible(500, 20 * TICK_HZ)
    assert not clock.is_plausible(20_000, 10 * TICK_HZ)


def test_unobserved_stream_ends_when_presumed() -> None:
    fit = presumed(RATE_HZ, BOOT, 500, START_S).fit(OFFSET_S)
    assert fit == ClockFit(OFFSET_S + START_S - 10, 1 / RATE_HZ, ClockSource.PRESUMED)


def as_stored(clock: StreamClock) -> ClockState:
    state = ClockState.from_json(clock.state.to_json())
    assert state == clock.state
    return state


def test_clock_survives_as_text_and_goes_on() -> None:
    crystal = Crystal(50e-6)
    halfway = feed(new_clock(), crystal, 0, 60, jitter_s=0.03)
    revived = StreamClock(as_stored(halfway), BOOT)
    feed(revived, crystal, 60, 120, jitter_s=0.03, seed=2)
    assert revived.state.fit(0.0).observed_s == pytest.approx(120, abs=3)
    assert abs(error_s(revived, crystal, 0)) < 0.003


def test_fit_of_an_earlier_run_stays_until_a_packet_arrives_in_this_one() -> None:
    crystal = Crystal(80e-6)
    before = feed(new_clock(), crystal, 0, 900, jitter_s=0.03)
    after = StreamClock(as_stored(before), LATER_BOOT)
    assert after.state == before.state
    after.anchor(45_000, crystal.ticks(45_000))
    assert after.state.gateway_boot == BOOT
    feed(after, crystal, 1000, 1001, late_s=-4000.0)  # monotonic time begins anew
    assert after.state.gateway_boot == LATER_BOOT
    fit = after.state.fit(OFFSET_S + 4000.0)
    for index in (0, 50_000):  # the crystal's drift is still known
        assert fit.wall_s(index) == pytest.approx(OFFSET_S + crystal.true_s(index), abs=0.005)


def test_drift_of_a_crystal_is_known_from_its_best_observed_stream() -> None:
    long = feed(new_clock(), Crystal(60e-6), 0, 700, jitter_s=0.03).state
    short = feed(new_clock(), Crystal(60e-6), 0, 60, jitter_s=0.03).state
    assert known_drift([short, long]) == pytest.approx(60e-6, abs=5e-6)
    assert known_drift([short, new_clock().state]) == 0.0


def told(crystal: Crystal, index: float, *, boot: int = 3, late_s: float = 0.02) -> StreamTime:
    """Return what the log says of a stream whose sensor got the time at ``index``."""
    set_us = round((OFFSET_S + crystal.true_s(index) - late_s) * 1e6)
    return StreamTime(boot, crystal.start_ticks, crystal.ticks(index), set_us)


def morning_workout(crystal: Crystal, time: StreamTime, *, read_boot: int) -> StreamClock:
    """Fetch an unobserved stream of the morning 12 hours later."""
    night = 12 * HOUR_S * RATE_HZ
    clock = StreamClock(presumed(RATE_HZ, BOOT, 90_000, crystal.true_s(night)), BOOT)
    reading = ClockReading(read_boot, crystal.ticks(night))
    clock.take_time(time, reading, crystal.true_s(night) + 0.03, OFFSET_S)
    return clock


@pytest.mark.parametrize("start_ticks", [100, 3 * 2**32 + 77])
def test_counter_that_goes_on_gives_the_morning_back_within_100_ms(start_ticks: int) -> None:
    crystal = Crystal(90e-6, start_ticks=start_ticks)
    clock = morning_workout(crystal, told(crystal, -600.0 if start_ticks > 100 else 0), read_boot=3)
    assert clock.state.source is ClockSource.READ
    for index in (0, 90_000):
        assert abs(error_s(clock, crystal, index)) < 0.1


def test_counter_alone_gives_the_morning_back_as_well_as_the_crystal_is() -> None:
    crystal = Crystal(2e-6, start_ticks=100)
    clock = morning_workout(crystal, StreamTime(3, 100), read_boot=3)
    assert abs(error_s(clock, crystal, 0)) < 0.15


def test_known_drift_gives_the_morning_back_without_a_time_set() -> None:
    crystal = Crystal(90e-6, start_ticks=100)
    night = 12 * HOUR_S * RATE_HZ
    state = presumed(RATE_HZ, BOOT, 90_000, crystal.true_s(night), drift=90e-6)
    clock = StreamClock(state, BOOT)
    reading = ClockReading(3, crystal.ticks(night))
    clock.take_time(StreamTime(3, 100), reading, crystal.true_s(night) + 0.03, OFFSET_S)
    assert abs(error_s(clock, crystal, 0)) < 0.1


def test_sensor_that_was_switched_off_tells_the_time_that_it_was_told() -> None:
    crystal = Crystal(20e-6, start_ticks=2**33)
    time = told(crystal, -10 * HOUR_S * RATE_HZ)  # the evening before
    clock = morning_workout(crystal, time, read_boot=4)
    assert clock.state.source is ClockSource.TOLD
    assert abs(error_s(clock, crystal, 0)) < 1.0
    assert clock.state.fit(0.0) == clock.state.fit(OFFSET_S)  # it is wall time already


def test_sensor_that_never_knew_the_time_is_presumed() -> None:
    crystal = Crystal(start_ticks=500)
    assert morning_workout(crystal, StreamTime(3, 500), read_boot=4).state.source == 0


def test_what_was_read_before_stays_when_the_counter_has_begun_anew() -> None:
    crystal = Crystal(start_ticks=2**31)
    clock = morning_workout(crystal, told(crystal, 0), read_boot=3)
    before = clock.state.fit(OFFSET_S)
    clock.take_time(told(crystal, 0), ClockReading(4, 1000), 1e6, OFFSET_S)
    assert clock.state.fit(OFFSET_S) == before


def test_time_told_long_ago_gives_the_start_of_a_stream_that_is_just_joined() -> None:
    crystal = Crystal(-90e-6, start_ticks=2**31)
    clock = new_clock()
    feed(clock, crystal, 12 * HOUR_S, 12 * HOUR_S + 5, jitter_s=0.03)
    reading = ClockReading(3, crystal.ticks(12 * HOUR_S * RATE_HZ))
    clock.take_time(told(crystal, -600), reading, crystal.true_s(12 * HOUR_S * RATE_HZ), OFFSET_S)
    assert clock.state.source is ClockSource.OBSERVED
    assert abs(error_s(clock, crystal, 0)) < 0.1
    feed(clock, crystal, 12 * HOUR_S + 5, 12 * HOUR_S + 60, jitter_s=0.03)
    assert abs(error_s(clock, crystal, 0)) < 0.1
    assert abs(error_s(clock, crystal, round((12 * HOUR_S + 60) * RATE_HZ))) < 0.005


def test_time_told_wrongly_is_no_drift() -> None:
    crystal = Crystal(start_ticks=2**31)
    wrong = replace(told(crystal, 0), set_time_us=1_000_000)  # the seventies
    clock = morning_workout(crystal, wrong, read_boot=3)
    assert abs(error_s(clock, crystal, 0)) < 0.1


def test_stream_that_has_not_begun_has_no_time() -> None:
    clock = new_clock()
    before = clock.state
    clock.take_time(StreamTime(3, 0), ClockReading(3, 1000), 50.0, OFFSET_S)
    assert clock.state == before


@pytest.mark.parametrize(
    ("known", "newer", "gives_way"),
    [
        (ClockSource.OBSERVED, ClockSource.PRESUMED, False),
        (ClockSource.OBSERVED, ClockSource.READ, False),
        (ClockSource.TOLD, ClockSource.READ, True),
        (ClockSource.PRESUMED, ClockSource.PRESUMED, False),
        (ClockSource.READ, ClockSource.READ, True),
    ],
)
def test_fit_gives_way_to_what_rests_on_no_less(
    known: ClockSource, newer: ClockSource, gives_way: bool
) -> None:
    assert ClockFit(1.0, 0.02, known).gives_way_to(ClockFit(2.0, 0.02, newer)) is gives_way


@pytest.mark.parametrize(("observed_s", "gives_way"), [(1.0, False), (59.0, False), (60.0, True)])
def test_long_observed_fit_waits_for_a_new_run_to_settle(
    observed_s: float, gives_way: bool
) -> None:
    known = ClockFit(1.0, 0.02, ClockSource.OBSERVED, 3000.0)
    newer = ClockFit(2.0, 0.02, ClockSource.OBSERVED, observed_s)
    assert known.gives_way_to(newer) is gives_way


@given(
    drift=st.floats(-150e-6, 150e-6),
    delays_s=st.lists(st.floats(0.0, 3.0), min_size=1, max_size=60),
    every_s=st.sampled_from([0.1, 0.5, 7.0]),
)
def test_no_packet_arrives_before_its_last_sample_by_the_fit(
    drift: float, delays_s: list[float], every_s: float
) -> None:
    crystal, clock = Crystal(drift), new_clock()
    arrivals = []
    for number, delay_s in enumerate(delays_s):
        first = round(number * every_s * RATE_HZ)
        arrival_s = crystal.true_s(first + PACKET - 1) + delay_s
        clock.observe(first, PACKET, crystal.ticks(first) % 2**32, arrival_s)
        arrivals.append((first + PACKET - 1, arrival_s))
    feed(clock, crystal, 600, 602, late_s=3.0)  # closes the span of the last one
    fit = clock.state.fit(0.0)
    assert all(fit.wall_s(index) <= arrival_s + 0.0005 for index, arrival_s in arrivals)
