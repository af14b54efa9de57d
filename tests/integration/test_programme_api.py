"""The programme over HTTP, day by day: questions, plan, session, answers, and what follows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from lumbar_server.database import open_engine, writing
from lumbar_server.models import Base
from lumbar_server.store import prescriptions
from running_server import running_server

Json = dict[str, Any]
MONDAY_UTC = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now_utc = MONDAY_UTC

    def now_s(self) -> float:
        return self.now_utc.timestamp()

    def go_on(self, **by: float) -> None:
        self.now_utc += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(url: str, clock: Clock) -> Iterator[httpx.Client]:
    with (
        running_server(url, None, clock.now_s) as address,
        httpx.Client(base_url=address + "/api/v1") as api,
    ):
        yield api


@pytest.fixture
def asked(api: httpx.Client) -> httpx.Client:
    """Somebody has answered all questions with no."""
    answer = api.post("/wearers/1/screenings", json={"kind": "full", "yes": []})
    assert answer.status_code == 201
    return api


def begin(api: httpx.Client, **said: Any) -> Json:
    body = {"length": "full", "comfort_before": 2, "any_change": False} | said
    answer = api.post("/wearers/1/planned-sessions", json=body)
    assert answer.status_code == 201, answer.text
    session: Json = answer.json()
    return session


def work_out(api: httpx.Client, clock: Clock, felt: str = "same") -> int:
    """Do all lines by hand, without a sensor, and say how it was."""
    session_id: int = begin(api)["id"]
    path = f"/sessions/{session_id}"
    for number, line in enumerate(api.get(f"{path}/prescription").json()["lines"]):
        block = api.post(f"{path}/blocks", json={"line": number}).json()
        clock.go_on(minutes=2)
        api.post(f"{path}/blocks/{block['id']}/end", json={"felt": felt})
        dose = line["dose"]
        times = dose["sets"] * (2 if dose["per_side"] else 1)
        held = [dose["hold_s"]] * times if dose["repetitions"] is None else None
        said = {
            "exercise": line["exercise"],
            "start_s": 120.0 * number,
            "end_s": 120.0 * number + 60.0,
            "repetitions": times * (dose["repetitions"] or 0),
            "holds_s": held,
        }
        assert api.post(f"{path}/corrections", json=said).status_code == 201
    api.post(f"{path}/stop")
    api.patch(path, json={"comfort_during": 3, "comfort_after": 2})
    return session_id


def plan(api: httpx.Client, length: str = "full") -> Json:
    found: Json = api.get("/wearers/1/plan", params={"length": length}).json()
    return found


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


def test_the_day_is_the_wearers(asked: httpx.Client, clock: Clock) -> None:
    clock.go_on(hours=6)  # Tuesday in Auckland for long
    asked.patch("/wearers/1", json={"time_zone": "Pacific/Auckland"})
    assert plan(asked)["day"] == "2026-03-03"
    cleared = {"kind": "line", "yes": [], "cleared_on": "2026-03-03"}
    assert asked.post("/wearers/1/screenings", json=cleared).status_code == 201


def test_a_session_begins_with_what_the_plan_showed(asked: httpx.Client) -> None:
    shown = plan(asked)
    session = begin(asked)
    assert session["comfort_before"] == 2
    set_out = asked.get(f"/sessions/{session['id']}/prescription").json()
    assert set_out["lines"] == shown["lines"]
    assert (set_out["kind"], set_out["length"]) == ("strength", "full")
    assert (set_out["reviewed_by"], set_out["blocks"]) == (None, [])
    again = asked.post("/wearers/1/planned-sessions", json={"any_change": False})
    assert (again.status_code, "is running" in again.json()["detail"]) == (409, True)


def test_a_change_begins_no_session_and_asks_again(asked: httpx.Client, clock: Clock) -> None:
    clock.go_on(minutes=1)
    body = {"length": "full", "comfort_before": 2, "any_change": True}
    refused = asked.post("/wearers/1/planned-sessions", json=body)
    assert refused.status_code == 409
    assert "answer the questions again" in refused.json()["detail"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert plan(asked)["state"] == "screening_due"
    assert asked.get("/sessions").json()["items"] == []


def test_a_request_sent_twice_begins_one_session(asked: httpx.Client) -> None:
    body = {"length": "five", "comfort_before": 1, "any_change": False}
    sent = [
        asked.post("/wearers/1/planned-sessions", json=body, headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    assert len(asked.get("/sessions").json()["items"]) == 1


def test_blocks_follow_each_other(asked: httpx.Client, clock: Clock) -> None:
    path = f"/sessions/{begin(asked)['id']}"
    first = asked.post(f"{path}/blocks", json={"line": 0}).json()
    clock.go_on(minutes=3)
    second = asked.post(f"{path}/blocks", json={"line": 1}).json()
    shown = asked.get(f"{path}/prescription").json()
    ended, running = shown["blocks"]
    assert (ended["id"], ended["ended_utc"]) == (first["id"], "2026-03-02T17:03:00Z")
    assert (running["id"], running["ended_utc"]) == (second["id"], None)
    assert running["exercise"] == shown["lines"][1]["exercise"]
    asked.post(f"{path}/stop")
    (_, stopped) = asked.get(f"{path}/prescription").json()["blocks"]
    assert stopped["ended_utc"] is not None


def test_how_a_block_felt_can_be_changed_and_taken_back(asked: httpx.Client) -> None:
    path = f"/sessions/{begin(asked)['id']}"
    block = asked.post(f"{path}/blocks", json={"line": 0}).json()
    end = f"{path}/blocks/{block['id']}/end"
    for body, felt in [
        ({"felt": "same"}, "same"),
        ({}, "same"),
        ({"felt": "too_much"}, "too_much"),
        ({"felt": None}, None),
    ]:
        assert asked.post(end, json=body).json()["felt"] == felt


def test_a_block_needs_a_plan_a_line_and_a_session_that_runs(asked: httpx.Client) -> None:
    path = f"/sessions/{begin(asked)['id']}"
    wrong = asked.post(f"{path}/blocks", json={"line": 99})
    assert (wrong.status_code, "the lines 0 to" in wrong.json()["detail"]) == (400, True)
    asked.post(f"{path}/stop")
    late = asked.post(f"{path}/blocks", json={"line": 0})
    assert (late.status_code, "has ended" in late.json()["detail"]) == (409, True)
    free = asked.post("/sessions", json={}).json()["id"]
    for method, rest in (("POST", "blocks"), ("GET", "prescription")):
        none = asked.request(method, f"/sessions/{free}/{rest}", json={"line": 0})
        assert (none.status_code, "planned-sessions" in none.json()["detail"]) == (404, True)
    assert asked.post(f"{path}/blocks/77/end", json={}).status_code == 404


def test_the_day_after_can_be_told_and_told_otherwise(asked: httpx.Client, clock: Clock) -> None:
    session_id = begin(asked)["id"]
    path = f"/sessions/{session_id}/next-day"
    running = asked.put(path, json={"answer": "usual"})
    assert (running.status_code, "is running" in running.json()["detail"]) == (409, True)
    asked.post(f"/sessions/{session_id}/stop")
    early = asked.put(path, json={"answer": "usual"}).json()
    clock.go_on(hours=24)
    in_time = asked.put(path, json={"answer": "usual"}).json()
    assert in_time["at_utc"] > early["at_utc"]
    clock.go_on(hours=24)
    assert asked.put(path, json={"answer": "usual"}).json() == in_time
    changed = asked.put(path, json={"answer": "worse"}).json()
    assert (changed["answer"], changed["at_utc"]) == ("worse", "2026-03-04T17:00:00Z")


def test_who_overrules_an_answer_unseen_is_told(asked: httpx.Client, clock: Clock) -> None:
    session_id = begin(asked)["id"]
    tag = asked.post(f"/sessions/{session_id}/stop").headers["etag"]
    path = f"/sessions/{session_id}/next-day"
    assert asked.put(path, json={"answer": "usual"}, headers={"If-Match": tag}).is_success
    clock.go_on(hours=24)
    late = asked.put(path, json={"answer": "worse"}, headers={"If-Match": tag})
    assert late.status_code == 412


def test_why_it_was_stopped_ends_the_block(asked: httpx.Client) -> None:
    path = f"/sessions/{begin(asked)['id']}"
    asked.post(f"{path}/blocks", json={"line": 0})
    said = asked.put(f"{path}/stop-reason", json={"reason": "sharp", "discomfort": 7}).json()
    assert (said["reason"], said["discomfort"]) == ("sharp", 7)
    (block,) = asked.get(f"{path}/prescription").json()["blocks"]
    assert block["ended_utc"] is not None
    again = asked.put(f"{path}/stop-reason", json={"reason": "legs"}).json()
    assert (again["reason"], again["discomfort"]) == ("legs", None)


def test_something_new_in_the_legs_asks_all_questions(asked: httpx.Client, clock: Clock) -> None:
    path = f"/sessions/{begin(asked)['id']}"
    asked.post(f"{path}/blocks", json={"line": 0})
    asked.put(f"{path}/stop-reason", json={"reason": "legs"})
    clock.go_on(minutes=1)
    asked.post(f"{path}/stop")
    clock.go_on(days=2)
    assert plan(asked)["state"] == "screening_due"


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


def test_a_plan_with_nothing_left_cannot_begin(asked: httpx.Client) -> None:
    shown = plan(asked, "five")
    for line in shown["lines"]:
        path = f"/wearers/1/plan/{shown['day']}/choices/{line['ladder']}"
        asked.put(path, json={"choice": "skip"})
    body = {"length": "five", "any_change": False}
    refused = asked.post("/wearers/1/planned-sessions", json=body)
    assert (refused.status_code, "left out" in refused.json()["detail"]) == (409, True)


def test_strength_work_has_its_rest(asked: httpx.Client, clock: Clock) -> None:
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


def test_an_answer_changed_afterwards_changes_the_plan(asked: httpx.Client, clock: Clock) -> None:
    session_id = work_out(asked, clock)
    clock.go_on(hours=24)
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "usual"})
    clock.go_on(hours=25)
    assert {line["rule"] for line in plan(asked)["lines"]} <= {"first", "no_sensor"}
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "worse"})
    assert plan(asked)["state"] == "screening_due"
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "usual"})
    assert plan(asked)["state"] == "ready"


def test_a_hidden_session_is_no_past(asked: httpx.Client, clock: Clock) -> None:
    before = plan(asked)
    session_id = work_out(asked, clock)
    asked.patch(f"/sessions/{session_id}", json={"discarded": True})
    assert plan(asked)["lines"] == before["lines"]


def test_decisions_tell_what_was_set_out_anew(asked: httpx.Client, clock: Clock) -> None:
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


def test_whoever_keeps_a_copy_hears_of_every_answer(asked: httpx.Client, clock: Clock) -> None:
    def heard() -> set[tuple[str, str]]:
        nonlocal since
        told = asked.get("/changes", params={"since": since}).json()
        since = told["next"]
        return {(one["kind"], one["key"]) for one in told["items"]}

    since = 0
    heard()
    session_id = begin(asked)["id"]
    session, wearer = ("session", str(session_id)), ("wearer", "1")
    assert heard() == {session, wearer}
    block = asked.post(f"/sessions/{session_id}/blocks", json={"line": 0}).json()
    assert heard() == {session}
    asked.post(f"/sessions/{session_id}/blocks/{block['id']}/end", json={"felt": "same"})
    assert heard() == {session}
    asked.put(f"/sessions/{session_id}/stop-reason", json={"reason": "done"})
    assert heard() == {session}
    asked.post(f"/sessions/{session_id}/stop")
    heard()
    asked.put(f"/sessions/{session_id}/next-day", json={"answer": "bit_more"})
    assert heard() == {session}
    asked.put(f"/wearers/1/plan/{plan(asked)['day']}/choices/plank", json={"choice": "skip"})
    assert heard() == {wearer}


def test_what_was_done_elsewhere_and_told_late_counts(asked: httpx.Client, clock: Clock) -> None:
    clock.go_on(days=2)
    assert plan(asked)["kind"] == "strength"
    times = {"started_utc": "2026-03-03T16:00:00Z", "ended_utc": "2026-03-03T16:20:00Z"}
    session_id = asked.post("/sessions", json=times).json()["id"]
    said = {"exercise": "glute_bridge", "start_s": 60.0, "end_s": 120.0, "repetitions": 12}
    asked.post(f"/sessions/{session_id}/corrections", json=said)
    late = plan(asked)
    assert (late["kind"], late["next_strength_utc"]) == ("mobility", "2026-03-05T16:00:00Z")


def test_a_movement_that_is_no_longer_one_stays_in_the_record(
    url: str, asked: httpx.Client, clock: Clock
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


def test_nothing_of_what_was_deleted_is_answered_again(asked: httpx.Client, clock: Clock) -> None:
    session_id = begin(asked)["id"]
    blocks, key = f"/sessions/{session_id}/blocks", {"Idempotency-Key": "block"}
    asked.post(blocks, json={"line": 0}, headers=key)
    asked.post(f"/sessions/{session_id}/stop")
    assert asked.delete(f"/sessions/{session_id}").is_success
    assert asked.post(blocks, json={"line": 0}, headers=key).status_code == 410
    path, key = "/wearers/1/screenings", {"Idempotency-Key": "screening"}
    answers = {"kind": "full", "yes": ["joints"]}
    asked.post(path, json=answers, headers=key)
    asked.post("/deletions", json={"wearer_id": 1, "what": "everything"})
    assert asked.post(path, json=answers, headers=key).status_code == 410
    assert plan(asked)["state"] == "screening_due"


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
