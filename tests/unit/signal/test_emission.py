"""The emission's tables: every exercise is most like itself, and a row is all that it takes."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest

from lumbar_signal.emission import (
    CALM_G,
    FARTHEST_STAY,
    log_density,
    movement_features,
    movement_likelihoods,
    stay_features,
    stay_likelihoods,
)
from lumbar_signal.emission_table import BOWS, HELD, MOVEMENTS, STAYS, MovementRow, Normal, StayRow
from lumbar_signal.events import Exercise
from lumbar_signal.exercises import CHAIN_OF_LANE, LANES, ON_BACK
from measured_moves import movement_of, movement_row, stay_of, stay_row

NAMED = [row for row in MOVEMENTS if row.exercise not in (None, Exercise.UNKNOWN)]
STAYED = [row for row in STAYS if row.exercise is not None]


def _normals(row: MovementRow | StayRow) -> list[Normal]:
    return [getattr(row, one.name) for one in fields(row) if one.name not in ("exercise", "lanes")]


def test_a_log_density_is_that_of_independent_normals() -> None:
    value, mean, deviation = 1.3, 1.0, 0.5
    one = -0.5 * math.log(2.0 * math.pi * deviation**2) - 0.5 * ((value - mean) / deviation) ** 2
    assert log_density([(value, 0.0)], [(mean, deviation)]) == pytest.approx(one, abs=1e-12)
    both = log_density([(value, 0.0)] * 2, [(mean, deviation)] * 2)
    assert both == pytest.approx(2.0 * one, abs=1e-12)


def test_the_error_of_a_feature_widens_its_normal() -> None:
    assert log_density([(1.3, 0.4)], [(1.0, 0.3)]) == pytest.approx(
        log_density([(1.3, 0.0)], [(1.0, 0.5)]), abs=1e-12
    )


def test_one_feature_that_is_far_off_costs_no_more_than_the_limit() -> None:
    near = log_density([(1.0, 0.0)], [(1.0, 0.5)])
    assert log_density([(1e6, 0.0)], [(1.0, 0.5)]) == pytest.approx(near - FARTHEST_STAY, abs=1e-12)
    unknown = float("nan")  # as the share of a range of nothing
    assert log_density([(unknown, 0.0)], [(1.0, 0.5)]) == log_density([(1e6, 0.0)], [(1.0, 0.5)])


@pytest.mark.parametrize("row", NAMED, ids=lambda row: str(row.exercise))
def test_the_typical_repetition_of_an_exercise_is_most_like_that_exercise(row: MovementRow) -> None:
    likelihoods = movement_likelihoods(movement_of(row, calibrating=row.exercise == BOWS))
    assert max(likelihoods, key=likelihoods.__getitem__) == row.exercise


@pytest.mark.parametrize("row", STAYED, ids=lambda row: str(row.exercise))
def test_the_typical_stay_of_an_exercise_is_most_like_that_exercise(row: StayRow) -> None:
    likelihoods = stay_likelihoods(stay_of(row, 10.0, 40.0))
    assert max(likelihoods, key=lambda name: likelihoods[name]) == row.exercise


def test_a_builder_of_this_test_gives_the_means_that_it_says() -> None:
    for row in NAMED:
        values = [value for value, _ in movement_features(movement_of(row))]
        assert values == pytest.approx([mean for mean, _ in _normals(row)], abs=1e-9)
    for held in STAYED:
        values = [value for value, _ in stay_features(stay_of(held, 10.0, 40.0))]
        assert values == pytest.approx([mean for mean, _ in _normals(held)], abs=0.02)


def test_bows_are_looked_for_only_while_the_calibration_waits_for_them() -> None:
    bow = movement_row(BOWS)
    assert BOWS in movement_likelihoods(movement_of(bow, calibrating=True))
    assert BOWS not in movement_likelihoods(movement_of(bow, calibrating=False))


def test_a_lift_counts_as_much_as_the_converter_can_be_trusted() -> None:
    """An axis whose gain is off feigns a rise with every turn; slow turns most of all."""
    feigned = movement_of(movement_row(Exercise.CAT_COW), rise_m=0.15, fall_m=0.15)
    trusted = movement_likelihoods(feigned)
    assert trusted[Exercise.UNKNOWN] > trusted[Exercise.CAT_COW]
    doubted = movement_likelihoods(replace(feigned, lift_error_m=0.1))
    assert doubted[Exercise.CAT_COW] > doubted[Exercise.UNKNOWN]


def test_what_noise_leaves_of_a_calm_stance_tells_nothing() -> None:
    hinge = movement_of(movement_row(Exercise.MODIFIED_DEADLIFT))
    calm, hidden = replace(hinge, unrest_g=CALM_G), replace(hinge, unrest_g=0.0)
    assert movement_likelihoods(calm) == movement_likelihoods(hidden)


def test_every_lane_can_say_that_a_movement_is_none() -> None:
    assert set(CHAIN_OF_LANE) == set(range(len(LANES)))
    for lane in CHAIN_OF_LANE:
        assert None in [row.exercise for row in MOVEMENTS if lane in row.lanes]


def test_every_feature_has_some_width() -> None:
    for row in (*MOVEMENTS, *STAYS):
        assert all(deviation > 0.0 for _, deviation in _normals(row))


def test_what_is_held_has_a_row() -> None:
    assert set(HELD) <= {row.exercise for row in STAYS}


def test_a_new_row_is_all_that_a_new_exercise_takes() -> None:
    """A movement that nobody knows yet, on the back, rolling to a side by as much as it rises."""
    row = MovementRow(
        Exercise.SIDE_LYING_LEG_RAISE,
        (ON_BACK,),
        base_deg=(-96.0, 8.0),
        ln_range=(3.6, 0.3),
        ln_duration=(1.2, 0.4),
        lift_cm=(14.0, 4.0),
        ln_impulse=(3.7, 0.6),
        end_offset=(0.0, 0.1),
        rolled=(0.8, 0.1),
        plateau=(0.3, 0.1),
    )
    typical = movement_of(row)
    own = log_density(movement_features(typical), _normals(row))
    assert own > max(movement_likelihoods(typical).values())
    bridge = movement_of(movement_row(Exercise.GLUTE_BRIDGE))
    likelihoods = movement_likelihoods(bridge)
    assert log_density(movement_features(bridge), _normals(row)) < max(likelihoods.values())


def test_resting_face_down_is_no_plank() -> None:
    likelihoods = stay_likelihoods(stay_of(stay_row(None), 10.0, 40.0))
    assert max(likelihoods, key=lambda name: likelihoods[name]) is None
