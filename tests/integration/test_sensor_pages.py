"""Sensors and wearers over real HTTP, with plain forms, as without a script."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest

from ingested import STREAM, commit
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from lumbar_server.pages import rendering
from lumbar_server.pages.sensors import signal_of
from running_server import running_server
from stream_messages import START_S
from synthetic_bridge import RATE_HZ

SENSOR = STREAM.sensor_id


@pytest.fixture
def pages(url: str) -> Iterator[httpx.Client]:
    migrate(url)
    engine = open_engine(url)
    commit(Ingest(engine, lambda: START_S), *STREAM.batches(50), STREAM.end())
    engine.dispose()
    with (
        running_server(url, None, lambda: START_S + 600) as address,
        httpx.Client(base_url=address, follow_redirects=True) as pages,
    ):
        yield pages


def words(page: httpx.Response) -> str:
    assert page.status_code == 200, page.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_a_sensor_tells_where_its_samples_are(pages: httpx.Client) -> None:
    shown = words(pages.get("/sensors"))
    assert f"{SENSOR} simulated" in shown
    assert "not heard since this program started" in shown
    stored = rendering.duration(len(STREAM.samples) / RATE_HZ)
    assert f"Saved {stored.split()[0]}" in shown
    assert words(pages.get(f"/sensors/{SENSOR}/status")).startswith("Link not heard")


def test_a_sensor_is_given_to_somebody_who_was_just_added(pages: httpx.Client) -> None:
    person = {"name": "Ada <b>", "time_zone": "Europe/Vienna", "quiet_min": "2.5"}
    shown = words(pages.post("/wearers", data=person))
    assert "Who is of this household" in shown
    after = pages.post(f"/sensors/{SENSOR}/wearer", data={"wearer_id": "2"})
    assert '<option value="2" selected>Ada &lt;b&gt;</option>' in after.text
    assert pages.get("/api/v1/wearers").json()[1]["quiet_s"] == 150.0


def test_a_person_is_renamed(pages: httpx.Client) -> None:
    pages.post("/wearers/1", data={"name": "Grace", "time_zone": "Asia/Tokyo", "quiet_min": "5"})
    assert pages.get("/api/v1/wearers").json()[0]["name"] == "Grace"
    assert "worn by Grace" in words(pages.get("/wearers"))


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("/wearers", {"name": "", "time_zone": "UTC"}, 422),
        ("/wearers", {"name": "Me", "time_zone": "UTC"}, 409),
        ("/wearers/1", {"name": "Me", "time_zone": "Atlantis"}, 422),
        ("/wearers/9", {"name": "Nobody", "time_zone": "UTC"}, 404),
        ("/sensors/none/wearer", {"wearer_id": "1"}, 404),
        (f"/sensors/{SENSOR}/wearer", {"wearer_id": "9"}, 404),
    ],
)
def test_what_cannot_be_is_a_page_that_says_so(
    pages: httpx.Client, path: str, form: dict[str, str], status: int
) -> None:
    answer = pages.post(path, data=form, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "<main" in answer.text


def test_how_to_place_and_calibrate_is_said_without_a_script(pages: httpx.Client) -> None:
    shown = words(pages.get(f"/sensors/{SENSOR}"))
    assert "Bow slowly, three times." in shown
    assert "arrow up" in shown
    assert pages.get("/sensors/none").status_code == 404


def test_signal_is_told_in_bars_and_words() -> None:
    found = [signal_of(dbm) for dbm in (None, -50, -60, -61, -84, -85, -128)]
    assert [bars for bars, _ in found] == [0, 4, 4, 3, 2, 1, 1]
    assert found[0][1] == "not heard"
