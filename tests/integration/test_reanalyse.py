"""Running history through a newer detector: over HTTP, and as a command."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest, stored_findings
from lumbar_server.database import migrate, open_engine, writing
from lumbar_server.store import results
from lumbar_server.store.results import Findings
from lumbar_signal import PARAMETERS_SHA256, VERSION
from lumbar_signal.events import Exercise
from running_server import running_server
from stream_messages import START_S


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A stream in which an older version found the set twice, and not as what it was."""
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(new_ingest(engine), *STREAM.batches(150), STREAM.end())
        (found,) = stored_findings(engine, STREAM).sets
        first = replace(found, exercise=Exercise.CAT_COW)
        second = replace(found, start=found.end + 1, end=found.end + 50)
        with writing(engine) as connection:
            results.discard(connection, STREAM.key, VERSION, PARAMETERS_SHA256)
            analysis_id = results.open_analysis(connection, STREAM.key, "0.0.9", "old")
            older = results.Changes()
            older.add(analysis_id, Findings(), Findings(sets=(first, second)))
            older.write(connection)
        engine.dispose()
        yield url


def test_a_session_is_reanalysed_and_both_analyses_are_shown(url: str) -> None:
    with (
        running_server(url, None, lambda: START_S + 600) as address,
        httpx.Client(base_url=address + "/api/v1", timeout=60) as api,
    ):
        path = f"/sessions/{api.get('/sessions').json()['items'][0]['id']}"
        assert api.get(path + "/analyses").json()["streams"][0]["difference"] is None
        done = api.post(path + "/reanalyse").json()
        (stream,) = done["streams"]
        assert (done["gone"], stream["outcome"]) == (False, "analysed")
        assert [one["detector_version"] for one in stream["analyses"]] == [VERSION, "0.0.9"]
        assert [one["current"] for one in stream["analyses"]] == [True, False]
        difference = stream["difference"]
        counts = {name: difference[name] for name in ("gained", "lost", "renamed", "recounted")}
        assert counts == {"gained": 0, "lost": 1, "renamed": 1, "recounted": 0}
        assert [one["difference"] for one in difference["sets"]] == ["renamed", "lost"]
        renamed = difference["sets"][0]
        assert (renamed["before"]["exercise"], renamed["after"]["exercise"]) == (
            "cat_cow",
            "glute_bridge",
        )
        again = api.post(path + "/reanalyse").json()["streams"][0]
        assert again == stream | {"outcome": "up_to_date"}
        two = {"before_id": difference["after_id"], "after_id": difference["before_id"]}
        turned = api.get(path + "/analyses", params=two).json()["streams"][0]["difference"]
        assert (turned["gained"], turned["lost"]) == (1, 0)
        one_only = api.get(path + "/analyses", params={"before_id": two["before_id"]})
        assert one_only.status_code == 400
        foreign = api.get(path + "/analyses", params={"before_id": 1000, "after_id": 1})
        assert foreign.status_code == 404
        assert api.post("/sessions/999/reanalyse").status_code == 404
        assert api.get(path).json()["done"][0]["exercise"] == "glute_bridge"


def test_everything_is_reanalysed_by_a_command(url: str) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lumbar", "reanalyse", *arguments],
            env={"LUMBAR_SERVER_DATABASE_URL": url, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("--all")
    assert done.returncode == 0, done.stderr
    assert f"detector 0.0.9 -> {VERSION}, sets: 1 lost, 1 renamed" in done.stdout
    assert "1 streams analysed, 0 were up to date" in done.stdout
    assert "0 streams analysed, 1 were up to date" in run("--session", "1").stdout
    for wrong in ((), ("--all", "--session", "1")):
        refused = run(*wrong)
        assert refused.returncode == 1
        assert "either --session with its number, or --all" in refused.stderr
    assert "no session 77" in run("--session", "77").stderr


def test_a_page_lets_the_present_detector_look_and_shows_both(url: str) -> None:
    with (
        running_server(url, None, lambda: START_S + 600) as address,
        httpx.Client(base_url=address, timeout=60, headers={"Accept": "text/html"}) as site,
    ):
        key = site.get("/api/v1/sessions").json()["items"][0]["id"]
        path = f"/sessions/{key}/analyses"
        assert "Only detector 0.0.9 has looked" in site.get(path).text
        answer = site.post(path)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        text = site.get(path).text
        assert f"Newest, {VERSION}" in text
        assert "Before, 0.0.9" in text
        assert "<td>Glute bridge 5\u00a0×</td><td>Cat and cow 5\u00a0×</td>" in text
        assert "another exercise" in text
        assert "not found any more" in text
