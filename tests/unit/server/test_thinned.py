"""A thinned signal keeps what stands out, says where nothing was received, and how gravity lay."""

import numpy as np

from lumbar_server.store.samples import Run
from lumbar_server.thinned import Frame, Thinned, thinned

RATE_HZ = 50.0
UPRIGHT = Frame((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))


def plotted(*runs: Run, end: int, points: int = 10, frame: Frame = UPRIGHT) -> Thinned:
    return thinned(
        runs, 0, end, points=points, g_per_step=0.001, sampling_rate_hz=RATE_HZ, frame=frame
    )


def still(n: int, x: int = 1000, y: int = 0, z: int = 0) -> np.ndarray:
    return np.tile(np.array([x, y, z], np.int16), (n, 1))


def test_one_sample_that_stands_out_is_kept() -> None:
    samples = still(1000)
    samples[333, 2] = 2000
    found = plotted(Run(0, samples), end=1000)
    assert found.high_g[3, 2] == 2.0
    assert np.delete(found.high_g[:, 2], 3).max() == 0.0
    assert found.low_g.min() == 0.0


def test_stretch_of_which_nothing_was_received_is_empty() -> None:
    found = plotted(Run(0, still(250)), Run(750, still(250)), end=1000, points=4)
    assert np.isnan(found.low_g[:, 0]).tolist() == [False, True, True, False]
    assert np.isnan(found.sagittal_deg).tolist() == [False, True, True, False]


def test_borders_of_runs_make_no_difference() -> None:
    rng = np.random.default_rng(1)
    samples = rng.integers(-2000, 2000, (997, 3), np.int16)
    once = plotted(Run(0, samples), end=997, points=31)
    cut = plotted(Run(0, samples[:500]), Run(500, samples[500:]), end=997, points=31)
    np.testing.assert_array_equal(once.low_g, cut.low_g)
    np.testing.assert_array_equal(once.high_g, cut.high_g)


def test_no_more_points_than_samples() -> None:
    found = plotted(Run(0, still(3)), end=3, points=1000)
    assert found.index.tolist() == [0.0, 1.0, 2.0]
    np.testing.assert_array_equal(found.low_g, found.high_g)


def test_angles_are_of_the_body_however_the_sensor_sits() -> None:
    prone = plotted(Run(0, still(100, 0, 0, 1000)), end=100, points=1)
    assert prone.sagittal_deg.tolist() == [90.0]
    sideways = Frame((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))  # the sensor's y goes up the spine
    upright = plotted(Run(0, still(100, 0, 1000, 0)), end=100, points=1, frame=sideways)
    assert abs(upright.sagittal_deg[0]) < 1e-9
    assert upright.high_g[0, 0] == 1.0
    right_side = plotted(Run(0, still(100, 0, 1000, 0)), end=100, points=1)
    assert right_side.lateral_deg.tolist() == [90.0]
    assert np.isnan(right_side.sagittal_deg[0])
