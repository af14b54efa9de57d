"""Form faults and ways of moving, and how the truth tells of them."""

from dataclasses import replace

import numpy as np
import pytest

from lumbar_sim.activities import (
    Activity,
    Fault,
    ForearmPlank,
    GluteBridge,
    HoldDeviation,
    PelvicTilt,
    Rest,
    SideLyingLegRaise,
    SupineSpinalTwist,
    WallPlank,
)
from lumbar_sim.activities.catalogue import EXERCISES, activity_named
from lumbar_sim.body import Body, Stance
from lumbar_sim.labelling import label
from lumbar_sim.motion import Motion
from lumbar_sim.performance import Performance
from lumbar_sim.programme import Programme
from lumbar_sim.truth import DeviationKind, FaultKind, TrueSet, Truth
from lumbar_sim.wearer import Wearer

EVEN = Wearer(variability=0.0)


def perform(*activities: Activity, wearer: Wearer = EVEN) -> tuple[Performance, Motion, Truth]:
    performance = Programme(activities).perform(wearer, np.random.default_rng(2))
    motion = performance.finish()
    standing = performance.body.pose(Stance.STANDING)
    truth = label(motion, performance.sets, performance.now_s, performance.everyday, standing)
    return performance, motion, truth


def the_set(*activities: Activity, wearer: Wearer = EVEN) -> TrueSet:
    (found,) = perform(*activities, wearer=wearer)[2].sets
    return found


def bridges(fault: Fault | None = None, wearer: Wearer = EVEN) -> TrueSet:
    return the_set(GluteBridge(6, faults=(fault,) if fault else ()), wearer=wearer)


def lasts_s(found: TrueSet) -> list[float]:
    return [each.end_s - each.start_s for each in found.repetitions]


def test_rushing_begins_and_ends_where_it_was_asked_for() -> None:
    found = bridges(Fault(FaultKind.RUSHING, 2, 3, 2.0))
    usual_s = lasts_s(bridges())[0]
    np.testing.assert_allclose(lasts_s(found), usual_s / np.array([1, 1, 2, 2, 2, 1]), rtol=0.01)
    (fault,) = found.faults
    assert fault.kind is FaultKind.RUSHING
    assert fault.start_s == found.repetitions[2].start_s
    assert fault.end_s == found.repetitions[4].end_s


def test_half_range_goes_half_the_way() -> None:
    found = bridges(Fault(FaultKind.HALF_RANGE, 4, 2, 0.5))
    ranges_deg = [each.range_deg for each in found.repetitions]
    np.testing.assert_allclose(ranges_deg, [24, 24, 24, 24, 12, 12], rtol=0.01)
    assert [each.kind for each in found.faults] == [FaultKind.HALF_RANGE]


@pytest.mark.parametrize(
    ("size", "kind", "side"), [(9.0, "roll_left", -1.0), (-9.0, "roll_right", 1.0)]
)
def test_a_dropped_hip_is_a_fault_and_a_roll_towards_it(size: float, kind: str, side: int) -> None:
    bridge = GluteBridge(4, faults=(Fault(FaultKind.HIP_DROP, 1, 1, size),))
    _, motion, truth = perform(Rest(Stance.SUPINE, 1.0), bridge)
    (found,) = truth.sets
    (deviation,) = found.deviations
    assert [each.kind for each in found.faults] == [FaultKind.HIP_DROP]
    assert deviation.kind == kind
    assert deviation.peak_deg == pytest.approx(9.0, abs=2.0)
    assert found.repetitions[1].start_s < deviation.start_s < found.repetitions[1].end_s
    middle_s = 0.5 * (deviation.start_s + deviation.end_s)
    assert motion.planned_up(np.array([middle_s]))[0, 1] * side > 0.08


@pytest.mark.parametrize("kind", list(DeviationKind))
def test_a_wall_plank_gives_way_by_its_angle(kind: DeviationKind) -> None:
    plank = WallPlank(15.0, 25.0, (HoldDeviation(kind, 5.0, 9.0),))
    (deviation,) = the_set(plank, Rest(Stance.STANDING, 1.0)).deviations
    assert deviation.kind is kind
    assert deviation.peak_deg == pytest.approx(9.0, abs=1.0)


def test_sets_of_one_exercise_close_together_are_one() -> None:
    right = SideLyingLegRaise(4, stance=Stance.RIGHT_SIDE)
    left = SideLyingLegRaise(3, faults=(Fault(FaultKind.HALF_RANGE, 0, 2, 0.5),))
    left = replace(left, stance=Stance.LEFT_SIDE)
    found = the_set(right, left)
    assert len(found.repetitions) == 7
    assert found.faults[0].start_s == found.repetitions[4].start_s
    _, _, apart = perform(right, Rest(Stance.RIGHT_SIDE, 21.0), right)
    assert len(apart.sets) == 2


@pytest.mark.parametrize("rest_s", [18.0, 18.4, 18.8, 19.2, 19.6, 20.0])
def test_sets_are_two_where_what_is_labelled_is_more_than_20_s_apart(rest_s: float) -> None:
    right = SideLyingLegRaise(4, stance=Stance.RIGHT_SIDE)
    _, _, truth = perform(right, Rest(Stance.RIGHT_SIDE, rest_s), right)
    repetitions = [each for one in truth.sets for each in one.repetitions]
    pause_s = repetitions[4].start_s - repetitions[3].end_s
    assert len(truth.sets) == (2 if pause_s > 20.0 else 1)


