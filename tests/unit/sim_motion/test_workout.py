"""Simulated workouts: durations, truth, and what the sensor sees of them."""

import json
from itertools import pairwise

import numpy as np
import pytest

from lumbar_sim import rotation
from lumbar_sim.activities import (
    Activity,
    Bows,
    CatCow,
    ForearmPlank,
    GluteBridge,
    HoldDeviation,
    Rest,
    Walk,
    WallPlank,
)
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.motion import up_in_body
from lumbar_sim.placement import Placement
from lumbar_sim.programme import DEMO_MINIMUM_S, Programme, demo_programme
from lumbar_sim.truth import DeviationKind, Exercise, TrueSet
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import SimulatedWorkout, simulate


def workout(
    programme: Programme,
    *,
    seed: int = 1,
    rate_hz: float = 100.0,
    wearer: Wearer | None = None,
    imu: Imu | None = None,
) -> SimulatedWorkout:
    return simulate(
        programme,
        wearer=wearer or Wearer(),
        placement=Placement(),
        imu=imu or Imu(),
        sampling_rate_hz=rate_hz,
        rng=np.random.default_rng(seed),
    )


def doing(*activities: Activity) -> SimulatedWorkout:
    return workout(Programme(activities))


def the_set(simulated: SimulatedWorkout, exercise: Exercise) -> TrueSet:
    (found,) = [each for each in simulated.truth.sets if each.exercise is exercise]
    return found


def acc_g(simulated: SimulatedWorkout) -> np.ndarray:
    return simulated.measurement.counts[:, :3] * simulated.measurement.g_per_step


def rms_mg(values: np.ndarray, rate_hz: float, low_hz: float, high_hz: float) -> float:
    spectrum = np.fft.rfft(values - values.mean())
    frequency_hz = np.fft.rfftfreq(len(values), 1 / rate_hz)
    band = (frequency_hz >= low_hz) & (frequency_hz <= high_hz)
    return float(np.sqrt(2.0 * np.sum(np.abs(spectrum[band]) ** 2)) / len(values) * 1e3)


def during(simulated: SimulatedWorkout, part: TrueSet) -> np.ndarray:
    rate_hz = simulated.measurement.sampling_rate_hz
    return acc_g(simulated)[round(part.start_s * rate_hz) : round(part.end_s * rate_hz)]


@pytest.mark.parametrize("duration_s", [DEMO_MINIMUM_S, 60.0, 90.0, 150.0, 400.0, None])
def test_the_demonstration_takes_its_time(duration_s: float | None) -> None:
    simulated = workout(demo_programme(duration_s), imu=Imu(clock_ppm=0.0))
    assert abs(len(simulated.measurement.counts) - 100 * (duration_s or 150.0)) <= 1
    assert [each.exercise for each in simulated.truth.sets] == [
        Exercise.GLUTE_BRIDGE,
        Exercise.FOREARM_PLANK,
        Exercise.CAT_COW,
    ]


@pytest.mark.parametrize(("duration_s", "repetitions", "hold_s"), [(60.0, 3, 10), (150.0, 6, 25)])
def test_the_demonstration_holds_its_sets(duration_s: float, repetitions: int, hold_s: int) -> None:
    simulated = workout(demo_programme(duration_s))
    assert len(the_set(simulated, Exercise.GLUTE_BRIDGE).repetitions) == repetitions
    assert len(the_set(simulated, Exercise.CAT_COW).repetitions) == repetitions
    plank = the_set(simulated, Exercise.FOREARM_PLANK)
    (hold,) = plank.holds
    (sag,) = plank.deviations
    assert hold.duration_s == pytest.approx(hold_s, abs=1.0)
    assert sag.kind is DeviationKind.SAG
    assert 10.0 <= sag.peak_deg <= 12.0
    assert hold.start_s + 0.6 * hold.duration_s < sag.start_s < sag.end_s <= hold.end_s
    assert sag.end_s - sag.start_s > 2.0


@pytest.mark.parametrize("duration_s", [60.0, 150.0])
def test_the_first_repetition_closes_early(duration_s: float) -> None:
    simulated = workout(demo_programme(duration_s))
    assert the_set(simulated, Exercise.GLUTE_BRIDGE).repetitions[0].end_s < 24.5


