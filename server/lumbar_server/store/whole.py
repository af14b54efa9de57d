"""All tables at once: copied from one database to another, and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, text

from lumbar_server.models import Base

_ROWS_AT_ONCE = 500  # of minutes of samples at 100 Hz: 15 MB
_FULL_SUM = 2**256
_FOUND_ON_ARRIVAL = ("sensors", "streams", "sessions", "screenings", "receipts")


@dataclass(frozen=True, slots=True)
class TableSum:
    """What tells whether two tables hold the same rows, in whatever order."""

    name: str
    rows: int
    digest: str


class RowsSum:
    """Adds up rows; the sum does not depend on their order, which databases are free in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows = 0
        self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        """Add one row."""
        plain = json.dumps([_plain(value) for value in row], sort_keys=True)
        digest = hashlib.sha256(plain.encode()).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % _FULL_SUM
        self._rows += 1

    @property
    def total(self) -> TableSum:
        """What it comes to."""
        return TableSum(self._name, self._rows, f"{self._sum:064x}")


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, date):
        return value.isoformat()
    return value


def copy(source: Connection, target: Connection) -> list[TableSum]:
    """Copy every row of every table into ``target``, whose tables are empty."""
    return [_copy(source, target, table) for table in Base.metadata.sorted_tables]


def sums(connection: Connection) -> list[TableSum]:
    """Add up every table."""
    return [_copy(connection, None, table) for table in Base.metadata.sorted_tables]


def clear(connection: Connection) -> None:
    """Delete every row of every table."""
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(delete(table))


def is_in_use(connection: Connection) -> bool:
    """Tell whether anything was ever stored."""
    tables = (Base.metadata.tables[name] for name in _FOUND_ON_ARRIVAL)
    return any(connection.execute(select(table).limit(1)).first() for table in tables)


def count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that were copied; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        ).scalar()
        if sequence is not None:
            connection.execute(
                text(
                    f"SELECT setval(:sequence, coalesce(max({column.name}), 0) + 1, false)"
                    f" FROM {table.name}"
                ),
                {"sequence": sequence},
            )


def _copy(source: Connection, target: Connection | None, table: Table) -> TableSum:
    added = RowsSum(table.name)
    query = select(table).execution_options(yield_per=_ROWS_AT_ONCE)
    with source.execute(query) as rows:
        for some in rows.partitions():
            for row in some:
                added.add(row)
            if target is not None:
                target.execute(insert(table), [dict(row._mapping) for row in some])
    return added.total
