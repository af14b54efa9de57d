"""Pages show durations, fractions and times as people read them, and escape what people write."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Request
from markupsafe import Markup

from lumbar_server.pages import add_pages, rendering
from lumbar_server.pages.vendored import Vendored

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


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    add_pages(app)
    return app


def shown(app: FastAPI) -> str:
    request = Request({"type": "http", "app": app, "path": "/", "headers": [], "method": "GET"})
    return bytes(rendering.render(request, "base.html").body).decode()


def test_page_marks_its_place_in_the_navigation(app: FastAPI) -> None:
    page = shown(app)
    assert '<a href="/" aria-current="page">Live</a>' in page
    assert page.count("aria-current") == 1
    assert "Not a medical device" in page


def test_checkout_without_assets_shows_plain_pages_and_says_what_to_run(app: FastAPI) -> None:
    app.state.vendored = Vendored({})
    page = shown(app)
    assert "<code>make assets</code>" in page
    assert "vendor" not in page


def test_page_with_assets_loads_them(app: FastAPI) -> None:
    app.state.vendored = Vendored({"htmx": Markup("<script src=/static/vendor/htmx></script>")})
    page = shown(app)
    assert "make assets" not in page
    assert "<script src=/static/vendor/htmx></script>" in page


def test_what_people_write_is_escaped() -> None:
    template = rendering._environment().from_string("{{ note }}")
    assert template.render(note="<script>") == "&lt;script&gt;"
