"""What acts on the sensor agrees with how it moves."""

import numpy as np
import pytest

from lumbar_sim import rotation
from lumbar_sim.body import Body, Stance
from lumbar_sim.motion import (
    STANDARD_GRAVITY,
    Motion,
    Move,
    Pose,
    angular_velocity_dps,
    minimum_jerk,
    specific_force_g,
)
from lumbar_sim.performance import Performance
from lumbar_sim.programme import demo_programme
from lumbar_sim.wearer import Wearer

STEP_S = 0.0025
IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])


def still(pose: Pose) -> np.ndarray:
    quaternion = np.tile(pose.quaternion, (5, 1))
    return specific_force_g(quaternion, np.zeros((5, 3)), STEP_S)


@pytest.mark.parametrize(
    ("pose", "reads_g"),
    [
        (Pose(0.0), (1.0, 0.0, 0.0)),
        (Pose(90.0), (0.0, 0.0, 1.0)),
        (Pose(90.0, roll_deg=90.0), (0.0, 1.0, 0.0)),
        (Pose(90.0, roll_deg=-90.0), (0.0, -1.0, 0.0)),
        (Pose(90.0, roll_deg=180.0), (0.0, 0.0, -1.0)),
        (Pose(50.0), (np.cos(np.deg2rad(50)), 0.0, np.sin(np.deg2rad(50)))),
        (Pose(0.0, lean_deg=90.0), (0.0, -1.0, 0.0)),
    ],
    ids=["standing", "prone", "right_side", "left_side", "supine", "bent_forward", "leant_left"],
)
def test_a_still_pose_reads_gravity(pose: Pose, reads_g: tuple[float, ...]) -> None:
    np.testing.assert_allclose(still(pose), np.tile(reads_g, (3, 1)), atol=1e-12)


def test_free_fall_reads_zero() -> None:
    t_s = np.arange(200) * STEP_S
    fall_m = np.outer(-0.5 * STANDARD_GRAVITY * t_s**2, rotation.UP)
    tumbling = rotation.from_rotation_vector(np.outer(t_s, [0.3, 2.0, -1.0]))
    np.testing.assert_allclose(specific_force_g(tumbling, fall_m, STEP_S), 0.0, atol=1e-8)


def test_bending_forward_turns_about_plus_y() -> None:
    motion = Motion(Pose(0.0), (Move(0.0, 2.0, Pose(50.0)),), (), np.zeros(3))
    t_s = np.arange(0.0, 2.0, STEP_S)
    gyro_dps = angular_velocity_dps(motion.at(t_s)[0], STEP_S)
    assert np.all(gyro_dps[10:-10, 1] > 0.0)
    np.testing.assert_allclose(gyro_dps[:, [0, 2]], 0.0, atol=1e-9)
    # a minimum-jerk move is fastest half-way: 15/8 of its mean speed
    assert gyro_dps[:, 1].max() == pytest.approx(50.0 / 2.0 * 15 / 8, rel=1e-3)


def test_lifting_is_felt_as_the_second_derivative_of_height() -> None:
    lift_m, duration_s = 0.22, 1.5
    motion = Motion(
        Pose(0.0), (Move(0.0, duration_s, Pose(0.0, 0.0, 0.0, lift_m)),), (), np.zeros(3)
    )
    t_s = np.arange(-0.1, duration_s + 0.1, STEP_S)
    acc_g = specific_force_g(*motion.at(t_s), STEP_S)
    x = np.clip(t_s[1:-1] / duration_s, 0.0, 1.0)
    second = lift_m / duration_s**2 * (60 * x - 180 * x**2 + 120 * x**3)
    np.testing.assert_allclose(acc_g[:, 0], 1.0 + second / STANDARD_GRAVITY, atol=2e-3)


def test_the_sensor_beside_the_axis_of_a_turn_feels_it() -> None:
    rate_rad_s, lever_m = 2.0, 0.3
    t_s = np.arange(0.0, 1.0, STEP_S)
    turning = rotation.from_rotation_vector(np.outer(rate_rad_s * t_s, [1.0, 0.0, 0.0]))
    position_m = rotation.rotate(turning, np.array([0.0, 0.0, lever_m]))
    acc_g = specific_force_g(turning, position_m, STEP_S)
    inwards_g = -(rate_rad_s**2) * lever_m / STANDARD_GRAVITY
    np.testing.assert_allclose(acc_g, np.tile([1.0, 0.0, inwards_g], (len(acc_g), 1)), atol=1e-5)


