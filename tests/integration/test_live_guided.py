"""A session that follows a plan on the live page, with a hand on the phone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from axe import needs_axe, violations
from phone import button, check_fit, phone
from played_workout import Room

pytestmark = pytest.mark.system

_CHOICES = {"pelvic_tilt": "swap", "modified_deadlift": "skip"}  # the dead bug comes first


@pytest.fixture
def api(room: Room) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{room.address}/api/v1") as api:
        yield api


@pytest.fixture
def session_id(api: httpx.Client) -> int:
    assert api.post("/wearers/1/screenings", json={"kind": "full", "yes": []}).status_code == 201
    day = api.get("/wearers/1/plan").json()["day"]
    for slot, choice in _CHOICES.items():
        answer = api.put(f"/wearers/1/plan/{day}/choices/{slot}", json={"choice": choice})
        assert answer.status_code == 200
    begun = {"length": "full", "comfort_before": 1, "any_change": False}
    return int(api.post("/wearers/1/planned-sessions", json=begun).json()["id"])


@pytest.fixture
def page(room: Room, session_id: int) -> Iterator[Page]:
    """The live page in the midst of a session, with a clock that only the test moves."""
    with phone() as page:
        page.clock.install()
        page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
        page.goto(room.address)
        expect(page.get_by_role("button", name="Skip")).to_be_visible()
        yield page


def go_on(page: Page, seconds: float) -> None:
    """Let the page's time go by."""
    for _ in range(round(seconds)):
        page.clock.run_for(1000)


def blocks(api: httpx.Client, session_id: int) -> list[tuple[Any, ...]]:
    found = api.get(f"/sessions/{session_id}/prescription").json()["blocks"]
    return [(one["exercise"], one["ended_utc"] is not None, one["felt"]) for one in found]


def eventually(page: Page, api: httpx.Client, session_id: int, *wanted: tuple[Any, ...]) -> None:
    """Wait for what the page tells the server of its own accord."""
    for _ in range(100):
        if blocks(api, session_id) == list(wanted):
            return
        page.wait_for_timeout(50)
    assert blocks(api, session_id) == list(wanted)


def test_who_never_chose_is_spoken_to(page: Page) -> None:
    expect(button(page, "Sound off")).to_be_visible()
    go_on(page, 1)
    assert page.evaluate("spoken.length") > 0


def test_a_browser_that_waits_for_a_tap_speaks_from_then_on(page: Page) -> None:
    while not page.evaluate("refuse()"):
        go_on(page, 1)
    go_on(page, 1)
    expect(button(page, "Sound on")).to_be_visible()
    page.locator("#exercise").click()
    expect(button(page, "Sound off")).to_be_visible()


def to_the_first_rest(page: Page) -> None:
    """Dead bug: without any signal the clock leads through it."""
    for _ in range(150):
        go_on(page, 1)
        if page.locator("#felt").is_visible():
            return
    raise AssertionError("no rest came")


