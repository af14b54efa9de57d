"""A database that is away, full, held or damaged: nothing half done, and one line says so."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from ingested import (
    STREAM,
    commit,
    expected,
    new_ingest,
    stored_findings,
)
from lumbar_server.database import migrate, open_engine
from lumbar_server.errors import DatabaseAwayError, SettingsError
from lumbar_server.ingest import Ingest


def test_database_away_leaves_nothing_half_done(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, STREAM.batch(0, 100))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE chunks RENAME TO hidden")
    with pytest.raises(Exception, match="chunks"):
        commit(ingest, STREAM.batch(100, 200))
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO chunks")
    for batch in STREAM.batches(100):
        commit(ingest, batch)
    commit(ingest, STREAM.end())
    assert stored_findings(engine, STREAM) == expected(STREAM)


def test_unreachable_database_says_what_to_do() -> None:
    with pytest.raises(DatabaseAwayError, match="check its URL"):
        migrate("sqlite:////nowhere/at/all/lumbar.db")


def test_full_database_says_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'full.db'}"
    migrate(url)
    engine = open_engine(url)
    event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(DatabaseAwayError, match=r"full.*: free disk space"):
        commit(new_ingest(engine), *STREAM.batches(100))
    engine.dispose()


def test_database_that_is_held_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'held.db'}"
    migrate(url)
    monkeypatch.setattr("lumbar_server.database._LOCK_WAIT_S", 0.0)
    with sqlite3.connect(tmp_path / "held.db", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseAwayError, match=r"locked.*: end the program that holds it"):
            migrate(url)
    holder.close()


def test_file_of_another_kind_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear reader, " * 500)
    with pytest.raises(SettingsError, match=r"not a database: .*choose another place"):
        migrate(f"sqlite:///{tmp_path / 'letter.db'}")


def test_damaged_database_is_not_taken_for_a_refused_message(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'damaged.db'}"
    migrate(url)
    with (tmp_path / "damaged.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 100_000)
    with pytest.raises(DatabaseAwayError, match=r"malformed.*: put a copy of it in its place"):
        commit(new_ingest(open_engine(url)), STREAM.batch(0, 100))
