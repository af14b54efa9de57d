"""What was prescribed counts at its time, and only then; when it was heard of leaves no trace."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lumbar_signal import NOTHING_PRESCRIBED, Detector, Prescription, Workout, analyze
from lumbar_signal.events import Announcement, Exercise
from measured_moves import repeated, stay_of, stay_row, workout_of
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 31.25
BRIDGE, PLANK = Exercise.GLUTE_BRIDGE, Exercise.FOREARM_PLANK
WALL, CAT_COW = Exercise.WALL_PLANK, Exercise.CAT_COW

changes = st.dictionaries(
    st.integers(0, 2200), st.sampled_from([BRIDGE, PLANK, CAT_COW, WALL, None]), max_size=6
)


def _prescription(changes: dict[int, Exercise | None]) -> Prescription:
    return Prescription(tuple(sorted(changes.items())))


def _at(changes: dict[int, Exercise | None], index: float) -> Exercise | None:
    before = [first for first in changes if first <= index]
    return changes[max(before)] if before else None


@functools.cache
def _samples() -> NDArray[np.int16]:
    """Return what begins in a plank, with sets of one and of two: where a prior matters most."""
    wearer = Wearer(sagittal_deg=82.0, height_m=0.25)
    wearer.plank(8.0)
    wearer.stand_up().stand(2.0).lie_down().rest(2.0).bridges(1)
    wearer.rest(22.0, breath_deg=1.0).bridges(2)
    wearer.turn_to_all_fours().rest(0.8).cat_cows(1)
    return wearer.move(1.0, 78.0).stand_up().stand(2.0).samples(RATE_HZ)


def _seen(
    prescription: Prescription, cuts: list[int], *, is_told_late: bool = False
) -> tuple[list[Announcement], str]:
    """Return what is told and found in calls cut anywhere; ``is_told_late``: as it begins."""
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    first = NOTHING_PRESCRIBED if is_told_late else prescription
    workout = Workout(sampling_rate_hz=RATE_HZ, prescription=first)
    told: list[Announcement] = []
    for start, stop in itertools.pairwise(sorted([0, *cuts, len(_samples())])):
        workout.prescribe(prescription.until(stop) if is_told_late else prescription)
        told += workout.add(detector.push(_samples()[start:stop], start), stop)
    told += workout.add(detector.flush(), detector.next_index)
    workout.close()
    return told, repr((workout.sets, workout.postures, workout.deviations))


@settings(max_examples=60)
@given(changes=changes, cuts=st.lists(st.integers(0, 2200), max_size=40), late=st.booleans())
def test_results_depend_on_samples_and_prescription_alone(
    changes: dict[int, Exercise | None], cuts: list[int], late: bool
) -> None:
    prescription = _prescription(changes)
    whole = _seen(prescription, [])
    assert _seen(prescription, cuts, is_told_late=late) == whole


@settings(max_examples=30)
@given(changes=changes)
def test_nothing_prescribed_is_no_prior(changes: dict[int, Exercise | None]) -> None:
    nothing = _prescription(dict.fromkeys(changes))
    assert _seen(nothing, []) == _seen(NOTHING_PRESCRIBED, [])


def test_a_recording_is_analysed_as_it_is_live() -> None:
    prescription = Prescription(((0, PLANK), (500, BRIDGE), (1500, CAT_COW)))
    found = analyze(
        _samples(), None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP, prescription=prescription
    )
    assert (
        repr((list(found.sets), list(found.postures), list(found.deviations)))
        == (_seen(prescription, list(range(0, len(_samples()), 7)), is_told_late=True)[1])
    )
    assert [one.exercise for one in found.sets][:2] == [PLANK, BRIDGE]


@pytest.mark.parametrize(
    ("first_s", "end_s", "sets"),
    [(0.0, 60.0, 1), (9.0, 11.0, 1), (13.0, 60.0, 1), (0.0, 9.5, 0), (15.0, 60.0, 0)],
)
def test_one_repetition_is_a_set_only_where_it_was_prescribed_at_its_time(
    first_s: float, end_s: float, sets: int
) -> None:
    (one,) = repeated(BRIDGE, 1)
    assert 500.0 <= one.start < one.end <= 15.0 * 50.0
    at_its_time = Prescription(((int(first_s * 50), BRIDGE), (int(end_s * 50), None)))
    assert len(workout_of([one], prescription=at_its_time).sets) == sets


def test_each_set_has_the_prior_of_its_own_time() -> None:
    bridge, cat_cow = repeated(BRIDGE, 1)[0], repeated(CAT_COW, 1, 60.0)[0]
    in_turn = Prescription(((0, BRIDGE), (2000, CAT_COW)))
    found = workout_of([bridge, cat_cow], prescription=in_turn).sets
    assert [one.exercise for one in found] == [BRIDGE, CAT_COW]
    the_other_way = Prescription(((0, CAT_COW), (2000, BRIDGE)))
    assert workout_of([bridge, cat_cow], prescription=the_other_way).sets == []


@pytest.mark.parametrize(("first_s", "sets"), [(1.0, 1), (8.0, 1), (9.0, 0)])
def test_a_hold_that_began_before_its_prescription_has_it(first_s: float, sets: int) -> None:
    plank = stay_of(stay_row(PLANK), 2.0, 8.5, calibrated=False)
    prescription = Prescription(((int(first_s * 50), PLANK),))
    assert len(workout_of(stays=[plank], prescription=prescription).sets) == sets


def test_the_past_is_not_prescribed_anew() -> None:
    workout = Workout(sampling_rate_hz=50.0, prescription=Prescription(((0, BRIDGE),)))
    workout.add([], 1000)
    workout.prescribe(Prescription(((0, BRIDGE), (1000, PLANK))))
    with pytest.raises(ValueError, match="begin a new workout"):
        workout.prescribe(Prescription(((0, BRIDGE), (999, PLANK))))


@given(
    changes=st.dictionaries(st.integers(0, 20), st.sampled_from([BRIDGE, PLANK, None])),
    start=st.floats(0.0, 25.0),
    length=st.floats(0.0, 10.0),
)
def test_what_was_prescribed_during_is_what_was_prescribed_at_each_sample(
    changes: dict[int, Exercise | None], start: float, length: float
) -> None:
    prescription = _prescription(changes)
    places = [start, *(first for first in changes if start < first <= start + length)]
    at_each = {_at(changes, place) for place in places}
    assert prescription.during(start, start + length) == at_each - {None}
    for index in range(22):
        until = prescription.until(index + 1)
        assert until.during(0, index) == prescription.during(0, index)
        assert until.changes == tuple(one for one in prescription.changes if one[0] <= index)


@pytest.mark.parametrize("firsts", [(-1,), (3, 3), (5, 4)])
def test_indices_that_do_not_rise_are_refused(firsts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        Prescription(tuple((first, BRIDGE) for first in firsts))
