"""A database at any of its schema's revisions, with rows in every table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import lumbar_server
from lumbar_server.database import reading, writing
from lumbar_server.store.sources import OBSERVATION

Tables = dict[str, list[dict[str, Any]]]

SAMPLES = 40  # in each chunk
_COUNTS = np.random.default_rng(1).integers(-2000, 2000, (SAMPLES, 3)).astype("<i2")


def _config() -> Config:
    config = Config()
    folder = Path(lumbar_server.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    return config


def steps() -> list[tuple[str, str]]:
    """Return each revision but the first, and the one before it."""
    script = ScriptDirectory.from_config(_config())
    pairs = [(one.down_revision, one.revision) for one in script.walk_revisions()]
    return [(str(before), after) for before, after in reversed(pairs) if before]


def go_to(engine: Engine, revision: str) -> None:
    """Bring the schema up or down to a revision."""
    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        now = MigrationContext.configure(connection).get_current_revision() or ""
        (command.upgrade if now < revision else command.downgrade)(config, revision)


def contents(engine: Engine) -> Tables:
    """Return all rows of all tables but alembic's own."""
    found: Tables = {}
    with reading(engine) as connection:
        for table in _tables(connection):
            rows = connection.execute(sa.select(table)).mappings()
            found[table.name] = sorted(map(dict, rows), key=repr)
    return found


def fill(engine: Engine) -> None:
    """Put two rows into every table: one with something in every column, one with the least."""
    with writing(engine) as connection:
        for table in _tables(connection):
            there = {tuple(row) for row in connection.execute(sa.select(*table.primary_key))}
            for n in range(2):
                row = {c.name: _value(c, n) for c in table.c if n == 0 or not c.nullable}
                if tuple(row[column.name] for column in table.primary_key) not in there:
                    connection.execute(sa.insert(table), row)
            _go_on_counting(connection, table)


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """Tell PostgreSQL which keys are given away; SQLite looks for itself."""
    counted = table.autoincrement_column
    if connection.dialect.name == "postgresql" and counted is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, counted.name)
        connection.execute(sa.select(sa.func.setval(sequence, 1000)))


def _tables(connection: sa.Connection) -> list[sa.Table]:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != "alembic_version"]


def _value(column: sa.Column[Any], n: int) -> Any:
    """Return something for row ``n`` that fits, and that keys of other tables point to."""
    whole, text = (sa.Integer, sa.BigInteger), sa.String
    named = {
        "first_index": n * SAMPLES,
        "n": SAMPLES,
        "live": bool(n),
        "codec": 0,
        "channels": 3,
        "sampling_rate_hz": 50.0,
        "data": (_COUNTS + n).astype("<i2").tobytes(),
        "observations": np.array([(n * SAMPLES, SAMPLES, 7, 1.5)], OBSERVATION).tobytes(),
        "fit_source": "observed",
        "state": "complete",
        "kind": f"kind {n}",
        "exercise": "glute_bridge",
        "time_zone": "Europe/Berlin",
    }
    if column.name in named:
        return named[column.name]
    if column.name == "stream_id":
        return f"{1 if column.table.name == 'chunks' else n + 1:016x}"
    if isinstance(column.type, sa.JSON):
        return [[0, 100 + n]]
    if isinstance(column.type, sa.Date):
        return date(2026, 3, 4 + n)
    if isinstance(column.type, sa.DateTime):
        return datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC) + timedelta(days=n)
    if isinstance(column.type, sa.Boolean):
        return True
    if isinstance(column.type, whole):
        return n + 1
    if isinstance(column.type, text):
        return f"{column.name} {n}"[: column.type.length]
    if isinstance(column.type, sa.LargeBinary):
        return f"{column.name} {n}".encode()
    return 0.5 + n