@pytest.fixture(scope="module")
def demonstration() -> tuple[np.ndarray, np.ndarray]:
    performance = demo_programme(60.0).perform(Wearer(), np.random.default_rng(5))
    t_s = np.arange(0.0, performance.now_s, STEP_S)
    return performance.finish().at(t_s)


def test_the_gyroscope_agrees_with_how_gravity_turns(
    demonstration: tuple[np.ndarray, np.ndarray],
) -> None:
    quaternion, _ = demonstration
    up = rotation.rotate(rotation.conjugate(quaternion), rotation.UP)
    by_difference = (up[2:] - up[:-2]) / (2 * STEP_S)
    omega = np.deg2rad(angular_velocity_dps(quaternion, STEP_S))
    np.testing.assert_allclose(by_difference, -np.cross(omega, up[1:-1]), atol=2e-3)


def test_the_accelerometer_integrates_to_the_way_travelled(
    demonstration: tuple[np.ndarray, np.ndarray],
) -> None:
    quaternion, position_m = demonstration
    force_g = specific_force_g(quaternion, position_m, STEP_S)
    world = rotation.rotate(quaternion[1:-1], force_g) - rotation.UP
    velocity = np.cumsum(world * STANDARD_GRAVITY * STEP_S, axis=0)
    velocity += (position_m[1] - position_m[0]) / STEP_S
    travelled_m = np.cumsum(velocity * STEP_S, axis=0)
    np.testing.assert_allclose(travelled_m[-1], position_m[-1] - position_m[1], atol=1e-6)


def test_nobody_teleports(demonstration: tuple[np.ndarray, np.ndarray]) -> None:
    quaternion, position_m = demonstration
    force_g = np.linalg.norm(specific_force_g(quaternion, position_m, STEP_S), axis=1)
    turning_dps = np.linalg.norm(angular_velocity_dps(quaternion, STEP_S), axis=1)
    speed_m_s = np.linalg.norm(np.diff(position_m, axis=0), axis=1) / STEP_S
    assert 0.5 < force_g.min() < force_g.max() < 2.0
    assert turning_dps.max() < 260.0
    assert speed_m_s.max() < 1.2


@pytest.mark.parametrize("goal", list(Stance))
@pytest.mark.parametrize("start", list(Stance))
def test_every_stance_is_reached_from_every_other(start: Stance, goal: Stance) -> None:
    performance = Performance(Wearer(variability=0.0), np.random.default_rng(1), start)
    performance.go_to(goal)
    performance.stay(0.5)
    motion, end_s = performance.finish(), performance.now_s
    quaternion, hip_m = motion.planned(np.array([end_s]))
    wanted = Body(Wearer().height_m).pose(goal)
    up = rotation.rotate(rotation.conjugate(quaternion), rotation.UP)
    np.testing.assert_allclose(up, still(wanted)[:1], atol=1e-9)
    np.testing.assert_allclose(hip_m[0], wanted.position_m, atol=1e-9)
    assert end_s < 16.0


def test_overlapping_moves_end_in_their_poses() -> None:
    side = Pose(80.0, roll_deg=70.0, height_m=0.2)
    back = Pose(97.0, roll_deg=180.0, height_m=0.1)
    motion = Motion(Pose(75.0), (Move(0.0, 1.0, side), Move(0.7, 1.0, back)), (), np.zeros(3))
    t_s = np.arange(0.0, 2.0, STEP_S)
    quaternion, hip_m = motion.planned(t_s)
    np.testing.assert_allclose(np.abs(quaternion[-1] @ back.quaternion), 1.0, atol=1e-12)
    assert hip_m[-1, 0] == pytest.approx(0.1)
    turn_dps = angular_velocity_dps(quaternion, STEP_S)
    assert np.abs(np.diff(turn_dps, axis=0)).max() < 10.0  # no jump where a move begins or ends


def test_minimum_jerk_starts_and_ends_at_rest() -> None:
    s = minimum_jerk(np.linspace(0.0, 1.0, 1001))
    assert s[0] == 0.0
    assert s[-1] == 1.0
    assert np.all(np.diff(s) >= 0.0)
    assert np.abs(np.diff(s))[[0, -1]].max() < 1e-7


def test_rotation_vectors_come_back() -> None:
    vectors = np.random.default_rng(2).uniform(-1.7, 1.7, (100, 3))
    back = rotation.to_rotation_vector(rotation.from_rotation_vector(vectors))
    np.testing.assert_allclose(back, vectors, atol=1e-12)
    assert np.all(rotation.to_rotation_vector(IDENTITY) == 0.0)