@pytest.mark.parametrize("duration_s", [0.0, 57.9, -5.0, float("nan"), float("inf")])
def test_too_short_a_demonstration_is_refused(duration_s: float) -> None:
    with pytest.raises(ValueError, match=r"duration_s is .*: choose 58 to 86400"):
        demo_programme(duration_s)


@pytest.mark.parametrize("seed", range(6))
def test_true_ranges_lie_within_the_published_ones(seed: int) -> None:
    simulated = workout(demo_programme(None), seed=seed)
    for repetition in the_set(simulated, Exercise.GLUTE_BRIDGE).repetitions:
        assert 15.0 <= repetition.range_deg <= 40.0
        assert 3.0 <= repetition.end_s - repetition.start_s <= 6.0
    for repetition in the_set(simulated, Exercise.CAT_COW).repetitions:
        assert 20.0 <= repetition.range_deg <= 45.0
        assert 3.0 <= repetition.end_s - repetition.start_s <= 8.0
    for each in simulated.truth.sets:
        for repetition in each.repetitions:
            assert each.start_s <= repetition.start_s < repetition.peak_s < repetition.end_s
            assert repetition.end_s <= each.end_s


def test_a_repetition_starts_and_ends_a_tenth_away_from_its_base() -> None:
    simulated = doing(GluteBridge(3), Rest(Stance.SUPINE, 1.0))
    for repetition in the_set(simulated, Exercise.GLUTE_BRIDGE).repetitions:
        t_s = np.array([0.0, repetition.start_s, repetition.peak_s, repetition.end_s])
        up = simulated.motion.planned_up(t_s)
        away_deg = rotation.angle_deg(up, up[0])
        wanted = np.array([0.0, 0.1, 1.0, 0.1]) * repetition.range_deg
        np.testing.assert_allclose(away_deg, wanted, atol=0.02)


def test_bridge_angles_are_those_of_the_reference() -> None:
    simulated = doing(
        Rest(Stance.SUPINE, 1.0), GluteBridge(1, range_deg=24.0), Rest(Stance.SUPINE, 1.0)
    )
    peak_s = the_set(simulated, Exercise.GLUTE_BRIDGE).repetitions[0].peak_s
    up = simulated.motion.planned_up(np.array([0.5, peak_s]))
    phi_deg = np.rad2deg(np.arctan2(up[:, 2], up[:, 0]))
    assert phi_deg[0] == pytest.approx(-97.0, abs=0.1)
    assert phi_deg[1] == pytest.approx(-121.0, abs=6.0)
    _, position_m = simulated.motion.at(np.array([0.5, peak_s]))
    assert position_m[1, 0] - position_m[0, 0] == pytest.approx(0.22, abs=0.06)


def test_cat_cow_starts_arched_and_peaks_rounded() -> None:
    simulated = doing(CatCow(3))
    for repetition in the_set(simulated, Exercise.CAT_COW).repetitions:
        up = simulated.motion.planned_up(np.array([repetition.start_s, repetition.peak_s]))
        arched_deg, rounded_deg = np.rad2deg(np.arctan2(up[:, 2], up[:, 0]))
        assert 80.0 < arched_deg < 95.0
        assert 58.0 < rounded_deg < 72.0


@pytest.mark.parametrize("seed", range(4))
def test_the_lift_of_a_bridge_is_felt(seed: int) -> None:
    simulated = workout(demo_programme(None), seed=seed)
    bridges = during(simulated, the_set(simulated, Exercise.GLUTE_BRIDGE))
    felt_mg = rms_mg(np.linalg.norm(bridges, axis=1), 100.0, 0.2, 2.0)
    cat_cows = during(simulated, the_set(simulated, Exercise.CAT_COW))
    assert 10.0 < felt_mg < 30.0
    assert rms_mg(np.linalg.norm(cat_cows, axis=1), 100.0, 0.2, 2.0) < 0.4 * felt_mg


