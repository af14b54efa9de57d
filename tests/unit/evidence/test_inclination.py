"""Errors of inclination are those of the axes and of the sensor, whatever the wearer does."""

from dataclasses import replace

import numpy as np
import pytest

from lumbar.evidence.detector_axes import DetectorAxes, detector_axes
from lumbar.evidence.inclination import InclinationErrors, inclination_errors
from lumbar.evidence.sessions import measured_trace
from lumbar_sim.activities import Bows, CatCow, Rest
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import SimulatedWorkout, simulate

IDEAL = Imu(
    noise_mg=0.0, bias_mg=(0.0, 0.0, 0.0), gain=(1.0, 1.0, 1.0), gyro=False, clock_ppm=200.0
)
STILL_WEARER = Wearer(standing_pitch_deg=6.0, breathing_deg=0.0, tremor_mg=0.0)
PROGRAMME = Programme((Rest(Stance.STANDING, 5.0), Bows(3), CatCow(4), Rest(Stance.SUPINE, 40.0)))
WORN = Placement(tilt_y_deg=15.0, upside_down=True)


def done(imu: Imu) -> SimulatedWorkout:
    return simulate(
        PROGRAMME,
        wearer=STILL_WEARER,
        placement=WORN,
        imu=imu,
        sampling_rate_hz=50.0,
        rng=np.random.default_rng(1),
    )


def errors(
    imu: Imu = IDEAL,
    turned_deg: float = 0.0,
    taken_off_g: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> InclinationErrors:
    """Return the errors of axes that are right but for a turn forward."""
    workout = done(imu)
    (upright,) = workout.motion.planned_up(np.zeros(1))
    pitch = np.arctan2(upright[2], upright[0]) + np.deg2rad(turned_deg)
    x = WORN.to_sensor(np.array([np.cos(pitch), 0.0, np.sin(pitch)]))
    z = WORN.to_sensor(np.array([-np.sin(pitch), 0.0, np.cos(pitch)]))
    axes = DetectorAxes(x, z, gain=np.zeros(3), offset_g=np.array(taken_off_g))
    return inclination_errors(workout, measured_trace("one", workout.measurement), axes)


def test_right_axes_have_next_to_no_error_in_a_still_wearer() -> None:
    found = errors()
    assert len(found.still_deg) > 40
    assert len(found.moving_deg) > 20
    assert np.percentile(np.abs(found.still_deg), 95) < 0.3
    assert np.percentile(np.abs(found.moving_deg), 95) < 4.0


def test_axes_that_are_turned_are_wrong_by_as_much() -> None:
    turned = errors(turned_deg=5.0)
    assert np.median(turned.still_deg) == pytest.approx(-5.0 + np.median(errors().still_deg))


def test_offset_along_the_back_shows_in_lying() -> None:
    biased = errors(replace(IDEAL, bias_mg=(50.0, 0.0, 0.0)))
    assert np.max(np.abs(biased.still_deg)) == pytest.approx(np.rad2deg(0.05), abs=0.7)


def test_offset_that_the_detector_takes_off_does_not_show() -> None:
    biased = replace(IDEAL, bias_mg=(50.0, 0.0, 0.0))
    corrected = errors(biased, taken_off_g=(0.05, 0.0, 0.0))
    assert np.max(np.abs(corrected.still_deg)) < 0.7


def test_axes_are_those_that_the_detector_has_found() -> None:
    trace = measured_trace("one", done(IDEAL).measurement)
    axes = detector_axes(trace)
    assert axes is not None
    standing_g = trace.acc_g[50:200].mean(axis=0)
    assert abs(axes.forward_deg(standing_g[np.newaxis])[0]) < 1.0
    assert np.degrees(np.arccos(axes.z @ WORN.to_sensor(np.array([0.0, 0.0, 1.0])))) < 10.0


def test_without_standing_there_are_no_axes() -> None:
    trace = measured_trace("one", done(IDEAL).measurement)
    start = trace.index < 50
    brief = replace(trace, t_s=trace.t_s[start], acc_g=trace.acc_g[start], index=trace.index[start])
    assert detector_axes(brief) is None


def test_samples_near_a_gap_are_left_out() -> None:
    patchy = errors(replace(IDEAL, gaps_per_hour=120.0, gap_s=(2.0, 3.0)))
    whole = errors()
    assert len(patchy.still_deg + patchy.moving_deg) < len(whole.still_deg + whole.moving_deg)
    assert np.percentile(np.abs(patchy.still_deg), 95) < 0.3
