"""One engine for SQLite and PostgreSQL: connections, transactions and the schema's version."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)

from lumbar_server.errors import DatabaseAwayError, ServerError, SettingsError

_LOCK_WAIT_S = 10.0  # chosen: longer than any transaction of ours, shorter than a person's patience
_REMEDIES: dict[int | str | None, str] = {
    sqlite3.SQLITE_FULL: "free disk space",
    sqlite3.SQLITE_READONLY: "let this user write the file and its folder",
    sqlite3.SQLITE_BUSY: "end the program that holds it",
    sqlite3.SQLITE_IOERR: "check the disk",
    sqlite3.SQLITE_CORRUPT: "put a copy of it in its place",
    "53100": "free disk space",  # PostgreSQL's disk_full
    "40P01": "try again",  # deadlock_detected
}
_LOCK_POLL_S = 0.02
_MIGRATION_LOCK = 0x6C756D62  # "lumb": any number that nobody else locks in this database


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``; a bare ``postgresql://`` uses psycopg.

    SQLite runs with a write-ahead log and ``synchronous=FULL``: the gateway deletes what we
    acknowledge, so a commit must survive a power cut.
    """
    target = make_url(url)
    if target.drivername == "postgresql":
        target = target.set(drivername="postgresql+psycopg")
    if target.get_backend_name() != "sqlite":
        return create_engine(target, pool_pre_ping=True)
    engine = create_engine(target, connect_args={"timeout": _LOCK_WAIT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    if connection.execute("PRAGMA page_count").fetchone() == (0,):
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # before anything is in the file
    _enter_wal(connection)
    # What is deleted is overwritten: it is somebody's own.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: Any) -> None:
    # SQLite's own waiting does not cover this change: programs that make the file together collide.
    give_up_s = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if _sqlite_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_s:
                raise
            time.sleep(_LOCK_POLL_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the lock at once; upgrading later could deadlock.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; raises ``DatabaseAwayError``."""
    with _database_errors(), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes and commits at its end; raises ``DatabaseAwayError``."""
    with _database_errors(), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        code = _sqlite_code(error.orig)
        reason = str(error.orig).splitlines()[0]
        if code == sqlite3.SQLITE_NOTADB:
            raise SettingsError(
                f"{reason}: the database's URL points to something else; choose another place"
            ) from error
        if isinstance(error, OperationalError | InterfaceError) or code == sqlite3.SQLITE_CORRUPT:
            remedy = _REMEDIES.get(code or getattr(error.orig, "sqlstate", None), "check its URL")
            raise DatabaseAwayError(f"database not available ({reason}): {remedy}") from error
        raise


def is_of_the_data(error: Exception) -> bool:
    """Tell whether an error within a transaction is about what was to be done or written.

    The others are the database's own: it is away, full or damaged, or somebody was faster.
    """
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, IntegrityError | DataError)
    return not isinstance(error, ServerError)


def _sqlite_code(error: BaseException | None) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what SQLite adds to it


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the present schema; safe to call from several programs.

    Raises ``DatabaseAwayError`` where it cannot be reached, ``SettingsError`` where something else
    lies at ``url``.
    """
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_MIGRATION_LOCK)
                )
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def known_revisions() -> list[str]:
    """Return the versions of the schema that can be brought to the present one, it first."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()]


def revision(connection: Connection) -> str | None:
    """Return the version of a database's schema; None where there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
