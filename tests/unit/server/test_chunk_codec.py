"""Encoded samples come back bit for bit, and take at most half the space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from lumbar_server.store import chunk_codec
from lumbar_sim.imu import Imu
from lumbar_sim.named_programmes import programme_named
from lumbar_sim.placement import Placement
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

SHAPES = st.tuples(st.integers(1, 300), st.sampled_from([3, 6]))


def comes_back(samples: NDArray[np.int16]) -> bool:
    data = chunk_codec.encode(samples)
    back = chunk_codec.decode(data, *samples.shape)
    return back.dtype == np.int16 and back.flags.c_contiguous and np.array_equal(back, samples)


@given(arrays(np.int16, SHAPES))
def test_any_samples_come_back(samples: NDArray[np.int16]) -> None:
    assert comes_back(samples)


@given(st.integers(0, 2**32 - 1), SHAPES, st.floats(0.0, 15.0))
def test_noise_of_any_strength_comes_back(seed: int, shape: tuple[int, int], bits: float) -> None:
    noise = np.random.default_rng(seed).normal(0.0, 2.0**bits, shape)
    assert comes_back(np.clip(noise, -32768, 32767).astype(np.int16))


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 6000])
@pytest.mark.parametrize("ends", [(-32768, -32768), (32767, 32767), (-32768, 32767)])
def test_samples_at_the_ends_of_the_scale_come_back(n: int, ends: tuple[int, int]) -> None:
    assert comes_back(np.resize(np.array(ends, np.int16), (3, n)).T)


@pytest.mark.parametrize(
    "imu", [Imu(), Imu(gyro=False), Imu(range_g=8), Imu(noise_mg=1.0, gyro=False)]
)
@pytest.mark.parametrize("name", ["demo", "back_programme"])
def test_a_minute_of_a_workout_takes_at_most_half_the_space(name: str, imu: Imu) -> None:
    rng = np.random.default_rng(3)
    counts = simulate(
        programme_named(name, rng, 12.0),
        wearer=Wearer(),
        placement=Placement(),
        imu=imu,
        sampling_rate_hz=100.0,
        rng=rng,
    ).measurement.counts
    minutes = [counts[first : first + 6000] for first in range(0, len(counts), 6000)]
    encoded = [chunk_codec.encode(minute) for minute in minutes]
    assert sum(map(len, encoded)) <= counts.nbytes / 2


def test_damage_is_noticed() -> None:
    data = bytearray(chunk_codec.encode(np.arange(300, dtype=np.int16).reshape(-1, 3)))
    data[len(data) // 2] ^= 1
    with pytest.raises(ValueError, match="not 100 encoded samples of 3 channels"):
        chunk_codec.decode(bytes(data), 100, 3)


@pytest.mark.parametrize("wrong_n", [1, 20, 99, 200, 2000])
def test_another_number_of_samples_is_noticed(wrong_n: int) -> None:
    rng = np.random.default_rng(1)
    data = chunk_codec.encode(rng.integers(-500, 500, (1000, 3)).astype(np.int16))
    with pytest.raises(ValueError, match="encoded samples of 3 channels"):
        chunk_codec.decode(data, wrong_n, 3)
