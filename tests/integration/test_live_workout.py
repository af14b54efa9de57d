"""A workout on the live page in a real browser: two metres away, by keyboard, by ear."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from phone import SIZE, phone
from played_workout import PlayedWorkout, Room, running_room
from signal_traces import programme

pytestmark = pytest.mark.system

_SIGNAL_LOST_MS = 10_000
_LARGE_PX, _TARGET_PX = 84, 64  # of what is pressed in the midst of a workout, and of all else
_NUMBER_VW = 58


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_room(tmp_path) as room:
        yield room


@pytest.fixture
def page(room: Room) -> Iterator[Page]:
    with phone() as page:
        page.goto(room.address)
        yield page


def sessions(room: Room) -> list[dict[str, Any]]:
    found = httpx.get(f"{room.address}/api/v1/sessions").json()["items"]
    return [httpx.get(f"{room.address}/api/v1/sessions/{one['id']}").json() for one in found]


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( done, or it hurts)?$"))


def start(page: Page) -> None:
    button(page, "Start").click()
    expect(button(page, "Pause")).to_be_visible()


def test_workout_is_started_paused_stopped_and_told_how_it_felt(room: Room, page: Page) -> None:
    start(page)
    workout = programme()
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("3")
    button(page, "Pause").click()
    expect(page.locator("#exercise")).to_have_text("Paused")
    assert [one["paused"] for one in sessions(room)] == [True]
    button(page, "Go on").click()
    expect(page.locator("#exercise")).not_to_have_text("Paused")
    played.finish()
    expect(page.locator("#exercise")).to_have_text("Well done")
    button(page, "STOP").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_text("7", exact=True).click()
    page.get_by_label("A note").fill("slept well")
    button(page, "Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button(page, "Start")).to_be_visible()
    (session,) = sessions(room)
    assert (session["comfort_after"], session["note"]) == (7, "slept well")
    assert session["ended_utc"] is not None
    assert len(session["pauses"]) == 1


def test_page_leads_from_the_stop_to_the_summary(room: Room, page: Page) -> None:
    start(page)
    button(page, "STOP").click()
    link = page.get_by_role("link", name="See the summary")
    expect(link).to_have_attribute("href", f"/sessions/{sessions(room)[0]['id']}")
    button(page, "Not now").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_session_that_another_page_began_can_be_stopped_here(room: Room, page: Page) -> None:
    httpx.post(f"{room.address}/api/v1/sessions", json={})
    page.reload()
    expect(button(page, "STOP")).to_be_visible()


def test_set_that_was_found_without_a_start_can_be_stopped_too(room: Room, page: Page) -> None:
    workout = programme()
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(button(page, "Pause")).to_be_visible()
    button(page, "STOP").click()
    page.get_by_text("4", exact=True).click()
    button(page, "Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button(page, "Start")).to_be_visible()
    (session,) = sessions(room)
    assert (session["kind"], session["comfort_after"]) == ("automatic", 4)


def test_pause_without_a_start_keeps_what_was_done_before(room: Room, page: Page) -> None:
    workout = programme()
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    button(page, "Pause").click()
    expect(button(page, "Go on")).to_be_visible()
    (session,) = sessions(room)
    assert (session["kind"], session["paused"]) == ("explicit", True)
    assert [one["exercise"] for one in session["sets"]] == ["glute_bridge"]


def test_signal_that_never_comes_back_is_asked_about_at_the_end(room: Room, page: Page) -> None:
    start(page)
    workout = programme(plank_s=30.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("3")
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    button(page, "STOP").click()
    page.get_by_label("Glute bridge").fill("8")
    button(page, "Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    (session,) = sessions(room)
    assert [one["repetitions"] for one in session["sets"]] == [8]


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


def test_keyboard_alone_is_enough(room: Room, page: Page) -> None:
    button(page, "Start").focus()
    page.keyboard.press("Enter")
    expect(button(page, "Pause")).to_be_focused()
    page.locator("body").click(position={"x": 5, "y": 400})
    page.keyboard.press(" ")
    expect(button(page, "Go on")).to_be_visible()
    page.keyboard.press(" ")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press("m")
    expect(button(page, "Sound off")).to_be_visible()
    page.keyboard.press("m")
    expect(button(page, "Sound on")).to_be_visible()
    page.keyboard.press("v")
    expect(page.locator("#strip")).to_be_visible()
    page.keyboard.press("v")
    expect(page.locator("#strip")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("radio", name="0", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert [one["comfort_after"] for one in sessions(room)] == [1]


def test_link_cut_in_a_plank_is_told_and_asked_about_afterwards(room: Room, page: Page) -> None:
    start(page)
    button(page, "Sound on").click()
    workout = programme(plank_s=30.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.plank[0] + 8.0)
    expect(page.locator("#exercise")).to_have_text("Forearm plank")
    expect(page.locator("#number")).to_have_css("-webkit-text-stroke-width", "0px")
    before = int(page.locator("#number").inner_text())
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    number = page.locator("#number")
    expect(number).to_have_css("color", "rgba(0, 0, 0, 0)")
    expect(number).not_to_have_css("-webkit-text-stroke-width", "0px")
    page.wait_for_function("from => Number(number.textContent) > from", arg=before + 1)
    assert "No signal, keep going" in page.evaluate("spoken")
    played.lose(workout.plank[0] + 12.0)
    played.link("connected")
    played.play(workout.plank[1] + 4.0)
    button(page, "Some were not seen: how many?").click()
    page.get_by_label("Forearm plank").fill("30")
    button(page, "Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button(page, "Some were not seen: how many?")).to_be_hidden()
    (session,) = sessions(room)
    plank = next(one for one in session["sets"] if one["exercise"] == "forearm_plank")
    assert plank["holds_s"] == [30.0]
    assert plank["correction"] is not None


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
    page.wait_for_function("spoken.includes('hips up')")
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
    def fits() -> None:
        height = page.evaluate("document.documentElement.scrollHeight")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert (height <= SIZE["height"], width <= SIZE["width"]) == (True, True)
        for one in page.get_by_role("button").all():
            box = one.bounding_box()
            assert box is not None
            least = _LARGE_PX if "large" in (one.get_attribute("class") or "") else _TARGET_PX
            assert min(box["height"], box["width"]) >= least - 0.5

    fits()
    start(page)
    workout = programme(plank_s=20.0, count=3)
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("3")
    font_px = float(page.evaluate("parseFloat(getComputedStyle(number).fontSize)"))
    assert font_px >= _NUMBER_VW / 100 * SIZE["width"] - 0.5
    fits()
    played.play(workout.plank[0] + 17.0)
    expect(page.locator("#cue")).to_have_text("↑HIPS UP")
    fits()
    button(page, "Cup").click()
    expect(page.locator("#cup")).to_be_visible()
    fits()
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    fits()


def test_rest_is_counted_down_between_sets(room: Room, page: Page) -> None:
    workout = programme()
    workout.wearer.rest(20.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.cat_cows[-1][2] + 1.0)
    expect(page.locator("#number")).to_have_text("3")
    played.play(workout.cat_cows[-1][2] + 14.0)
    expect(page.locator("#exercise")).to_have_text("Rest")
    assert 30 < int(page.locator("#number").inner_text()) < 50


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
