"""What the live page shows and says, in a real browser: seen and heard from two metres away."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from axe import needs_axe, violations
from phone import SIZE, button, check_fit, phone, start
from played_workout import PlayedWorkout, Room
from signal_traces import programme

pytestmark = pytest.mark.system

_SIGNAL_LOST_MS = 10_000
_NUMBER_VW = 58


@pytest.fixture
def page(room: Room) -> Iterator[Page]:
    with phone() as page:
        page.goto(room.address)
        yield page


def test_goal_is_set_in_the_near_view_and_fills_the_bar(room: Room, page: Page) -> None:
    workout = programme()
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#unit")).to_have_text("repetitions")
    button(page, "Near view").click()
    page.get_by_label("Goal of this exercise").fill("6")
    button(page, "Far view").click()
    expect(page.locator("#unit")).to_have_text("of 6 repetitions")
    bar = page.evaluate("bar.firstElementChild.offsetWidth / bar.clientWidth")
    assert bar == pytest.approx(0.5, abs=0.02)


def test_counts_and_cues_are_heard_once_sound_was_switched_on(room: Room, page: Page) -> None:
    button(page, "Sound on").click()
    page.evaluate("speaking = setInterval(finishSpeaking, 50)")
    workout = programme(plank_s=20.0)
    played = PlayedWorkout(room, workout)
    for _, _, end_s in workout.bridges:
        played.play(end_s + 1.0)
        page.wait_for_timeout(300)
    expect(page.locator("#number")).to_have_text("3")
    played.play(workout.plank[0] + 18.5)
    expect(page.locator("#cue")).to_have_text("↑HIPS UP")
    page.wait_for_function("() => spoken.includes('hips up')")
    said = page.evaluate("spoken")
    assert said[:4] == ["Sound on", "1", "2", "3"]
    button(page, "Sound off").click()
    played.play(workout.plank[1] + 5.0)
    assert page.evaluate("spoken") == said


def test_cup_tilts_spills_and_is_remembered(room: Room, page: Page) -> None:
    button(page, "Cup").click()
    workout = programme(plank_s=20.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.plank[0] + 10.0)
    cup = page.locator("#cup")
    expect(cup).to_have_attribute("data-spilt", "false")
    assert abs(float(cup.get_attribute("data-tilt") or "nan")) < 3.0
    played.play(workout.plank[0] + 17.0)
    expect(cup).to_have_attribute("data-spilt", "true")
    expect(page.locator(".cup-words")).to_have_text("spilt once")
    expect(page.locator("#cue")).to_have_text("↑HIPS UP")
    page.reload()
    expect(button(page, "Cup")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#cup")).to_be_visible()


def test_every_moment_fits_on_a_phone_and_can_be_read_far_away(room: Room, page: Page) -> None:
    check_fit(page)
    start(page)
    workout = programme(plank_s=20.0, count=3)
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("3")
    font_px = float(page.evaluate("parseFloat(getComputedStyle(number).fontSize)"))
    assert font_px >= _NUMBER_VW / 100 * SIZE["width"] - 0.5
    check_fit(page)
    played.play(workout.plank[0] + 17.0)
    expect(page.locator("#cue")).to_have_text("↑HIPS UP")
    check_fit(page)
    button(page, "Cup").click()
    expect(page.locator("#cup")).to_be_visible()
    check_fit(page)
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    check_fit(page)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_no_moment_of_a_workout(room: Room, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    start(page)
    workout = programme(plank_s=20.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("3")
    found = [*violations(page)]
    button(page, "Cup").click()
    played.play(workout.plank[0] + 17.0)
    expect(page.locator("#cup")).to_have_attribute("data-spilt", "true")
    button(page, "Near view").click()
    found += violations(page)
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    found += violations(page)
    button(page, "STOP").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert [*found, *violations(page)] == []


def test_rest_is_counted_down_between_sets(room: Room, page: Page) -> None:
    workout = programme()
    workout.wearer.rest(20.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.plank[1] + 4.0)
    expect(page.locator("#exercise")).to_have_text("Rest")
    played.play(workout.cat_cows[0][2] + 1.5)
    expect(page.locator("#exercise")).to_have_text("Cat and cow")
    expect(page.locator("#number")).to_have_text("1")
    played.play(workout.cat_cows[-1][2] + 1.0)
    expect(page.locator("#number")).to_have_text("3")
    played.play(workout.cat_cows[-1][2] + 14.0)
    expect(page.locator("#exercise")).to_have_text("Rest")
    assert 30 < int(page.locator("#number").inner_text()) <= 50


def test_sensor_that_somebody_else_wears_is_not_shown(room: Room, page: Page) -> None:
    api = f"{room.address}/api/v1"
    workout = programme()
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[0][0])
    expect(page.locator("#link")).to_contain_text("connected")
    other = httpx.post(f"{api}/wearers", json={"name": "Kim"}).json()["id"]
    given = {"sensor_id": "SIM-7F2A", "wearer_id": other}
    assert httpx.post(f"{api}/assignments", json=given).status_code == 201
    page.reload()
    played.play(workout.bridges[-1][2] + 1.5)
    page.goto(f"{room.address}/?wearer_id={other}")
    expect(page.locator("#number")).to_have_text("3")
    page.goto(room.address)
    expect(page.locator("#link")).to_have_text("no sensor yet")
    expect(page.locator("#number")).to_have_text("\u00a0")
