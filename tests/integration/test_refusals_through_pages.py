"""Every rule that forbids a step on, brought about through the pages, says so on Today."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from planned_person import BRIDGE, EVERY, PlannedPerson, bridges, planned_person

X = "\u00a0×\u00a0"
BUG = "dead_bug"


@pytest.fixture
def person(tmp_path: Path) -> Iterator[PlannedPerson]:
    """Somebody who has answered the questions."""
    with planned_person(tmp_path) as person:
        person.answer_questions()
        yield person


def ready_for_more(person: PlannedPerson) -> int:
    """Do two good sessions; returns the rung of the bridge, which could go up now."""
    person.bridge_session()
    person.bridge_session()
    lines = person.plan()
    assert lines[BRIDGE]["change"] == "+1 repetition"
    rung: int = lines[BRIDGE]["rung"]
    return rung - 1


def assert_nothing_rises(person: PlannedPerson, rung: int) -> None:
    """Neither on Today nor in what the next session would set out."""
    changes = re.findall(r'class="change">([^<]*)<', person.page())
    assert [one for one in changes if one.startswith(("+", "new"))] == []
    lines = person.plan()
    assert lines.get(BRIDGE, {"rung": rung})["rung"] <= rung


def test_two_good_sessions_lead_on_and_today_says_why(person: PlannedPerson) -> None:
    person.bridge_session()
    assert "one more good session leads on" in person.page()
    rung = person.plan()[BRIDGE]["rung"]
    person.bridge_session()
    text = person.page()
    assert "Two good sessions in a row: +1 repetition." in text
    assert f"2{X}9" in text
    assert person.plan()[BRIDGE]["rung"] == rung + 1


def test_urgent_answer_ends_every_plan(person: PlannedPerson) -> None:
    ready_for_more(person)
    person.answer_questions("bladder")
    text = person.page()
    assert "Get help now" in text
    assert 'href="tel:112"' in text
    assert "Please get urgent medical help now. Do not exercise." in text
    assert "line-" not in text
    assert person.plan() == {}
    said = {"wearer": "1", "comfort_before": "1", "any_change": "no"}
    refused = person.site.post("/today/start", data=said)
    assert (refused.status_code, "urgent medical help" in refused.text) == (409, True)


def test_answer_that_asks_for_a_professional_locks_the_plan(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    person.answer_questions("bones")
    text = person.page()
    assert "Please see a health professional before you exercise." in text
    assert_nothing_rises(person, rung)
    assert person.plan() == {}
    day = person.clock.now_utc.date()
    late = person.site.post(
        "/today/cleared",
        data={"wearer": "1", "said": "yes", "cleared_on": str(day + timedelta(days=2))},
    )
    assert late.status_code == 400
    person.submit("/today", 'id="cleared"', said="yes", cleared_on=str(day))
    assert "What is in it" in person.page()


def test_high_discomfort_before_holds_everything_back(person: PlannedPerson) -> None:
    for _ in range(2):
        person.bridge_session(before=5, during=3)
    assert person.plan()[BRIDGE]["change"] == "+1 repetition"
    rung = person.plan()[BRIDGE]["rung"] - 1
    person.choose_only(BRIDGE)
    person.start(before=6)
    text = person.page()
    assert "your back is at 6 today" in text
    assert "on most days" not in text
    assert f"2{X}8" in text
    assert person.set_out()[BRIDGE]["rung"] == rung


def test_discomfort_above_ones_own_usual_holds_everything_back(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    person.choose_only(BRIDGE)
    person.start(before=4)
    assert "your back is at 4 today, and at 2 on most days" in person.page()
    assert person.set_out()[BRIDGE]["rung"] == rung


def test_one_above_ones_own_usual_holds_nothing_back(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    person.choose_only(BRIDGE)
    person.start(before=3)
    assert person.set_out()[BRIDGE]["rung"] == rung + 1


def test_two_next_days_without_an_answer_hold_everything_back(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    for _ in range(2):
        person.bridge_session(next_day=None)
    text = person.page()
    assert "the last two times you did not say how the next day was" in text
    assert "was not told: it counts as not known, not as good" in text
    assert_nothing_rises(person, rung + 1)
    person.tell_next_day()  # only one is missing now
    assert "the last two times you did not say" not in person.page()


def test_red_session_asks_again_and_holds_back_for_a_week(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    person.bridge_session(during=6)
    assert "The last time was too much for your back" in person.page()
    assert person.plan() == {}
    person.answer_questions()
    text = person.page()
    assert "a session of the last seven days was too much" in text
    assert "A step back, because it went from 2 to 6" in text
    assert_nothing_rises(person, rung)


def test_session_received_in_part_leads_nowhere(person: PlannedPerson) -> None:
    person.bridge_session()
    rung = person.plan()[BRIDGE]["rung"]
    person.bridge_session(samples=bridges((8, 8), after_s=90.0), lost=0.3)
    assert "too little was received from the sensor the last time" in person.page()
    assert_nothing_rises(person, rung)


def test_session_of_a_sensor_that_knew_not_how_it_sat_leads_nowhere(
    person: PlannedPerson,
) -> None:
    person.bridge_session()
    rung = person.plan()[BRIDGE]["rung"]
    person.bridge_session(samples=bridges((8, 8), stands=False))
    assert "the sensor did not know how it sat the last time" in person.page()
    assert_nothing_rises(person, rung)


def test_strength_rests_for_two_days(person: PlannedPerson) -> None:
    ready_for_more(person)
    person.clock.go_on(days=-1, minutes=-1)  # 48 h after the last one, but for a minute
    text = person.page()
    assert "Mobility today: strength again from Saturday 7 Nov, 18:00" in text
    assert BRIDGE not in person.plan()
    assert_nothing_rises(person, 0)
    person.clock.go_on(minutes=1)
    assert BRIDGE in person.plan()


def test_long_gap_is_two_steps_back(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    for _ in range(3):
        person.bridge_session(samples=bridges((10, 10)))
    assert person.set_out()[BRIDGE]["rung"] == rung + 2
    person.clock.go_on(days=14)
    person.answer_questions()  # they are four weeks old
    assert "After a long break two steps back, and on from there." in person.page()
    assert person.plan()[BRIDGE]["rung"] == rung
    assert_nothing_rises(person, rung)


def test_change_in_the_legs_is_asked_about_before_anything_starts(person: PlannedPerson) -> None:
    ready_for_more(person)
    answer = person.start(change="yes")
    assert answer.headers["location"] == "/today/screening?wearer=1"
    assert "You said that something has changed: please answer the questions again." in (
        person.page()
    )
    assert person.plan() == {}
    person.answer_questions("leg_tingling")
    assert "Please see a health professional before you exercise." in person.page()
    person.answer_questions("leg_weakness")
    assert "Get help now" in person.page()


def test_stop_for_something_in_the_legs_asks_everything_again(person: PlannedPerson) -> None:
    rung = ready_for_more(person)
    person.choose_only(BRIDGE)
    person.start()
    person.wear(bridges((4,)))
    path = f"/api/v1{person.session}/stop-reason"  # as the live page sends it
    assert person.site.put(path, json={"reason": "legs"}).is_success
    person.finish()
    assert "You felt something new in the legs: please answer the questions again." in (
        person.page()
    )
    person.clock.go_on(days=2)
    assert person.plan() == {}
    person.answer_questions()
    assert "because you stopped for something new in the legs" in person.page()
    assert_nothing_rises(person, rung)


def bug_session(person: PlannedPerson, *, says_how_many: bool) -> None:
    """Do the day's dead bugs: that they were dead bugs is said, and how many only where asked."""
    begun_utc = person.clock.now_utc
    person.choose_only(BUG)
    person.start()
    person.wear(bridges((10, 10)))
    path = person.session
    for key in re.findall(r'id="set-([0-9a-f]{16}-\d+)"', person.page(path)):
        person.submit(path, f'id="set-{key}-exercise-set"', exercise=BUG)
        if says_how_many:
            person.submit(path, f'id="set-{key}-more"', repetitions="10")
    person.finish()
    person.tell_next_day()
    do_the_others(person)
    person.clock.now_utc = begun_utc + EVERY


