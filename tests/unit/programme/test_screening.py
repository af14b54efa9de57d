from datetime import date, timedelta

import pytest

from lumbar_server.programme.comfort import Limits
from lumbar_server.programme.past import NextDay, PastSession, StopReason
from lumbar_server.programme.screening import (
    ANY_CHANGE,
    Caution,
    Level,
    Question,
    Screened,
    Screening,
    questions,
    screened,
)
from programme_past import MONDAY_UTC, full_screening, session


def stand(*answers: Screening, past: tuple[PastSession, ...] = (), day: float = 0.0) -> Screened:
    return screened(answers, past, Limits(), MONDAY_UTC + timedelta(days=day))


def line(*yes: str, day: float, cleared_on: date | None = None) -> Screening:
    return Screening(False, frozenset(yes), cleared_on, MONDAY_UTC + timedelta(days=day))


def test_before_the_first_use_all_questions_are_due() -> None:
    assert stand().full_is_due


@pytest.mark.parametrize("question", questions(), ids=lambda one: one.id)
def test_a_yes_has_the_level_of_its_question(question: Question) -> None:
    found = stand(full_screening(question.id))
    assert found.level is question.level
    assert not found.full_is_due
    assert found.cautions == ({question.caution} if question.caution else set())


def test_no_to_everything_speaks_for_the_plan() -> None:
    assert stand(full_screening()).level is Level.NONE


def test_the_most_urgent_yes_decides() -> None:
    assert stand(full_screening("bladder", "bones", "joints")).level is Level.EMERGENCY
    assert stand(full_screening("bones", "joints")).level is Level.SEE


def test_a_health_professional_opens_the_plan_for_what_they_knew_of() -> None:
    before = full_screening("bones")
    cleared = line(day=1, cleared_on=date(2026, 3, 3))
    assert stand(before, cleared, day=2).level is Level.CARE
    again = full_screening("bones", "fever", day=3)
    assert stand(before, cleared, again, day=4).level is Level.SEE
    the_same = full_screening("bones", day=3)
    assert stand(before, cleared, the_same, day=4).level is Level.CARE


def test_nobody_opens_the_plan_in_an_emergency() -> None:
    cleared = line(day=1, cleared_on=date(2026, 3, 3))
    assert stand(full_screening("bladder"), cleared, day=2).level is Level.EMERGENCY
    assert stand(full_screening("bladder"), full_screening(day=3), day=4).level is Level.NONE


@pytest.mark.parametrize(("days", "is_due"), [(27.99, False), (28.0, True)])
def test_all_questions_come_again_after_four_weeks(days: float, is_due: bool) -> None:
    assert stand(full_screening(day=0), day=days).full_is_due is is_due


def test_any_change_asks_all_questions_again() -> None:
    change = line(ANY_CHANGE, day=1)
    assert stand(full_screening(day=0), change, day=1.1).full_is_due
    assert not stand(full_screening(day=0), change, full_screening(day=2), day=3).full_is_due
    assert not stand(full_screening(day=0), line(day=1), day=1.1).full_is_due


@pytest.mark.parametrize(
    "red",
    [
        session(1, during=6),
        session(1, stop=StopReason.LEGS),
        session(1, next_day=NextDay.WORSE),
    ],
)
def test_red_asks_all_questions_again(red: PastSession) -> None:
    assert stand(full_screening(), past=(red,), day=3).full_is_due
    assert not stand(full_screening(), full_screening(day=2.5), past=(red,), day=3).full_is_due


def test_red_that_is_told_late_counts_from_when_it_was_told() -> None:
    late = session(1, next_day=NextDay.WORSE, next_day_utc=MONDAY_UTC + timedelta(days=4))
    assert stand(full_screening(), full_screening(day=3), past=(late,), day=4.1).full_is_due


def test_red_asks_once_whatever_is_said_of_it_afterwards() -> None:
    red = session(1, during=6, next_day=NextDay.BIT_MORE)
    assert not stand(full_screening(), full_screening(day=1.5), past=(red,), day=3).full_is_due


def test_answers_of_a_wrong_clock_are_asked_for_again() -> None:
    assert stand(full_screening(day=10), day=1).full_is_due


def test_answers_count_in_whatever_order_they_came() -> None:
    answers = (full_screening("bones", day=0), full_screening(day=2))
    assert stand(*answers, day=3) == stand(*reversed(answers), day=3)


def test_cautions_add_up() -> None:
    found = stand(full_screening("joints", "blood_pressure"))
    assert found.cautions == {Caution.JOINTS, Caution.BLOOD_PRESSURE}


def test_every_question_is_one_and_has_a_name_of_its_own() -> None:
    assert len({one.id for one in questions()}) == len(questions())
    assert all(one.text.endswith("?") and one.text.count("?") == 1 for one in questions())
