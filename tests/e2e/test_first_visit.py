"""What a first-time visitor wants: few taps each, found by what is written on the pages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chromium import running_browser
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from running_server import running_server
from simulated_week import MONDAY_UTC, Day, take_in, week

PHONE = {"width": 390, "height": 760}


@pytest.fixture(scope="module")
def days() -> list[Day]:
    return week()


@pytest.fixture(scope="module")
def address(days: list[Day], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('week') / 'lumbar.db'}"
    migrate(url)
    engine = open_engine(url)
    now_s = MONDAY_UTC.timestamp() + 7 * 86_400
    take_in(Ingest(engine, lambda: now_s), days)
    engine.dispose()
    with running_server(url, None, lambda: now_s) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with running_browser() as browser:
        page = browser.new_page(viewport=PHONE, accept_downloads=True)
        page.goto(address)
        yield page


pytestmark = pytest.mark.system


def test_a_workout_is_started_with_one_tap_and_ended_with_one(page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="STOP").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_wrong_count_is_put_right_with_three_taps(page: Page) -> None:
    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Sun 29 Mar 2026").click()
    bridges = page.get_by_role("listitem").filter(has_text="Glute bridge").first
    before = int(bridges.locator("b").first.inner_text())
    bridges.get_by_role("button", name="One more").click()
    expect(bridges.locator("b").first).to_have_text(str(before + 1))
    expect(bridges).to_contain_text(f"seen {before} ×")


def test_last_weeks_best_plank_is_found_with_two_taps(page: Page, days: list[Day]) -> None:
    page.get_by_role("link", name="History").click()
    page.get_by_role("link", name="Progress").click()
    told = page.get_by_role("region", name="Forearm plank").get_by_text("Longest hold").first
    best_s = max(hold.duration_s for day in days for one in day.sets for hold in one.holds)
    shown_s = float(told.inner_text().removeprefix("Longest hold: ").split("\u00a0")[0].split()[0])
    assert shown_s == pytest.approx(best_s, abs=1.5)


def test_everything_is_taken_away_with_two_taps(
    page: Page, days: list[Day], tmp_path: Path
) -> None:
    page.get_by_role("link", name="My data").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    download.value.save_as(tmp_path / "all.json")
    record = json.loads((tmp_path / "all.json").read_text())
    assert record["schema"] == "lumbar.record/1"
    assert len(record["sessions"]) >= len(days)
