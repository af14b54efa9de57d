"""A broker, a stand-in for its server, a database; browsers, and what they look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from acking_server import AckingServer
from chromium import running_browser
from databases import DATABASES, fresh_database
from lumbar.broker import Broker, running_broker
from phone import SPOKEN
from played_workout import Room, running_room
from running_server import running_server


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with running_broker(tmp_path / "broker") as running:
        yield running


@pytest.fixture
def server(broker: Broker) -> Iterator[AckingServer]:
    with AckingServer(broker.address) as running:
        yield running


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with running_room(tmp_path) as room:
        yield room


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('bare') / 'test.db'}"
    with running_server(url, None, lambda: 1.75e9) as address:
        yield address


@pytest.fixture
def empty_page(browser: Browser, bare_server: str) -> Iterator[Page]:
    """Yield an empty page of a server's with a clock that the test turns, for its modules."""
    page = browser.new_page()
    page.add_init_script(path=SPOKEN)
    page.clock.install()
    page.goto(bare_server + "/static/icon.svg")
    yield page
    page.close()
