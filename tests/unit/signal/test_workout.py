"""The fold from events to sets, and what a page shows while it happens."""

from __future__ import annotations

import pytest

from lumbar_signal import Detector, LiveState, Workout
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
    Posture,
    PostureChanged,
    PostureInterval,
    Repetition,
    RepetitionCounted,
    SegmentStarted,
)
from signal_traces import G_PER_STEP, programme

RATE_HZ = 50.0


def _bridge(start_s: float) -> RepetitionCounted:
    start = start_s * RATE_HZ
    repetition = Repetition(start, start + 100.0, start + 200.0, 25.0, 0.9)
    return RepetitionCounted(int(start) + 210, Exercise.GLUTE_BRIDGE, repetition)


def _workout() -> Workout:
    return Workout(sampling_rate_hz=RATE_HZ)


def test_a_set_begins_with_its_second_repetition_and_closes_after_20_seconds() -> None:
    workout = _workout()
    workout.add([_bridge(10.0)], 750)
    assert workout.sets == []
    assert workout.now.repetitions == 1
    workout.add([_bridge(15.0)], 1000)
    (one_set,) = workout.sets
    assert (one_set.start, one_set.end, one_set.closed) == (500.0, 950.0, False)
    workout.add([], 950 + 1001)
    assert workout.sets[0].closed
    assert workout.now.exercise is None
    assert workout.now.set_number == 1


def test_the_same_exercise_20_seconds_later_is_the_same_set() -> None:
    workout = _workout()
    workout.add([_bridge(10.0), _bridge(15.0), _bridge(39.0), _bridge(44.0)], 2500)
    assert [len(one.repetitions) for one in workout.sets] == [4]
    workout.add([_bridge(68.1), _bridge(73.0)], 4000)
    assert [len(one.repetitions) for one in workout.sets] == [4, 2]


def test_an_open_hold_is_a_set_after_5_seconds() -> None:
    workout = _workout()
    workout.add([HoldStarted(200, Exercise.FOREARM_PLANK, 100.0)], 349)
    assert workout.sets == []
    workout.add([], 350)
    (plank,) = workout.sets
    assert plank.holds == (Hold(100.0, 350.0),)
    assert not plank.closed
    assert workout.now.hold_start == 100.0
    workout.add([HoldEnded(500, Exercise.FOREARM_PLANK, Hold(100.0, 450.0))], 500)
    assert workout.sets[0].holds == (Hold(100.0, 450.0),)
    assert workout.now.hold_start is None


def test_a_hold_of_4_seconds_is_no_set() -> None:
    workout = _workout()
    workout.add([HoldStarted(200, Exercise.FOREARM_PLANK, 100.0)], 200)
    workout.add([HoldEnded(400, Exercise.FOREARM_PLANK, Hold(100.0, 300.0))], 400)
    workout.close()
    assert workout.sets == []


def test_a_cue_lasts_as_long_as_its_deviation() -> None:
    workout = _workout()
    workout.add([HoldStarted(200, Exercise.FOREARM_PLANK, 100.0)], 200)
    workout.add([DeviationStarted(400, DeviationKind.SAG, 350.0, in_hold=True)], 400)
    assert workout.now.cue == DeviationKind.SAG
    sag = Deviation(DeviationKind.SAG, 350.0, 500.0, 9.0)
    workout.add([DeviationEnded(520, sag, in_hold=True)], 520)
    assert workout.now.cue is None
    assert workout.sets[0].deviations == (sag,)
    assert workout.deviations == []


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
