"""Requests that nobody should send: a problem document that says what to do, nothing written."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest
from lumbar_server.database import migrate, open_engine
from lumbar_server.problem_kinds import KINDS
from running_server import running_server
from stream_messages import START_S

JSON = {"Content-Type": "application/json"}


@pytest.fixture(params=DATABASES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(new_ingest(engine), *STREAM.batches(150), STREAM.end())
        engine.dispose()
        with running_server(url, None, lambda: START_S + 600) as address:
            yield address


@pytest.fixture
def api(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address + "/api/v1") as api:
        yield api


def refused(answer: httpx.Response, *statuses: int) -> str:
    """Check that an answer is a problem document of one of the statuses; return its detail."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("/problems/")
    assert problem["title"]
    detail: str = problem["detail"]
    assert detail
    return detail


def test_bodies_that_no_json_reader_likes_are_refused(api: httpx.Client) -> None:
    for body, status in (
        (b"{", 422),
        (b"", 422),
        (b"[]", 422),
        (b'{"name": "\xff"}', 400),
        (b'{"name": "\\ud800"}', 422),
        (b'{"\\ud800": 1, "name": "Ada"}', 422),
        (b'{"name": "a\\u0000b"}', 422),
        (b'{"name": "' + b"x" * 61 + b'"}', 422),
        (b'{"name": "Ada", "quiet_s": ' + b"9" * 10_000 + b"}", 400),
        (b'{"name": "Ada", "quiet_s": 1e400}', 422),
        (b'{"name": "Ada", "quiet_s": NaN}', 422),
        (b'{"name": "Ada", "quiet_s": "60"}', 422),
        (b'{"name": "Ada", "quiet_s": true}', 422),
        (b'{"name": "Ada", "name": null}', 422),
        (b"[" * 100_000, 400),
        (b'{"name": "Ada", "time_zone": "../../etc/passwd"}', 422),
        (b'{"name": "Ada", "id": 7}', 422),
    ):
        refused(api.post("/wearers", content=body, headers=JSON), status)
    assert len(api.get("/wearers").json()) == 1


def test_bodies_that_do_not_say_that_they_are_json_are_refused(api: httpx.Client) -> None:
    for kind in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "", "/"):
        answer = api.post("/wearers", content=b'{"name": "Ada"}', headers={"Content-Type": kind})
        assert "Content-Type: application/json" in refused(answer, 415)
    refused(api.post("/wearers", content=b'{"name": "Ada"}'), 415)
    assert api.post("/wearers", content=b'{"name": "Ada"}', headers=JSON).status_code == 201


def test_times_outside_the_calendar_are_refused(api: httpx.Client) -> None:
    for at, status in (
        ("0001-01-01T00:00:00+14:00", 422),
        ("9999-12-31T23:59:59-14:00", 422),
        ("0001-01-01T00:00:00Z", 400),
        ("9999-12-31T23:59:59Z", 400),
        ("2026-02-30T00:00:00Z", 422),
        ("2026-01-01T00:00:00", 422),
        ("1750000000", 422),
        (1750000000, 422),
        ("2026-01-01T25:00:00Z", 422),
        ("\uff12026-01-01T00:00:00Z", 422),
    ):
        refused(api.post("/sessions", json={"started_utc": at, "ended_utc": at}), status)
        if status == 422:
            refused(api.get("/sessions", params={"from_utc": at}), status)
        else:
            assert api.get("/sessions", params={"until_utc": str(at)}).status_code == 200


