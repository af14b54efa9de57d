"""Many rows at once: COPY into PostgreSQL, an insert for SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, of plain types.

    Measured with PostgreSQL, chunks of 20 samples: COPY takes a third of an insert's time and of
    its CPU time, in its binary form and from one row on.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    types = [str(table.c[name].type.compile(connection.dialect)) for name in names]
    into = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            copy.set_types([name.partition("(")[0].lower() for name in types])
            for row in rows:
                copy.write_row([row[name] for name in names])
    except dbapi.Error as error:
        if driver.closed:
            connection.invalidate(error)
        # As SQLAlchemy would raise it, had the statement gone through it.
        raise DBAPIError.instance(
            into, None, error, dbapi.Error, dialect=connection.dialect
        ) from error
