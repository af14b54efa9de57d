"""Copies of the record over HTTP: every form, and back in."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from databases import DATABASES, fresh_database
from household import fill
from lumbar_server.app import create_app
from lumbar_server.database import migrate, open_engine
from running_server import running_app
from stream_messages import START_S

LIMIT_BYTES = 2_000_000
Json = dict[str, Any]


@contextmanager
def serving(url: str) -> Iterator[httpx.Client]:
    app = create_app(url, None, import_limit_bytes=LIMIT_BYTES, now_s=lambda: START_S)
    with running_app(app) as address, httpx.Client(base_url=address + "/api/v1") as api:
        yield api


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def here(kind: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with a household's record."""
    with fresh_database(kind, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        fill(engine)
        engine.dispose()
        with serving(url) as api:
            yield api


@pytest.fixture
def there(kind: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """A server with nothing yet."""
    (tmp_path / "there").mkdir()
    with fresh_database(kind, tmp_path / "there") as url, serving(url) as api:
        yield api


def whole_sessions(api: httpx.Client) -> list[Json]:
    """Return all sessions as the API tells them, without what numbers them."""
    listed = api.get("/sessions").json()["items"]
    found = [api.get(f"/sessions/{one['id']}").json() for one in listed]
    for one in found:
        del one["id"], one["wearer_id"]
        for each in one["sets"]:
            if each["correction"] is not None:
                del each["correction"]["id"]
    return found


@pytest.mark.parametrize(
    ("form", "ending", "media_type"),
    [
        ("json", ".json", "application/json"),
        ("csv", ".csv.zip", "application/zip"),
        ("parquet", ".parquet.zip", "application/zip"),
        ("fit", ".fit.zip", "application/zip"),
        ("labels", ".labels.jsonl", "application/jsonl"),
    ],
)
def test_everything_and_one_session_come_as_files(
    here: httpx.Client, form: str, ending: str, media_type: str
) -> None:
    everything = here.get("/export", params={"form": form})
    assert everything.status_code == 200
    assert everything.headers["content-type"] == media_type
    assert everything.headers["content-disposition"] == f'attachment; filename="lumbar{ending}"'
    hers = here.get("/export", params={"form": form, "wearer_id": 2})
    assert f"lumbar-wearer-2{ending}" in hers.headers["content-disposition"]
    one = here.get("/sessions/1/export", params={"form": form})
    ending = ".fit" if form == "fit" else ending
    assert f'"lumbar-session-1{ending}"' in one.headers["content-disposition"]
    if one.headers["content-type"] == "application/zip":
        with zipfile.ZipFile(io.BytesIO(one.content)) as archive:
            assert archive.testzip() is None


def test_a_household_moves_to_another_computer(here: httpx.Client, there: httpx.Client) -> None:
    file = here.get("/export").content
    done = there.post("/import", content=file)
    assert done.status_code == 200
    assert done.json() == {
        "streams": 3,
        "samples": 7173,
        "sessions": 3,
        "corrections": 4,
        "screenings": 4,
    }
    assert whole_sessions(there) == whole_sessions(here)
    again = there.post("/import", content=file)
    assert set(again.json().values()) == {0}
    stream_id = here.get("/streams").json()["items"][0]["stream_id"]
    path = f"/streams/{stream_id}/samples"
    assert there.get(path).json() == here.get(path).json()


def test_contradiction_is_a_problem_and_changes_nothing(
    here: httpx.Client, there: httpx.Client
) -> None:
    document = here.get("/export").json()
    there.post("/import", content=json.dumps(document))
    before = whole_sessions(there)
    document["sessions"][1]["note"] = "something else"
    answer = there.post("/import", content=json.dumps(document))
    assert answer.status_code == 409
    assert "differs: note; nothing was imported" in answer.json()["detail"]
    assert whole_sessions(there) == before


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"\xff", b'{"schema": "else"}'])
def test_what_is_no_export_is_refused(there: httpx.Client, content: bytes) -> None:
    answer = there.post("/import", content=content)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_larger_file_than_allowed_is_refused(there: httpx.Client) -> None:
    def blocks() -> Iterator[bytes]:  # without a length that tells it before
        for _ in range(LIMIT_BYTES // 1000 + 1):
            yield b" " * 1000

    for content in (b" " * (LIMIT_BYTES + 1), blocks()):
        answer = there.post("/import", content=content)
        assert answer.status_code == 413
        assert "2,000,000 bytes" in answer.json()["detail"]


def test_what_is_not_there_and_forms_that_are_none_are_told(here: httpx.Client) -> None:
    assert here.get("/sessions/99/export").status_code == 404
    assert here.get("/export", params={"wearer_id": 99}).status_code == 404
    assert here.get("/export", params={"form": "pdf"}).status_code == 422
