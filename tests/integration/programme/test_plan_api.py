"""The plan over HTTP: questions, choices, and what the past makes of it."""

import httpx
import pytest

from lumbar_server.database import open_engine, writing
from lumbar_server.models import Base
from lumbar_server.store import prescriptions
from moved_clock import MovedClock
from planned_api import Json, plan, work_out


def test_the_questions_come_first(api: httpx.Client) -> None:
    listed = api.get("/programme/questions").json()
    assert {one["level"] for one in listed} == {"emergency", "see", "care"}
    before = plan(api)
    assert (before["state"], before["full_screening_due"]) == ("screening_due", True)
    assert before["lines"] == []
    body = {"length": "full", "comfort_before": 2, "any_change": False}
    refused = api.post("/wearers/1/planned-sessions", json=body)
    assert refused.status_code == 409
    assert refused.json()["detail"] == before["why"]
    assert api.get("/sessions").json()["items"] == []


@pytest.mark.parametrize("level", ["emergency", "see", "care"])
def test_an_answer_sets_the_level(api: httpx.Client, level: str) -> None:
    asks = next(one for one in api.get("/programme/questions").json() if one["level"] == level)
    body = {"kind": "full", "yes": [asks["id"]]}
    told = api.post("/wearers/1/screenings", json=body).json()
    assert told["level"] == level
    states = {"emergency": "emergency", "see": "locked", "care": "ready"}
    assert plan(api)["state"] == states[level]


def test_a_lock_opens_when_a_professional_has_said_so(api: httpx.Client) -> None:
    asks = next(one for one in api.get("/programme/questions").json() if one["level"] == "see")
    api.post("/wearers/1/screenings", json={"kind": "full", "yes": [asks["id"]]})
    cleared = {"kind": "line", "yes": [], "cleared_on": "2026-03-01"}
    assert api.post("/wearers/1/screenings", json=cleared).json()["level"] == "care"
    assert plan(api)["state"] == "ready"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"kind": "full", "yes": ["no_such_thing"]}, "programme/questions"),
        ({"kind": "full", "yes": ["any_change"]}, "programme/questions"),
        ({"kind": "line", "yes": ["bladder"]}, "any_change only"),
        ({"kind": "line", "yes": [], "cleared_on": "2026-03-03"}, "2026-03-02 at most"),
        ({"kind": "line", "yes": [], "cleared_on": "1926-03-03"}, "2026-03-02 at most"),
    ],
)
def test_answers_that_cannot_be_are_refused(api: httpx.Client, body: Json, says: str) -> None:
    answer = api.post("/wearers/1/screenings", json=body)
    assert answer.status_code == 400
    assert says in answer.json()["detail"]


def test_the_day_is_the_wearers(asked: httpx.Client, clock: MovedClock) -> None:
    clock.go_on(hours=6)  # Tuesday in Auckland for long
    asked.patch("/wearers/1", json={"time_zone": "Pacific/Auckland"})
    assert plan(asked)["day"] == "2026-03-03"
    cleared = {"kind": "line", "yes": [], "cleared_on": "2026-03-03"}
    assert asked.post("/wearers/1/screenings", json=cleared).status_code == 201


def test_a_choice_changes_the_line_of_its_day(asked: httpx.Client) -> None:
    before = plan(asked)
    ladder = before["lines"][0]["ladder"]
    path = f"/wearers/1/plan/{before['day']}/choices/{ladder}"
    assert asked.put(path, json={"choice": "skip"}).json()["choice"] == "skip"
    assert plan(asked)["lines"][0]["choice"] == "skip"
    asked.put(path, json={"choice": None})
    assert plan(asked) == before


def test_a_choice_for_another_day_or_ladder_is_refused(asked: httpx.Client) -> None:
    far = asked.put("/wearers/1/plan/2031-03-02/choices/plank", json={"choice": "skip"})
    assert (far.status_code, "2026-03-02" in far.json()["detail"]) == (400, True)
    none = asked.put("/wearers/1/plan/2026-03-02/choices/handstand", json={"choice": "skip"})
    assert (none.status_code, "plank" in none.json()["detail"]) == (404, True)


def test_strength_work_has_its_rest(asked: httpx.Client, clock: MovedClock) -> None:
    session_id = work_out(asked, clock)
    assert plan(asked)["state"] == "rest"
    clock.go_on(hours=24)
    tuesday = plan(asked)
    assert (tuesday["state"], tuesday["kind"]) == ("ready", "mobility")
    assert tuesday["next_day_of"] == session_id
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "usual"})
    assert plan(asked)["next_day_of"] is None
    clock.go_on(hours=25)
    assert plan(asked)["kind"] == "strength"


