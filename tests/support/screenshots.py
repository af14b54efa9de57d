"""Pictures for the README, taken during a demo: ``make screenshots``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from chromium import running_browser
from demo_process import running_demo
from phone import button, start

DOCS = Path(__file__).parents[2] / "docs"
LUMBAR = Path(sys.executable).with_name("lumbar")
PHONE = {"width": 390, "height": 760}
PATIENCE_MS = 180_000


def main() -> None:
    with running_demo(LUMBAR) as address, running_browser() as browser:
        light = browser.new_page(viewport=PHONE, color_scheme="light")
        dark = browser.new_page(viewport=PHONE, color_scheme="dark")
        today(light, address)
        light.goto(address)
        start(light)
        dark.goto(address)
        button(dark, "Cup").click()
        live(light, dark)
        light.keyboard.press("Escape")
        light.get_by_role("dialog").get_by_text("8", exact=True).click()
        button(light, "Save").click()
        expect(light).to_have_url(re.compile("/sessions/"))
        light.screenshot(path=DOCS / "summary.png")


def today(page: Page, address: str) -> None:
    """Take what is set out for somebody who has said no to all questions."""
    page.goto(f"{address}today/screening")
    for answer in page.locator("input[value=no]").all():
        answer.check(force=True)
    page.get_by_role("button", name="Save the answers").click()
    expect(page.locator("#lines")).to_be_visible(timeout=PATIENCE_MS)
    page.screenshot(path=DOCS / "today.png")


def live(light: Page, dark: Page) -> None:
    """Take the live page in a bridge, and with the cup as the plank begins to sag."""
    expect(light.locator("#exercise")).to_have_text("Glute bridge", timeout=PATIENCE_MS)
    expect(light.locator("#number")).to_have_text("4", timeout=PATIENCE_MS)
    light.screenshot(path=DOCS / "live-bridge.png")
    cue = dark.locator("#cue")
    expect(cue).to_have_attribute("data-kind", "change", timeout=PATIENCE_MS)
    dark.screenshot(path=DOCS / "live-plank.png")
    expect(light.locator("#exercise")).to_have_text("Cat and cow", timeout=PATIENCE_MS)
    expect(light.locator("#number")).to_have_text("3", timeout=PATIENCE_MS)


if __name__ == "__main__":
    main()
