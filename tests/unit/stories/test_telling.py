"""The story says what was set out, what was done, how it felt, and why something changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from lumbar.stories.diary import Diary, Entry, Event, Life, NextDay, Plan, Questions, Session
from lumbar.stories.line import Line
from lumbar.stories.page import page
from lumbar.stories.telling import told
from story_judges import (
    changes_of_two_things,
    strained_rises,
    too_early_strength,
    unheeded_answers,
    unheeded_reds,
)
from story_lines import BRIDGE

MONDAY = date(2026, 3, 2)
EVENING_UTC = datetime(2026, 3, 2, 17, tzinfo=UTC)


def session(number: int, day: int, *lines: Line, felt: tuple[int, int, int]) -> Session:
    before, during, after = felt
    at_utc = EVENING_UTC + timedelta(days=day)
    return Session(
        id=number,
        began_utc=at_utc,
        started_utc=at_utc,
        kind="strength",
        length="full",
        lines=lines,
        begun=len(lines),
        shares=(1.0,) * len(lines),
        felt=("same",) * len(lines),
        before=before,
        during=during,
        after=after,
        stop=None,
        confirmed=0,
        unseen=0,
        arrives_late=False,
    )


def diary(*events: tuple[int, Event]) -> Diary:
    entries = [
        Entry(EVENING_UTC + timedelta(days=day), MONDAY + timedelta(days=day), day, event)
        for day, event in events
    ]
    return Diary("Ada", "Steady.", MONDAY, 91, entries)


FIRST = replace(BRIDGE, why="The first time: a gentle start.", rule="first", change=None)
MORE = replace(BRIDGE, rung=2, repetitions=9)
GOOD = (1, 2, 1)


def two_good_ones_and_more() -> Diary:
    return diary(
        (0, session(1, 0, FIRST, felt=GOOD)),
        (1, NextDay(1, "usual", 21.0, None)),
        (2, session(2, 2, replace(FIRST, why="The same again.", rule="one_more"), felt=GOOD)),
        (3, NextDay(2, "usual", 21.0, None)),
        (4, session(3, 4, MORE, felt=GOOD)),
    )


def test_a_day_is_told_with_the_plans_own_reason() -> None:
    story = told(two_good_ones_and_more())
    assert "### Week 1, 2 to 8 March" in story
    assert "for the first time glute bridge (full height) 2 × 8, 2 s each" in story
    assert "- As before: Wed 4 strength, *1, 2, 1 → usual*." in story
    assert "glute bridge 2 × 9, 2 s each “Two good sessions in a row: +1 repetition.”" in story


def test_days_without_an_event_are_left_out_and_a_reason_is_not_repeated() -> None:
    locked = Plan("locked", "rest", "full", "Please see somebody first.", 0, (), (), ())
    story = told(diary((7, locked), (8, locked), (9, locked)))
    assert story.count("Please see somebody first.") == 1
    assert "Week 1," not in story


def test_a_quiet_session_on_a_day_with_news_is_a_sentence() -> None:
    quiet = session(2, 2, replace(FIRST, why="The same again.", rule="one_more"), felt=GOOD)
    story = told(
        diary((0, session(1, 0, FIRST, felt=GOOD)), (2, Life("is in Lima now")), (2, quiet))
    )
    assert "- **Wed 4 March.** *Is in Lima now.* Strength as before, *1, 2, 1 → ?*." in story


def test_the_page_says_what_it_is() -> None:
    text = page([two_good_ones_and_more()])
    assert "Simulated people" in text
    assert "not\nclinically reviewed" in text


def test_a_fair_story_passes_its_judges() -> None:
    fair = two_good_ones_and_more()
    for judge in (strained_rises, too_early_strength, unheeded_reds, changes_of_two_things):
        assert list(judge(fair)) == []


def test_a_step_up_without_answers_is_found() -> None:
    silent = diary(*[(one.number, one.event) for one in two_good_ones_and_more().entries[::2]])
    assert any("not good, or not told" in one for one in strained_rises(silent))


def test_strength_again_after_a_day_is_found() -> None:
    early = diary(
        (0, session(1, 0, FIRST, felt=GOOD)),
        (1, session(2, 1, FIRST, felt=GOOD)),
    )
    assert len(list(too_early_strength(early))) == 1


def test_the_same_again_after_a_red_session_is_found() -> None:
    unheeded = diary(
        (0, session(1, 0, MORE, felt=(1, 6, 5))),
        (2, session(2, 2, MORE, felt=GOOD)),
    )
    found = list(unheeded_reds(unheeded))
    assert any("no step back" in one for one in found)
    assert any("s of work" in one for one in found)
    heeded = diary(
        (0, session(1, 0, MORE, felt=(1, 6, 5))),
        (2, session(2, 2, replace(BRIDGE, sets=1, is_reduced=True), felt=GOOD)),
    )
    assert list(unheeded_reds(heeded)) == []


def test_a_step_of_two_things_at_once_is_found() -> None:
    both = replace(BRIDGE, rung=2, repetitions=9, sets=3)
    jump = diary((0, session(1, 0, BRIDGE, felt=GOOD)), (4, session(2, 4, both, felt=GOOD)))
    assert len(list(changes_of_two_things(jump))) == 1


def test_a_session_against_the_answers_is_found() -> None:
    calm = Questions("full", (), "none", (), "Nothing speaks against it.", False)
    sore = Questions("full", ("joints",), "care", ("joints",), "Gently.", False)
    bird_dog = replace(FIRST, exercise="bird_dog")
    done = session(1, 1, bird_dog, felt=GOOD)
    assert list(unheeded_answers(diary((0, calm), (1, done)))) == []
    for unheeded in (
        diary((0, sore), (1, done)),
        diary((1, done)),
        diary((0, calm), (40, session(1, 40, bird_dog, felt=GOOD))),
        diary((0, replace(calm, level="see")), (1, done)),
    ):
        assert list(unheeded_answers(unheeded)) != []
