"""Deletions over HTTP: what is stored, what goes, and the receipt."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from ingested import STREAM, commit, new_ingest
from lumbar_server.database import open_engine
from running_api import running_api
from stream_messages import START_S

Json = dict[str, Any]
LATER_S = START_S + 600.0
N = len(STREAM.samples)


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with running_api(url, LATER_S) as api:
        yield api


@pytest.fixture
def workout(url: str, api: httpx.Client) -> Json:
    """Five bridges that somebody did without starting a session."""
    send_all(url)
    (session,) = api.get("/sessions").json()["items"]
    found: Json = api.get(f"/sessions/{session['id']}").json()
    return found


def send_all(url: str) -> None:
    engine = open_engine(url)
    commit(new_ingest(engine), *STREAM.batches(50), STREAM.end())
    engine.dispose()


def test_what_is_stored_is_told_by_wearer_and_kind(api: httpx.Client, workout: Json) -> None:
    stored = api.get("/storage").json()
    (mine,) = stored["wearers"]
    assert (mine["wearer"], mine["sessions"], mine["sets"], mine["samples"]) == ("Me", 1, 1, N)
    assert mine["samples_s"] == N / 50
    assert mine["samples_bytes"] >= 6 * N
    assert stored["database_bytes"] > mine["samples_bytes"]
    assert stored["keep_raw_days"] is None


def test_a_deleted_session_leaves_a_receipt_only(
    api: httpx.Client, workout: Json, url: str
) -> None:
    session = f"/sessions/{workout['id']}"
    answer = api.delete(session)
    assert answer.status_code == 200
    receipt = answer.json()
    (part,) = workout["parts"]
    assert receipt["schema"] == "lumbar.receipt/1"
    assert (receipt["kind"], receipt["state"]) == ("session", "done")
    assert receipt["samples"] == part["end_index"] - part["first_index"]
    assert receipt["streams"][0]["ranges"] == [[part["first_index"], part["end_index"]]]
    assert api.get(session).status_code == 404
    assert api.delete(session).status_code == 404
    send_all(url)
    assert api.get("/sessions").json()["items"] == []
    kept = api.get(f"/receipts/{receipt['id']}")
    assert kept.json() == receipt
    assert "attachment" in kept.headers["content-disposition"]
    assert api.get("/receipts").json()["items"] == [receipt]
    page = api.get(f"/streams/{STREAM.key}/samples").json()
    assert len(page["samples"]) == part["first_index"]
    assert page["next_index"] == part["first_index"]


def test_what_was_answered_of_a_deleted_session_is_not_answered_again(api: httpx.Client) -> None:
    key = {"Idempotency-Key": "begin-1"}
    body = {"started_utc": "2025-06-15T15:00:00Z", "ended_utc": "2025-06-15T15:20:00Z"}
    begun = api.post("/sessions", json=body, headers=key).json()
    assert api.delete(f"/sessions/{begun['id']}").status_code == 200
    again = api.post("/sessions", json=body, headers=key)
    assert again.status_code == 410
    assert "started_utc" not in again.text


def test_a_session_that_somebody_else_has_changed_is_not_deleted(
    api: httpx.Client, workout: Json
) -> None:
    session = f"/sessions/{workout['id']}"
    tag = api.get(session).headers["etag"]
    assert api.patch(session, json={"note": "knees"}).status_code == 200
    assert api.delete(session, headers={"If-Match": tag}).status_code == 412
    assert api.get(session).json()["note"] == "knees"


@pytest.mark.usefixtures("workout")
def test_raw_samples_are_deleted_before_a_moment_or_all(api: httpx.Client) -> None:
    moment = datetime.fromtimestamp(START_S + 2, UTC).isoformat()
    first = api.post("/deletions", json={"wearer_id": 1, "what": "raw", "before_utc": moment})
    assert first.status_code == 201
    assert first.json()["samples"] == 100
    rest = api.post("/deletions", json={"wearer_id": 1, "what": "raw"})
    assert rest.headers["location"] == f"/api/v1/receipts/{rest.json()['id']}"
    assert rest.json()["samples"] == N - 100
    (session,) = api.get("/sessions").json()["items"]
    assert session["done"][0]["repetitions"] == 5
    stream = api.get(f"/streams/{STREAM.key}").json()
    assert stream["stored"] == [[0, N]]
    assert stream["erased"][0][0] == 0
    assert api.get(f"/streams/{STREAM.key}/samples").json()["samples"] == []
    again = api.post("/deletions", json={"wearer_id": 1, "what": "raw"}).json()
    assert (again["state"], again["samples"]) == ("done", 0)


@pytest.mark.usefixtures("workout")
def test_everything_goes(api: httpx.Client) -> None:
    answer = api.post("/deletions", json={"wearer_id": 1, "what": "everything"})
    assert (answer.json()["sessions"], answer.json()["samples"]) == (1, N)
    assert api.get("/sessions").json()["items"] == []
    assert api.get("/streams").json()["items"] == []
    (mine,) = api.get("/storage").json()["wearers"]
    assert (mine["samples"], mine["sets"], mine["sessions"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"wearer_id": 7, "what": "raw"}, 404),
        ({"wearer_id": 1, "what": "some"}, 422),
        ({"wearer_id": 1, "what": "raw", "before_utc": "0001-01-01T00:00:00+14:00"}, 422),
        ({"wearer_id": 1, "what": "everything", "before_utc": "2025-01-01T00:00:00Z"}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(api: httpx.Client, body: Json, status: int) -> None:
    answer = api.post("/deletions", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.get("/receipts").json()["items"] == []
