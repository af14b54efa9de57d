"""The page My data, by plain links and forms."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest
from lumbar_server.app import create_app
from lumbar_server.database import migrate, open_engine
from lumbar_server.keeper import Keeper
from lumbar_server.pages.my_data import size
from lumbar_server.retention import Retention
from running_server import running_app
from stream_messages import START_S

N = len(STREAM.samples)
DAY_S = 86_400.0
ONE_WORKOUT_FORMS = ("json", "csv", "parquet", "fit")
FORMS = ("json", "parquet", "csv", "fit", "labels")


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        commit(new_ingest(engine), *STREAM.batches(50), STREAM.end())
        engine.dispose()
        yield url


@pytest.fixture
def page(url: str) -> Iterator[httpx.Client]:
    app = create_app(
        url, None, retention=Retention(keep_raw_days=90), now_s=lambda: START_S + DAY_S
    )
    with (
        running_app(app) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}) as client,
    ):
        yield client


def words(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    assert answer.status_code == 200, answer.text
    text = re.sub(r"<[^>]*>", " ", answer.text).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def confirmed(page: httpx.Client, **asked: str) -> httpx.Response:
    """Ask, send the form that comes, and follow to the receipt."""
    shown = page.get("/my-data/delete", params=asked)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown.text))
    answer = page.post("/my-data/delete", data={**fields, "confirmed": "yes"})
    assert answer.status_code == 303
    return page.get(answer.headers["location"])


def test_it_says_what_is_stored_for_how_long_and_how_to_take_it_away(page: httpx.Client) -> None:
    said = words(page.get("/my-data"))
    assert (
        f"Me Workouts 1 Sets that were found 1 Corrections 0 "
        f"Answers to the programme 0 Raw samples {N // 50 + 1} s, " in said
    )
    assert "Raw samples are deleted after 90 days." in said
    assert "Nothing was deleted so far." in said
    links = re.findall(r'href="(/api/v1/export[^"]*)"', page.get("/my-data").text)
    assert links == [f"/api/v1/export?form={form}" for form in FORMS]
    for link in links:
        assert page.get(link).status_code == 200


def test_what_will_go_by_itself_is_announced(page: httpx.Client, url: str) -> None:
    engine = open_engine(url)
    keeper = Keeper(engine, lambda: START_S + 2 * DAY_S, Retention(keep_raw_days=1))
    keeper.step()
    engine.dispose()
    said = words(page.get("/my-data"))
    assert "After Wed 18 Jun 2025, 15:06 the raw samples of 1 recording will be deleted." in said
    (receipt,) = page.get("/api/v1/receipts").json()["items"]
    assert (receipt["state"], receipt["left"][0]["samples"]) == ("announced", N)
    assert "To be deleted after" in words(page.get(f"/my-data/receipts/{receipt['id']}"))


def test_nothing_goes_before_it_is_confirmed(page: httpx.Client) -> None:
    said = words(page.get("/my-data/delete", params={"what": "everything", "wearer_id": "1"}))
    assert "1 workout" in said
    assert f"{N:,} samples" in said
    refused = page.post("/my-data/delete", data={"what": "everything", "wearer_id": "1"})
    assert refused.status_code == 400
    assert f"Raw samples {N // 50 + 1} s, " in words(page.get("/my-data"))


def test_one_workout_is_taken_away_at_its_page(page: httpx.Client) -> None:
    links = re.findall(r'href="(/api/v1/sessions/1/export[^"]*)"', page.get("/sessions/1").text)
    assert links == [f"/api/v1/sessions/1/export?form={form}" for form in ONE_WORKOUT_FORMS]
    for link in links:
        assert "attachment" in page.get(link).headers["content-disposition"]


def test_a_workout_is_deleted_with_a_receipt(page: httpx.Client) -> None:
    assert "what=session&amp;session_id=1" in page.get("/sessions/1").text
    said = words(confirmed(page, what="session", session_id="1"))
    assert "Receipt 1" in said
    assert "Deleted on" in said
    assert page.get("/sessions/1").status_code == 404
    assert "One workout" in words(page.get("/my-data"))
    assert "No workout yet" in words(page.get("/history"))


def test_raw_samples_before_a_day_are_deleted(page: httpx.Client) -> None:
    none = confirmed(page, what="raw", wearer_id="1", before="2025-06-15")
    assert "Samples 0," in words(none)
    later = confirmed(page, what="raw", wearer_id="1", before="2025-06-16")
    assert f"Samples {N:,}," in words(later)
    assert "Glute bridge" in words(page.get("/sessions/1"))


def test_a_copy_is_brought_back_by_a_plain_form(page: httpx.Client, tmp_path: Path) -> None:
    copy = page.get("/api/v1/export?form=json").content
    sent = {"file": ("mine.json", copy, "application/json")}
    assert "Nothing of it is new: it is here already" in words(
        page.post("/my-data/import", files=sent)
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with (
        fresh_database("sqlite", elsewhere) as url,
        running_app(create_app(url, None, now_s=lambda: START_S)) as address,
        httpx.Client(base_url=address) as other,
    ):
        said = words(other.post("/my-data/import", files=sent))
        assert f"1 workout, 0 corrections, {N:,} samples of 1 recording" in said
        assert "Glute bridge" in words(other.get("/sessions/1"))
    bad = {"file": ("mine.json", b"{", "application/json")}
    assert page.post("/my-data/import", files=bad).status_code == 400
    assert page.post("/my-data/import", data={"file": "none"}).status_code == 422


def test_everything_is_deleted(page: httpx.Client) -> None:
    said = words(confirmed(page, what="everything", wearer_id="1"))
    assert f"Samples {N:,}," in said
    assert "Wearer 1 Workouts 0 Sets that were found 0 " in words(page.get("/my-data"))


@pytest.mark.parametrize(
    "asked",
    [
        {"what": "session"},
        {"what": "raw"},
        {"what": "raw", "wearer_id": "1", "before": "soon"},
        {"what": "raw", "wearer_id": "1", "before": "0001-01-01"},
        {"what": "everything", "wearer_id": "9"},
        {"what": "session", "session_id": "9"},
        {"what": "all", "wearer_id": "1"},
        {"what": "raw", "wearer_id": "1" * 40},
    ],
)
def test_what_makes_no_sense_is_refused(page: httpx.Client, asked: dict[str, str]) -> None:
    for answer in (
        page.get("/my-data/delete", params=asked),
        page.post("/my-data/delete", data={**asked, "confirmed": "yes"}),
    ):
        assert 400 <= answer.status_code < 500


def test_sizes_are_said_as_people_do() -> None:
    said = [size(n).replace("\u00a0", " ") for n in (0, 999, 1000, 12_345, 3_400_000, 2 * 10**9)]
    assert said == ["0 bytes", "999 bytes", "1 kB", "12.3 kB", "3.4 MB", "2 GB"]
