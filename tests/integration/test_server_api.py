"""The HTTP API over a real socket, on a database that a real ingest has filled."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from databases import DATABASES, fresh_database
from lumbar_gateway.messages import LostSamples
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Arrived, Ingest
from running_server import running_server
from stream_messages import START_S, PublishedStream, changed
from synthetic_bridge import bridge_samples

STREAM = PublishedStream("SIM-1", 0x1234, bridge_samples(5))
SAMPLES = f"/streams/{STREAM.key}/samples"
GAPPY = PublishedStream("back-2", 0x99, bridge_samples(2))


def now_s() -> float:
    return START_S


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        fill(Ingest(engine, now_s))
        engine.dispose()
        yield url


def fill(ingest: Ingest) -> None:
    n = len(GAPPY.samples)
    ingest.commit([Arrived(STREAM.topic, bytes(one)) for one in STREAM.batches(50)])
    ingest.commit([Arrived(STREAM.topic, bytes(STREAM.end()))])
    lost = LostSamples(GAPPY.stream_id, 100, 140, "overwritten")
    gappy = [GAPPY.batch(0, 100), lost, GAPPY.batch(140, n), GAPPY.end()]
    ingest.commit([Arrived(GAPPY.topic, bytes(one)) for one in gappy])


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with (
        running_server(url, None, now_s) as address,
        httpx.Client(base_url=address + "/api/v1") as api,
    ):
        yield api


def test_stream_tells_what_arrived_and_what_is_lost(api: httpx.Client) -> None:
    (gappy,) = api.get("/streams", params={"sensor_id": "back-2"}).json()["items"]
    assert gappy["state"] == "complete_with_gaps"
    assert gappy["lost"] == [[100, 140]]
    assert gappy["coverage"] == 1 - 40 / len(GAPPY.samples)
    whole = api.get(f"/streams/{STREAM.key}").json()
    assert (whole["state"], whole["coverage"], whole["simulated"]) == ("complete", 1.0, True)
    assert whole["analysis"]["detector_version"]


def test_samples_come_back_as_they_were(api: httpx.Client) -> None:
    rows, first = [], 0
    while first is not None:
        page = api.get(SAMPLES, params={"first": first, "limit": 300}).json()
        assert page["first_index"] == first
        rows += page["samples"]
        first = page["next_index"]
    assert rows == STREAM.samples.tolist()


def test_samples_as_bytes(api: httpx.Client) -> None:
    answer = api.get(SAMPLES, params={"encoding": "int16", "limit": 100_000})
    rows = np.frombuffer(answer.content, "<i2").reshape(
        -1, int(answer.headers["x-lumbar-channels"])
    )
    assert np.array_equal(rows, STREAM.samples)


def test_pages_of_samples_step_over_a_gap(api: httpx.Client) -> None:
    page = api.get(f"/streams/{GAPPY.key}/samples").json()
    assert (page["first_index"], len(page["samples"]), page["next_index"]) == (0, 100, 100)
    page = api.get(f"/streams/{GAPPY.key}/samples", params={"first": 100}).json()
    assert page["first_index"] == 140
    assert page["next_index"] is None


def test_samples_beyond_the_end_are_an_empty_page(api: httpx.Client) -> None:
    page = api.get(SAMPLES, params={"first": 10**6}).json()
    assert (page["samples"], page["next_index"]) == ([], None)


def test_streams_come_in_pages(api: httpx.Client) -> None:
    first = api.get("/streams", params={"limit": 1}).json()
    second = api.get("/streams", params={"limit": 1, "cursor": first["next"]}).json()
    found = [*first["items"], *second["items"]]
    assert {one["sensor_id"] for one in found} == {"back-2", "SIM-1"}
    assert second["next"] is None


def test_sensors_are_listed(api: httpx.Client) -> None:
    assert [one["sensor_id"] for one in api.get("/sensors").json()] == ["SIM-1", "back-2"]


def test_quarantine_and_counters_raise_an_alarm(api: httpx.Client, url: str) -> None:
    assert api.get("/status").json()["status"] == "ok"
    engine = open_engine(url)
    contradiction = bytes(changed(STREAM.batch(0, 50)))
    Ingest(engine, now_s).commit(
        [Arrived(STREAM.topic, contradiction), Arrived(STREAM.topic, b"nonsense")]
    )
    engine.dispose()
    status = api.get("/status").json()
    assert status["status"] == "attention"
    assert len(status["alarms"]) == 2
    assert status["quarantined_total"] == 1
    assert status["quarantined"][0]["stream_id"] == STREAM.key
    assert {one["kind"]: one["total"] for one in status["counters"]} == {
        "contradiction": 1,
        "malformed": 1,
    }


@pytest.mark.parametrize(
    ("path", "status", "remedy"),
    [
        ("/sessions/77", 404, "GET /api/v1/sessions"),
        ("/streams/00000000000000aa", 404, "GET /api/v1/streams"),
        ("/streams/00000000000000aa/samples", 404, "GET /api/v1/streams"),
        ("/sessions/none", 422, "session_id"),
        ("/sessions?limit=0", 422, "limit"),
        ("/sessions?cursor=nonsense", 400, "cursor"),
        ("/streams/7/samples", 422, "stream_id"),
        ("/streams/0000000000001234/samples?first=-1", 422, "first"),
        ("/nothing", 404, "openapi.json"),
    ],
)
def test_error_says_what_to_do(api: httpx.Client, path: str, status: int, remedy: str) -> None:
    answer = api.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert remedy in answer.json()["detail"]


def test_description_names_every_answer(api: httpx.Client) -> None:
    description = api.get("/openapi.json").json()
    for path, methods in description["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert operation["description"], path
            answers = operation["responses"]
            assert (answers.get("200") or answers["201"])["content"], path


@pytest.mark.parametrize("page", ["", "history"])
def test_page_names_no_foreign_origin_and_allows_none(api: httpx.Client, page: str) -> None:
    answer = httpx.get(str(api.base_url.join("/" + page)))
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "http" not in answer.text
    assert "style=" not in answer.text
    assert "not a medical device" in answer.text.lower()
    for script in (
        "live.js",
        "history.js",
        "record.css",
        "words.js",
        "strip.js",
        "lumbar.css",
        "icon.svg",
    ):
        assert httpx.get(str(api.base_url.join("/static/" + script))).status_code == 200
