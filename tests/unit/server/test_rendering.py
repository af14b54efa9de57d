"""Pages show durations, fractions and times as people read them, and escape what people write."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Request

from lumbar_server.pages import add_pages, rendering

SUMMER_UTC = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1:00 min"), (65, "1:05 min"), (3725, "1:02:05 h")],
)
def test_duration_is_told_in_the_unit_people_use(duration_s: float, text: str) -> None:
    assert rendering.duration(duration_s) == text.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("fraction", "text"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.29, "29 %"), (0.0, "0 %")]
)
def test_hundred_percent_is_said_of_the_whole_only(fraction: float, text: str) -> None:
    assert rendering.percent(fraction) == text.replace(" ", "\u00a0")


def test_time_is_the_wearers() -> None:
    assert rendering.local_time(SUMMER_UTC, "Europe/Vienna") == "Thu 2 Jul 2026, 00:30"
    assert rendering.local_time(SUMMER_UTC, "America/New_York") == "Wed 1 Jul 2026, 18:30"


def test_time_without_a_zone_is_utc_as_the_database_gives_it() -> None:
    assert rendering.local_clock(SUMMER_UTC.replace(tzinfo=None), "Europe/Vienna") == "00:30"


def test_page_marks_its_place_in_the_navigation() -> None:
    app = FastAPI()
    add_pages(app)
    request = Request({"type": "http", "app": app, "path": "/", "headers": [], "method": "GET"})
    page = bytes(rendering.render(request, "live.html").body).decode()
    assert '<a href="/" aria-current="page">Live</a>' in page
    assert page.count("aria-current") == 1
    assert "Not a medical device" in page


def test_what_people_write_is_escaped() -> None:
    template = rendering._environment().from_string("{{ note }}")
    assert template.render(note="<script>") == "&lt;script&gt;"
