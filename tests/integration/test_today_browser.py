"""Today in a real browser: on a phone, by keyboard alone, without a script, and before axe."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from axe import needs_axe, violations
from page_assets import needs_assets
from planned_person import BRIDGE, PlannedPerson, planned_person

pytestmark = [pytest.mark.system, needs_assets]

PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10
_SMALL_TARGETS = """least =>
    [...document.querySelectorAll("main a, main button, main input, main select, main summary")]
    .filter(one => one.type !== "hidden" && one.checkVisibility())
    .filter(one => one.type !== "checkbox")
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < least)
    .map(([html, box]) => `${html}: ${box.width} x ${box.height}`)"""


@pytest.fixture
def person(tmp_path: Path) -> Iterator[PlannedPerson]:
    with planned_person(tmp_path) as person:
        yield person


@pytest.fixture
def page(browser: Browser, person: PlannedPerson) -> Iterator[Page]:
    """A portrait phone; anything the page complains of fails the test."""
    complaints: list[str] = []
    page = browser.new_page(viewport=PHONE, base_url=str(person.site.base_url))  # type: ignore[arg-type]
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.close()
    assert complaints == []


def press_tab_until(page: Page, focused: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", focused):
            return
    raise AssertionError(f"no way to {focused} by keyboard")


def nothing(_person: PlannedPerson) -> None:
    """Leave it as it is at first."""


def ready(person: PlannedPerson) -> None:
    person.answer_questions()


def chosen(person: PlannedPerson) -> None:
    person.answer_questions()
    for slot, choice in (("pelvic_tilt", "swap"), (BRIDGE, "easier"), ("plank", "skip")):
        person.submit("/today", f'name="ladder" value="{slot}"', choice=choice)


def risen(person: PlannedPerson) -> None:
    person.answer_questions()
    for _ in range(2):
        person.bridge_session()


def asked(person: PlannedPerson) -> None:
    risen(person)
    person.bridge_session(next_day=None)


def held_back(person: PlannedPerson) -> None:
    risen(person)
    person.bridge_session(during=6)
    person.answer_questions()


def under_way(person: PlannedPerson) -> None:
    person.answer_questions()
    person.start()


def paused(person: PlannedPerson) -> None:
    person.answer_questions()
    for _ in range(2):
        person.bridge_session(during=7)
        person.answer_questions()


def locked(person: PlannedPerson) -> None:
    person.answer_questions("bones")


def emergency(person: PlannedPerson) -> None:
    person.answer_questions("chest_pain")


def mobility(person: PlannedPerson) -> None:
    person.answer_questions()
    person.bridge_session()
    person.clock.go_on(days=-2)


def rest(person: PlannedPerson) -> None:
    mobility(person)
    person.clock.go_on(hours=-20)


def months(person: PlannedPerson) -> None:
    person.answer_questions()
    for number in range(6):
        person.bridge_session(next_day=("usual", "bit_more", None)[number % 3])


STATES: list[tuple[Callable[[PlannedPerson], None], str]] = [
    (nothing, "/today"),
    (nothing, "/today/screening"),
    (ready, "/today"),
    (chosen, "/today"),
    (risen, "/today"),
    (asked, "/today"),
    (held_back, "/today"),
    (under_way, "/today"),
    (paused, "/today"),
    (locked, "/today"),
    (emergency, "/today"),
    (mobility, "/today"),
    (rest, "/today"),
    (nothing, "/weeks"),
    (months, "/weeks"),
]


@needs_axe
@pytest.mark.parametrize(
    ("come", "path"), STATES, ids=[f"{come.__name__}-{path[1:]}" for come, path in STATES]
)
def test_every_state_can_be_read_and_pressed(
    person: PlannedPerson, page: Page, come: Callable[[PlannedPerson], None], path: str
) -> None:
    come(person)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert violations(page) == []
        assert page.evaluate(_SMALL_TARGETS, 44) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
    narrow = "width => document.documentElement.scrollWidth <= width"
    page.wait_for_function(narrow, arg=NARROWEST["width"])  # plots follow a moment later


def test_keyboard_alone_answers_everything_and_starts(person: PlannedPerson, page: Page) -> None:
    page.goto("/today")
    press_tab_until(page, "a[href^='/today/screening']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Before you exercise")
    for fieldset in page.locator("#screening fieldset").all():
        first = fieldset.locator("input").first.get_attribute("id")
        press_tab_until(page, f"#{first}")
        page.keyboard.press("Space")
    press_tab_until(page, "#screening-save")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Today: strength and control")
    press_tab_until(page, "#line-plank [value=skip]")
    page.keyboard.press("Enter")
    expect(page.locator("#line-plank")).to_contain_text("left out today")
    press_tab_until(page, "#comfort-0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    press_tab_until(page, "[name=any_change]")
    page.keyboard.press("Space")
    press_tab_until(page, "#start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?wearer_id=1")
    assert "plank" in person.set_out()
    session = person.site.get("/api/v1/sessions").json()["items"][0]
    assert session["comfort_before"] == 2


def test_start_waits_until_both_questions_are_answered(person: PlannedPerson, page: Page) -> None:
    person.answer_questions()
    person.clock.go_on(minutes=1)
    page.goto("/today")
    page.locator("#start").click()
    page.locator("#comfort-3").check()
    page.locator("#start").click()
    expect(page.locator("#start")).to_be_visible()
    assert person.site.get("/api/v1/sessions").json()["items"] == []
    page.locator("#any_change-yes").check()
    page.locator("#start").click()
    expect(page.locator("h1")).to_have_text("Before you exercise")
    expect(page.locator("#why")).to_contain_text("something has changed")


def test_everything_works_without_a_script(browser: Browser, person: PlannedPerson) -> None:
    page = browser.new_page(
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=False,
        base_url=str(person.site.base_url),
    )
    page.goto("/today")
    page.get_by_role("link", name="Answer the questions").click()
    for fieldset in page.locator("#screening fieldset").all():
        fieldset.get_by_label("No", exact=True).check()
    page.get_by_label("Yes", exact=True).last.check()
    page.get_by_role("button", name="Save the answers").click()
    bridge = page.locator(f"#line-{BRIDGE}")
    bridge.get_by_role("button", name="Easier").click()
    expect(bridge).to_contain_text("easier by your choice")
    bridge.get_by_role("button", name="Undo").click()
    expect(bridge.get_by_role("button", name="Easier")).to_be_visible()
    page.get_by_role("link", name="Five minutes").click()
    expect(page.locator("#lines > li")).to_have_count(2)
    page.get_by_label("4", exact=True).check()
    page.locator("#any_change-no").check()
    page.get_by_role("button", name="Start").click()
    page.goto("/today")
    expect(page.locator("h1")).to_have_text("Today: under way")
    page.close()


def test_next_day_takes_one_tap(person: PlannedPerson, page: Page) -> None:
    asked(person)
    page.goto("/today")
    page.get_by_role("button", name="Clearly worse").first.click()
    expect(page.locator("#why")).to_contain_text("too much for your back")


def test_urgent_page_calls_the_number_of_where_its_wearer_lives(
    person: PlannedPerson, page: Page
) -> None:
    emergency(person)
    page.goto("/today")
    expect(page.get_by_role("link", name="Call 112")).to_have_attribute("href", "tel:112")
    expect(page.locator("h1")).to_have_text("Get help now")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(138, 15, 20)"
    page.get_by_role("link", name="Answer again").click()
    expect(page.locator("h1")).to_have_text("Before you exercise")
