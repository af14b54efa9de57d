"""The fold from events to sets, and what a page shows while it happens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lumbar_signal import Detector, LiveState, Prescription, Workout
from lumbar_signal.emission_table import MOVEMENTS
from lumbar_signal.events import (
    Deviation,
    DeviationEnded,
    DeviationKind,
    DeviationStarted,
    Event,
    Exercise,
    Hold,
    HoldEnded,
    HoldStarted,
    MovementClosed,
    Posture,
    PostureChanged,
    PostureInterval,
    RepetitionCounted,
    SegmentStarted,
    StayMeasured,
)
from lumbar_signal.exercises import FACE_DOWN
from measured_moves import movement_of, movement_row, stay_of, stay_row, workout_of
from signal_traces import G_PER_STEP, programme

RATE_HZ = 50.0
BRIDGE = movement_row(Exercise.GLUTE_BRIDGE)
PLANK = stay_row(Exercise.FOREARM_PLANK)


def _bridge(start_s: float) -> MovementClosed:
    one = movement_of(BRIDGE, start_s, duration_s=4.0)
    return MovementClosed(int(one.end) + 10, one)


def _planked(start_s: float, end_s: float, *, closed: bool = False) -> StayMeasured:
    stay = stay_of(PLANK, start_s, end_s, closed=closed)
    return StayMeasured(int(end_s * RATE_HZ) + 10, stay)


def _workout() -> Workout:
    return Workout(sampling_rate_hz=RATE_HZ)


def test_a_set_begins_with_its_second_repetition_and_closes_after_20_seconds() -> None:
    workout = _workout()
    workout.add([_bridge(10.0)], 750)
    assert workout.sets == []
    assert workout.now.repetitions == 1
    assert workout.now.set_number == 1
    workout.add([_bridge(15.0)], 1000)
    (one_set,) = workout.sets
    assert (one_set.start, one_set.end, one_set.closed) == (500.0, 950.0, False)
    assert workout.now.set_number == 1
    workout.add([], 950 + 1001)
    assert workout.sets[0].closed
    assert workout.now.exercise is None
    assert workout.now.set_number == 1


def test_each_repetition_is_told_once_and_when_it_counts() -> None:
    workout = _workout()
    told = [workout.add([_bridge(start_s)], 2000) for start_s in (10.0, 15.0, 20.0)]
    assert [[type(one) for one in news] for news in told] == [[RepetitionCounted]] * 3
    assert [news[0].at for news in told] == [710, 960, 1210]


def test_the_same_exercise_20_seconds_later_is_the_same_set() -> None:
    workout = _workout()
    workout.add([_bridge(10.0), _bridge(15.0), _bridge(38.9), _bridge(44.0)], 2500)
    assert [len(one.repetitions) for one in workout.sets] == [4]
    workout.add([_bridge(68.1), _bridge(73.0)], 4000)
    assert [len(one.repetitions) for one in workout.sets] == [4, 2]


def test_an_open_hold_is_a_set_after_5_seconds() -> None:
    workout = _workout()
    (started,) = workout.add([_planked(2.0, 6.0)], 349)
    assert started == HoldStarted(310, Exercise.FOREARM_PLANK, 100.0)
    assert workout.sets == []
    workout.add([], 350)
    (plank,) = workout.sets
    assert plank.holds == (Hold(100.0, 350.0),)
    assert not plank.closed
    assert workout.now.hold_start == 100.0
    (ended,) = workout.add([_planked(2.0, 9.0, closed=True)], 500)
    assert ended == HoldEnded(460, Exercise.FOREARM_PLANK, Hold(100.0, 450.0))
    assert workout.sets[0].holds == (Hold(100.0, 450.0),)
    assert workout.now.hold_start is None


@pytest.mark.parametrize(("held_s", "sets"), [(6.0, 0), (14.0, 1)])
def test_a_short_hold_must_be_clearer_than_a_long_one(held_s: float, sets: int) -> None:
    """Who leans on a table for some seconds trembles and sways a little too."""
    wall = stay_row(Exercise.WALL_PLANK)
    leant = replace(stay_of(wall, 2.0, 2.0 + held_s), lateral_deg=14.0, entry_g=0.15, shake_g2=5e-5)
    assert len(workout_of(stays=[leant]).sets) == sets
    clear = stay_of(wall, 2.0, 2.0 + held_s)
    assert len(workout_of(stays=[clear]).sets) == 1


def test_a_hold_of_4_seconds_is_no_set() -> None:
    workout = _workout()
    workout.add([_planked(2.0, 6.0, closed=True)], 400)
    workout.close()
    assert workout.sets == []


def test_two_holds_with_a_second_between_are_one_and_with_ten_are_two_of_a_set() -> None:
    workout = _workout()
    workout.add([_planked(2.0, 12.0, closed=True), _planked(13.0, 25.0, closed=True)], 1300)
    workout.add([_planked(35.0, 45.0, closed=True)], 2300)
    (plank,) = workout.sets
    assert plank.holds == (Hold(100.0, 1250.0), Hold(1750.0, 2250.0))


def test_unrest_within_a_hold_is_no_exercise() -> None:
    """Giving way twice by the same way is a regular movement, and none of the thirteen."""
    row = next(
        row for row in MOVEMENTS if row.exercise is Exercise.UNKNOWN and FACE_DOWN in row.lanes
    )
    dips = [
        movement_of(
            row, start_s, duration_s=2.0, range_deg=13.0, accel_g=0.03, rise_m=-0.12, fall_m=-0.12
        )
        for start_s in (10.0, 15.0, 20.0)
    ]
    workout = _workout()
    told = workout.add([_planked(2.0, 9.0)], 500)
    for dip in dips:
        told += workout.add([MovementClosed(int(dip.end) + 10, dip)], int(dip.end) + 11)
    workout.add([_planked(2.0, 30.0, closed=True)], 1600)
    assert not [one for one in told if isinstance(one, RepetitionCounted)]
    assert [one.exercise for one in workout.sets] == [Exercise.FOREARM_PLANK]
    assert workout.now.exercise == Exercise.FOREARM_PLANK


def test_a_cue_lasts_as_long_as_its_deviation() -> None:
    workout = _workout()
    workout.add([_planked(2.0, 6.5)], 340)
    workout.add([DeviationStarted(400, DeviationKind.SAG, 350.0, in_hold=True)], 400)
    assert workout.now.cue == DeviationKind.SAG
    sag = Deviation(DeviationKind.SAG, 350.0, 500.0, 9.0)
    workout.add([_planked(2.0, 10.0)], 515)
    workout.add([DeviationEnded(520, sag, in_hold=True)], 520)
    assert workout.now.cue is None
    assert workout.sets[0].deviations == (sag,)
    assert workout.deviations == []


def test_a_deviation_from_a_rest_that_is_no_hold_is_not_told() -> None:
    workout = _workout()
    pike = Deviation(DeviationKind.PIKE, 350.0, 500.0, 9.0)
    told = workout.add([DeviationStarted(400, pike.kind, 350.0, in_hold=True)], 400)
    assert workout.now.cue is None
    told += workout.add([DeviationEnded(520, pike, in_hold=True)], 520)
    assert told == []
    assert workout.deviations == []


def test_a_deviation_is_told_once_its_hold_has_a_name() -> None:
    workout = _workout()
    sag = DeviationStarted(300, DeviationKind.SAG, 280.0, in_hold=True)
    assert workout.add([sag], 300) == []
    named = _planked(2.0, 7.0)
    told = [one for one in workout.add([named], 360) if isinstance(one, DeviationStarted)]
    assert told == [replace(sag, at=named.at)]
    told = workout.add([_planked(2.0, 9.0)], 460)
    assert not [one for one in told if isinstance(one, DeviationStarted)]


@pytest.mark.parametrize(
    ("rolled_deg", "kinds"),
    [(-8.0, [DeviationKind.ROLL_LEFT]), (8.0, [DeviationKind.ROLL_RIGHT]), (4.0, [])],
)
def test_a_hip_that_drops_in_a_bridge_is_a_roll(
    rolled_deg: float, kinds: list[DeviationKind]
) -> None:
    one = movement_of(BRIDGE, 15.0, duration_s=4.0, dropped_deg=rolled_deg)
    workout = _workout()
    workout.add([_bridge(10.0), MovementClosed(960, one)], 1000)
    (bridges,) = workout.sets
    assert [deviation.kind for deviation in bridges.deviations] == kinds
    for deviation in bridges.deviations:
        assert deviation.start < one.peak < deviation.end
        assert deviation.peak_deg == 8.0


def test_a_deviation_outside_sets_is_told_apart() -> None:
    workout = _workout()
    lean = Deviation(DeviationKind.LATERAL_LEAN, 100.0, 900.0, 12.0)
    workout.add([DeviationStarted(850, lean.kind, 100.0, in_hold=False)], 850)
    workout.add([DeviationEnded(1000, lean, in_hold=False)], 1000)
    assert workout.deviations == [lean]


def test_postures_stop_where_samples_are_missing() -> None:
    workout = _workout()
    workout.add([SegmentStarted(0), PostureChanged(50, 0.0, Posture.UPRIGHT)], 1000, first_index=0)
    lying: list[Event] = [SegmentStarted(2000), PostureChanged(2050, 2000.0, Posture.SUPINE)]
    workout.add(lying, 2500, first_index=2000)
    assert workout.postures == [
        PostureInterval(Posture.UPRIGHT, 0.0, 1000.0),
        PostureInterval(Posture.SUPINE, 2000.0, 2500.0),
    ]


def test_coverage_counts_what_is_missing_inside_the_set() -> None:
    workout = _workout()
    workout.add([_bridge(10.0)], 800, first_index=0)
    workout.add([_bridge(17.0)], 1100, first_index=845)
    (one_set,) = workout.sets
    assert one_set.coverage == pytest.approx(1.0 - 45.0 / 550.0)


def test_nothing_seen_is_an_unknown_posture() -> None:
    assert _workout().now == LiveState(None, 0, None, Posture.UNKNOWN, None, 0)


def test_the_page_counts_along_with_the_programme() -> None:
    truth = programme()
    samples = truth.wearer.samples(RATE_HZ)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    workout = _workout()
    seen: list[LiveState] = []
    for start in range(0, len(samples), 5):
        events = detector.push(samples[start : start + 5], start)
        workout.add(events, detector.next_index, first_index=start)
        if not seen or workout.now != seen[-1]:
            seen.append(workout.now)
    steps = [(one.set_number, one.exercise, one.repetitions) for one in seen]
    wanted = [
        (1, Exercise.GLUTE_BRIDGE, 1),
        (1, Exercise.GLUTE_BRIDGE, 3),
        (2, Exercise.FOREARM_PLANK, 0),
        (3, Exercise.CAT_COW, 1),
        (3, Exercise.CAT_COW, 3),
    ]
    assert [step for step in steps if step in wanted] == sorted(
        [step for step in steps if step in wanted], key=wanted.index
    )
    assert set(wanted) <= set(steps)
    assert DeviationKind.SAG in {one.cue for one in seen}


def test_the_way_out_of_a_clear_rest_makes_no_hold_of_it() -> None:
    rest = stay_of(stay_row(None), 2.0, 12.0, closed=False)
    left = stay_of(PLANK, 2.0, 12.5, closed=True)
    workout = _workout()
    told = workout.add([StayMeasured(610, rest), StayMeasured(640, left)], 700)
    workout.close()
    assert told == []
    assert workout.sets == []


def test_what_was_prescribed_changes_nothing_for_other_exercises() -> None:
    plank = stay_of(stay_row(Exercise.WALL_PLANK), 2.0, 30.0)
    free, bound = (
        workout_of(stays=[plank], prescription=Prescription.throughout(prescribed)).sets
        for prescribed in (None, Exercise.GLUTE_BRIDGE)
    )
    assert [one.exercise for one in free] == [Exercise.WALL_PLANK]
    assert free == bound
