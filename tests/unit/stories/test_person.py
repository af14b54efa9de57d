"""A simulated person: the same seed lives the same life, and work that is too much is felt."""

from dataclasses import replace

import pytest

from lumbar.stories.cast import PEOPLE, SORE, STEADY
from lumbar.stories.character import Spell, What
from lumbar.stories.person import Person
from story_lines import BRIDGE


def test_the_same_seed_lives_the_same_life() -> None:
    told = []
    for _ in range(2):
        person = Person(STEADY)
        for day in range(10):
            person.wake(day)
            told.append(person.course([BRIDGE]))
    assert told[:10] == told[10:]


def test_work_within_ones_capacity_is_hardly_felt_and_too_much_is() -> None:
    calm = replace(STEADY, back=replace(STEADY.back, spread=0.0), spells=())
    person = Person(calm)
    person.wake(0)
    easy = person.course([BRIDGE])
    assert easy.stop is None
    assert easy.during <= easy.before + 1
    assert easy.felt == ("same",)
    hard = person.course([replace(BRIDGE, repetitions=30)])
    assert hard.during > easy.during
    assert hard.felt == ("too_much",)
    assert hard.next_day == "worse"


def test_who_cannot_go_on_stops_in_the_midst_of_it() -> None:
    person = Person(SORE)
    person.wake(0)
    person.strain(BRIDGE)
    course = person.course([replace(BRIDGE, repetitions=40), BRIDGE, BRIDGE])
    assert course.stop == "too_much"
    assert len(course.efforts) == 1
    assert course.efforts[0].share < 1.0


def test_capacity_grows_with_practice_and_fades_without() -> None:
    person = Person(replace(STEADY, spells=()))
    person.wake(0)
    before = person.strain(BRIDGE)
    for day in range(0, 20, 2):
        person.wake(day)
        person.trained({"glute_bridge": person.strain(BRIDGE)})
    fit = person.strain(BRIDGE)
    assert fit < before
    for day in range(20, 60):
        person.wake(day)
    assert person.strain(BRIDGE) > fit


def test_a_flare_raises_discomfort_and_fades() -> None:
    flaring = replace(SORE, spells=(Spell(What.FLARE, 5, 15, size=3.0),))
    flaring = replace(flaring, back=replace(SORE.back, spread=0.0))
    person = Person(flaring)
    felt = []
    for day in (4, 5, 13, 16):
        person.wake(day)
        felt.append(person.discomfort)
    assert felt == pytest.approx([3.3, 6.3, 3.3 + 3.0 * 0.4, 3.3])


def test_every_spell_fits_into_three_months_and_names_are_different() -> None:
    assert len({one.name for one in PEOPLE}) == len(PEOPLE) == 3
    for person in PEOPLE:
        assert all(0 <= one.first <= one.last < 91 for one in person.spells)