def test_an_answer_changed_afterwards_changes_the_plan(
    asked: httpx.Client, clock: MovedClock
) -> None:
    session_id = work_out(asked, clock)
    clock.go_on(hours=24)
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "usual"})
    clock.go_on(hours=25)
    assert {line["rule"] for line in plan(asked)["lines"]} <= {"first", "no_sensor"}
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "worse"})
    assert plan(asked)["state"] == "screening_due"
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "usual"})
    assert plan(asked)["state"] == "ready"


def test_a_hidden_session_is_no_past(asked: httpx.Client, clock: MovedClock) -> None:
    before = plan(asked)
    session_id = work_out(asked, clock)
    asked.patch(f"/sessions/{session_id}", json={"discarded": True})
    assert plan(asked)["lines"] == before["lines"]


def test_decisions_tell_what_was_set_out_anew(asked: httpx.Client, clock: MovedClock) -> None:
    session_id = work_out(asked, clock)
    told = asked.get("/wearers/1/programme/decisions").json()
    assert {one["session_id"] for one in told} == {session_id}
    assert {(one["rule"], one["before"]) for one in told} == {("first", None)}
    clock.go_on(hours=49)
    path = f"/wearers/1/plan/{plan(asked)['day']}/choices/glute_bridge"
    asked.put(path, json={"choice": "easier"})
    work_out(asked, clock)
    (eased,) = [
        one
        for one in asked.get("/wearers/1/programme/decisions").json()
        if one["session_id"] != session_id and one["ladder"] == "glute_bridge"
    ]
    assert (eased["rule"], eased["name"]) == ("easier", "Glute bridge")
    assert eased["before"] != eased["after"]


def test_thresholds_go_down_only(api: httpx.Client) -> None:
    path = "/wearers/1/programme/settings"
    comes_with = {
        "wearer_id": 1,
        "amber_from": 4,
        "red_from": 6,
        "is_sedentary": False,
    }
    assert api.get(path).json() == comes_with
    lowered = {"amber_from": 2, "is_sedentary": True}
    assert api.patch(path, json=lowered).json() == comes_with | lowered
    for body, status in [
        ({"amber_from": 5}, 422),
        ({"red_from": 7}, 422),
        ({"red_from": 2}, 400),
        ({"amber_from": None}, 400),
    ]:
        assert api.patch(path, json=body).status_code == status


def test_what_was_done_elsewhere_and_told_late_counts(
    asked: httpx.Client, clock: MovedClock
) -> None:
    clock.go_on(days=2)
    assert plan(asked)["kind"] == "strength"
    times = {"started_utc": "2026-03-03T16:00:00Z", "ended_utc": "2026-03-03T16:20:00Z"}
    session_id = asked.post("/sessions", json=times).json()["id"]
    said = {"exercise": "glute_bridge", "start_s": 60.0, "end_s": 120.0, "repetitions": 12}
    asked.post(f"/sessions/{session_id}/corrections", json=said)
    late = plan(asked)
    assert (late["kind"], late["next_strength_utc"]) == ("mobility", "2026-03-05T16:00:00Z")


def test_a_movement_that_is_no_longer_one_stays_in_the_record(
    url: str, asked: httpx.Client, clock: MovedClock
) -> None:
    session_id = work_out(asked, clock)
    engine = open_engine(url)
    with writing(engine) as connection:
        table = Base.metadata.tables["prescriptions"]
        row = prescriptions.one(connection, session_id)
        gone = {"ladder": "handstand", "slot": "handstand", "exercise": "handstand"}
        lines = [{**row.lines[0], **gone}, *row.lines[1:]]
        connection.execute(table.update().values(lines=lines))
    engine.dispose()
    (line, *_) = asked.get(f"/sessions/{session_id}/prescription").json()["lines"]
    assert (line["name"], line["cues"]) == ("Handstand", [])
    told = asked.get("/wearers/1/programme/decisions").json()
    assert "Handstand" in {one["name"] for one in told}
    clock.go_on(hours=49)
    assert any("Handstand is no longer" in one for one in plan(asked)["assumptions"])


def test_what_is_of_nobody_is_not_found(api: httpx.Client) -> None:
    for method, path, body in [
        ("GET", "/wearers/9/plan", None),
        ("GET", "/wearers/9/programme/settings", None),
        ("GET", "/wearers/9/programme/decisions", None),
        ("PATCH", "/wearers/9/programme/settings", {}),
        ("POST", "/wearers/9/screenings", {"kind": "full", "yes": []}),
        ("POST", "/wearers/9/planned-sessions", {"any_change": True}),
        ("PUT", "/wearers/9/plan/2026-03-02/choices/plank", {"choice": None}),
        ("PUT", "/sessions/9/stop-reason", {"reason": "done"}),
        ("PUT", "/sessions/9/next-day", {"answer": "usual"}),
    ]:
        assert api.request(method, path, json=body).status_code == 404
