"""History, summary, timeline and reasons in a real browser: one tap, keyboard, any screen."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from axe import needs_axe, violations
from ingested import STREAM, commit
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest
from page_assets import needs_assets
from running_server import running_server
from signal_traces import programme
from stream_messages import START_S, PublishedStream

pytestmark = [pytest.mark.system, needs_assets]

PHONE = {"width": 390, "height": 844}
NEXT_DAY_S = START_S + 86_400.0
_TARGETS = """least =>
    [...document.querySelectorAll("main a, main button, main input, main select, main summary")]
    .filter(one => one.type !== "hidden" && one.checkVisibility())
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < least)
    .map(([html, box]) => `${html}: ${box.width} x ${box.height}`)"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Two sensors' workouts at once: bridges, and a programme with a plank."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    engine = open_engine(url)
    workout = programme(plank_s=20.0, count=5)
    other = PublishedStream("SIM-2", 0x77, workout.wearer.samples(50.0))
    for stream in (STREAM, other):
        ingest = Ingest(engine, lambda: START_S)
        commit(ingest, *stream.batches(50), stream.end(), topic=stream.topic)
    engine.dispose()
    with running_server(url, None, lambda: NEXT_DAY_S) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, timezone_id="America/St_Johns")  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A portrait phone; anything the page complains of fails the test."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


def record_pages(page: Page, address: str) -> Iterator[str]:
    """Open each page of the record in turn, plots drawn where it has some."""
    page.goto(address + "/sessions/1")
    why = page.locator('#sets a[href*="/why?repetition=1"]').first.get_attribute("href")
    paths = ("/history", "/history/progress", "/sessions/1", "/sessions/1/timeline", why)
    paths += ("/sessions/1/analyses",)
    for path in paths:
        page.goto(f"{address}{path}")
        if page.locator("figure.plot").count():
            expect(page.locator("figure.plot .u-over").first).to_be_attached()
        yield f"{path}"


