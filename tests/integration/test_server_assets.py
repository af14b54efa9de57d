"""htmx and uPlot work under the content security policy, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from chromium import running_browser
from lumbar_server.app import create_app
from lumbar_server.pages.vendored import STATIC, Vendored
from page_assets import needs_assets
from running_server import running_app

pytestmark = pytest.mark.system

PUT_IN = """html => {
    const place = document.createElement("div");
    place.innerHTML = html;
    document.querySelector("main").append(place);
    htmx.process(place);
}"""
DRAW = """() => {
    const series = [{}, { stroke: "#0072b2" }];
    const place = document.querySelector("main");
    new uPlot({ width: 300, height: 200, series }, [[1, 2, 3], [4, 6, 5]], place);
}"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with running_app(create_app(f"sqlite:///{tmp_path / 'test.db'}", None)) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """A page that has shown what it has; what it complains of fails the test."""
    complaints: list[str] = []
    with running_browser() as browser:
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + "/history")
        yield page
    # Chromium tells each answer of 400 and above
    assert [said for said in complaints if "Failed to load resource" not in said] == []


@needs_assets
def test_answer_is_put_into_the_page(page: Page) -> None:
    page.evaluate(
        PUT_IN,
        '<button hx-get="/history" hx-select="h1" hx-target="next p">Go</button><p id="here">',
    )
    page.get_by_role("button", name="Go").click()
    expect(page.locator("#here h1")).to_have_text("History")


@needs_assets
def test_problem_with_a_request_in_place_is_told_and_taken_back(page: Page) -> None:
    page.evaluate(
        PUT_IN,
        '<button hx-post="/api/v1/status" hx-target="next p">Wrong</button><p id="here">old</p>'
        '<button hx-get="/history" hx-select="h1" hx-target="#here">Right</button>',
    )
    page.get_by_role("button", name="Wrong").click()
    expect(page.get_by_role("alert")).to_contain_text("Method Not Allowed")
    expect(page.locator("#here")).to_have_text("old")
    page.get_by_role("button", name="Right").click()
    expect(page.locator("#here h1")).to_have_text("History")
    expect(page.locator("#problem")).to_be_hidden()


@needs_assets
def test_plot_is_drawn(page: Page, address: str) -> None:
    for asset in sorted((STATIC / "vendor").glob("uplot-*")):
        loaded = httpx.get(f"{address}/static/vendor/{asset.name}")
        assert "immutable" in loaded.headers["cache-control"]
        add = page.add_script_tag if asset.suffix == ".js" else page.add_style_tag
        add(url=f"/static/vendor/{asset.name}")
    page.evaluate(DRAW)
    expect(page.locator(".uplot canvas")).to_be_visible()
    expect(page.locator(".u-legend")).to_be_visible()


def test_pages_without_assets_complain_of_nothing(tmp_path: Path) -> None:
    app = create_app(f"sqlite:///{tmp_path / 'test.db'}", None)
    app.state.vendored = Vendored({})
    complaints: list[str] = []
    with running_app(app) as address, running_browser() as browser:
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        for path in ("/", "/history"):
            page.goto(address + path)
            expect(page.locator("footer")).to_contain_text("make assets")
    assert complaints == []
