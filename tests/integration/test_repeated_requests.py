"""Requests sent twice, copies that are still good, and lists in pages, over HTTP."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from databases import DATABASES, fresh_database
from ingested import STREAM, commit
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from running_server import running_server
from stream_messages import START_S

Json = dict[str, Any]


class Clock:
    def __init__(self) -> None:
        self.now_s = START_S + 600.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=DATABASES)
def api(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[httpx.Client]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(Ingest(engine, lambda: START_S), *STREAM.batches(150), STREAM.end())
        engine.dispose()
        with (
            running_server(url, None, clock) as address,
            httpx.Client(base_url=address + "/api/v1") as api,
        ):
            yield api


def once(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": f'"{key or uuid.uuid4()}"'}


def position(api: httpx.Client) -> tuple[str, Json]:
    (session,) = api.get("/sessions").json()["items"]
    detected = api.get(f"/sessions/{session['id']}").json()["sets"][0]["detected"]
    said = {key: detected[key] for key in ("stream_id", "start_index", "end_index")}
    return f"/sessions/{session['id']}/corrections", said | {"repetitions": 7}


def test_what_is_sent_twice_is_made_once(api: httpx.Client) -> None:
    corrections, said = position(api)
    for path, body in (
        ("/sessions", {}),
        ("/wearers", {"name": "Ada"}),
        ("/assignments", {"sensor_id": "SIM-1", "wearer_id": 1}),
        (corrections, said),
    ):
        key = once()
        first = api.post(path, json=body, headers=key)
        again = api.post(path, json=body, headers=key)
        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert again.json() == first.json()
        assert again.headers.get("location") == first.headers.get("location")
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers
    assert len(api.get("/wearers").json()) == 2


def test_a_key_stands_for_one_request_only(api: httpx.Client) -> None:
    key = once("first")
    api.post("/wearers", json={"name": "Ada"}, headers=key)
    for path, body in (("/wearers", {"name": "Eva"}), ("/sessions", {"name": "Ada"})):
        other = api.post(path, json=body, headers=key)
        assert other.status_code == 422
        assert "each its own" in other.json()["detail"]
    assert len(api.get("/wearers").json()) == 2


def test_a_request_that_failed_may_be_tried_again_with_its_key(api: httpx.Client) -> None:
    first = api.post("/sessions", json={}).json()
    key = once()
    assert api.post("/sessions", json={}, headers=key).status_code == 409
    api.post(f"/sessions/{first['id']}/stop")
    assert api.post("/sessions", json={}, headers=key).status_code == 201


def test_a_key_is_forgotten_after_a_day(api: httpx.Client, clock: Clock) -> None:
    key = once()
    times = {"started_utc": "2026-01-01T10:00:00Z", "ended_utc": "2026-01-01T11:00:00Z"}
    first = api.post("/sessions", json=times, headers=key).json()["id"]
    clock.now_s += 23 * 3600
    assert api.post("/sessions", json=times, headers=key).json()["id"] == first
    clock.now_s += 2 * 3600
    assert api.post("/sessions", json=times, headers=key).json()["id"] != first


def test_the_same_request_many_times_at_once_makes_one_thing(api: httpx.Client) -> None:
    key = once()

    def post(_: int) -> httpx.Response:
        return api.post("/wearers", json={"name": "Ada"}, headers=key)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(12)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert sum("idempotency-replayed" not in one.headers for one in answers) == 1


@pytest.mark.parametrize("key", ['""', "a b", "x" * 256])
def test_a_key_that_is_none_is_refused(api: httpx.Client, key: str) -> None:
    answer = api.post("/wearers", json={"name": "Ada"}, headers={"Idempotency-Key": key})
    assert answer.status_code in (400, 422)
    assert "dempotency-" in answer.json()["detail"]
    assert len(api.get("/wearers").json()) == 1


def test_a_copy_that_is_still_good_is_not_sent_again(api: httpx.Client) -> None:
    session = api.get("/sessions").json()["items"][0]["id"]
    for path in (
        f"/sessions/{session}",
        "/sessions",
        "/wearers",
        "/wearers/1",
        "/streams",
        f"/streams/{STREAM.key}",
        f"/streams/{STREAM.key}/samples?limit=10",
        "/assignments",
        "/sensors",
        "/changes",
    ):
        tag = api.get(path).headers["etag"]
        again = api.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_copy_is_no_longer_good_once_anything_in_it_changed(api: httpx.Client) -> None:
    path = f"/sessions/{api.get('/sessions').json()['items'][0]['id']}"
    tag = api.get(path).headers["etag"]
    assert api.patch("/wearers/1", json={"name": "Ada"}).status_code == 200
    fresh = api.get(path, headers={"If-None-Match": tag})
    assert (fresh.status_code, fresh.json()["wearer"]) == (200, "Ada")
    changed = api.patch(path, json={"effort": 4}, headers={"If-Match": tag})
    assert changed.status_code == 200  # nobody has edited the session itself meanwhile
    assert changed.headers["etag"] == api.get(path).headers["etag"]


def test_of_two_who_change_one_wearer_the_second_is_told(api: httpx.Client) -> None:
    seen = {"If-Match": api.get("/wearers/1").headers["etag"]}
    assert api.patch("/wearers/1", json={"name": "Ada"}, headers=seen).status_code == 200
    late = api.patch("/wearers/1", json={"name": "Eva"}, headers=seen)
    assert late.status_code == 412
    assert api.patch("/wearers/1", json={"name": "Eva"}, headers={"If-Match": "*"}).is_success
    assert api.patch("/wearers/1", json={}, headers={"If-Match": "x"}).status_code == 422


def test_pages_are_linked(api: httpx.Client) -> None:
    for day in range(1, 4):
        times = {"started_utc": f"2026-01-0{day}T10:00:00Z", "ended_utc": f"2026-01-0{day}T11:00Z"}
        assert api.post("/sessions", json=times).status_code == 201
    for path in ("/sessions?limit=2&wearer_id=1", "/changes?limit=1"):
        seen, more = [], path
        while more:
            page = api.get(more)
            seen += [one.get("id", one.get("number")) for one in page.json()["items"]]
            more = page.links.get("next", {}).get("url", "").removeprefix("/api/v1")
        assert len(seen) == len(set(seen)) >= 4


def test_nothing_is_kept_of_answers_about_what_was_deleted(api: httpx.Client) -> None:
    times = {"started_utc": "2026-01-01T10:00:00Z", "ended_utc": "2026-01-01T11:00:00Z"}
    ada = api.post("/wearers", json={"name": "Ada"}, headers=once("ada")).json()["id"]
    made = api.post("/sessions", json=times, headers=once("session")).json()["id"]
    assert api.delete(f"/sessions/{made}").status_code == 200
    everything = {"wearer_id": ada, "what": "everything"}
    assert api.post("/deletions", json=everything).status_code == 201
    for path, body, key in (("/sessions", times, "session"), ("/wearers", {"name": "Ada"}, "ada")):
        again = api.post(path, json=body, headers=once(key))
        assert again.status_code == 410
        assert again.headers["content-type"] == "application/problem+json"
        assert "another key" in again.json()["detail"]
