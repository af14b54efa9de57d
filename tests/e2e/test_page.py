"""The live page in a real browser, fed by the whole chain."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from chromium import running_browser
from demo_process import running_demo

pytestmark = pytest.mark.system

LUMBAR = Path(sys.executable).with_name("lumbar")
FIRST_REPETITION_MS = 60_000


def test_the_counter_moves_and_no_request_leaves_the_host() -> None:
    with running_demo(LUMBAR) as address, running_browser() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        asked: list[str] = []
        problems: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else 0)
        page.goto(address)
        expect(page.locator("#link")).to_contain_text("connected", timeout=FIRST_REPETITION_MS)
        expect(page.locator("#exercise")).to_have_text("Glute bridge", timeout=FIRST_REPETITION_MS)
        expect(page.locator("#number")).to_have_text("1")
        expect(page.locator("#number")).to_have_text("2", timeout=15_000)
        expect(page.locator("#saved")).to_contain_text("saved")
        expect(page.locator("footer")).to_contain_text("Simulated sensor")
        page.reload()  # in the middle of the workout: what was counted is there at once
        expect(page.locator("#exercise")).to_have_text("Glute bridge", timeout=5_000)
        expect(page.locator("#number")).not_to_have_text("1", timeout=5_000)
        assert problems == []
        assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}


@pytest.mark.timeout(400)  # the programme takes 150 s
def test_a_workout_goes_from_the_sensor_to_its_summary() -> None:
    """Started on the page, done by the simulated wearer, stopped, told how it felt, looked at."""
    with running_demo(LUMBAR) as address, running_browser() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(address)
        page.get_by_role("button", name="Start").click()
        page.get_by_role("button", name="Cup").click()
        exercise, number = page.locator("#exercise"), page.locator("#number")
        expect(exercise).to_have_text("Glute bridge", timeout=FIRST_REPETITION_MS)
        expect(number).to_have_text("6", timeout=FIRST_REPETITION_MS)
        expect(exercise).to_have_text("Forearm plank", timeout=FIRST_REPETITION_MS)
        expect(page.locator("#cup")).to_be_visible()
        expect(page.locator("#cue")).to_contain_text("HIPS UP", timeout=FIRST_REPETITION_MS)
        expect(exercise).to_have_text("Cat and cow", timeout=FIRST_REPETITION_MS)
        expect(number).to_have_text("2", timeout=FIRST_REPETITION_MS)
        page.keyboard.press("Escape")
        page.get_by_role("dialog").get_by_text("8", exact=True).click()
        page.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile("/sessions/"))
        summary = page.locator("main")
        for done in ("Glute bridge", "Forearm plank", "Cat"):
            expect(summary).to_contain_text(done)
