"""A movement in words: what to begin with, what comes next, and what the sensor is worth."""

from dataclasses import replace

import pytest

from lumbar_server.pages.movements_view import MovementView, movement_view, short_dose
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.movement import Counting, Dose, Need

REAL = read_catalogue()


def view(exercise: str) -> MovementView:
    return movement_view(REAL, REAL.movements[exercise])


def plain(texts: tuple[str, ...]) -> list[str]:
    return [text.replace("\u00a0", " ") for text in texts]


@pytest.mark.parametrize(
    ("dose", "text"),
    [
        (Dose(2, 8, None, False), "2 × 8"),
        (Dose(2, 8, 3.0, True), "2 × 8, 3 s"),
        (Dose(3, None, 15.0, False), "3 × 15 s"),
        (Dose(1, None, 90.0, False), "1 × 1:30 min"),
    ],
)
def test_a_dose_is_said_in_a_few_characters(dose: Dose, text: str) -> None:
    assert plain((short_dose(dose),)) == [text]


def test_a_ladder_is_told_form_by_form_and_the_first_form_step_by_step() -> None:
    easier, first, *later = view("glute_bridge").forms
    assert (easier.text, easier.is_easier, plain(easier.doses)) == (
        "half height",
        True,
        ["2 × 8, 2 s"],
    )
    assert (first.text, first.is_first) == ("full height", True)
    assert plain(first.doses) == [
        "2 × 8, 2 s",
        "2 × 9, 2 s",
        "2 × 10, 2 s",
        "2 × 11, 2 s",
        "2 × 12, 2 s",
        "2 × 12, 3 s",
        "3 × 12, 3 s",
    ]
    for form in later:
        assert not form.is_easier
        assert plain(form.doses) == ["2 × 8, 2 s", "3 × 12, 3 s"]


def test_a_load_is_told_with_its_form() -> None:
    assert [form.text for form in view("modified_deadlift").forms][-2:] == [
        "freely, 1 to 2 kg in each hand",
        "freely, a little more, at most a tenth",
    ]


def test_movements_of_one_ladder_lead_to_each_other() -> None:
    wall, forearm = view("wall_plank"), view("forearm_plank")
    assert wall.before is None
    assert wall.after is not None
    assert (wall.after.exercise, wall.after.name) == ("forearm_plank", "Forearm plank")
    assert forearm.before is not None
    assert forearm.before.exercise == "wall_plank"
    assert forearm.after is None
    assert [form.text for form in forearm.forms] == ["on the knees", "on the toes"]
    assert [form.is_first for form in forearm.forms] == [True, False]
    assert [form.is_easier for form in forearm.forms] == [False, False]


def test_begin_and_goal_are_doses_of_the_movement_itself() -> None:
    bridge = view("glute_bridge")
    assert plain((bridge.first, bridge.goal)) == ["2 × 8, each held 2 s", "3 × 12, each held 3 s"]


def test_every_need_and_every_counting_has_words() -> None:
    bridge = REAL.movements["glute_bridge"]
    asking = movement_view(REAL, replace(bridge, needs=frozenset(Need)))
    assert len(asking.needs) == len(Need)
    told = {movement_view(REAL, replace(bridge, counting=one)).counting for one in Counting}
    assert len(told) == len(Counting)


def test_where_the_sensor_sees_too_little_it_says_so() -> None:
    assert "you are asked" in view("dead_bug").counting
    assert "you are asked" not in view("glute_bridge").counting
