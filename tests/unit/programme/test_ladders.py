"""A ladder leads from a gentle beginning to the goal, and changes one thing at a time."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.ladders import Way, doses, ladder_of
from lumbar_server.programme.movement import Dose, Ladder, Rung

REAL = read_catalogue()
FORMS = ("on the moon", "on the floor", "on one leg", "on a ball")


@st.composite
def first_and_last(draw: st.DrawFn) -> tuple[Dose, Dose]:
    per_side = draw(st.booleans())
    is_held = draw(st.booleans())
    sets = sorted(draw(st.tuples(st.integers(1, 4), st.integers(1, 4))))
    repetitions = sorted(draw(st.tuples(st.integers(1, 15), st.integers(1, 15))))
    holds_s = sorted(draw(st.tuples(st.integers(1, 60), st.integers(1, 60))))
    holds = is_held or draw(st.booleans())
    start, goal = (
        Dose(
            sets[one],
            None if is_held else repetitions[one],
            float(holds_s[one]) if holds else None,
            per_side,
        )
        for one in (0, 1)
    )
    return start, goal


@st.composite
def ways(draw: st.DrawFn) -> tuple[Way, ...]:
    forms = draw(st.permutations(FORMS))
    below, above = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    loads = ("light", "less light")[: draw(st.integers(0, 2))]
    start, goal = draw(first_and_last())
    first = Way(
        "first", tuple(forms[:below]), tuple(forms[below : below + above]), loads, start, goal
    )
    if not draw(st.booleans()):
        return (first,)
    return (first, Way("second", (), tuple(forms[:above]), (), *draw(first_and_last())))


def risen(
    before: Rung, after: Rung, of: list[tuple[str, str]], loads: list[str | None]
) -> set[str]:
    """Return what is more on the rung after; forms and loads have their place in a list."""
    more = set()
    if (after.dose.repetitions or 0) > (before.dose.repetitions or 0):
        more.add("repetitions")
    if (after.dose.hold_s or 0) > (before.dose.hold_s or 0):
        more.add("seconds")
    if after.dose.sets > before.dose.sets:
        more.add("sets")
    if of.index((after.exercise, after.form)) > of.index((before.exercise, before.form)):
        more.add("form")
    if loads.index(after.load) > loads.index(before.load):
        more.add("load")
    return more


def check_steps(ladder: Ladder) -> None:
    forms = list(dict.fromkeys((rung.exercise, rung.form) for rung in ladder.rungs))
    for before, after in pairwise(ladder.rungs):
        loads = list(
            dict.fromkeys([None, *(r.load for r in ladder.rungs if r.exercise == after.exercise)])
        )
        if before.exercise != after.exercise:  # another movement has doses of its own
            continue
        more = risen(before, after, forms, loads)
        assert len(more) == 1, (before, after)
        assert before.dose.per_side is after.dose.per_side
        if more <= {"repetitions", "seconds", "sets"}:
            assert (before.form, before.load) == (after.form, after.load)


@given(ways())
def test_neighbours_differ_in_one_thing_that_rises(made: tuple[Way, ...]) -> None:
    check_steps(ladder_of("made", made))


@given(ways())
def test_each_form_begins_with_the_first_dose_and_reaches_the_goal(made: tuple[Way, ...]) -> None:
    ladder = ladder_of("made", made)
    for way in made:
        stretches = [(form, None) for form in way.forms]
        stretches += [(way.forms[-1], load) for load in way.loads]
        for form, load in stretches:
            climbed = [
                rung.dose
                for rung in ladder.rungs
                if (rung.exercise, rung.form, rung.load) == (way.exercise, form, load)
            ]
            assert (climbed[0], climbed[-1]) == (way.start, way.goal)


@given(ways())
def test_a_beginner_starts_above_the_ways_back(made: tuple[Way, ...]) -> None:
    ladder = ladder_of("made", made)
    first = made[0]
    start = ladder.rungs[ladder.start]
    assert (start.exercise, start.form, start.dose) == (first.exercise, first.forms[0], first.start)
    below = ladder.rungs[: ladder.start]
    assert [rung.form for rung in below] == list(first.easier)
    assert {rung.dose for rung in below} <= {first.start}


@given(ways())
def test_no_rung_is_there_twice(made: tuple[Way, ...]) -> None:
    ladder = ladder_of("made", made)
    assert len(set(ladder.rungs)) == len(ladder.rungs)


@given(first_and_last())
def test_a_dose_is_changed_in_the_order_of_the_programme(ends: tuple[Dose, Dose]) -> None:
    climbed = list(doses(*ends))
    order = [(one.sets, one.hold_s or 0.0, one.repetitions or 0) for one in climbed]
    assert order == sorted(order)


def told(rung: Rung) -> str:
    dose = rung.dose
    parts = [f"{dose.sets}x"]
    parts[0] += f"{dose.hold_s:g}s" if dose.repetitions is None else str(dose.repetitions)
    if dose.repetitions is not None and dose.hold_s is not None:
        parts.append(f"{dose.hold_s:g}s")
    return " ".join([*parts, rung.form])


@pytest.mark.parametrize(
    ("ladder", "first"),
    [
        (
            "glute_bridge",
            [
                "2x8 2s half height",
                "2x8 2s full height",
                "2x9 2s full height",
                "2x10 2s full height",
                "2x11 2s full height",
                "2x12 2s full height",
                "2x12 3s full height",
                "3x12 3s full height",
                "2x8 2s feet further away",
            ],
        ),
        (
            "plank",
            [
                "3x10s at the wall, feet close",
                "3x10s at the wall",
                "3x15s at the wall",
                "3x20s at the wall",
                "3x25s at the wall",
                "3x30s at the wall",
                "3x10s at the wall, feet further away",
            ],
        ),
        (
            "cat_cow",
            [
                "1x8 half the way",
                "1x8 as far as is comfortable",
                "1x9 as far as is comfortable",
                "1x10 as far as is comfortable",
                "2x10 as far as is comfortable",
            ],
        ),
    ],
)
def test_a_ladder_of_the_programme(ladder: str, first: list[str]) -> None:
    assert [told(rung) for rung in REAL.ladders[ladder].rungs[: len(first)]] == first


def test_a_bird_dog_is_held_for_longer_and_never_longer_than_ten_seconds() -> None:
    rungs = REAL.ladders["bird_dog"].rungs
    assert [rung.dose.hold_s for rung in rungs if rung.form == "opposite arm and leg"] == [
        5,
        6,
        7,
        8,
        9,
        10,
    ]
    assert {(rung.dose.sets, rung.dose.repetitions, rung.dose.sides) for rung in rungs} == {
        (2, 5, 2)
    }


def test_the_forearm_plank_follows_from_the_wall_plank() -> None:
    exercises = [rung.exercise for rung in REAL.ladders["plank"].rungs]
    assert list(dict.fromkeys(exercises)) == ["wall_plank", "forearm_plank"]


def test_weights_come_last() -> None:
    rungs = REAL.ladders["modified_deadlift"].rungs
    loads = [rung.load for rung in rungs if rung.form == "freely"]
    assert list(dict.fromkeys(loads)) == [
        None,
        "1 to 2 kg in each hand",
        "a little more, at most a tenth",
    ]


@pytest.mark.parametrize("name", REAL.ladders)
def test_every_ladder_has_a_way_back_and_changes_one_thing_at_a_time(name: str) -> None:
    ladder = REAL.ladders[name]
    assert ladder.name == name
    assert ladder.start >= 1
    check_steps(ladder)
    for before, after in pairwise(ladder.rungs):
        if before.exercise != after.exercise:  # the movement is what changed, and begins lower
            assert after.dose.sets <= before.dose.sets
            assert (after.dose.hold_s or 0) <= (before.dose.hold_s or 0)
