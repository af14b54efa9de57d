"""A server whose clock is moved, and somebody who has answered the questions."""

from collections.abc import Iterator

import httpx
import pytest

from moved_clock import MovedClock
from planned_api import MONDAY_UTC
from running_server import running_server


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(MONDAY_UTC)


@pytest.fixture
def api(url: str, clock: MovedClock) -> Iterator[httpx.Client]:
    with (
        running_server(url, None, clock.now_s) as address,
        httpx.Client(base_url=address + "/api/v1") as api,
    ):
        yield api


@pytest.fixture
def asked(api: httpx.Client) -> httpx.Client:
    """Somebody has answered all questions with no."""
    answer = api.post("/wearers/1/screenings", json={"kind": "full", "yes": []})
    assert answer.status_code == 201
    return api
