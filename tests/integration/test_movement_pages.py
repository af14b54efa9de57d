"""The pages of the movements: all of them, with their drawings, to be read on any screen."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from xml.etree import ElementTree

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from axe import needs_axe, violations
from lumbar_server.app import create_app
from lumbar_server.database import migrate
from lumbar_server.programme.catalogue import read_catalogue
from running_server import running_app

CATALOGUE = read_catalogue()
EXERCISES = tuple(CATALOGUE.movements)
OF_EACH_KIND = ("wall_plank", "side_lying_leg_raise", "knees_to_chest")
PHONE, DESKTOP = (390, 844), (1280, 800)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('server') / 'test.db'}"
    migrate(url)
    with running_app(create_app(url, None)) as address:
        yield address


@pytest.fixture(scope="module")
def site(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as site:
        yield site


def text_of(answer: httpx.Response) -> str:
    """Return what is read on a page."""
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def test_the_list_leads_to_every_movement(site: httpx.Client) -> None:
    page = site.get("/movements").text
    assert sorted(re.findall(r'href="/movements/(\w+)"', page)) == sorted(EXERCISES)
    for movement in CATALOGUE.movements.values():
        assert movement.name in unescape(page)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_movement_tells_all_that_the_data_says(site: httpx.Client, exercise: str) -> None:
    movement = CATALOGUE.movements[exercise]
    told = text_of(site.get(f"/movements/{exercise}"))
    for sentence in (*movement.cues, *movement.sees, *movement.cannot_see, *movement.sources):
        assert sentence in told
    for rung in CATALOGUE.ladder_of(exercise).rungs:
        assert (rung.form in told) or rung.exercise != exercise


@pytest.mark.parametrize("path", ["/movements", *(f"/movements/{one}" for one in EXERCISES)])
def test_it_is_shown_as_not_clinically_reviewed(site: httpx.Client, path: str) -> None:
    assert "Not clinically reviewed" in text_of(site.get(path))


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_movement_has_a_drawing(site: httpx.Client, exercise: str) -> None:
    page = site.get(f"/movements/{exercise}").text
    (drawing,) = re.findall(r'<img src="([^"]+)" alt="[^"]+"', page)
    answer = site.get(drawing)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert ElementTree.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_movement_that_is_not_there_says_where_they_are(site: httpx.Client) -> None:
    answer = site.get("/movements/handstand")
    assert answer.status_code == 404
    assert "/movements has them all" in answer.text


@pytest.mark.parametrize("name", ["..%2f..%2fapp", "%00", "x" * 5000, "%F0%9F%A4%B8", "<b>"])
def test_odd_names_are_answered_kindly(site: httpx.Client, name: str) -> None:
    answer = site.get(f"/movements/{name}", headers={"Accept": "text/html"})
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.text
    assert "<b>" not in answer.text


def each_page(page: Page, address: str, exercises: Sequence[str] = EXERCISES) -> Iterator[str]:
    for path in ("/movements", *(f"/movements/{one}" for one in exercises)):
        page.goto(address + path)
        expect(page.locator("main h1")).to_be_visible()
        yield path


@pytest.mark.system
@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_objects_to_nothing(
    browser: Browser, address: str, size: tuple[int, int], scheme: str
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    found = {path: violations(page) for path in each_page(page, address, OF_EACH_KIND)}
    assert {path: said for path, said in found.items() if said} == {}


@pytest.mark.system
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_picture_is_there_and_nothing_reaches_beyond_the_side(
    browser: Browser, address: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    for path in each_page(page, address):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        broken = page.locator("main img").evaluate_all(
            "images => images.filter(one => !one.naturalWidth).map(one => one.src)"
        )
        assert broken == [], path


@pytest.mark.system
def test_the_drawing_and_the_first_steps_are_seen_without_scrolling(
    browser: Browser, address: str
) -> None:
    page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    for path in each_page(page, address):
        if path != "/movements":
            expect(page.locator(".look img")).to_be_in_viewport(ratio=1)
            expect(page.locator(".steps li").nth(2)).to_be_in_viewport(ratio=1)
