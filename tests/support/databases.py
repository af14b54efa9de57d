"""A fresh database for each test: SQLite always, PostgreSQL where the system packages are."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from postgres import shared_cluster

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)]
"""Parameters for a fixture that calls ``fresh_database``."""


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.db'}"
        return
    cluster = shared_cluster()
    name = f"test_{uuid.uuid4().hex}"
    cluster.run_sql(f"CREATE DATABASE {name}")
    yield cluster.url(name)
    cluster.run_sql(f"DROP DATABASE {name} WITH (FORCE)")
