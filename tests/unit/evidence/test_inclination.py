"""Errors of inclination are those of the axes and of the sensor, whatever the wearer does."""

from dataclasses import replace

import numpy as np
import pytest

from lumbar.evidence.inclination import InclinationErrors, inclination_errors
from lumbar.evidence.sessions import measured_trace
from lumbar_sim.activities import Bows, CatCow, Rest
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

IDEAL = Imu(
    noise_mg=0.0, bias_mg=(0.0, 0.0, 0.0), gain=(1.0, 1.0, 1.0), gyro=False, clock_ppm=200.0
)
STILL_WEARER = Wearer(standing_pitch_deg=6.0, breathing_deg=0.0, tremor_mg=0.0)
PROGRAMME = Programme((Rest(Stance.STANDING, 5.0), Bows(3), CatCow(4), Rest(Stance.SUPINE, 40.0)))
WORN = Placement(tilt_y_deg=15.0, upside_down=True)


def errors(imu: Imu = IDEAL, turned_deg: float = 0.0) -> InclinationErrors:
    """Return the errors of axes that are right but for a turn forward."""
    workout = simulate(
        PROGRAMME,
        wearer=STILL_WEARER,
        placement=WORN,
        imu=imu,
        sampling_rate_hz=50.0,
        rng=np.random.default_rng(1),
    )
    (upright,) = workout.motion.planned_up(np.zeros(1))
    pitch = np.arctan2(upright[2], upright[0]) + np.deg2rad(turned_deg)
    x = WORN.to_sensor(np.array([np.cos(pitch), 0.0, np.sin(pitch)]))
    z = WORN.to_sensor(np.array([-np.sin(pitch), 0.0, np.cos(pitch)]))
    return inclination_errors(workout, measured_trace("one", workout.measurement), x, z)


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


def test_samples_near_a_gap_are_left_out() -> None:
    patchy = errors(replace(IDEAL, gaps_per_hour=120.0, gap_s=(2.0, 3.0)))
    whole = errors()
    assert len(patchy.still_deg + patchy.moving_deg) < len(whole.still_deg + whole.moving_deg)
    assert np.percentile(np.abs(patchy.still_deg), 95) < 0.3
