"""A sensor is calibrated on its page, led by voice, while its simulated wearer bows."""

import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from chromium import running_browser
from demo_process import running_demo
from running_worker import wait_until

LUMBAR = Path(sys.executable).with_name("lumbar")
PATIENCE_MS = 60_000


@pytest.mark.system
def test_bows_are_seen_and_told() -> None:
    with running_demo(LUMBAR, "--duration", "60") as address, running_browser() as browser:
        sensors = f"{address}api/v1/sensors"
        wait_until(lambda: httpx.get(sensors).json() != [])
        sensor_id = httpx.get(sensors).json()[0]["sensor_id"]
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto(f"{address}sensors/{sensor_id}")
        expect(page.get_by_text("connected")).to_be_visible(timeout=PATIENCE_MS)
        page.wait_for_timeout(3000)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Begin").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Stand upright")
        expect(page.get_by_role("status")).to_contain_text("Now bow slowly", timeout=PATIENCE_MS)
        expect(page.get_by_role("status")).to_contain_text("Calibrated.", timeout=PATIENCE_MS)
        expect(page.get_by_role("button", name="Begin")).to_be_focused()
