"""Two who edit the same at once, a full disk, a database that goes away: nothing half written."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest
from lumbar_server.app import create_app
from lumbar_server.database import migrate, open_engine
from postgres import PostgresCluster
from running_server import running_app
from stream_messages import START_S

Json = dict[str, Any]


@contextmanager
def api_on(url: str, app: Any = None) -> Iterator[httpx.Client]:
    """Serve a database with one workout in it."""
    migrate(url)
    engine = open_engine(url)
    commit(new_ingest(engine), *STREAM.batches(150), STREAM.end())
    engine.dispose()
    app = app or create_app(url, None, now_s=lambda: START_S + 600)
    with (
        running_app(app) as address,
        httpx.Client(base_url=address + "/api/v1", timeout=60) as api,
    ):
        yield api


@pytest.fixture(params=DATABASES)
def api(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    with fresh_database(request.param, tmp_path) as url, api_on(url) as api:
        yield api


def first_set(api: httpx.Client) -> tuple[str, Json, str]:
    path = f"/sessions/{api.get('/sessions').json()['items'][0]['id']}"
    answer = api.get(path)
    detected = answer.json()["sets"][0]["detected"]
    position = {key: detected[key] for key in ("stream_id", "start_index", "end_index")}
    return path, position, answer.headers["etag"]


def test_of_many_who_correct_one_set_at_once_one_is_heard(api: httpx.Client) -> None:
    path, position, seen = first_set(api)

    def correct(repetitions: int) -> httpx.Response:
        said = position | {"repetitions": repetitions}
        return api.post(f"{path}/corrections", json=said, headers={"If-Match": seen})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(correct, range(10, 22)))
    assert sorted(one.status_code for one in answers) == [201] + [412] * 11
    (heard,) = [one.json() for one in answers if one.status_code == 201]
    after = api.get(path).json()
    assert after["sets"] == heard["sets"]
    assert "read it again" in answers[-1].json().get("detail", "read it again")


def test_of_many_who_do_not_look_the_last_one_counts_and_each_edit_is_counted(
    api: httpx.Client,
) -> None:
    path, position, _ = first_set(api)

    def correct(repetitions: int) -> httpx.Response:
        return api.post(f"{path}/corrections", json=position | {"repetitions": repetitions})

    def change(effort: int) -> httpx.Response:
        return api.patch(path, json={"effort": effort})

    with ThreadPoolExecutor(6) as pool:
        corrections = list(pool.map(correct, range(10, 18)))
        changes = list(pool.map(change, range(1, 9)))
    assert {one.status_code for one in corrections + changes} == {200, 201}
    versions = [one.json()["version"] for one in corrections + changes]
    assert len(set(versions)) == 16  # none went over another without seeing it
    (found,) = api.get(path).json()["sets"]
    last = max(corrections, key=lambda one: int(one.json()["version"])).json()
    assert found["repetitions"] == last["sets"][0]["repetitions"]


def everything(api: httpx.Client) -> list[Json]:
    path, _, _ = first_set(api)
    return [api.get(one).json() for one in (path, "/wearers", "/changes", "/assignments")]


def all_edits(api: httpx.Client) -> list[httpx.Response]:
    path, position, _ = first_set(api)
    return [
        api.post("/wearers", json={"name": "Ada"}, headers={"Idempotency-Key": "1"}),
        api.patch("/wearers/1", json={"name": "Eva"}),
        api.patch(path, json={"note": "x" * 2000, "effort": 3}),
        api.post(f"{path}/corrections", json=position | {"repetitions": 9}),
        api.post("/assignments", json={"sensor_id": "SIM-1", "wearer_id": 1}),
    ]


def test_a_full_disk_is_told_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    with fresh_database("sqlite", tmp_path) as url:
        app = create_app(url, None, now_s=lambda: START_S + 600)
        full = {"is": False}

        def limit(connection: Any, *_: Any) -> None:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count={pages if full['is'] else 2**30}")

        event.listen(app.state.engine, "checkout", limit)
        with api_on(url, app) as api:
            before = everything(api)
            full["is"] = True
            # The first ones find room in pages that are there already.
            answers = [api.post("/sessions", json=OVER, headers=key(i)) for i in range(60)]
            failed = [one for one in answers if one.status_code != 201]
            assert {one.status_code for one in failed} == {503}
            assert "free disk space" in failed[0].json()["detail"]
            assert failed[0].headers["retry-after"]
            assert everything(api)[0] == before[0]
            full["is"] = False
            listed = api.get("/sessions?limit=200").json()["items"]
            assert len(listed) - 1 == len(answers) - len(failed)
            i = answers.index(failed[0])
            again = api.post("/sessions", json=OVER, headers=key(i))
            assert again.status_code == 201
            assert "idempotency-replayed" not in again.headers


OVER = {"started_utc": "2025-01-01T10:00:00Z", "ended_utc": "2025-01-01T11:00:00Z"}


def key(i: int) -> dict[str, str]:
    return {"Idempotency-Key": f"{'x' * 200}{i}"}


def test_a_database_that_somebody_else_holds_is_told_and_comes_back(tmp_path: Path) -> None:
    with fresh_database("sqlite", tmp_path) as url, api_on(url) as api:
        before = everything(api)
        path, position, _ = first_set(api)
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        answer = api.post(f"{path}/corrections", json=position | {"repetitions": 9})
        assert answer.status_code == 503
        assert "end the program that holds it" in answer.json()["detail"]
        assert everything(api) == before  # reading goes on
        holder.execute("ROLLBACK")
        holder.close()
        assert all(one.is_success for one in all_edits(api))


@pytest.mark.system
def test_a_database_that_goes_away_is_told_and_comes_back() -> None:
    cluster = PostgresCluster(durable=True)
    cluster.start()
    try:
        cluster.run_sql("CREATE DATABASE away")
        with api_on(cluster.url("away")) as api:
            before = everything(api)
            path, _, _ = first_set(api)
            cluster.crash()
            for answer in (
                api.get("/sessions"),
                api.get(path),
                api.patch(path, json={"effort": 3}),
                api.post("/wearers", json={"name": "Ada"}, headers={"Idempotency-Key": "1"}),
                api.post(f"{path}/reanalyse"),
            ):
                assert answer.status_code == 503, answer.text
                assert answer.headers["content-type"] == "application/problem+json"
            cluster.start()
            assert everything(api) == before
            assert all(one.is_success for one in all_edits(api))
    finally:
        cluster.remove()