def do_the_others(person: PlannedPerson) -> None:
    """Do by oneself what would be due before the dead bug comes again."""
    hour = timedelta(hours=1)
    times = {
        "started_utc": (person.clock.now_utc - hour).isoformat(),
        "ended_utc": person.clock.now_utc.isoformat(),
    }
    made = person.site.post("/api/v1/sessions", json=times).json()
    for exercise in ("modified_deadlift", "side_lying_leg_raise"):
        told = {"exercise": exercise, "start": "1:00", "lasted": "30", "repetitions": "8"}
        assert person.site.post(f"/sessions/{made['id']}/sets", data=told).status_code == 303


@pytest.mark.parametrize("says_how_many", [False, True])
def test_count_that_the_sensor_cannot_vouch_for_has_to_be_said(
    person: PlannedPerson, says_how_many: bool
) -> None:
    do_the_others(person)
    person.clock.go_on(days=3)
    bug_session(person, says_how_many=says_how_many)
    rung = person.plan()[BUG]["rung"]
    bug_session(person, says_how_many=says_how_many)
    line, text = person.plan()[BUG], person.page()
    if says_how_many:
        assert (line["change"], line["rung"]) == ("+1 repetition", rung + 1)
        return
    assert "you have not said how many you did" in text
    assert (line["change"], line["rung"]) == (None, rung)
