"""Today: doses in plain words, what comes next in each state, and the questions as a form."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lumbar_server.pages.screening_form import given, groups
from lumbar_server.pages.today_view import dose_text, line_view, today_view
from lumbar_server.programme.movement import Counting, Dose
from lumbar_server.programme.past import Choice, NextDay
from lumbar_server.programme.plan import Kind, Length, Plan, Settings, State
from lumbar_server.programme.planning import plan_of
from lumbar_server.programme.screening import questions
from programme_past import BRIDGE, MONDAY_UTC, NOW_UTC, SMALL, full_screening, session

ZONE = "Europe/Vienna"
X = "\u00a0×\u00a0"


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        (Dose(2, 8, None, per_side=False), f"2{X}8"),
        (Dose(3, None, 15.0, per_side=False), f"3{X}15\u00a0s"),
        (Dose(2, 5, 10.0, per_side=True), f"2{X}5, each held 10\u00a0s, each side"),
        (Dose(2, None, 75.0, per_side=True), f"2{X}1:15\u00a0min, each side"),
    ],
)
def test_dose_is_said_in_plain_words(dose: Dose, said: str) -> None:
    assert dose_text(dose) == said


def planned(*past: object, now_days: float = 4.0, **said: object) -> Plan:
    usual: dict[str, object] = {
        "screenings": [full_screening()],
        "settings": Settings(4, 6, is_sedentary=False),
        "choices": {},
        "length": Length.FULL,
        "before": None,
        "was_asked": False,
        "time_zone": ZONE,
        "now_utc": MONDAY_UTC + timedelta(days=now_days),
    }
    return plan_of(SMALL, past, **(usual | said))  # type: ignore[arg-type]


def test_plan_that_is_ready_has_its_lines_and_its_time() -> None:
    view = today_view(planned(), (), ZONE, NOW_UTC)
    assert (view.state, view.title) == ("ready", "Today: strength and control")
    assert view.minutes
    assert view.day == "Fri 6 Mar 2026"
    bridge = next(one for one in view.lines if one.slot == BRIDGE)
    assert (bridge.name, bridge.dose) == ("Glute bridge", f"2{X}8, each held 2\u00a0s")
    assert bridge.why == "The first time: a gentle start."
    assert (view.next_day, view.last) == (None, None)


@pytest.mark.parametrize(
    ("state", "title", "word"),
    [
        (State.REST, "Today: rest", "Tomorrow"),
        (State.PAUSED, "Today: a pause", "easy walk"),
        (State.LOCKED, "Today: see somebody first", "say so here"),
        (State.SCREENING_DUE, "Today: some questions first", "minutes"),
    ],
)
def test_state_without_a_plan_says_what_comes_next(state: State, title: str, word: str) -> None:
    plan = replace(planned(), state=state, kind=Kind.REST)
    view = today_view(plan, (), ZONE, NOW_UTC)
    assert (view.title, view.lines, view.minutes) == (title, (), None)
    assert view.next is not None
    assert word in view.next


def test_emergency_has_nothing_but_its_words() -> None:
    plan = planned(screenings=[full_screening("chest_pain")])
    view = today_view(plan, (), ZONE, NOW_UTC)
    assert view.is_emergency
    assert "urgent" in view.why
    assert (view.lines, view.next) == ((), None)


def test_next_day_is_asked_eighteen_hours_after() -> None:
    done = session(0, next_day=None, next_day_utc=None)
    soon = today_view(planned(done, now_days=0.5), [done], ZONE, MONDAY_UTC + timedelta(hours=12))
    assert soon.next_day is None
    now_utc = MONDAY_UTC + timedelta(hours=20)
    due = today_view(planned(done, now_utc=now_utc), [done], ZONE, now_utc)
    assert due.next_day is not None
    assert (due.next_day.when, due.next_day.late) == ("Mon", None)


def test_answer_that_comes_late_says_how_it_counts() -> None:
    done = session(0, next_day=None, next_day_utc=None)
    view = today_view(planned(done), [done], ZONE, NOW_UTC)
    assert view.next_day is not None
    assert view.next_day.late is not None
    assert "Wed 00:15" in view.next_day.late  # 30 h after its end, in Vienna
    assert "as they are" in view.next_day.late


def test_last_session_is_told_with_its_next_day_and_may_be_changed() -> None:
    done = session(0, next_day=NextDay.USUAL)
    view = today_view(planned(done), [done], ZONE, NOW_UTC)
    assert view.last is not None
    assert view.last.text == "Mon, felt back to usual the day after."
    assert view.last.may_change


def test_line_that_the_sensor_sees_little_of_says_that_it_asks() -> None:
    (line, *_) = planned().lines
    assert line_view(replace(line, counting=Counting.ASK)).asks
    assert not line_view(replace(line, counting=Counting.HIGH)).asks


def test_line_that_nothing_can_stand_in_for_says_so() -> None:
    (line, *_) = planned().lines
    kept = line_view(replace(line, choice=Choice.SWAP))
    swapped = line_view(replace(line, choice=Choice.SWAP, ladder="dead_bug", slot=BRIDGE))
    assert (kept.chosen, swapped.chosen) == ("nothing else suits today", "swapped by your choice")


def test_every_question_is_in_one_group() -> None:
    grouped = [one for group in groups(questions()) for one in group.questions]
    assert grouped == list(questions())


def test_question_without_an_answer_is_missing_and_never_a_no() -> None:
    every = [one.id for one in questions()]
    form = {name: ["no"] for name in every} | {"joints": ["yes"], "skin": ["perhaps"]}
    del form["heart"]
    found = given(form, questions())
    assert found.yes == {"joints"}
    assert found.missing == ("heart", "skin")
    assert found.answers["bones"] == "no"
