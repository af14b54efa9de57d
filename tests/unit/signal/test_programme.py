"""The whole small workout is found, at every rate, on every mount, in every noise we promise."""

from __future__ import annotations

import numpy as np
import pytest

from lumbar_signal import Analysis, analyze
from lumbar_signal.events import DeviationKind, Exercise, Posture
from signal_traces import G_PER_STEP, Programme, mount_axes, programme

PROGRAMME = programme()


def _analyse(
    rate_hz: float = 50.0,
    noise_g: float = 0.01,
    mount_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    seed: int = 1,
) -> Analysis:
    samples = PROGRAMME.wearer.samples(rate_hz, noise_g, mount_deg, seed)
    return analyze(samples, None, sampling_rate_hz=rate_hz, g_per_step=G_PER_STEP)


def _assert_found(found: Analysis, truth: Programme, timing_s: float = 0.3) -> None:
    rate = found.sampling_rate_hz
    exercises = [one.exercise for one in found.sets]
    assert exercises == [Exercise.GLUTE_BRIDGE, Exercise.FOREARM_PLANK, Exercise.CAT_COW]
    bridges, plank, cat_cows = found.sets
    for one_set, times in ((bridges, truth.bridges), (cat_cows, truth.cat_cows)):
        seen = [[r.start / rate, r.peak / rate, r.end / rate] for r in one_set.repetitions]
        assert np.shape(seen) == np.shape(times)
        np.testing.assert_allclose(seen, times, atol=timing_s)
    assert [r.range_deg for r in bridges.repetitions] == pytest.approx([25.0] * 3, abs=3.0)
    assert [r.range_deg for r in cat_cows.repetitions] == pytest.approx([27.0] * 3, abs=3.0)
    (hold,) = plank.holds
    assert (hold.start / rate, hold.end / rate) == pytest.approx(truth.plank, abs=1.0)
    (sag,) = plank.deviations
    assert sag.kind == DeviationKind.SAG
    assert sag.peak_deg == pytest.approx(11.0, abs=2.0)
    assert found.deviations == ()


@pytest.mark.parametrize("rate_hz", [25.0, 31.25, 50.0, 52.0, 60.0, 100.0, 104.0, 200.0])
def test_the_programme_is_found_at_every_rate(rate_hz: float) -> None:
    _assert_found(_analyse(rate_hz), PROGRAMME)


@pytest.mark.parametrize("noise_g", [0.002, 0.005, 0.01, 0.02])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_programme_is_found_in_noise(noise_g: float, seed: int) -> None:
    _assert_found(_analyse(noise_g=noise_g, seed=seed), PROGRAMME)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_repetitions_are_counted_in_noise_that_hides_the_tremor(seed: int) -> None:
    sets = {one.exercise: one for one in _analyse(noise_g=0.04, seed=seed).sets}
    assert len(sets[Exercise.GLUTE_BRIDGE].repetitions) == 3
    assert len(sets[Exercise.CAT_COW].repetitions) == 3


@pytest.mark.parametrize(
    "mount_deg",
    [
        (20.0, 0.0, 0.0),
        (0.0, 20.0, 0.0),
        (0.0, 0.0, 20.0),
        (-20.0, 0.0, 0.0),
        (0.0, -20.0, 0.0),
        (0.0, 0.0, -20.0),
        (10.0, 10.0, 10.0),
        (180.0, 0.0, 0.0),  # inside out
        (0.0, 180.0, 0.0),  # upside down and inside out
        (0.0, 0.0, 180.0),  # upside down
    ],
)
def test_the_programme_is_found_on_every_mount(mount_deg: tuple[float, float, float]) -> None:
    _assert_found(_analyse(mount_deg=mount_deg), PROGRAMME)


def test_postures_follow_the_programme() -> None:
    postures = [one.posture for one in _analyse().postures]
    assert postures[0] == Posture.UPRIGHT
    assert postures[-1] == Posture.UPRIGHT
    for posture in (Posture.SUPINE, Posture.LEFT_SIDE, Posture.PRONE):
        assert posture in postures


def test_bows_calibrate_both_axes() -> None:
    mount_deg = (15.0, 10.0, -10.0)
    calibration = _analyse(mount_deg=mount_deg).calibration
    axes = mount_axes(mount_deg)
    assert calibration.source == "bows"
    assert not calibration.moved
    assert np.dot(calibration.x, axes[0]) > np.cos(np.radians(1.0))
    assert np.dot(calibration.z, axes[2]) > np.cos(np.radians(3.0))
