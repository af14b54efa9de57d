"""Sessions over HTTP: begun, paused, stopped, corrected; several wearers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ingested import STREAM, commit
from lumbar_server.database import open_engine
from lumbar_server.ingest import Ingest
from running_api import running_api
from stream_messages import START_S

Json = dict[str, Any]
LATER_S = START_S + 600.0


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with running_api(url, LATER_S) as api:
        yield api


@pytest.fixture
def workout(url: str, api: httpx.Client) -> Json:
    """Five bridges that somebody did without starting a session."""
    engine = open_engine(url)
    commit(Ingest(engine, lambda: START_S), *STREAM.batches(50), STREAM.end())
    engine.dispose()
    (session,) = api.get("/sessions").json()["items"]
    return whole(api, session["id"])


def whole(api: httpx.Client, session_id: int) -> Json:
    found: Json = api.get(f"/sessions/{session_id}").json()
    return found


def position(session: Json) -> Json:
    detected = session["sets"][0]["detected"]
    return {key: detected[key] for key in ("stream_id", "start_index", "end_index")}


def test_session_is_begun_paused_and_stopped(api: httpx.Client) -> None:
    answer = api.post("/sessions", json={})
    assert answer.status_code == 201
    path = answer.headers["location"].removeprefix("/api/v1")
    assert [one["id"] for one in api.get("/sessions?state=open").json()["items"]]
    assert api.post(path + "/pause").json()["paused"]
    assert not api.post(path + "/resume").json()["paused"]
    stopped = api.post(path + "/stop").json()
    assert stopped["ended_utc"] is not None
    assert stopped["pauses"] == [{"start_s": 0.0, "end_s": 0.0}]
    assert api.get("/sessions?state=open").json()["items"] == []
    again = api.post(path + "/pause")
    assert again.status_code == 409
    assert "start another" in again.json()["detail"]


def test_only_one_session_of_a_wearer_runs(api: httpx.Client) -> None:
    api.post("/sessions", json={})
    answer = api.post("/sessions", json={})
    assert answer.status_code == 409
    assert "is running" in answer.json()["detail"]


def test_workout_is_told_as_it_was_found(workout: Json) -> None:
    assert workout["kind"] == "automatic"
    assert workout["done"] == [
        {"exercise": "glute_bridge", "sets": 1, "repetitions": 5, "longest_hold_s": None}
    ]
    assert workout["simulated"]
    (found,) = workout["sets"]
    assert len(found["detected"]["repetitions"]) == 5
    assert found["correction"] is None


def test_what_the_wearer_says_counts_beside_what_was_detected(
    api: httpx.Client, workout: Json
) -> None:
    path = f"/sessions/{workout['id']}/corrections"
    said = position(workout) | {"repetitions": 7, "exercise": "pelvic_tilt"}
    after = api.post(path, json=said).json()
    (found,) = after["sets"]
    assert (found["exercise"], found["repetitions"]) == ("pelvic_tilt", 7)
    assert found["detected"]["exercise"] == "glute_bridge"
    assert after["done"][0]["repetitions"] == 7
    assert after["version"] > workout["version"]
    once_more = api.post(path, json=said | {"repetitions": 6}).json()
    assert [one["repetitions"] for one in once_more["sets"]] == [6]
    key = once_more["sets"][0]["correction"]["id"]
    assert api.delete(f"{path}/{key}").json()["sets"][0]["repetitions"] == 5


def test_a_set_may_be_removed_and_one_added_that_nobody_saw(
    api: httpx.Client, workout: Json
) -> None:
    path = f"/sessions/{workout['id']}/corrections"
    after = api.post(path, json=position(workout) | {"removed": True}).json()
    assert after["done"] == []
    assert after["sets"][0]["removed"]
    unseen = {"exercise": "dead_bug", "start_s": 60.0, "end_s": 90.0, "repetitions": 10}
    after = api.post(path, json=unseen).json()
    assert after["done"] == [
        {"exercise": "dead_bug", "sets": 1, "repetitions": 10, "longest_hold_s": None}
    ]


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ({"repetitions": 3}, "nothing was seen of needs exercise"),
        ({"stream_id": "00000000000000aa", "start_index": 1, "end_index": 2}, "has nothing of"),
        ({"stream_id": STREAM.key, "start_index": 9, "end_index": 2}, "later end_index"),
        ({"exercise": "dead_bug", "start_s": 9, "end_s": 1}, "cannot end before"),
    ],
)
def test_a_correction_of_nothing_is_refused(
    api: httpx.Client, workout: Json, said: Json, remedy: str
) -> None:
    answer = api.post(f"/sessions/{workout['id']}/corrections", json=said)
    assert answer.status_code == 400
    assert remedy in answer.json()["detail"]


def test_comfort_effort_and_note_are_kept_and_can_be_taken_back(
    api: httpx.Client, workout: Json
) -> None:
    path = f"/sessions/{workout['id']}"
    answers = {"comfort_before": 2, "comfort_after": 3, "effort": 5, "note": "good"}
    assert answers.items() <= api.patch(path, json=answers).json().items()
    assert api.patch(path, json={"comfort_after": None}).json()["comfort_after"] is None
    assert api.patch(path, json={"comfort_after": 11}).status_code == 422
    assert whole(api, workout["id"])["note"] == "good"


def test_of_two_who_change_one_session_the_second_is_told(api: httpx.Client, workout: Json) -> None:
    path = f"/sessions/{workout['id']}"
    seen = api.get(path).headers["etag"]
    assert api.patch(path, json={"effort": 4}, headers={"If-Match": seen}).status_code == 200
    late = api.patch(path, json={"effort": 9}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert "read it again" in late.json()["detail"]
    assert whole(api, workout["id"])["effort"] == 4


def test_times_that_a_person_set_stay(api: httpx.Client, workout: Json) -> None:
    begun = datetime.fromtimestamp(START_S, UTC) - timedelta(minutes=2)
    after = api.patch(f"/sessions/{workout['id']}", json={"started_utc": begun.isoformat()}).json()
    assert after["kind"] == "explicit"
    assert after["sets"][0]["start_s"] > 120.0


def test_discarded_session_is_listed_no_more(api: httpx.Client, workout: Json) -> None:
    api.patch(f"/sessions/{workout['id']}", json={"discarded": True})
    assert api.get("/sessions").json()["items"] == []
    assert api.get(f"/sessions/{workout['id']}").status_code == 200


def test_wearers_are_added_renamed_and_given_sensors(api: httpx.Client, workout: Json) -> None:
    ada = api.post("/wearers", json={"name": "Ada", "time_zone": "Europe/Vienna"}).json()
    assert api.post("/wearers", json={"name": "Ada"}).status_code == 409
    path = f"/wearers/{ada['id']}"
    assert api.patch(path, json={"quiet_s": 120}).json()["quiet_s"] == 120.0
    assert api.patch(path, json={"time_zone": "Nowhere"}).status_code == 422
    given = {
        "sensor_id": "SIM-1",
        "wearer_id": ada["id"],
        "from_utc": datetime.fromtimestamp(START_S - 60, UTC).isoformat(),
    }
    assert api.post("/assignments", json=given).status_code == 201
    (hers,) = api.get("/sessions", params={"wearer_id": ada["id"]}).json()["items"]
    assert hers["time_zone"] == "Europe/Vienna"
    assert api.get("/sessions?wearer_id=1").json()["items"] == []
    assert api.post("/assignments", json=given | {"sensor_id": "none"}).status_code == 404


def test_sessions_come_in_pages(api: httpx.Client) -> None:
    for day in range(1, 4):
        times = {f"{name}_utc": f"2026-01-0{day}T10:{at}:00Z" for name, at in TIMES.items()}
        assert api.post("/sessions", json=times).status_code == 201
    first = api.get("/sessions?limit=2").json()
    rest = api.get("/sessions", params={"limit": 2, "cursor": first["next"]}).json()
    started = [one["started_utc"][:10] for one in first["items"] + rest["items"]]
    assert started == ["2026-01-03", "2026-01-02", "2026-01-01"]
    assert rest["next"] is None


TIMES = {"started": "00", "ended": "30"}


def test_changes_are_told_from_a_number_on(api: httpx.Client) -> None:
    before = api.get("/changes").json()
    assert {"kind": "wearer", "key": "1", "gone": False}.items() <= before["items"][0].items()
    api.patch("/wearers/1", json={"quiet_s": 60})
    key = api.post("/sessions", json={}).json()["id"]
    page = api.get("/changes", params={"since": before["next"], "limit": 1}).json()
    assert (page["items"][0]["kind"], page["more"]) == ("wearer", True)
    page = api.get("/changes", params={"since": page["next"]}).json()
    assert [(one["kind"], one["key"]) for one in page["items"]] == [("session", str(key))]
    assert not page["more"]
    assert api.get("/changes", params={"since": page["next"]}).json()["next"] == page["next"]
    lost = api.get("/changes", params={"since": 10**6})
    assert lost.status_code == 410
    assert "begin with 0" in lost.json()["detail"]