def test_every_step_fits_on_a_phone(page: Page) -> None:
    expect(page.locator("#exercise")).to_have_text("Dead bug")
    expect(page.locator("#drawing")).to_have_attribute("src", "/static/movements/dead_bug.svg")
    expect(page.locator("#next")).to_have_text("2 sets of 5 each side")
    check_fit(page)
    go_on(page, 25)
    expect(page.locator("#unit")).to_have_text("of 10, at this pace")
    check_fit(page)
    to_the_first_rest(page)
    expect(page.locator("#next")).to_have_text("next: Dead bug")
    expect(page.locator("#how-many")).to_be_visible()
    check_fit(page)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_no_step_and_to_no_question(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.clock.resume()  # axe waits for time to go by
    found = [*violations(page)]
    to_the_first_rest(page)
    found += violations(page)
    for _ in range(4):
        page.keyboard.press("n")
        go_on(page, 2)
    go_on(page, 6)
    dialog = page.get_by_role("dialog")
    for question in ("How many", "How was it", "now", "worst", "hard"):
        expect(dialog.get_by_role("group", name=question)).to_be_visible()
        found += violations(page)
        if question != "hard":
            button(page, "Next").click()
    assert found == []


def test_how_many_is_asked_in_the_rest_and_again_at_the_end(page: Page) -> None:
    to_the_first_rest(page)
    that = page.locator("[data-does=that]")
    expect(that).to_have_text("10 done")
    expect(that).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("-")
    go_on(page, 1)
    expect(that).to_have_text("9 done")
    expect(that).to_have_attribute("aria-pressed", "true")
    for _ in range(4):
        page.keyboard.press("n")
        go_on(page, 2)
    go_on(page, 6)
    dialog = page.get_by_role("dialog")
    many = dialog.get_by_label("Dead bug, how many in all? (20 set out)")
    expect(many).to_have_value("9")  # the other set was skipped
    expect(dialog.get_by_label("That many")).to_be_checked()


def test_what_was_felt_is_told_with_its_block_and_can_be_changed(
    page: Page, api: httpx.Client, session_id: int
) -> None:
    eventually(page, api, session_id, ("dead_bug", False, None))
    to_the_first_rest(page)
    page.keyboard.press("3")
    go_on(page, 7)
    expect(page.locator("#next")).to_contain_text("next: Glute bridge, 2 sets of 8")
    eventually(page, api, session_id, ("dead_bug", True, "too_much"))
    button(page, "A bit more").click()
    eventually(page, api, session_id, ("dead_bug", True, "bit_more"))


def test_reload_goes_on_at_the_same_line(page: Page, api: httpx.Client, session_id: int) -> None:
    page.keyboard.press("n")
    go_on(page, 35)
    expect(page.locator("#exercise")).to_have_text("Glute bridge")
    first = ("dead_bug", True, None)
    eventually(page, api, session_id, first, ("glute_bridge", False, None))
    page.reload()
    expect(page.locator("#exercise")).to_have_text("Glute bridge")
    second = ("glute_bridge", True, None)
    eventually(page, api, session_id, first, second, ("glute_bridge", False, None))


def test_pause_stops_the_guide_until_it_goes_on(page: Page) -> None:
    button(page, "Pause").click()
    expect(page.locator("#exercise")).to_have_text("Paused")
    go_on(page, 60)
    button(page, "Go on").click()
    expect(page.locator("#exercise")).to_have_text("Dead bug")
    expect(page.locator("#number")).to_have_text("20")


def test_stop_asks_what_it_was_and_ends_the_session(
    page: Page, api: httpx.Client, session_id: int
) -> None:
    eventually(page, api, session_id, ("dead_bug", False, None))
    page.keyboard.press("Escape")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    eventually(page, api, session_id, ("dead_bug", True, None))
    assert api.get(f"/sessions/{session_id}").json()["ended_utc"] is not None
    button(page, "Save").click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("Choose what it was"))
    dialog.get_by_text("Too much", exact=True).click()
    dialog.get_by_text("4", exact=True).click()
    said: list[Any] = []
    page.on("request", lambda one: said.append(one.post_data_json if "stop-" in one.url else None))
    button(page, "Save").click()
    expect(page).to_have_url(re.compile(f"/sessions/{session_id}$"))
    assert {"reason": "too_much", "discomfort": 4} in said


@pytest.mark.parametrize("reason", ["Sharp or shooting pain", "Something new in the legs", "Dizzy"])
def test_what_must_be_heeded_leads_to_the_advice(page: Page, reason: str) -> None:
    page.keyboard.press("Escape")
    page.route("**/today", lambda route: route.fulfill(body="advice"))
    page.get_by_role("dialog").get_by_text(reason, exact=True).click()
    button(page, "Save").click()
    expect(page).to_have_url(re.compile("/today$"))


def test_plain_session_is_not_led(room: Room) -> None:
    with phone() as page:
        page.goto(room.address)
        button(page, "Start").click()
        expect(button(page, "Pause")).to_be_visible()
        expect(page.get_by_role("button", name="Skip")).to_be_hidden()


def test_voice_leads_without_a_tap_until_it_is_switched_off(page: Page) -> None:
    expect(button(page, "Sound off")).to_be_visible()
    assert page.evaluate("spoken")[0].startswith("Dead bug. One heel taps the floor")
    page.keyboard.press("m")
    expect(button(page, "Sound on")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Skip")).to_be_visible()
    expect(button(page, "Sound on")).to_be_visible()
