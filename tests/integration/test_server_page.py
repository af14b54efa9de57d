"""The live page in a real browser, from a real broker by a real worker."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from phone import phone
from played_workout import PlayedWorkout, Room
from signal_traces import programme
from stream_messages import PublishedStream, arriving

pytestmark = pytest.mark.system

_SIGNAL_LOST_MS = 10_000


@pytest.fixture
def page() -> Iterator[Page]:
    with phone() as page:
        yield page


def test_workout_is_counted_cued_and_kept_through_a_lost_signal(room: Room, page: Page) -> None:
    page.goto(room.address)
    expect(page.locator("#exercise")).to_have_text("Waiting for a sensor")
    expect(page.locator("#number")).to_have_text("\u00a0")
    workout = programme(plank_s=20.0, count=5)
    played = PlayedWorkout(room, workout)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#exercise")).to_have_text("Glute bridge")
    expect(page.locator("#number")).to_have_text("5")
    expect(page.locator("#link")).to_have_attribute("data-state", "connected")
    expect(page.locator("#battery")).to_contain_text("82")
    expect(page.locator("#saved")).to_have_text("saved")
    expect(page.locator("#simulated")).to_contain_text("Simulated sensor SIM-7F2A")
    played.play(workout.plank[0] + 18.5)
    expect(page.locator("#exercise")).to_have_text("Forearm plank")
    expect(page.locator("#cue")).to_have_text("↑HIPS UP")
    played.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    expect(page.locator("main")).to_have_attribute("data-link", "lost")
    played.link("connected")
    played.finish()
    expect(page.locator("#sets tbody tr")).to_have_count(3)
    expect(page.locator("#exercise")).to_have_text("Well done")


def test_page_opened_in_the_midst_of_a_workout_shows_it(room: Room, page: Page) -> None:
    workout = programme(plank_s=20.0, count=5)
    played = PlayedWorkout(room, workout)
    page.goto(room.address)
    played.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("5")
    page.reload()
    expect(page.locator("#exercise")).to_have_text("Glute bridge")
    expect(page.locator("#number")).to_have_text("5")


def test_slow_sensor_is_shown_and_no_sets_are_promised(room: Room, page: Page) -> None:
    page.goto(room.address)
    slow = PublishedStream("SIM-7F2A", 0xFEED, programme().wearer.samples(50.0), rate_hz=20.0)
    payload = bytes(arriving(slow.batch(0, 40), room.clock.now_s()))
    room.client.publish(slow.topic, [payload])
    expect(page.locator("#exercise")).to_have_text("Recording only")
    expect(page.locator("#no-sets")).to_have_text("Sets are not looked for at this sampling rate.")


def test_nothing_moves_sideways_on_a_phone(room: Room, page: Page) -> None:
    workout = programme()
    PlayedWorkout(room, workout).play(workout.bridges[-1][2] + 1.5)
    for path in ("/", "/history", "/sessions/1"):
        page.goto(room.address + path)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_finished_session_is_shown_as_a_table(room: Room, page: Page) -> None:
    workout = programme()
    played = PlayedWorkout(room, workout)
    page.goto(room.address)
    played.finish()
    expect(page.locator("#exercise")).to_have_text("Well done")
    page.get_by_role("link", name="History").click()
    page.locator("#list tbody a").click()
    expect(page.locator("#sets > li")).to_have_count(3)
    expect(page.locator("#sets")).to_contain_text("hips low")
