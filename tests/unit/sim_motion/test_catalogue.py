"""Every activity by name: what acts on the sensor is physics, and the movement is human."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from lumbar_sim import rotation
from lumbar_sim.activities import Rest
from lumbar_sim.activities.catalogue import (
    ACTIVITIES,
    EVERYDAY,
    EXERCISES,
    FOREIGN,
    activity_named,
)
from lumbar_sim.body import Stance
from lumbar_sim.labelling import label
from lumbar_sim.motion import (
    STANDARD_GRAVITY,
    Motion,
    angular_velocity_dps,
    specific_force_g,
)
from lumbar_sim.programme import Programme
from lumbar_sim.truth import Exercise, Truth
from lumbar_sim.wearer import Wearer

STEP_S = 0.0025
LONGEST_S = 60.0  # of a long activity, enough to judge it
STILL_S = 2.0

# Published bands (reference table of the thirteen exercises): change of L5's direction.
RANGES_DEG = {
    "dead_bug": (1.0, 5.0),
    "bird_dog": (2.0, 8.0),
    "pelvic_tilt": (5.0, 18.0),
    "glute_bridge": (15.0, 40.0),
    "side_lying_leg_raise": (3.0, 10.0),
    "modified_deadlift": (40.0, 75.0),
    "knees_to_chest": (10.0, 35.0),
    "cat_cow": (20.0, 45.0),
}
# Angle between up and the body's three axes while a hold lasts: sagittal angle and side lean.
HELD_DEG = {
    "forearm_plank": (78.0, 90.0),
    "wall_plank": (10.0, 40.0),
    "childs_pose": (60.0, 105.0),
    "seated_hamstring_stretch": (15.0, 50.0),
}


@dataclass(frozen=True)
class Done:
    """One activity between two rests."""

    motion: Motion
    truth: Truth
    duration_s: float
    t_s: np.ndarray
    quaternion: np.ndarray
    position_m: np.ndarray

    @property
    def force_g(self) -> np.ndarray:
        return specific_force_g(self.quaternion, self.position_m, STEP_S)


@cache
def done(name: str, seed: int = 0) -> Done:
    rng = np.random.default_rng(seed)
    activity = activity_named(name, rng, fault_probability=0.0)
    rest = Rest(activity.stance, STILL_S)
    performance = Programme((rest, activity, rest)).perform(Wearer(), rng)
    motion, end_s = performance.finish(), performance.now_s
    standing = performance.body.pose(Stance.STANDING)
    truth = label(motion, performance.sets, end_s, performance.everyday, standing)
    t_s = np.arange(0.0, min(end_s, LONGEST_S), STEP_S)
    return Done(motion, truth, end_s, t_s, *motion.at(t_s))


@pytest.mark.parametrize("name", ACTIVITIES)
def test_the_accelerometer_integrates_to_the_way_travelled(name: str) -> None:
    one = done(name)
    world = rotation.rotate(one.quaternion[1:-1], one.force_g) - rotation.UP
    velocity = np.cumsum(world * STANDARD_GRAVITY * STEP_S, axis=0)
    velocity += (one.position_m[1] - one.position_m[0]) / STEP_S
    travelled_m = np.cumsum(velocity * STEP_S, axis=0)
    np.testing.assert_allclose(travelled_m[-1], one.position_m[-1] - one.position_m[1], atol=1e-5)


@pytest.mark.parametrize("name", ACTIVITIES)
def test_the_gyroscope_agrees_with_how_gravity_turns(name: str) -> None:
    one = done(name)
    up = rotation.rotate(rotation.conjugate(one.quaternion), rotation.UP)
    by_difference = (up[2:] - up[:-2]) / (2 * STEP_S)
    omega = np.deg2rad(angular_velocity_dps(one.quaternion, STEP_S))
    np.testing.assert_allclose(by_difference, -np.cross(omega, up[1:-1]), atol=5e-3)


@pytest.mark.parametrize("name", ACTIVITIES)
def test_a_rest_before_reads_one_g(name: str) -> None:
    still = np.linalg.norm(done(name).force_g[: round(STILL_S / STEP_S)], axis=1)
    assert np.median(still) == pytest.approx(1.0, abs=3e-3)


@pytest.mark.parametrize("name", ACTIVITIES)
def test_nobody_moves_faster_than_people_do(name: str) -> None:
    one = done(name)
    force_g = np.linalg.norm(one.force_g, axis=1)
    turning_dps = np.linalg.norm(angular_velocity_dps(one.quaternion, STEP_S), axis=1)
    speed_m_s = np.linalg.norm(np.diff(one.position_m, axis=0), axis=1) / STEP_S
    hardest_g = 3.5 if name == "jumping_jack" else 2.1
    assert force_g.max() < hardest_g
    assert turning_dps.max() < 260.0
    if name != "car_ride":  # whose speed is the car's
        assert speed_m_s.max() < 1.5
    # no step in the turning: a jump of a pose would be one
    assert np.abs(np.diff(angular_velocity_dps(one.quaternion, STEP_S), axis=0)).max() < 12.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", RANGES_DEG)
def test_ranges_lie_within_the_published_ones(name: str, seed: int) -> None:
    low_deg, high_deg = RANGES_DEG[name]
    for each in done(name, seed).truth.sets:
        for repetition in each.repetitions:
            assert low_deg - 0.1 <= repetition.range_deg <= high_deg + 0.1


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", HELD_DEG)
def test_holds_lie_within_the_published_angles(name: str, seed: int) -> None:
    one = done(name, seed)
    (found,) = one.truth.sets
    for hold in found.holds:
        up = one.motion.planned_up(np.array([0.5 * (hold.start_s + hold.end_s)]))[0]
        angle_deg = np.rad2deg(np.arctan2(up[2], up[0]))
        low_deg, high_deg = HELD_DEG[name]
        assert low_deg <= angle_deg <= high_deg
        assert abs(up[1]) < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_a_twist_rolls_about_the_spine_and_to_both_sides(seed: int) -> None:
    one = done("supine_spinal_twist", seed)
    (found,) = one.truth.sets
    middles_s = np.array([0.5 * (hold.start_s + hold.end_s) for hold in found.holds])
    up = one.motion.planned_up(middles_s)
    side_deg = np.rad2deg(np.arctan2(up[:, 1], -up[:, 2]))
    assert np.all((np.abs(side_deg) > 30.0) & (np.abs(side_deg) < 90.0))
    assert np.all(side_deg[1:] * side_deg[:-1] < 0.0)
    assert np.all(np.abs(up[:, 0]) < 0.2)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_makes_one_set_of_itself(name: str) -> None:
    (found,) = done(name).truth.sets
    assert found.exercise.value == name
    assert found.kind is None
    assert len(found.repetitions) >= 2 or found.holds[0].duration_s >= 5.0
    assert found.start_s > STILL_S - 0.5


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_exercise_is_an_unknown_set_with_a_kind(name: str) -> None:
    (found,) = done(name).truth.sets
    assert found.exercise is Exercise.UNKNOWN
    assert found.kind == name
    assert len(found.repetitions) >= 2
    assert found.to_dict()["kind"] == name


@pytest.mark.parametrize("name", EVERYDAY)
def test_everyday_life_is_no_set_and_is_told_throughout(name: str) -> None:
    one = done(name)
    assert one.truth.sets == ()
    told_s = sum(each.end_s - each.start_s for each in one.truth.everyday)
    assert told_s == pytest.approx(one.duration_s, rel=0.02)


def planned_rms_mg(name: str) -> float:
    """Return how much |a| moves between 0.2 and 2 Hz by the planned moves alone."""
    one = done(name)
    bare = Motion(one.motion.start, one.motion.moves, (), one.motion.site_m)
    force_g = np.linalg.norm(specific_force_g(*bare.at(one.t_s), STEP_S), axis=1)
    spectrum = np.fft.rfft(force_g - force_g.mean())
    frequency_hz = np.fft.rfftfreq(len(force_g), STEP_S)
    band = (frequency_hz >= 0.2) & (frequency_hz <= 2.0)
    return float(np.sqrt(2.0 * np.sum(np.abs(spectrum[band]) ** 2)) / len(force_g) * 1e3)


def test_lifts_are_felt_and_rolling_on_the_back_is_not() -> None:
    # reference simulation: bridge 21, hinge 9, cat-cow 1.6, knees to chest 1.1, pelvic tilt 0.3
    assert 10.0 < planned_rms_mg("glute_bridge") < 40.0
    assert 3.0 < planned_rms_mg("modified_deadlift") < 20.0
    assert planned_rms_mg("cat_cow") < 4.0
    assert planned_rms_mg("knees_to_chest") < 2.0
    assert planned_rms_mg("pelvic_tilt") < 1.0
    assert planned_rms_mg("squat") > 30.0


def test_walking_feels_as_recordings_of_walking_do() -> None:
    one = done("walking")
    force_g = one.force_g[round(4.0 / STEP_S) : round(14.0 / STEP_S)]
    up, aside, back = force_g.std(axis=0)
    assert 0.08 < up < 0.3
    assert 0.04 < aside < 0.2
    assert 0.07 < back < 0.25


def test_a_squat_lowers_the_pelvis_and_hardly_tilts_it() -> None:
    one = done("squat")
    hip_m = one.motion.planned(one.t_s)[1][:, 0]
    assert 0.25 < np.ptp(hip_m) < 0.5
    (found,) = one.truth.sets
    assert max(repetition.range_deg for repetition in found.repetitions) < 25.0


def test_sitting_down_ends_lower_and_at_another_angle() -> None:
    one = done("sitting_down")
    sits = next(each for each in one.truth.everyday if each.kind == "sitting_down")
    t_s = np.linspace(sits.start_s, sits.end_s, 200)
    turned, hip_m = one.motion.planned(t_s)
    up = rotation.rotate(rotation.conjugate(turned), rotation.UP)
    phi_deg = np.rad2deg(np.arctan2(up[:, 2], up[:, 0]))
    assert hip_m[0, 0] - hip_m[-1, 0] == pytest.approx(0.36, abs=0.03)
    assert 25.0 <= phi_deg.max() <= 40.0
    assert -20.0 <= phi_deg[-1] <= -5.0
    assert 1.5 <= sits.end_s - sits.start_s <= 3.0


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no activity 'plie': choose dead_bug, .*jumping_jack"):
        activity_named("plie", np.random.default_rng(0))


def test_a_dose_that_is_asked_for_is_given() -> None:
    rng = np.random.default_rng(3)
    assert activity_named("glute_bridge", rng, repetitions=4).repetitions == 4
    assert activity_named("forearm_plank", rng, fault_probability=0.0, hold_s=33.0).hold_s == 33.0
