"""Pictures of the live page for the README, taken during a demo: ``make screenshots``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import expect

from chromium import running_browser
from demo_process import running_demo

DOCS = Path(__file__).parents[2] / "docs"
LUMBAR = Path(sys.executable).with_name("lumbar")
PATIENCE_MS = 120_000


def main() -> None:
    with running_demo(LUMBAR, "--duration", "60") as address, running_browser() as browser:
        phone = {"width": 390, "height": 700}
        light = browser.new_page(viewport=phone, color_scheme="light")
        dark = browser.new_page(viewport=phone, color_scheme="dark")
        for page in (light, dark):
            page.goto(address)
        expect(light.locator("#exercise")).to_have_text("Glute bridge", timeout=PATIENCE_MS)
        expect(light.locator("#number")).to_have_text("2", timeout=PATIENCE_MS)
        light.screenshot(path=DOCS / "live-bridge.png")
        cue = dark.locator("#cue")
        expect(cue).to_have_attribute("data-kind", "change", timeout=PATIENCE_MS)
        dark.screenshot(path=DOCS / "live-plank.png")


if __name__ == "__main__":
    main()
