"""The sensor's converter, noise, filter and crystal."""

from dataclasses import replace

import numpy as np
import pytest

from lumbar_sim.imu import Imu
from lumbar_sim.measurement import Measurement
from lumbar_sim.placement import Placement

PERFECT = Imu(
    noise_mg=0.0,
    bias_mg=(0.0, 0.0, 0.0),
    gain=(1.0, 1.0, 1.0),
    gyro_noise_dps=0.0,
    gyro_bias_dps=(0.0, 0.0, 0.0),
    clock_ppm=0.0,
)


def measure(imu: Imu, acc_g, gyro_dps=(0.0, 0.0, 0.0), rate_hz: float = 100.0) -> Measurement:
    """Measure 20 s of what acts, constant or a function of the true time."""
    instants = imu.instants(20.0, rate_hz)
    t_s = instants.t_s(margin=0)
    acting = acc_g(t_s) if callable(acc_g) else np.tile(np.array(acc_g, float), (len(t_s), 1))
    turning = np.tile(np.array(gyro_dps, float), (len(t_s), 1))
    acting, turning = instants.decimate(acting), instants.decimate(turning)
    return imu.measure(acting, turning, rate_hz, np.random.default_rng(3))


def sine_on_x(frequency_hz: float):
    def acting(t_s: np.ndarray) -> np.ndarray:
        wave = np.sin(2 * np.pi * frequency_hz * t_s)
        return np.stack([wave, 0 * wave, 0 * wave], axis=1)

    return acting


@pytest.mark.parametrize("range_g", [2, 4, 8, 16])
def test_counts_times_step_are_g(range_g: int) -> None:
    m = measure(replace(PERFECT, range_g=range_g), (1.0, -0.5, 0.25), (10.0, -20.0, 30.0))
    assert m.counts.dtype == np.int16
    assert m.g_per_step == range_g / 32768
    np.testing.assert_allclose(m.counts[:, :3] * m.g_per_step, [[1.0, -0.5, 0.25]] * len(m.counts))
    gyro = m.counts[:, 3:] * m.dps_per_step
    np.testing.assert_allclose(gyro, [[10.0, -20.0, 30.0]] * len(gyro), atol=m.dps_per_step)


def test_what_is_beyond_the_range_saturates() -> None:
    m = measure(replace(PERFECT, range_g=2), (3.0, -3.0, 0.0), (4000.0, 0.0, 0.0))
    assert np.all(m.counts[:, 0] == 32767)
    assert np.all(m.counts[:, 1] == -32768)
    assert np.all(m.counts[:, 3] == 32767)


def test_a_sensor_at_rest_has_the_energy_of_its_noise_alone() -> None:
    m = measure(replace(PERFECT, noise_mg=5.0, gyro_noise_dps=0.1), (0.0, 0.0, 1.0))
    rms_g = (m.counts[:, :3] * m.g_per_step).std(axis=0)
    np.testing.assert_allclose(rms_g, 5e-3, rtol=0.08)
    np.testing.assert_allclose((m.counts[:, 3:] * m.dps_per_step).std(axis=0), 0.1, rtol=0.08)


def test_bias_and_gain_act_by_axis() -> None:
    m = measure(
        replace(PERFECT, bias_mg=(10.0, 0.0, -20.0), gain=(1.0, 1.0, 1.02)), (0.0, 0.0, 1.0)
    )
    np.testing.assert_allclose(
        m.counts[:, :3].mean(axis=0) * m.g_per_step, [0.01, 0.0, 1.0], atol=m.g_per_step
    )


def test_the_filter_passes_tremor_and_stops_what_would_alias() -> None:
    tremor = measure(PERFECT, sine_on_x(12.0), rate_hz=50.0)
    alias = measure(PERFECT, sine_on_x(45.0), rate_hz=50.0)
    rms = [np.std(m.counts[:, 0] * m.g_per_step) for m in (tremor, alias)]
    assert rms[0] == pytest.approx(np.sqrt(0.5), rel=0.02)
    assert rms[1] < 0.01


def test_the_filter_does_not_delay() -> None:
    m = measure(PERFECT, sine_on_x(2.0))
    expected = np.sin(2 * np.pi * 2.0 * m.index / 100.0)
    np.testing.assert_allclose(m.counts[:, 0] * m.g_per_step, expected, atol=2e-3)


def test_a_fast_crystal_takes_more_samples_of_the_same_time() -> None:
    fast = replace(PERFECT, clock_ppm=1000.0)
    m = measure(fast, sine_on_x(0.5))
    assert len(m.counts) == 2002
    assert m.sampling_rate_hz == 100.0
    expected = np.sin(2 * np.pi * 0.5 * m.index / 100.1)
    np.testing.assert_allclose(m.counts[:, 0] * m.g_per_step, expected, atol=2e-3)


def test_without_a_gyroscope_there_are_three_channels() -> None:
    m = measure(replace(PERFECT, gyro=False), (0.0, 0.0, 1.0))
    assert m.counts.shape == (2000, 3)
    assert m.dps_per_step == 0.0


def test_upside_down_turns_x_and_y_round() -> None:
    seen = Placement(upside_down=True).to_sensor(np.array([[1.0, 2.0, 3.0]]))
    np.testing.assert_allclose(seen, [[-1.0, -2.0, 3.0]], atol=1e-12)


def test_a_belt_put_on_askew_turns_gravity_about_z() -> None:
    seen = Placement(tilt_z_deg=20.0).to_sensor(np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(
        seen, [[np.cos(np.deg2rad(20)), -np.sin(np.deg2rad(20)), 0.0]], atol=1e-12
    )


def test_the_hollow_of_the_back_looks_like_leaning_forward() -> None:
    seen = Placement(tilt_y_deg=10.0).to_sensor(np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(
        seen, [[np.cos(np.deg2rad(10)), 0.0, np.sin(np.deg2rad(10))]], atol=1e-12
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Imu(range_g=3), "range_g is 3: choose 2, 4, 8 or 16"),
        (lambda: Imu(noise_mg=-1.0), "noise_mg is -1: choose 0 to 200"),
        (lambda: Imu(gain=(1.0, 1.0, 2.0)), r"gain\[2\] is 2: choose 0.8 to 1.2"),
        (lambda: Imu(gyro_range_dps=300), "gyro_range_dps is 300: choose"),
        (lambda: Imu(clock_ppm=float("nan")), "clock_ppm is nan: choose"),
        (lambda: PERFECT.instants(10.0, 5.0), "sampling_rate_hz is 5: choose 10 to 1000"),
        (lambda: Placement(tilt_y_deg=40.0), "tilt_y_deg is 40: choose -30 to 30"),
    ],
)
def test_impossible_hardware_is_refused_by_name(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
