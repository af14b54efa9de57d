"""A portrait phone in a real browser; anything that a page complains of fails the test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from chromium import running_browser

SIZE = {"width": 390, "height": 844}
_SPOKEN = Path(__file__).with_name("spoken.js")


@contextmanager
def phone(**choices: Any) -> Iterator[Page]:
    """Yield a page whose voice is recorded in ``spoken``."""
    complaints: list[str] = []
    with running_browser() as browser:
        page = browser.new_page(viewport=SIZE, **choices)
        page.add_init_script(path=_SPOKEN)
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
