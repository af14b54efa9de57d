"""Every page that a link leads to can be read and used: by axe, by keyboard, on any screen."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from axe import needs_axe, violations
from lumbar_server.app import create_app
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Arrived, Ingest
from running_server import running_app
from stream_messages import START_S, PublishedStream
from synthetic_bridge import bridge_samples

pytestmark = pytest.mark.system

PHONE, DESKTOP = (390, 844), (1280, 800)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    url = f"sqlite:///{tmp_path_factory.mktemp('server') / 'test.db'}"
    migrate(url)
    engine = open_engine(url)
    stream = PublishedStream("SIM-1", 0x1234, bridge_samples(5))
    messages = [*stream.batches(50), stream.end()]
    Ingest(engine, lambda: START_S).commit([Arrived(stream.topic, bytes(one)) for one in messages])
    engine.dispose()
    return create_app(url, None)


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with running_app(app) as address:
        yield address


def opened(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address)
    return page


def each_page(page: Page) -> Iterator[str]:
    """Open every page that a link of another leads to, and one that is not there."""
    waiting = [page.url, page.url + "nowhere"]
    seen: set[str] = set()
    while waiting:
        target = waiting.pop()
        path = urlsplit(target).path
        if path in seen or path.startswith("/api/"):
            continue
        seen.add(path)
        answer = page.goto(target)
        assert answer is not None
        assert answer.ok is not target.endswith("/nowhere"), target
        expect(page.locator("main h1")).to_be_visible()
        waiting += page.locator("a[href^='/']").evaluate_all(
            "links => links.map(link => link.href)"
        )
        yield target


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_objects_to_nothing(
    browser: Browser, address: str, size: tuple[int, int], scheme: str
) -> None:
    page = opened(browser, address, size, scheme)
    found = {target: violations(page) for target in each_page(page)}
    assert {target: said for target, said in found.items() if said} == {}


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_reaches_beyond_the_side_of_the_screen(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    page = opened(browser, address, size, "light")
    for target in each_page(page):
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0], target


def test_pages_ask_nobody_else_and_complain_of_nothing(browser: Browser, address: str) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    for target in each_page(page):
        known = [said for said in complaints if target.endswith("/nowhere") and "404" in said]
        assert complaints == known, target
        complaints.clear()
    assert [url for url in asked if not url.startswith(address)] == []


def test_first_key_leads_past_the_navigation(browser: Browser, address: str) -> None:
    page = opened(browser, address, DESKTOP, "light")
    for target in each_page(page):
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        assert page.url == target + "#main"


def test_targets_of_the_navigation_are_large_enough_for_a_finger(
    browser: Browser, address: str
) -> None:
    page = opened(browser, address, PHONE, "light")
    boxes = page.locator("nav a").evaluate_all(
        """links => links.map(link => link.getBoundingClientRect())
            .map(box => [box.width, box.height])"""
    )
    assert [box for box in boxes if min(box) < 44] == []
