"""A broker with one account, a stand-in for the server that listens to it, and a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from acking_server import AckingServer
from databases import DATABASES, fresh_database
from lumbar.broker import Broker, running_broker


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
