"""Databases for the tests of what is stored: SQLite, and PostgreSQL where it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from carried import another, exported
from databases import DATABASES, fresh_database
from household import fill
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


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(engine)
    return engine


@pytest.fixture
def elsewhere(engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A second database of the same kind."""
    with another(engine.dialect.name, tmp_path) as found:
        yield found


@pytest.fixture(params=DATABASES)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A second database of each kind."""
    with another(request.param, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file; which kind of database it comes from does not matter to who reads it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('document') / 'test.db'}"
    migrate(url)
    engine = open_engine(url)
    fill(engine)
    data = exported(engine)
    engine.dispose()
    return data
