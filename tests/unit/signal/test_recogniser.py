"""Which movements are a set, which are none, and what a set is called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lumbar_signal import NOTHING_PRESCRIBED, Prescription
from lumbar_signal.emission_table import BOWS, MOVEMENTS
from lumbar_signal.events import Exercise, Movement
from lumbar_signal.exercises import FACE_DOWN, ON_BACK, ROLL_UP
from lumbar_signal.recogniser import Chain
from measured_moves import (
    RATE_HZ,
    movement_of,
    movement_row,
    repeated,
    stay_of,
    stay_row,
    workout_of,
)

BRIDGE, HINGE = Exercise.GLUTE_BRIDGE, Exercise.MODIFIED_DEADLIFT


def _sets(
    movements: list[Movement], prescription: Prescription = NOTHING_PRESCRIBED
) -> list[tuple[Exercise, int]]:
    workout = workout_of(movements, prescription=prescription)
    return [(one.exercise, len(one.repetitions)) for one in workout.sets]


def _end_s(movements: list[Movement]) -> float:
    return movements[-1].end / RATE_HZ


def test_two_bridges_are_a_set() -> None:
    assert _sets(repeated(BRIDGE, 2)) == [(BRIDGE, 2)]


@pytest.mark.parametrize("exercise", [HINGE, BRIDGE, Exercise.CAT_COW])
def test_a_single_movement_is_no_set(exercise: Exercise) -> None:
    assert _sets(repeated(exercise, 1, calibrating=False)) == []


@pytest.mark.parametrize("exercise", [HINGE, BRIDGE, Exercise.CAT_COW])
def test_a_single_movement_is_a_set_where_it_was_prescribed(exercise: Exercise) -> None:
    one = repeated(exercise, 1, calibrating=False)
    assert _sets(one, Prescription.throughout(exercise)) == [(exercise, 1)]


def test_three_bows_of_calibration_are_no_set() -> None:
    assert _sets(repeated(BOWS, 3)) == []


def test_three_bows_right_before_hinges_are_not_part_of_their_set() -> None:
    bows = repeated(BOWS, 3)
    hinges = repeated(HINGE, 6, _end_s(bows) + 6.0, calibrating=False)
    assert _sets(bows + hinges) == [(HINGE, 6)]


def test_hinges_that_begin_before_any_bow_are_a_set() -> None:
    """The first three could be the bows of calibration, until more follow."""
    first = repeated(HINGE, 3, pause_s=1.0)
    more = repeated(HINGE, 5, _end_s(first) + 1.0, pause_s=1.0, calibrating=False)
    assert _sets(first + more) == [(HINGE, 8)]


@pytest.mark.parametrize("place", [1, 2, 4])
def test_a_half_repetition_in_a_set_counts(place: int) -> None:
    bridges = repeated(BRIDGE, 5)
    half = movement_of(
        movement_row(BRIDGE),
        bridges[place].start / RATE_HZ,
        range_deg=0.5 * bridges[place].range_deg,
    )
    bridges[place] = half
    assert _sets(bridges) == [(BRIDGE, 5)]


@pytest.mark.parametrize(
    ("exercise", "range_deg", "duration_s"),
    [(HINGE, 40.0, 4.0), (BRIDGE, 15.0, 7.0), (Exercise.CAT_COW, 20.0, 8.0)],
)
@pytest.mark.parametrize(("first", "end"), [(3, 4), (3, 6), (7, 8), (5, 8)])
def test_half_done_repetitions_belong_to_the_set(
    exercise: Exercise, range_deg: float, duration_s: float, first: int, end: int
) -> None:
    how = {"range_deg": range_deg, "duration_s": duration_s, "calibrating": False, "unrest_g": -1.0}
    whole = repeated(exercise, 8, pause_s=1.0, **how)
    half = [
        replace(
            one,
            range_deg=0.38 * one.range_deg,
            rise_m=0.38 * one.rise_m,
            fall_m=0.38 * one.fall_m,
            accel_g=0.38 * one.accel_g,
        )
        for one in whole[first:end]
    ]
    assert _sets(whole[:first] + half + whole[end:]) == [(exercise, 8)]


@pytest.mark.parametrize(("pause_s", "sets"), [(19.0, 1), (21.0, 2)])
def test_a_pause_of_20_seconds_ends_a_set(pause_s: float, sets: int) -> None:
    first = repeated(BRIDGE, 4)
    second = repeated(BRIDGE, 4, _end_s(first) + pause_s)
    assert [name for name, _ in _sets(first + second)] == [BRIDGE] * sets


def test_a_first_hinge_right_after_a_walk_counts() -> None:
    first = repeated(HINGE, 1, unrest_g=0.18, calibrating=False)
    more = repeated(HINGE, 4, _end_s(first) + 2.0, calibrating=False)
    assert _sets(first + more) == [(HINGE, 5)]


@pytest.mark.parametrize(("before_g", "sets"), [(0.028, [(HINGE, 4)]), (0.06, [])])
def test_who_steps_before_most_hinges_does_no_set(
    before_g: float, sets: list[tuple[Exercise, int]]
) -> None:
    """Picking up one thing after the other: steps shake by 50 mg and more, a stance does not."""
    hinges = repeated(HINGE, 4, calibrating=False)
    hinges[1:] = [replace(one, unrest_g=before_g) for one in hinges[1:]]
    assert _sets(hinges) == sets


def test_steps_before_one_hinge_change_nothing() -> None:
    hinges = repeated(HINGE, 5, calibrating=False)
    hinges[2] = replace(hinges[2], unrest_g=0.1)
    assert _sets(hinges) == [(HINGE, 5)]


def test_who_stoops_at_work_to_and_fro_does_no_exercise() -> None:
    """Half-way down, hurried, and each time back to another angle: vacuuming, not push-ups."""
    press = next(
        row for row in MOVEMENTS if row.exercise is Exercise.UNKNOWN and FACE_DOWN in row.lanes
    )
    row = replace(press, base_deg=(55.0, 1.0), ln_duration=(0.3, 1.0), ln_impulse=(3.7, 1.0))
    strokes = [
        movement_of(row, 10.0 + 2.0 * k, end_offset=0.2, calibrating=False) for k in range(6)
    ]
    assert _sets(strokes) == []


def test_unlike_movements_are_no_set() -> None:
    row = movement_row(None)
    turns = [
        movement_of(row, 10.0, range_deg=8.0, duration_s=1.0, end_offset=0.4),
        movement_of(row, 14.0, range_deg=45.0, duration_s=9.0, end_offset=-0.3, rolled_deg=20.0),
        movement_of(row, 25.0, range_deg=14.0, duration_s=2.0, end_offset=0.6),
        movement_of(row, 33.0, range_deg=70.0, duration_s=14.0, rolled_deg=-30.0),
    ]
    assert {one.lane for one in turns} == {ON_BACK}
    assert _sets(turns) == []


def test_getting_down_after_a_set_is_not_its_last_repetition() -> None:
    """It goes as far as the others, but not as smoothly."""
    moves = repeated(Exercise.CAT_COW, 5, calibrating=False)
    down = repeated(
        Exercise.CAT_COW,
        1,
        _end_s(moves) + 1.5,
        accel_g=0.047,
        duration_s=3.2,
        rise_m=-0.09,
        fall_m=-0.09,
        calibrating=False,
    )
    assert _sets(moves + down) == [(Exercise.CAT_COW, 5)]


def test_two_exercises_without_a_pause_are_two_sets() -> None:
    bridges = repeated(BRIDGE, 5)
    tilts = repeated(Exercise.PELVIC_TILT, 5, _end_s(bridges) + 4.0)
    assert _sets(bridges + tilts) == [(BRIDGE, 5), (Exercise.PELVIC_TILT, 5)]


def test_the_way_down_from_a_bridge_is_no_sit_up() -> None:
    """From the top of one bridge down and up to the next, told by the lane of sitting up."""
    bridges = repeated(BRIDGE, 6, pause_s=1.0)
    sit_up = next(row for row in MOVEMENTS if row.lanes == (ROLL_UP,))
    between = [
        movement_of(
            sit_up,
            0.5 * (before.peak + before.end) / RATE_HZ,
            range_deg=30.0,
            duration_s=3.0,
        )
        for before in bridges[:-1]
    ]
    everything = sorted(bridges + between, key=lambda one: one.end)
    assert _sets(everything) == [(BRIDGE, 6)]


def test_odds_are_those_of_the_name_against_all_others() -> None:
    chain = Chain(sampling_rate_hz=RATE_HZ)
    chain.add(repeated(BRIDGE, 1)[0], frozenset())
    (unit,) = chain.units
    assert unit.odds(BRIDGE) > 2.0
    assert unit.odds(Exercise.PELVIC_TILT) < -5.0


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (False, False, (Exercise.CAT_COW, 6)),
        (True, False, (Exercise.CAT_COW, 5)),
        (False, True, (Exercise.CAT_COW, 5)),
        (True, True, (Exercise.UNKNOWN, 6)),
    ],
)
def test_a_way_to_or_from_lying_is_no_cat_cow(
    before: bool, after: bool, found: tuple[Exercise, int]
) -> None:
    """Where it lies at the base on both sides, the body rises from there and comes back."""
    movements = repeated(Exercise.CAT_COW, 6, 30.0)
    for n in (0, -1):  # changing one's position is less smooth
        movements[n] = replace(movements[n], accel_g=movements[n].accel_g + 0.006)
    base_deg, end_s = movements[0].base_deg, _end_s(movements)
    lying = [(18.0, 29.5)] * before + [(end_s + 0.5, end_s + 12.0)] * after
    stays = [
        stay_of(stay_row(None), start_s, stop_s, sagittal_deg=base_deg) for start_s, stop_s in lying
    ]
    (one,) = workout_of(movements, stays).sets
    assert (one.exercise, len(one.repetitions)) == found


def test_rising_from_the_floor_again_and_again_is_no_cat_cow() -> None:
    movements = repeated(Exercise.CAT_COW, 6, 30.0)
    lies = stay_of(stay_row(None), 18.0, 29.5, sagittal_deg=movements[0].base_deg)
    (one,) = workout_of(movements, [lies]).sets
    assert (one.exercise, len(one.repetitions)) == (Exercise.UNKNOWN, 6)


AT_REST = {"turns": 0.0, "entry_g": 0.008, "sagittal_sway_deg": 1.5}  # breath and a shift


@pytest.mark.parametrize(
    ("changes", "begins_s", "found"),
    [
        ({}, 0.5, Exercise.UNKNOWN),
        ({"sagittal_deg": 78.0}, 0.5, Exercise.CAT_COW),  # all fours
        ({"entry_g": 0.08}, 3.0, Exercise.CAT_COW),  # lying down after it
        ({"shake_g2": 0.013**2, "turns": 10.0}, 0.5, Exercise.CAT_COW),  # a bird dog
        ({"sagittal_sway_deg": 6.0}, 0.5, Exercise.CAT_COW),  # it goes on, unseen
    ],
)
def test_a_set_rises_from_where_the_body_lies_after_it(
    changes: dict[str, float], begins_s: float, found: Exercise
) -> None:
    movements = repeated(Exercise.CAT_COW, 6, 30.0)
    begins_s += _end_s(movements)
    measured = {"sagittal_deg": movements[0].base_deg} | AT_REST | changes
    rest = stay_of(stay_row(None), begins_s, begins_s + 20.0, **measured)
    (one,) = workout_of(movements, [rest]).sets
    assert (one.exercise, len(one.repetitions)) == (found, 6)


def test_a_wait_at_the_arched_end_is_no_lying() -> None:
    movements = repeated(Exercise.CAT_COW, 6, 30.0)
    end_s, base_deg = _end_s(movements), movements[0].base_deg
    waits = stay_of(stay_row(None), end_s, end_s + 5.0, sagittal_deg=base_deg, **AT_REST)
    lies = stay_of(stay_row(None), end_s + 5.2, end_s + 30.0, sagittal_deg=base_deg, **AT_REST)
    (cat_cows,) = workout_of(movements, [waits]).sets
    (rises,) = workout_of(movements, [waits, lies]).sets
    assert (cat_cows.exercise, rises.exercise) == (Exercise.CAT_COW, Exercise.UNKNOWN)


@pytest.mark.parametrize(("count", "sets"), [(2, []), (5, [(Exercise.UNKNOWN, 5)])])
def test_two_movements_are_no_regular_exercise(
    count: int, sets: list[tuple[Exercise, int]]
) -> None:
    """Getting into a plank and out of it again turns the trunk twice."""
    push_up = next(
        row for row in MOVEMENTS if row.exercise is Exercise.UNKNOWN and row.lanes == (FACE_DOWN,)
    )
    changes = {"end_offset": 0.1, "rise_m": 0.2, "fall_m": 0.2}
    movements = [
        movement_of(push_up, 10.0 + 4.0 * k, range_deg=22.0 if k % 2 else 14.0, **changes)
        for k in range(count)
    ]
    assert _sets(movements) == sets