def test_a_plank_shakes_more_and_more_and_more_than_lying() -> None:
    simulated = doing(ForearmPlank(30.0), Rest(Stance.PRONE, 10.0))
    z = acc_g(simulated)[:, 2]
    (hold,) = the_set(simulated, Exercise.FOREARM_PLANK).holds
    begin, end = round(hold.start_s * 100), round(hold.end_s * 100)
    early = rms_mg(z[begin + 100 : begin + 900], 100.0, 3.0, 12.0)
    late = rms_mg(z[end - 900 : end - 100], 100.0, 3.0, 12.0)
    lying = rms_mg(z[-700:], 100.0, 3.0, 12.0)
    assert late > 1.3 * early
    assert early > 1.3 * lying
    assert 5.0 < late < 50.0


@pytest.mark.parametrize(
    ("kind", "direction"),
    [
        (DeviationKind.SAG, (1.0, 0.0, 0.0)),
        (DeviationKind.PIKE, (-1.0, 0.0, 0.0)),
        (DeviationKind.ROLL_LEFT, (0.0, -1.0, 0.0)),
        (DeviationKind.ROLL_RIGHT, (0.0, 1.0, 0.0)),
    ],
)
def test_a_deviation_turns_l5_by_its_angle_in_its_direction(
    kind: DeviationKind, direction: tuple[float, float, float]
) -> None:
    simulated = doing(ForearmPlank(15.0, (HoldDeviation(kind, 6.0, 12.0),)))
    (deviation,) = the_set(simulated, Exercise.FOREARM_PLANK).deviations
    assert deviation.kind is kind
    assert deviation.peak_deg == pytest.approx(12.0, abs=0.1)
    middle_s = 0.5 * (deviation.start_s + deviation.end_s)
    before, at_peak = simulated.motion.planned_up(np.array([deviation.start_s - 1.0, middle_s]))
    assert (at_peak - before) @ np.array(direction) == pytest.approx(
        np.sin(np.deg2rad(12)), abs=0.03
    )


def test_a_deviation_that_is_not_corrected_ends_with_the_hold() -> None:
    sag = HoldDeviation(DeviationKind.SAG, 6.0, 10.0, stay_s=60.0)
    plank = the_set(
        doing(ForearmPlank(12.0, (sag,)), Rest(Stance.PRONE, 2.0)), Exercise.FOREARM_PLANK
    )
    assert plank.deviations[0].end_s == pytest.approx(plank.holds[0].end_s, abs=0.3)
    assert plank.deviations[0].end_s <= plank.holds[0].end_s


def test_calibration_bows_and_walking_are_no_sets() -> None:
    simulated = doing(Rest(Stance.STANDING, 2.0), Bows(3), Walk(10.0), Rest(Stance.STANDING, 2.0))
    assert simulated.truth.sets == ()
    walking = np.linalg.norm(acc_g(simulated)[-1100:-300], axis=1)
    assert 60.0 < rms_mg(walking, 100.0, 1.4, 2.4) < 250.0
    up = up_in_body(simulated.motion.planned(np.linspace(0, 10, 1000))[0])
    assert rotation.angle_deg(up, rotation.UP).max() == pytest.approx(50.0, abs=8.0)


def test_the_postures_tell_the_story_without_a_gap() -> None:
    simulated = workout(demo_programme(None))
    postures = simulated.truth.postures
    assert postures[0].start_s == 0.0
    assert postures[-1].end_s == pytest.approx(150.0)
    for before, after in pairwise(postures):
        assert before.end_s == after.start_s
        assert before.posture != after.posture
    long = [each.posture for each in postures if each.end_s - each.start_s > 3.0]
    assert long == ["upright", "supine", "prone", "upright"]
    assert "right_side" in {each.posture for each in postures}


@pytest.mark.parametrize(
    ("standing_pitch_deg", "posture"), [(-12.0, "leaning_forward"), (12.0, "upright")]
)
def test_postures_are_told_from_the_wearers_own_standing(
    standing_pitch_deg: float, posture: str
) -> None:
    """Against the wall one leans 28 or 16 degrees from there."""
    wearer = Wearer(standing_pitch_deg=standing_pitch_deg)
    programme = Programme((Rest(Stance.STANDING, 5.0), WallPlank(10.0, 22.0)))
    postures = workout(programme, wearer=wearer).truth.postures
    assert (postures[0].posture, postures[-1].posture) == ("upright", posture)


