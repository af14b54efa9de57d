"""A portrait phone in a real browser; anything that a page complains of fails the test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from chromium import running_browser

SIZE = {"width": 390, "height": 844}
LARGE_PX, TARGET_PX = 84, 64
"""What is pressed in the midst of a workout, and all else on the live page."""
SPOKEN = Path(__file__).with_name("spoken.js")


@contextmanager
def phone(**choices: Any) -> Iterator[Page]:
    """Yield a page whose voice is recorded in ``spoken``."""
    complaints: list[str] = []
    with running_browser() as browser:
        page = browser.new_page(viewport=SIZE, **choices)
        page.add_init_script(path=SPOKEN)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    assert complaints == []


def button(page: Page, name: str) -> Locator:
    """Return a button of the live page; STOP says when to press it."""
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( done, or it hurts)?$"))


def start(page: Page) -> None:
    """Begin a session on the live page."""
    button(page, "Start").click()
    expect(button(page, "Pause")).to_be_visible()


def check_fit(page: Page) -> None:
    """Check that all of the live page is on one screen, and large enough."""
    height = page.evaluate("document.documentElement.scrollHeight")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert (height <= SIZE["height"], width <= SIZE["width"]) == (True, True)
    for one in page.get_by_role("button").all():
        box = one.bounding_box()
        assert box is not None
        least = LARGE_PX if "large" in (one.get_attribute("class") or "") else TARGET_PX
        assert min(box["height"], box["width"]) >= least - 0.5
