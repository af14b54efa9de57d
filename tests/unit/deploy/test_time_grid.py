import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar.time_grid import BLOCK_ROWS, fit_time_grid


def written_times_s(index: np.ndarray, rate_hz: float, decimals: int) -> np.ndarray:
    return np.round(3.2 + index / rate_hz, decimals)


@pytest.mark.parametrize(
    ("rate_hz", "decimals"),
    [(12.5, 2), (25, 2), (31.25, 3), (50, 2), (60, 2), (60, 5), (62.5, 4), (100, 2), (104, 5)],
)
def test_round_rate_is_found_exactly_whatever_the_rounding(rate_hz: float, decimals: int) -> None:
    grid = fit_time_grid(written_times_s(np.arange(121), rate_hz, decimals))
    assert grid.sampling_rate_hz == rate_hz
    assert grid.index.tolist() == list(range(121))


def test_period_of_whole_milliseconds_is_found_exactly() -> None:
    grid = fit_time_grid(np.arange(500) * 0.030)
    assert grid.sampling_rate_hz == pytest.approx(1000 / 30, abs=1e-8)


def test_rate_of_a_real_crystal_is_not_rounded() -> None:
    grid = fit_time_grid(written_times_s(np.arange(6000), 49.97, 5))
    assert grid.sampling_rate_hz == pytest.approx(49.97, rel=1e-5)


def test_jitter_leaves_rate_and_index_alone() -> None:
    jitter_s = np.random.default_rng(4).uniform(-0.2, 0.2, 3000) / 50
    grid = fit_time_grid(np.arange(3000) / 50 + jitter_s)
    assert grid.sampling_rate_hz == pytest.approx(50, rel=1e-3)
    assert grid.index.tolist() == list(range(3000))


def test_step_of_one_and_a_half_periods_is_no_gap_and_a_longer_one_is() -> None:
    t_s = np.arange(400) * 0.04
    t_s[200:] += 0.02
    t_s[300:] += 0.021
    assert np.flatnonzero(np.diff(fit_time_grid(t_s).index) > 1).tolist() == [299]


@given(
    rate_hz=st.sampled_from([25.0, 50.0, 52.0, 60.0, 100.0, 119.7]),
    decimals=st.integers(4, 9),
    kept=st.lists(st.booleans(), min_size=400, max_size=400),
)
def test_samples_left_out_leave_holes_in_the_index(
    rate_hz: float, decimals: int, kept: list[bool]
) -> None:
    lost_here_and_there = np.array(kept) | (np.arange(400) % 5 > 0)
    index = np.flatnonzero(lost_here_and_there)
    grid = fit_time_grid(written_times_s(index, rate_hz, decimals))
    assert grid.sampling_rate_hz == pytest.approx(rate_hz, rel=1e-3)
    assert grid.index.tolist() == (index - index[0]).tolist()


def test_stretches_off_each_others_grid_do_not_hide_the_round_rate() -> None:
    t_s = np.round(np.r_[np.arange(600) / 60, 47.1234 + np.arange(600) / 60], 5)
    grid = fit_time_grid(t_s)
    assert grid.sampling_rate_hz == 60
    assert grid.index[600] == 2827


def test_times_too_coarse_to_see_a_gap_are_refused() -> None:
    kept = np.random.default_rng(1).random(4200) > 0.02
    t_s = written_times_s(np.flatnonzero(kept), 70.0, 2)
    with pytest.raises(ValueError, match=r"too coarse for \d+\.\d+ Hz: write more digits"):
        fit_time_grid(t_s)


def test_span_beyond_any_recording_is_refused() -> None:
    t_s = np.r_[np.arange(100) / 50, 1e12]
    with pytest.raises(ValueError, match="longer than any recording"):
        fit_time_grid(t_s)


@pytest.mark.parametrize("lost", [[], [BLOCK_ROWS - 1], [BLOCK_ROWS], [BLOCK_ROWS + 1, 190_000]])
def test_long_trace_is_numbered_alike_across_blocks_and_in_little_memory(lost: list[int]) -> None:
    index = np.delete(np.arange(200_000), lost)
    t_s = written_times_s(index, 100.0, 4)
    tracemalloc.start()
    grid = fit_time_grid(t_s)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grid.sampling_rate_hz == 100
    np.testing.assert_array_equal(grid.index, index)
    assert peak_bytes < 4 * t_s.nbytes
