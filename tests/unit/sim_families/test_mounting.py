"""What a mounting does to the measured motion: front, slips, wobble."""

import numpy as np
import pytest

from lumbar_sim import rotation
from lumbar_sim.motion import specific_force_g
from lumbar_sim.placement import Placement, Site
from lumbar_sim.slip import Slip
from lumbar_sim.wobble import Wobble

STEP_S = 0.0025
DURATION_S = 20.0


def felt_g(placement: Placement, *, bob_hz: float = 1.0, bob_g: float = 0.0) -> np.ndarray:
    """Return what a standing, bobbing wearer's sensor feels."""
    t_s = np.arange(0.0, DURATION_S, STEP_S)
    angular = 2 * np.pi * bob_hz
    position_m = np.zeros((len(t_s), 3))
    position_m[:, 0] = -bob_g * 9.80665 / angular**2 * np.sin(angular * t_s)
    turned = np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1))
    return specific_force_g(*placement.carried(turned, position_m, t_s, DURATION_S), STEP_S)


def test_a_standing_wearer_s_front_sensor_stands_too() -> None:
    np.testing.assert_allclose(felt_g(Placement(site=Site.FRONT))[100], [1, 0, 0], atol=1e-9)


def test_in_front_y_points_right_and_z_out_of_the_belly() -> None:
    seen = Placement(site=Site.FRONT).to_sensor(np.eye(3))
    np.testing.assert_allclose(seen, np.diag([1.0, -1.0, -1.0]), atol=1e-12)


def test_a_sensor_in_front_feels_a_turn_at_its_own_distance() -> None:
    t_s = np.arange(0.0, 2.0, STEP_S)
    spin = np.zeros((len(t_s), 3))
    spin[:, 0] = 2 * np.pi * t_s  # a turn a second about the vertical
    turned, axis = rotation.from_rotation_vector(spin), np.zeros((len(t_s), 3))
    placement = Placement(site=Site.FRONT)
    felt = specific_force_g(*placement.carried(turned, axis, t_s, 2.0), STEP_S)
    inwards_g = (2 * np.pi) ** 2 * 0.22 / 9.80665
    np.testing.assert_allclose(felt[100], [1.0, 0.0, -inwards_g], atol=1e-3)


def test_a_slip_turns_the_sensor_by_its_angle_from_its_time_on() -> None:
    placement = Placement(slips=(Slip(0.5, 12.0, "z", 1.0),))
    felt = felt_g(placement)
    away_deg = rotation.angle_deg(felt, np.array([1.0, 0.0, 0.0]))
    before, after = round(9.9 / STEP_S), round(11.1 / STEP_S)
    assert away_deg[:before].max() < 1e-6
    np.testing.assert_allclose(away_deg[after:], 12.0, atol=1e-6)
    assert felt[-1, 1] == pytest.approx(-np.sin(np.deg2rad(12.0)))


def test_slips_add_up() -> None:
    two = Placement(slips=(Slip(0.2, 5.0, "y"), Slip(0.6, 4.0, "y")))
    assert rotation.angle_deg(felt_g(two)[-1], rotation.UP) == pytest.approx(9.0)


@pytest.mark.parametrize("frequency_hz", [4.0, 6.0, 10.0])
def test_a_soft_mounting_swings_most_at_its_resonance(frequency_hz: float) -> None:
    soft = Placement(wobble=Wobble(frequency_hz, 0.1))
    half = round(0.5 * DURATION_S / STEP_S)

    def swing(bob_hz: float) -> float:
        bobs = felt_g(soft, bob_hz=bob_hz, bob_g=0.05)[half:, 0]
        return float((bobs - 1.0).std() / (0.05 / np.sqrt(2)))

    # a mass on a spring and a damper: 1 well below, 1 / (2 * damping) at the resonance
    assert swing(0.1 * frequency_hz) == pytest.approx(1.0, abs=0.03)
    assert swing(frequency_hz) == pytest.approx(5.0, rel=0.1)
    assert swing(2.0 * frequency_hz) < 0.6


def test_a_soft_mounting_turns_and_settles() -> None:
    t_s = np.arange(0.0, 4.0, STEP_S)
    turned = np.tile([1.0, 0.0, 0.0, 0.0], (len(t_s), 1))
    wobble = Wobble(5.0, 0.15)
    shifted = np.zeros((len(t_s), 3))
    shifted[:, 0] = 0.005 / (1.0 + np.exp(-(t_s - 1.0) / 0.02))  # a step of 5 mm in 0.1 s
    rocked, _ = wobble.shaken(turned, shifted, STEP_S)
    rocking_deg = np.rad2deg(np.linalg.norm(rotation.to_rotation_vector(rocked), axis=1))
    assert 2.0 < rocking_deg.max() < 12.0
    assert rocking_deg[round((1.2 + wobble.memory_s) / STEP_S) :].max() < 0.02


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Slip(1.5, 5.0), "at_fraction is 1.5: choose 0 to 1"),
        (lambda: Slip(0.5, 45.0), "angle_deg is 45: choose -30 to 30"),
        (lambda: Slip(0.5, 5.0, "w"), "axis is 'w': choose x, y, z"),
        (lambda: Slip(0.5, 5.0, takes_s=0.0), "takes_s is 0: choose 0.1 to 3600"),
        (lambda: Wobble(2.0), "frequency_hz is 2: choose 4 to 10"),
        (lambda: Wobble(5.0, 0.0), "damping is 0: choose 0.05 to 0.7"),
    ],
)
def test_impossible_mountings_are_refused_by_name(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
