"""A session that follows the plan, over HTTP: begun, led, answered, deleted."""

import httpx

from moved_clock import MovedClock
from planned_api import begin, plan


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


def test_a_change_begins_no_session_and_asks_again(asked: httpx.Client, clock: MovedClock) -> None:
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


def test_blocks_follow_each_other(asked: httpx.Client, clock: MovedClock) -> None:
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


def test_the_day_after_can_be_told_and_told_otherwise(
    asked: httpx.Client, clock: MovedClock
) -> None:
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


def test_who_overrules_an_answer_unseen_is_told(asked: httpx.Client, clock: MovedClock) -> None:
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


def test_something_new_in_the_legs_asks_all_questions(
    asked: httpx.Client, clock: MovedClock
) -> None:
    path = f"/sessions/{begin(asked)['id']}"
    asked.post(f"{path}/blocks", json={"line": 0})
    asked.put(f"{path}/stop-reason", json={"reason": "legs"})
    clock.go_on(minutes=1)
    asked.post(f"{path}/stop")
    clock.go_on(days=2)
    assert plan(asked)["state"] == "screening_due"


def test_a_plan_with_nothing_left_cannot_begin(asked: httpx.Client) -> None:
    shown = plan(asked, "five")
    for line in shown["lines"]:
        path = f"/wearers/1/plan/{shown['day']}/choices/{line['ladder']}"
        asked.put(path, json={"choice": "skip"})
    body = {"length": "five", "any_change": False}
    refused = asked.post("/wearers/1/planned-sessions", json=body)
    assert (refused.status_code, "left out" in refused.json()["detail"]) == (409, True)


def test_whoever_keeps_a_copy_hears_of_every_answer(asked: httpx.Client, clock: MovedClock) -> None:
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


def test_nothing_of_what_was_deleted_is_answered_again(
    asked: httpx.Client, clock: MovedClock
) -> None:
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