def test_leaning_back_in_a_seat_is_nearest_to_upright() -> None:
    wearer = Wearer(standing_pitch_deg=-8.0)
    seated = workout(Programme((Rest(Stance.STANDING, 2.0), Rest(Stance.CAR, 5.0))), wearer=wearer)
    assert {each.posture for each in seated.truth.postures} <= {"upright", "leaning_forward"}


def test_the_truth_is_plain_json() -> None:
    truth = workout(demo_programme(60.0)).truth.to_dict()
    assert json.loads(json.dumps(truth))["schema"] == "lumbar.truth/1"
    plank = truth["sets"][1]
    parts = {"repetitions", "holds", "deviations", "faults"}
    assert set(plank) == {"exercise", "start_s", "end_s"} | parts
    assert set(plank["holds"][0]) == {"start_s", "end_s", "duration_s"}
    assert set(plank["deviations"][0]) == {"kind", "start_s", "end_s", "peak_deg"}
    assert set(truth["sets"][0]["repetitions"][0]) == {"start_s", "peak_s", "end_s", "range_deg"}


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not() -> None:
    first, again, other = (workout(demo_programme(60.0), seed=seed) for seed in (4, 4, 5))
    assert first.measurement.counts.tobytes() == again.measurement.counts.tobytes()
    assert first.truth == again.truth
    assert first.measurement.counts.tobytes() != other.measurement.counts.tobytes()
    assert first.truth != other.truth


def test_the_motion_does_not_depend_on_the_sensor() -> None:
    slow = workout(demo_programme(60.0), rate_hz=25.0, imu=Imu(noise_mg=0.0, clock_ppm=0.0))
    fast = workout(demo_programme(60.0), rate_hz=200.0, imu=Imu(noise_mg=0.0, clock_ppm=0.0))
    assert slow.truth == fast.truth
    assert np.abs(acc_g(slow) - acc_g(fast)[::8]).mean() < 2e-3


def test_a_slow_wearer_takes_longer_and_a_stiff_one_moves_less() -> None:
    usual = doing(GluteBridge(4))
    other = workout(
        Programme((GluteBridge(4),)), wearer=Wearer(tempo_scale=0.5, amplitude_scale=0.7)
    )
    for mine, his in zip(
        the_set(usual, Exercise.GLUTE_BRIDGE).repetitions,
        the_set(other, Exercise.GLUTE_BRIDGE).repetitions,
        strict=True,
    ):
        assert his.end_s - his.start_s == pytest.approx(2 * (mine.end_s - mine.start_s), rel=0.01)
        assert his.range_deg < mine.range_deg


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: GluteBridge(range_deg=5.0), "range_deg is 5: choose 15 to 40"),
        (lambda: GluteBridge(repetitions=0), "repetitions is 0: choose 1 to 50"),
        (lambda: CatCow(period_s=1.0), "period_s is 1: choose 3 to 12"),
        (lambda: Bows(range_deg=90.0), "range_deg is 90: choose 20 to 75"),
        (lambda: Walk(0.5), "duration_s is 0.5: choose 2 to 3600"),
        (lambda: Rest(Stance.PRONE, -1.0), "duration_s is -1: choose 0 to 86400"),
        (lambda: ForearmPlank(1.0), "hold_s is 1: choose 2 to 600"),
        (
            lambda: ForearmPlank(10.0, (HoldDeviation(DeviationKind.SAG, 9.0, 10.0),)),
            "onset_s and grow_s add up to 11: choose at most hold_s, 10",
        ),
        (
            lambda: ForearmPlank(
                60.0,
                (
                    HoldDeviation(DeviationKind.SAG, 5.0, 10.0),
                    HoldDeviation(DeviationKind.PIKE, 6.0, 10.0),
                ),
            ),
            "onset_s is 6: choose at least 10.8",
        ),
        (lambda: Wearer(tempo_scale=0.0), "tempo_scale is 0: choose 0.4 to 2"),
        (lambda: Programme(()), "activities is empty"),
    ],
)
def test_impossible_parameters_are_refused_by_name(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