def test_drawn_faults_are_performed_for_every_exercise() -> None:
    kinds: set[str] = set()
    for name in EXERCISES:
        for seed in range(6):
            rng = np.random.default_rng(seed)
            activity = activity_named(name, rng, fault_probability=1.0)
            found = the_set(activity)
            kinds |= {each.kind for each in (*found.faults, *found.deviations)}
    assert {"rushing", "half_range", "hip_drop", "sag"} <= kinds


def test_who_tires_gets_slower_and_less_far() -> None:
    found = bridges(wearer=replace(EVEN, fatigue=0.3))
    ranges_deg = [each.range_deg for each in found.repetitions]
    assert ranges_deg[0] == pytest.approx(24.0)
    assert ranges_deg[-1] == pytest.approx(0.7 * 24.0, rel=0.01)
    assert lasts_s(found)[-1] > 1.2 * lasts_s(found)[0]


def test_partial_repetitions_are_told_as_half_range() -> None:
    found = bridges(wearer=replace(EVEN, partial_probability=0.5))
    partial = [each.range_deg < 0.7 * 24.0 for each in found.repetitions]
    assert sum(partial) == len(found.faults) > 0


def test_who_hesitates_stops_on_the_way_and_arrives() -> None:
    hesitant = bridges(wearer=replace(EVEN, hesitation_probability=0.5))
    assert max(lasts_s(hesitant)) > min(lasts_s(hesitant)) + 0.25
    np.testing.assert_allclose([each.range_deg for each in hesitant.repetitions], 24.0, rtol=0.01)


def test_pauses_stretch_with_the_wearer() -> None:
    short, long = (
        perform(PelvicTilt(4), wearer=replace(EVEN, pause_scale=scale))[0].now_s
        for scale in (0.5, 2.0)
    )
    assert long - short == pytest.approx(4 * 1.5 * (1.2 + 0.8), rel=0.01)


def test_a_jerky_mover_stops_between_pushes() -> None:
    def slowest_share(jerkiness: float) -> float:
        bridge = GluteBridge(1, up_s=2.4, top_s=1.0)
        _, motion, _ = perform(bridge, wearer=replace(EVEN, jerkiness=jerkiness))
        t_s = np.linspace(0.7, 1.7, 300)
        speed = np.abs(np.gradient(motion.planned(t_s)[1][:, 0], t_s))
        return float(speed.min() / speed.max())

    assert slowest_share(0.0) > 0.6
    assert slowest_share(1.0) < 0.05


def test_the_supple_go_further() -> None:
    def angle_deg(flexibility: float) -> float:
        wearer = replace(EVEN, flexibility=flexibility)
        _, motion, truth = perform(SupineSpinalTwist(2), wearer=wearer)
        hold = truth.sets[0].holds[0]
        up = motion.planned_up(np.array([hold.start_s + 5.0]))[0]
        return float(np.rad2deg(np.arccos(-up[2])))

    assert angle_deg(0.0) < angle_deg(0.5) - 10.0 < angle_deg(1.0) - 20.0


def test_what_the_lumbar_joints_take_l5_does_not_turn() -> None:
    plank = ForearmPlank(15.0, (HoldDeviation(DeviationKind.SAG, 6.0, 10.0),))
    stiff, mobile = (
        the_set(plank, wearer=replace(EVEN, lumbar_share=share)).deviations[0].peak_deg
        for share in (0.0, 0.5)
    )
    assert stiff == pytest.approx(10.0, abs=0.1)
    assert mobile == pytest.approx(5.0, abs=0.1)


def test_a_body_stands_lies_and_leans_in_its_own_way() -> None:
    usual = Body.of(Wearer())
    other = Body.of(
        Wearer(
            leg_scale=1.1,
            girth_scale=1.5,
            standing_pitch_deg=8.0,
            floor_pitch_deg=-4.0,
            support_pitch_deg=3.0,
        )
    )
    standing, lying, plank = Stance.STANDING, Stance.SUPINE, Stance.FOREARM_PLANK
    assert other.pose(standing).pitch_deg == usual.pose(standing).pitch_deg + 8.0
    assert other.pose(standing).height_m == pytest.approx(1.1 * usual.pose(standing).height_m)
    assert other.pose(lying).pitch_deg == usual.pose(lying).pitch_deg - 4.0
    assert other.pose(lying).height_m == pytest.approx(1.5 * usual.pose(lying).height_m)
    assert other.pose(plank).pitch_deg == usual.pose(plank).pitch_deg + 3.0
    assert other.site_m[2] == pytest.approx(1.5 * usual.site_m[2])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Fault(FaultKind.RUSHING, 0, 1, 5.0), "size is 5: choose 1.2 to 2.5"),
        (
            lambda: bridges(Fault(FaultKind.HALF_RANGE, 5, 2, 0.5)),
            "a fault lasts to repetition 7: choose at most 6",
        ),
        (lambda: WallPlank(lean_deg=50.0), "lean_deg is 50: choose 10 to 40"),
        (lambda: the_set(PelvicTilt(range_deg=30.0)), "range_deg is 30: choose 5 to 18"),
    ],
)
def test_impossible_faults_and_doses_are_refused_by_name(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
