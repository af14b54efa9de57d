"""A workout on the live page in a real browser, from the start to what is asked afterwards."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from phone import button, phone, start
from played_workout import PlayedWorkout, Room
from signal_traces import programme

pytestmark = pytest.mark.system

_SIGNAL_LOST_MS = 10_000


@pytest.fixture
def page(room: Room) -> Iterator[Page]:
    with phone() as page:
        page.goto(room.address)
        yield page


def sessions(room: Room) -> list[dict[str, Any]]:
    found = httpx.get(f"{room.address}/api/v1/sessions").json()["items"]
    return [httpx.get(f"{room.address}/api/v1/sessions/{one['id']}").json() for one in found]


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
    page.get_by_role("dialog").get_by_text("7", exact=True).click()
    page.get_by_label("A note").fill("slept well")
    button(page, "Save").click()
    (session,) = sessions(room)
    expect(page).to_have_url(f"{room.address}/sessions/{session['id']}")
    assert (session["comfort_after"], session["note"]) == (7, "slept well")
    assert session["ended_utc"] is not None
    assert len(session["pauses"]) == 1


def test_who_answers_nothing_stays_or_goes_to_the_summary(room: Room, page: Page) -> None:
    start(page)
    button(page, "STOP").click()
    link = page.get_by_role("link", name="See the summary")
    expect(link).to_have_attribute("href", f"/sessions/{sessions(room)[0]['id']}")
    button(page, "Not now").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button(page, "Start")).to_be_visible()


def test_session_that_another_page_began_can_be_stopped_here(room: Room, page: Page) -> None:
    expect(button(page, "Start")).to_be_visible()
    other = httpx.post(f"{room.address}/api/v1/sessions", json={}).json()["id"]
    expect(button(page, "STOP")).to_be_visible()
    httpx.post(f"{room.address}/api/v1/sessions/{other}/pause")
    expect(button(page, "Go on")).to_be_visible()


def test_set_that_was_found_without_a_start_can_be_stopped_too(room: Room, page: Page) -> None:
    workout = programme()
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(button(page, "Pause")).to_be_visible()
    button(page, "STOP").click()
    page.get_by_role("dialog").get_by_text("4", exact=True).click()
    button(page, "Save").click()
    expect(page).to_have_url(re.compile("/sessions/"))
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
    expect(page).to_have_url(re.compile("/sessions/"))
    (session,) = sessions(room)
    assert [one["repetitions"] for one in session["sets"]] == [8]


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
    expect(page).to_have_url(re.compile("/sessions/"))
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


def test_time_of_a_hold_goes_on_while_what_was_missed_is_read(room: Room, page: Page) -> None:
    workout = programme(plank_s=40.0)
    played = PlayedWorkout(room, workout)
    played.play(workout.plank[0] + 8.0)
    expect(page.locator("#exercise")).to_have_text("Forearm plank")
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    page.wait_for_function("() => Number(number.textContent) >= 12")
    missed = played.miss(workout.plank[0] + 12.0)
    played.link("connected")
    played.play(workout.plank[0] + 14.0)
    expect(page.locator("#cue")).not_to_have_text("No signal, keep going")
    assert int(page.locator("#number").inner_text()) >= 12
    played.read_log(*missed)
    played.play(workout.plank[0] + 25.0)
    page.wait_for_function("() => Number(number.textContent) >= 24")
    expect(page.locator("#ask")).to_be_hidden()
