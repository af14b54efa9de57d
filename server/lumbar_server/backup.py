"""Backups: one SQLite file that restores into either kind of database.

It is read in one transaction, so it is of one moment, whatever is being stored meanwhile; all that
was acknowledged before is in it. It says itself what must be in it.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from lumbar_server.database import (
    known_revisions,
    migrate,
    open_engine,
    reading,
    revision,
    writing,
)
from lumbar_server.errors import BackupError
from lumbar_server.file_space import give_back
from lumbar_server.store import changes, whole
from lumbar_server.store.whole import RowsSum, TableSum

SCHEMA = "lumbar.backup/1"
_MANIFEST = "lumbar_backup"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    made_utc: str
    program: str
    revision: str  # of the schema
    tables: tuple[TableSum, ...]  # as they lie in the file

    @property
    def rows(self) -> int:
        """How many rows."""
        return sum(table.rows for table in self.tables)


def back_up(database_url: str, path: Path, now_utc: datetime, *, force: bool = False) -> Backup:
    """Write a backup of a database that may be in use; only a verified one gets its name.

    Raises
    ------
    BackupError
        There is such a file, it cannot be written, or its content is not what it should be.
    DatabaseAwayError
        The database, or the disk of the backup, failed.
    """
    if path.exists() and not force:
        raise BackupError(f"{path} is there already: choose another name, or say --force")
    partial = path.with_name(f"{path.name}.partial")
    try:
        _private(partial)
        _write(database_url, partial, now_utc)
        backup = verify(partial)
        os.replace(partial, path)
        _flush(path.parent)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            partial.with_name(partial.name + ending).unlink(missing_ok=True)
    return backup


def verify(path: Path) -> Backup:
    """Return what a backup holds, once all of it is found to be there as it was written.

    Raises ``BackupError`` for a file that is damaged, incomplete, or none of ours.
    """
    if not path.is_file():
        raise BackupError(f"{path}: there is no such file")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            backup = _manifest(file, path)
            for pragma in ("integrity_check", "foreign_key_check"):
                if file.execute(f"PRAGMA {pragma}").fetchall() not in ([("ok",)], []):
                    raise BackupError(f"{path} is damaged: take another backup")
            if _file_sums(file, [table.name for table in backup.tables]) != backup.tables:
                raise BackupError(f"{path} has not what it should have: take another backup")
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path} is damaged, or no backup of ours: {error}") from error
    return backup


def restore(database_url: str, path: Path, *, force: bool = False) -> Backup:
    """Put a backup in the place of all that is in a database; all of it or nothing.

    Raises
    ------
    BackupError
        The file is damaged or of a newer version, or something would be overwritten.
    """
    backup = verify(path)
    if backup.revision not in known_revisions():
        raise BackupError(
            f"{path} was made by a newer version ({backup.program}): update this one first"
        )
    with tempfile.TemporaryDirectory(prefix="lumbar-restore-") as folder:
        copy = Path(folder) / "backup.db"
        shutil.copyfile(path, copy)
        migrate(f"sqlite:///{copy}")
        migrate(database_url)
        with _opened(f"sqlite:///{copy}") as source, _opened(database_url) as target:
            with reading(source) as stored, writing(target) as connection:
                if whole.is_in_use(connection) and not force:
                    raise BackupError(
                        "something is stored there already: say --force to lose it, or name "
                        "another database"
                    )
                _replace(stored, connection, datetime.fromisoformat(backup.made_utc))
            give_back(target)
    return backup


def _replace(source: Connection, target: Connection, made_utc: datetime) -> None:
    whole.clear(target)
    wanted = whole.copy(source, target)
    if whole.sums(target) != wanted:
        raise BackupError("the database has not kept what was restored: nothing was changed")
    changes.note_break(target, made_utc)
    whole.count_on(target)


def _write(database_url: str, path: Path, now_utc: datetime) -> None:
    url = f"sqlite:///{path}"
    with _opened(database_url) as source, reading(_of_one_moment(source)) as stored:
        at = revision(stored)
        if at is None or at != known_revisions()[0]:
            raise BackupError(
                "the database is of another version: start lumbar worker once, which brings an "
                "older one up to date"
            )
        migrate(url)
        with _opened(url) as target:
            with writing(target) as connection:
                whole.clear(connection)
                wanted = whole.copy(stored, connection)
            with reading(target) as connection:
                if whole.sums(connection) != wanted:
                    raise BackupError("the copy is not what was read: check the disk")
    seal(path, now_utc, at, [table.name for table in wanted])


def seal(path: Path, now_utc: datetime, at_revision: str, tables: list[str]) -> None:
    """Make a backup of a SQLite file: write into it what must be in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        sums = _file_sums(file, tables)
        backup = Backup(now_utc.isoformat(), f"lumbar {version('lumbar')}", at_revision, sums)
        file.execute(f"CREATE TABLE {_MANIFEST} (manifest TEXT NOT NULL)")
        said = json.dumps({"schema": SCHEMA, **asdict(backup)})
        file.execute(f"INSERT INTO {_MANIFEST} VALUES (?)", (said,))
        file.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def _manifest(file: sqlite3.Connection, path: Path) -> Backup:
    try:
        ((text,),) = file.execute(f"SELECT manifest FROM {_MANIFEST}").fetchall()
        said: dict[str, Any] = json.loads(text)
        if said.pop("schema") != SCHEMA:
            raise BackupError(f"{path} is of another form: update this program first")
        tables = tuple(TableSum(**one) for one in said.pop("tables"))
        return Backup(**said, tables=tables)
    except (sqlite3.OperationalError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is no backup of ours: lumbar backup makes one") from error


def _file_sums(file: sqlite3.Connection, names: list[str]) -> tuple[TableSum, ...]:
    """Add up tables by their bare values, which any version of the program can read."""
    totals = []
    for name in names:
        added = RowsSum(name)
        for row in file.execute('SELECT * FROM "{}"'.format(name.replace('"', ""))):
            added.add(row)
        totals.append(added.total)
    return tuple(totals)


def _of_one_moment(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine  # a transaction there sees one moment by itself
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _private(path: Path) -> None:
    """Make a file that only its owner can read: it tells of somebody's body."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
