"""Lost samples, coarse converters, cold parts, and long recordings in parts."""

from dataclasses import replace

import numpy as np
import pytest

from lumbar_sim.activities import Rest
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.wobble import Wobble
from lumbar_sim.workout import PART_S, simulate

QUIET = Imu(noise_mg=0.0, bias_mg=(0.0, 0.0, 0.0), gain=(1.0, 1.0, 1.0), gyro=False, clock_ppm=0.0)


def standing(imu: Imu, seconds: float = 600.0, rate_hz: float = 50.0):
    still = np.tile([1.0, 0.0, 0.0], (round(seconds * rate_hz), 1))
    return imu.measure(still, np.zeros_like(still), rate_hz, np.random.default_rng(4))


def test_gaps_leave_indices_out_as_often_and_as_long_as_told() -> None:
    m = standing(replace(QUIET, gaps_per_hour=60.0, gap_s=(0.1, 8.0)), seconds=7200.0)
    steps = np.diff(m.index)
    missing_s = (steps[steps > 1] - 1) / 50.0
    assert m.index[0] == 0
    assert 85 < len(missing_s) < 155  # 120 ± 3 standard deviations
    assert missing_s.min() >= 0.08
    assert np.quantile(missing_s, 0.95) <= 8.0
    assert missing_s.mean() == pytest.approx(1.8, rel=0.4)  # (8 - 0.1) / ln(80)


def test_no_gaps_unless_asked_for() -> None:
    m = standing(QUIET)
    np.testing.assert_array_equal(m.index, np.arange(30000))


def test_a_coarse_converter_s_counts_lie_far_apart() -> None:
    m = standing(replace(QUIET, bits=10, noise_mg=30.0, range_g=8))
    assert set(np.unique(m.counts % 64)) == {0}
    full = standing(replace(QUIET, bits=10, range_g=2, bias_mg=(500.0, 0.0, 0.0), gain=(1.2, 1, 1)))
    assert full.counts[:, 0].max() <= 32767 - 63


def test_a_cold_part_s_offset_fades() -> None:
    m = standing(replace(QUIET, warm_up_mg=(0.0, 40.0, 0.0)), seconds=1800.0)
    y_mg = m.counts[:, 1] * m.g_per_step * 1e3
    assert y_mg[0] == pytest.approx(40.0, abs=0.1)
    assert y_mg[30000] == pytest.approx(40.0 / np.e, abs=0.2)
    assert y_mg[-1] < 2.1


@pytest.mark.parametrize("wobble", [None, Wobble(4.0, 0.08)])
def test_a_long_recording_in_parts_has_no_seams(wobble: Wobble | None) -> None:
    instants = QUIET.instants(3.2 * PART_S, 50.0)
    parts = list(instants.parts(PART_S))
    assert [part.first for part in parts] == [0, 3000, 6000, 9000]
    assert sum(part.samples for part in parts) == instants.samples
    resting = Programme((Rest(Stance.STANDING, 3.2 * PART_S),))
    m = simulate(
        resting,
        wearer=Wearer(),
        placement=Placement(wobble=wobble),
        imu=QUIET,
        sampling_rate_hz=50.0,
        rng=np.random.default_rng(1),
    ).measurement
    steps_mg = np.abs(np.diff(m.counts[:, 0] * m.g_per_step)) * 1e3
    seams = np.array([part.first for part in parts[1:]])
    assert steps_mg[seams - 1].max() <= np.quantile(steps_mg, 0.999)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bits": 4}, "bits is 4: choose 8 to 16"),
        ({"gaps_per_hour": -1.0}, "gaps_per_hour is -1: choose 0 to 3600"),
        ({"gap_s": (2.0, 1.0)}, r"gap_s\[1\] is 1: choose 2 to 3600"),
        ({"warm_up_mg": (0.0, 0.0, 900.0)}, r"warm_up_mg\[2\] is 900: choose -200 to 200"),
    ],
)
def test_impossible_flaws_are_refused_by_name(changed, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(QUIET, **changed)
