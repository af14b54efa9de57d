import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lumbar.quantisation import quantise
from lumbar.trace import Trace


def trace_of(acc_g: np.ndarray, gyro_dps: np.ndarray | None = None) -> Trace:
    index = np.arange(len(acc_g))
    return Trace("trace", index / 50, acc_g, gyro_dps, 50.0, index)


@given(
    arrays.arrays(np.float64, (20, 3), elements=st.floats(-15.999, 15.999)),
    arrays.arrays(np.float64, (20, 3), elements=st.floats(-1999.9, 1999.9)),
)
def test_counts_are_within_half_a_step_of_the_file(acc_g: np.ndarray, gyro: np.ndarray) -> None:
    measured = quantise(trace_of(acc_g, gyro))
    steps = np.r_[[measured.g_per_step] * 3, [measured.dps_per_step] * 3]
    error = np.abs(measured.counts * steps - np.hstack([acc_g, gyro]))
    assert np.all(error <= steps / 2 * (1 + 1e-9))


@pytest.mark.parametrize(
    ("largest_g", "range_g"), [(1.5, 2), (-2.0, 2), (2.0, 4), (3.9, 4), (4.1, 8), (9.0, 16)]
)
def test_narrowest_range_that_holds_the_trace_is_taken(largest_g: float, range_g: int) -> None:
    measured = quantise(trace_of(np.array([[1.0, 0.0, 0.0], [largest_g, 0.0, 0.0]])))
    assert measured.range_g == range_g
    assert measured.g_per_step == range_g / 32768


def test_end_of_the_widest_range_does_not_overflow() -> None:
    measured = quantise(trace_of(np.array([[16.0, -16.0, 0.0], [1.0, 0.0, 0.0]])))
    assert measured.counts[0].tolist() == [32767, -32768, 0]


def test_gaps_stay_gaps() -> None:
    acc_g = np.tile([1.0, 0.0, 0.0], (3, 1))
    index = np.array([0, 1, 40])
    measured = quantise(Trace("trace", index / 50, acc_g, None, 50.0, index))
    assert measured.index.tolist() == [0, 1, 40]
    assert measured.dps_per_step == 0


def test_quantising_needs_no_radio_library() -> None:
    program = (
        "import sys, lumbar.quantisation; "
        "sys.exit(bool({'bumble', 'bleak', 'numba', 'fastapi'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_quantising_a_long_trace_takes_little_more_than_its_counts() -> None:
    acc_g = np.random.default_rng(1).uniform(-1.9, 1.9, (200_000, 3))
    trace = trace_of(acc_g, 100 * acc_g)
    tracemalloc.start()
    measured = quantise(trace)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    np.testing.assert_array_equal(measured.counts[:, :3], np.rint(acc_g * 2**14))
    assert peak_bytes < 4 * measured.counts.nbytes