def press_tab_until(page: Page, focused: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", focused):
            return
    raise AssertionError(f"no way to {focused} by keyboard")


def test_count_is_corrected_in_one_tap_in_place(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1")
    first = page.locator("#sets > li").first
    expect(first.locator(".seen")).to_contain_text("seen 5")
    page.evaluate("document.title = 'still here'")
    first.get_by_role("button", name="One more").click()
    expect(first.locator("b")).to_have_text("6")
    expect(first.locator(".seen")).to_contain_text("seen 5")
    expect(page.locator("#totals")).to_contain_text("6\u00a0× · 5\u00a0×")
    expect(page.locator("#status")).to_have_text("Glute bridge: 6\u00a0×")
    assert page.title() == "still here"
    page.reload()
    expect(first.locator("b")).to_have_text("6")
    first.get_by_role("button", name="As seen").click()
    expect(first.locator("b")).to_have_text("5")


def test_exercise_hold_and_comfort_take_one_tap_each(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1")
    sets = page.locator("#sets > li")
    sets.first.locator("select").select_option("pelvic_tilt")
    expect(sets.first.locator("h3")).to_contain_text("Pelvic tilt")
    expect(sets.first.locator(".seen")).to_contain_text("as Glute bridge")
    plank = sets.filter(has_text="Forearm plank at")
    plank.get_by_role("button", name="one second more").click()
    expect(plank.locator("b")).to_have_text("21\u00a0s")
    page.locator("#comfort_after-7").click()
    expect(page.locator("#comfort_after-7")).to_have_attribute("aria-pressed", "true")
    page.locator("#comfort_after-7").click()
    expect(page.locator("#comfort_after-7")).to_have_attribute("aria-pressed", "false")


def test_what_is_typed_outlives_a_correction_elsewhere(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1")
    page.locator("#note").fill("not saved yet")
    page.locator("#sets > li").first.get_by_role("button", name="One more").click()
    page.locator("#effort-5").click()
    expect(page.locator("#effort-5")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#note")).to_have_value("not saved yet")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#note-save").click()
    page.reload()
    expect(page.locator("#note")).to_have_value("not saved yet")


def test_what_is_unfolded_stays_so_when_a_count_is_corrected(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1")
    first = page.locator("#sets > li").first
    first.locator("summary").click()
    first.get_by_role("button", name="One more").click()
    expect(first.locator("b")).to_have_text("6")
    expect(first.locator("details")).to_have_attribute("open", "")
    first.locator("[name=hold_s]").fill("12")
    first.get_by_role("button", name="Save the holds").click()
    expect(first.get_by_role("button", name="Save the holds")).to_be_focused()
    expect(first.locator("b").last).to_have_text("12\u00a0s")


def test_of_two_who_correct_one_set_at_once_the_second_is_told(
    address: str, context: BrowserContext
) -> None:
    one, other = context.new_page(), context.new_page()
    for page in (one, other):
        page.goto(address + "/sessions/1")
    one.locator("#sets > li").first.get_by_role("button", name="One more").click()
    expect(one.locator("#sets > li").first.locator("b")).to_have_text("6")
    other.locator("#sets > li").first.get_by_role("button", name="One less").click()
    expect(other.locator("#problem")).to_contain_text("Load the page again")
    other.locator("#sets > li").nth(1).get_by_role("button", name="One less").click()
    expect(other.locator("#sets > li").nth(1).locator("b")).to_have_text("4")
    expect(other.locator("#problem")).to_be_hidden()
    other.reload()
    expect(other.locator("#sets > li").first.locator("b")).to_have_text("6")


def test_keyboard_alone_finds_and_corrects_a_workout(address: str, page: Page) -> None:
    page.goto(address + "/history")
    press_tab_until(page, "#list tbody a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(address + "/sessions/1")
    press_tab_until(page, "#sets > li:first-child [id$=-more]")
    page.keyboard.press("Enter")
    count = page.locator("#sets > li").first.locator("b")
    expect(count).to_have_text("6")
    page.keyboard.press("Space")  # the focus has stayed
    expect(count).to_have_text("7")
    press_tab_until(page, "#sets > li:first-child [id$=-remove]")
    page.keyboard.press("Enter")
    expect(page.locator("#sets > li").first).to_contain_text("Removed")
    press_tab_until(page, "#discard")
    page.keyboard.press("Enter")
    expect(page.locator("#keep")).to_be_visible()


def test_set_that_nobody_saw_is_added_in_place(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1")
    page.get_by_text("Add a set that nobody saw").click()
    page.locator("#unseen-exercise").select_option("dead_bug")
    page.locator("#unseen-start").fill("1:20")
    page.locator("#unseen-repetitions").fill("8")
    page.locator("#unseen-add").click()
    own = page.locator("#sets > li").filter(has_text="not seen")
    expect(own).to_contain_text("Dead bug at 1:20")
    expect(page.locator("#unseen-add")).to_be_focused()
    own.get_by_role("button", name="One more").click()
    expect(own.locator("b")).to_have_text("9")
    own.get_by_role("button", name="Remove").click()
    expect(own).to_have_count(0)


def test_summary_works_without_a_script(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page.goto(address + "/sessions/1")
    first = page.locator("#sets > li").first
    first.get_by_role("button", name="One more").click()
    expect(first.locator("b")).to_have_text("6")
    first.locator("select").select_option("pelvic_tilt")
    first.get_by_role("button", name="Change").click()
    expect(first.locator("h3")).to_contain_text("Pelvic tilt")
    page.get_by_role("link", name="Timeline").click()
    page.get_by_role("link", name="Closer").click()
    expect(page.locator("#timeline [role=status]")).not_to_contain_text("all of it")
    page.close()


def test_timeline_is_zoomed_by_keyboard_and_by_dragging(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1/timeline")
    shown = page.locator("#timeline [role=status]")
    plots = page.locator("#timeline .u-over")
    expect(shown).to_contain_text("all of it")
    expect(plots).to_have_count(3)
    press_tab_until(page, "#closer")
    page.keyboard.press("Enter")
    expect(shown).not_to_contain_text("all of it")
    expect(page.locator("#closer")).to_be_focused()
    before = page.url
    expect(plots).to_have_count(3)
    box = plots.first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page).not_to_have_url(before)
    expect(page.locator("#repetitions tbody tr").first).to_be_visible()


def test_repetition_is_asked_why_it_counted(address: str, page: Page) -> None:
    page.goto(address + "/sessions/1")
    first = page.locator("#sets > li").first
    first.locator("summary").click()
    first.get_by_role("link", name="Repetition 3").click()
    expect(page.locator("h1")).to_have_text("Why repetition 3 counted")
    expect(page.locator("#why-plot .u-over")).to_have_count(2)
    expect(page.locator("#measured")).to_contain_text("On the back")
    expect(page.locator("#missed-title")).to_be_visible()


def test_zone_of_the_device_is_offered_and_kept(address: str, page: Page) -> None:
    page.goto(address + "/history")
    expect(page.locator("#time-zone")).to_have_value("America/St_Johns")
    expect(page.locator("#zone-hint")).to_contain_text("This device is in America/St_Johns")
    expect(page.locator("#list")).to_contain_text("15:06")
    page.locator("#zone-save").click()
    expect(page.locator("#list")).to_contain_text("12:36")
    expect(page.locator("#zone-hint")).to_have_text("")


def test_nothing_is_asked_of_another_host(address: str, page: Page) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    assert list(record_pages(page, address))
    assert asked == {urlsplit(address).netloc}


def test_every_target_is_large_enough_and_nothing_is_cut_off(address: str, page: Page) -> None:
    for path in record_pages(page, address):
        assert page.evaluate(_TARGETS, 44) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_nothing_on_the_record(address: str, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = {}
    for path in record_pages(page, address):
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found[path] = violations(page)
    assert {path: said for path, said in found.items() if said} == {}
