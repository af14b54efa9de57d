"""Simulated people follow the programme day by day: the plan keeps its rules in every story."""

from itertools import pairwise
from pathlib import Path

import pytest

import story_judges
from lumbar.stories.cast import PEOPLE
from lumbar.stories.character import Character
from lumbar.stories.diary import Diary, NextDay, Questions, Session
from lumbar.stories.life import life_of
from lumbar.stories.page import page

TWO_WEEKS = 14
NAMES = [one.name for one in PEOPLE]


@pytest.mark.parametrize("person", PEOPLE, ids=NAMES)
def test_two_weeks_keep_every_rule_and_are_told(person: Character, tmp_path: Path) -> None:
    diary = life_of(person, tmp_path, TWO_WEEKS)
    assert list(story_judges.all_faults(diary)) == []
    assert len(diary.sessions()) >= 4
    assert any(isinstance(one.event, Questions) for one in diary.entries)
    assert any(isinstance(one.event, NextDay) for one in diary.entries)
    assert f"## {diary.name}" in page([diary])


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Diary]:
    return {one.name: life_of(one, tmp_path_factory.mktemp(one.name)) for one in PEOPLE}


@pytest.mark.system
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", NAMES)
def test_three_months_keep_every_rule(three_months: dict[str, Diary], name: str) -> None:
    assert list(story_judges.all_faults(three_months[name])) == []


@pytest.mark.system
@pytest.mark.timeout(1800)
def test_who_comes_and_answers_gets_on_in_every_movement(three_months: dict[str, Diary]) -> None:
    assert list(story_judges.held_back_for_nothing(three_months["Stefan"])) == []


@pytest.mark.system
@pytest.mark.timeout(1800)
def test_three_months_have_what_they_are_about(three_months: dict[str, Diary]) -> None:
    sore, irregular = three_months["Sonja"], three_months["Iris"]
    reds = [one for one in story_judges.moments(sore) if story_judges.is_red(one.session, {})]
    assert reds
    levels = {one.event.level for one in sore.entries if isinstance(one.event, Questions)}
    assert {"care", "see"} <= levels
    gaps = [one.number for one in irregular.entries if isinstance(one.event, Session)]
    assert max(later - earlier for earlier, later in pairwise(gaps)) >= 20
