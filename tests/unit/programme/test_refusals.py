"""Every rule that forbids a step, at its borders."""

from datetime import timedelta

import pytest

from lumbar_server.programme.comfort import Limits
from lumbar_server.programme.past import PastSession
from lumbar_server.programme.refusals import paused_until, refusals
from lumbar_server.programme.screening import Level, Screened
from programme_past import MONDAY_UTC, session

FINE = Screened(Level.NONE, False, frozenset(), "")


def rules(
    *past: PastSession,
    stand: Screened = FINE,
    before: int | None = 2,
    day: float = 4.0,
    was_asked: bool = True,
) -> list[str]:
    now_utc = MONDAY_UTC + timedelta(days=day)
    found = refusals(past, stand, Limits(), before, now_utc, was_asked=was_asked)
    assert all(one.why for one in found)
    return [one.rule for one in found]


def test_nothing_speaks_against_a_step() -> None:
    assert rules(session(0), session(2)) == []


@pytest.mark.parametrize(("was_asked", "expected"), [(False, []), (True, ["not_said"])])
def test_who_does_not_say_how_it_is_goes_no_step_on(was_asked: bool, expected: list[str]) -> None:
    assert rules(before=None, was_asked=was_asked) == expected


@pytest.mark.parametrize(
    ("level", "is_due", "expected"),
    [
        (Level.NONE, False, []),
        (Level.CARE, False, []),
        (Level.SEE, False, ["screening"]),
        (Level.EMERGENCY, False, ["screening"]),
        (Level.NONE, True, ["screening"]),
    ],
)
def test_open_questions_forbid_it(level: Level, is_due: bool, expected: list[str]) -> None:
    assert rules(stand=Screened(level, is_due, frozenset(), "")) == expected


@pytest.mark.parametrize(("before", "expected"), [(5, []), (6, ["high_before"])])
def test_a_sore_back_today_forbids_it(before: int, expected: list[str]) -> None:
    assert rules(before=before) == expected


@pytest.mark.parametrize(("before", "expected"), [(3, []), (4, ["above_usual"])])
def test_two_above_ones_own_median_forbids_it(before: int, expected: list[str]) -> None:
    past = (session(0, before=2), session(1, before=1), session(2, before=3))
    assert rules(*past, before=before) == expected


def test_the_median_is_of_the_last_two_weeks() -> None:
    old = [session(day, before=0) for day in range(-20, -11)]
    assert rules(*old, session(2, before=3), before=4) == []


def test_two_missing_answers_in_a_row_forbid_it() -> None:
    silent = (session(0, next_day=None), session(2, next_day=None))
    assert rules(*silent) == ["no_answers"]
    assert rules(session(0, next_day=None), session(2)) == []
    assert rules(silent[0], session(1), session(2, next_day=None)) == []


@pytest.mark.parametrize(("hours", "expected"), [(30.2, []), (30.3, ["no_answers"])])
def test_an_answer_is_missing_once_its_time_is_over(hours: float, expected: list[str]) -> None:
    silent = (session(0, next_day=None), session(2, next_day=None))  # a quarter of an hour each
    assert rules(*silent, day=2 + hours / 24) == expected


def test_what_nobody_planned_is_not_asked_about() -> None:
    alone = [session(day, lines=(), next_day=None) for day in (1, 2)]
    assert rules(session(0), *alone) == []


def test_an_answer_that_came_late_is_an_answer() -> None:
    late = session(2, next_day_utc=MONDAY_UTC + timedelta(days=3.9))
    assert rules(session(0, next_day=None), late) == []


@pytest.mark.parametrize(("days", "expected"), [(7.0, ["red_lately"]), (7.02, [])])
def test_red_forbids_it_for_seven_days(days: float, expected: list[str]) -> None:
    red = session(0, during=6)
    assert rules(red, day=days) == expected


@pytest.mark.parametrize(("apart", "is_paused"), [(7.0, True), (7.01, False)])
def test_two_reds_within_seven_days_pause(apart: float, is_paused: bool) -> None:
    later = session(apart, during=6)
    found = paused_until((session(0, during=6), later), Limits())
    assert found == (later.ended_utc + timedelta(days=7) if is_paused else None)


def test_rules_add_up() -> None:
    assert rules(session(2, during=6), before=7) == ["high_before", "above_usual", "red_lately"]