def test_paths_and_queries_that_are_tricks_are_refused(api: httpx.Client, address: str) -> None:
    place = urlsplit(address)
    assert place.hostname is not None
    connection = http.client.HTTPConnection(place.hostname, place.port)
    for path, *statuses in (
        ("/api/v1/sessions/../wearers", 404),
        ("/api/v1/sessions/%2e%2e/wearers", 404),
        ("/api/v1//sessions", 404),
        ("/api/v1/sessions/%00", 422),
        ("/api/v1/sessions/1%00", 422),
        ("/api/v1/sessions/" + "9" * 400, 422),
        ("/api/v1/sessions/-1", 422),
        ("/api/v1/sessions/%D9%A1%D9%A1", 404, 422),
        ("/api/v1/streams/%00%00", 422),
        ("/api/v1/streams/..%2f..%2flumbar.db", 404),
        ("/api/v1/streams/ffffffffffffffff/samples?first=999999999999999999999", 422),
        ("/api/v1/streams?cursor=%00", 400),
        ("/api/v1/streams?cursor=MCBcMAA=", 400),
        ("/api/v1/streams?sensor_id=%00", 422),
        ("/api/v1/streams?sensor_id=%ed%a0%80", 422),
        ("/api/v1/sessions?cursor=" + "A" * 10_000, 422),
        ("/api/v1/sessions?limit=1e3", 422),
        ("/api/v1/changes?since=" + "9" * 5000, 422),
        ("/static/..%2f..%2fapp.py", 404),
        ("/static/%2e%2e/app.py", 404),
    ):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status in statuses, (path, body)
        assert answer.headers["content-type"] == "application/problem+json", path
        assert json.loads(body)["detail"]
    connection.close()


def test_ids_of_somebody_else_lead_nowhere(api: httpx.Client) -> None:
    ada = api.post("/wearers", json={"name": "Ada"}).json()["id"]
    hers = api.post("/sessions", json={"wearer_id": ada}).json()["id"]
    unseen = {"exercise": "dead_bug", "start_s": 0, "end_s": 9}
    said = api.post(f"/sessions/{hers}/corrections", json=unseen).json()["sets"][0]["correction"]
    (mine,) = api.get("/sessions?wearer_id=1").json()["items"]
    refused(api.delete(f"/sessions/{mine['id']}/corrections/{said['id']}"), 404)
    position = {"stream_id": STREAM.key, "start_index": 1, "end_index": 2, "removed": True}
    assert "has nothing of" in refused(
        api.post(f"/sessions/{hers}/corrections", json=position), 400
    )
    refused(api.post("/sessions", json={"wearer_id": 999}), 404)
    refused(api.post("/assignments", json={"sensor_id": "SIM-1", "wearer_id": 999}), 404)
    assert len(api.get(f"/sessions/{hers}").json()["sets"]) == 1


def test_methods_are_told_where_another_is_tried(api: httpx.Client) -> None:
    for path, allowed in (
        ("/wearers", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("/wearers/1", {"GET", "PATCH", "HEAD", "OPTIONS"}),
        ("/sessions/1/stop", {"POST", "OPTIONS"}),
        ("/live", {"GET", "OPTIONS"}),
    ):
        for method in ("TRACE", "PUT", "BREW"):
            wrong = api.request(method, path)
            refused(wrong, 405)
            assert set(wrong.headers["allow"].split(", ")) == allowed
        options = api.options(path)
        assert (options.status_code, options.content) == (204, b"")
        assert set(options.headers["allow"].split(", ")) == allowed
    refused(api.options("/nothing"), 404)


def test_head_is_get_without_its_body(api: httpx.Client) -> None:
    for path in ("/wearers", "/sessions/1", f"/streams/{STREAM.key}/samples"):
        head, get = api.head(path), api.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == get.headers["etag"]
        assert head.headers["content-length"] == str(len(get.content))
        known = {"If-None-Match": get.headers["etag"]}
        assert api.head(path, headers=known).status_code == 304
    assert api.head("/live").status_code == 405


def test_every_kind_of_problem_has_a_page(address: str) -> None:
    with httpx.Client(base_url=address) as browser:
        overview = browser.get("/problems").text
        for kind in KINDS:
            page = browser.get(kind.type)
            assert page.status_code == 200
            assert kind.title in page.text
            assert kind.title in overview
        assert browser.get("/problems/none", headers={"Accept": "text/html"}).status_code == 404
