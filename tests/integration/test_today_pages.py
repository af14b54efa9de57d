"""Today, the questions and after weeks over HTTP, as a browser without a script uses them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lumbar_server.programme.screening import questions
from planned_person import BRIDGE, PlannedPerson, bridges, planned_person

X = " × "
ME = {"wearer": "1"}


@pytest.fixture
def person(tmp_path: Path) -> Iterator[PlannedPerson]:
    with planned_person(tmp_path) as person:
        yield person


def lines(person: PlannedPerson, path: str = "/today") -> dict[str, str]:
    """Return the text of each line, tags left out, by what its choices are made for."""
    found = re.findall(r'<li id="line-(\w+)"(.*?)</li>', person.page(path), re.DOTALL)
    return {slot: re.sub(r"<[^>]*>|\s+", " ", text) for slot, text in found}


def test_first_visit_leads_to_the_questions_and_then_to_a_plan(person: PlannedPerson) -> None:
    text = person.page()
    assert "Today: some questions first" in text
    assert "Not clinically reviewed" in text
    assert "line-" not in text
    person.answer_questions()
    text = person.page()
    assert "Today: strength and control" in text
    assert "Not clinically reviewed" in text
    assert re.search(r"about \d\d min", text)
    assert "Any change in legs, bladder, fever, fall since last time?" in text
    assert list(lines(person)) == [
        "pelvic_tilt",
        "glute_bridge",
        "bird_dog",
        "plank",
        "modified_deadlift",
    ]
    bridge = lines(person)[BRIDGE]
    assert "Glute bridge" in bridge
    assert f"2{X}8" in bridge
    assert "The first time: a gentle start." in bridge
    assert "In an emergency call 112." in text


def test_question_that_was_left_out_is_asked_again_and_the_others_are_kept(
    person: PlannedPerson,
) -> None:
    answers = {one.id: "no" for one in questions()} | {"joints": "yes"}
    del answers["heart"]
    answer = person.site.post("/today/screening", data=ME | answers)
    assert answer.status_code == 422
    assert "1 question has no answer yet" in answer.text
    assert answer.text.count(" checked") == len(answers)
    assert 'value="yes" required checked' in answer.text
    assert "some questions first" in person.page()


def test_five_minutes_are_fewer_lines(person: PlannedPerson) -> None:
    person.answer_questions()
    path = "/today?length=five"
    assert list(lines(person, path)) == ["glute_bridge", "plank"]
    person.submit(path, 'id="start-form"', comfort_before="1", any_change="no")
    assert list(person.set_out()) == ["glute_bridge", "plank"]


def test_line_is_swapped_made_easier_left_out_and_each_is_undone(person: PlannedPerson) -> None:
    person.answer_questions()
    before = lines(person)

    def choose(slot: str, choice: str) -> str:
        answer = person.submit("/today", f'name="ladder" value="{slot}"', choice=choice)
        assert answer.headers["location"].endswith(f"#line-{slot}")
        return lines(person)[slot]

    assert "In place of pelvic tilt, as you chose." in choose("pelvic_tilt", "swap")
    assert "In place of bird dog, as you chose." in choose("bird_dog", "swap")
    assert "The easier form today, as you chose." in choose(BRIDGE, "easier")
    assert "left out today" in choose("plank", "skip")
    assert len(lines(person)) == len(before)
    for slot in before:
        if slot != "modified_deadlift":
            assert choose(slot, "") == before[slot]
    assert lines(person) == before


def test_day_of_nothing_but_skipped_lines_cannot_start(person: PlannedPerson) -> None:
    person.answer_questions()
    person.choose_only()
    answer = person.start()
    assert answer.status_code == 409
    assert "Everything is left out today" in answer.text


def test_running_session_is_shown_as_it_was_set_out(person: PlannedPerson) -> None:
    person.answer_questions()
    answer = person.start()
    assert answer.headers["location"] == "/?wearer_id=1"
    text = person.page()
    assert "Today: under way" in text
    assert "Go on with the workout" in text
    assert "Is it over? End it in its summary" in text
    assert "choose" not in text
    assert f"2{X}8" in lines(person)[BRIDGE]


def test_next_day_is_asked_in_one_tap_and_may_be_changed(person: PlannedPerson) -> None:
    person.answer_questions()
    person.bridge_session(next_day=None)
    person.clock.go_on(days=-3, hours=20)
    text = person.page()
    assert "After Mon: how is your back now?" in text
    assert 'id="late"' not in text
    person.submit("/today", "Still a bit more", answer="bit_more")
    text = person.page()
    assert "how is your back now?" not in text
    assert "Mon, still felt a bit more the day after." in text
    person.submit("/today", "Still a bit more", answer="usual")
    assert "Mon, felt back to usual the day after." in person.page()


def test_late_answer_is_taken_and_says_how_it_counts(person: PlannedPerson) -> None:
    person.answer_questions()
    person.bridge_session(next_day=None)
    assert "told so late keeps things as they are" in person.page()
    person.submit("/today", "Still a bit more", answer="usual")
    assert "you told how the next day was only later" in person.page()


def test_strong_discomfort_leads_back_to_the_questions(person: PlannedPerson) -> None:
    person.answer_questions()
    answer = person.start(before=7)
    place = answer.headers["location"]
    assert place == "/today/screening?wearer=1&before=7"
    assert "Your back is at 7 today: please answer the questions again." in person.page(place)
    assert person.site.get("/api/v1/sessions").json()["items"] == []


def test_two_red_sessions_pause_the_plan(person: PlannedPerson) -> None:
    person.answer_questions()
    for _ in range(2):
        person.bridge_session(during=7)
        person.answer_questions()
    text = person.page()
    assert "Today: a pause" in text
    assert "Twice within a week it was too much" in text
    assert "easy walk" in text
    assert lines(person) == {}


def test_after_a_session_the_rest_of_the_day_is_rest(person: PlannedPerson) -> None:
    person.answer_questions()
    person.start()
    person.wear(bridges())
    person.finish()
    text = person.page()
    assert "Today: rest" in text
    assert "walk" in text
    assert lines(person) == {}


def test_limits_can_only_be_lowered(person: PlannedPerson) -> None:
    person.answer_questions()
    near = 'id="settings-save"'
    person.submit("/today", near, amber_from="3", red_from="5", is_sedentary="1")
    settings = person.site.get("/api/v1/wearers/1/programme/settings").json()
    assert (settings["amber_from"], settings["red_from"]) == (3, 5)
    assert "half of it in the first week" in person.page()
    for amber, red in (("5", "6"), ("4", "7"), ("4", "4"), ("0", "6"), ("", "6")):
        data = ME | {"amber_from": amber, "red_from": red}
        assert person.site.post("/today/settings", data=data).status_code == 400
    assert person.site.get("/api/v1/wearers/1/programme/settings").json() == settings


def test_plan_is_of_the_wearer_who_was_chosen(person: PlannedPerson) -> None:
    person.answer_questions()
    ada = {"name": "Ada", "time_zone": "Europe/London"}
    number = person.site.post("/api/v1/wearers", json=ada).json()["id"]
    text = person.page(f"/today?wearer={number}")
    assert "Today: some questions first" in text
    assert "In an emergency call 999." in text
    assert "Today: strength and control" in person.page("/today?wearer=1")


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/today/start", {"wearer": "1"}, 400),
        ("/today/start", {"wearer": "1", "any_change": "no"}, 400),
        ("/today/start", {"wearer": "1", "any_change": "no", "comfort_before": "11"}, 400),
        ("/today/start", {"wearer": "9", "any_change": "no", "comfort_before": "1"}, 404),
        ("/today/start", {"any_change": "no", "comfort_before": "1"}, 400),
        ("/today/choices", {"wearer": "1", "day": "x", "ladder": BRIDGE, "choice": "skip"}, 400),
        ("/today/choices", {"wearer": "1", "day": "2020-01-01", "ladder": BRIDGE}, 400),
        ("/today/choices", {"wearer": "1", "day": "2026-11-02", "ladder": "no"}, 404),
        (
            "/today/choices",
            {"wearer": "1", "day": "2026-11-02", "ladder": BRIDGE, "choice": "x"},
            400,
        ),
        ("/today/next-day", {"session_id": "99", "answer": "usual"}, 404),
        ("/today/next-day", {"session_id": "", "answer": "usual"}, 400),
        ("/today/cleared", {"wearer": "1", "cleared_on": "2026-11-02"}, 400),
        ("/today/cleared", {"wearer": "1", "said": "yes", "cleared_on": "soon"}, 400),
        ("/today/screening", {}, 400),
    ],
)
def test_form_that_no_page_has_is_refused(
    person: PlannedPerson, path: str, data: dict[str, str], status: int
) -> None:
    assert person.site.post(path, data=data).status_code == status


def test_after_weeks_tells_what_was_done_and_what_changed_and_why(person: PlannedPerson) -> None:
    assert "Nothing yet" in person.page("/weeks")
    person.answer_questions()
    for _ in range(5):
        person.bridge_session()
    text = person.page("/weeks")
    assert "Not clinically reviewed" in text
    rows = re.findall(r'<tr><th scope="row">(\d+ \w+).*?</th>(.*?)</tr>', text)
    cells = [(day, re.findall(r"(\d+|–)</td>", rest)) for day, rest in rows]
    assert cells[1:3] == [("9 Nov", ["2", "0", "4", "1"]), ("2 Nov", ["3", "0", "4", "0"])]
    assert "Range of the bridge: about as before" in text
    assert "Two good sessions in a row: +1 repetition." in text
    assert "The days after" in text
    for word in ("streak", "failed", "wrong"):
        assert word not in text.lower()


def test_weeks_of_a_pause_are_rest_by_plan(person: PlannedPerson) -> None:
    person.answer_questions()
    person.bridge_session()
    person.answer_questions("bones")
    person.clock.go_on(days=14)
    text = person.page("/weeks")
    zero = '<td class="counts">0</td>'
    assert f"9 Nov</th>{zero}{zero}<td>7</td><td>0</td>" in text


def test_day_is_that_of_the_wearer(person: PlannedPerson) -> None:
    person.answer_questions()
    person.clock.now_utc = person.clock.now_utc.replace(hour=23, minute=30)
    assert "Tue 3 Nov 2026" in person.page()
    person.submit("/today", f'name="ladder" value="{BRIDGE}"', choice="skip")
    assert "left out today" in lines(person)[BRIDGE]
    person.clock.go_on(hours=24)
    assert "left out today" not in lines(person)[BRIDGE]


def test_answers_are_due_again_after_four_weeks(person: PlannedPerson) -> None:
    person.answer_questions()
    person.clock.now_utc += timedelta(weeks=4)
    assert "Four weeks have passed: please answer the questions again." in person.page()
