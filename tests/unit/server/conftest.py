"""Databases for the tests of what is stored: SQLite, and PostgreSQL where it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from databases import DATABASES, fresh_database
from ingested import new_ingest
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Ingest


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def ingest(engine: Engine) -> Ingest:
    return new_ingest(engine)
