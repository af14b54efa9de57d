"""Backups: of one moment, verified, and restored into either kind of database."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from databases import DATABASES, fresh_database
from ingested import STREAM, commit, new_ingest, stored_findings, stored_samples
from lumbar_server import backup, workouts
from lumbar_server.backup import back_up, restore
from lumbar_server.database import known_revisions, migrate, open_engine, reading, writing
from lumbar_server.errors import BackupError
from lumbar_server.ingest import Ingest
from lumbar_server.store import changes, sessions, whole
from lumbar_server.store.sessions import Wanted
from lumbar_server.store.whole import TableSum
from schema_steps import contents, fill, go_to
from stream_messages import START_S, PublishedStream

START_UTC = datetime.fromtimestamp(START_S, UTC)
NOW_UTC = START_UTC + timedelta(days=1)


@pytest.fixture
def recorded(ingest: Ingest, engine: Engine) -> str:
    """The URL of a database with something in every corner."""
    commit(ingest, *STREAM.batches(50), STREAM.end())
    with writing(engine) as connection:
        (session,) = sessions.newest(connection, Wanted(), None, 2)
        workouts.change(connection, session, {"note": "naïve ½", "effort": 4}, NOW_UTC)
        workouts.start(connection, 1, NOW_UTC, None, NOW_UTC)
    return url_of(engine)


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "restored"
    folder.mkdir()
    with fresh_database(request.param, folder) as url:
        yield url


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def content(url: str) -> list[TableSum]:
    """All tables but the changes, of which a restored database notes that it was."""
    engine = open_engine(url)
    with reading(engine) as connection:
        found = [one for one in whole.sums(connection) if one.name != "changes"]
    engine.dispose()
    return found


def test_either_kind_of_database_restores_into_either(
    recorded: str, empty_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "monday.lumbar"
    made = back_up(recorded, path, NOW_UTC)
    assert made.rows > 10
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir() if "monday" in one.name] == ["monday.lumbar"]
    assert backup.verify(path) == made
    assert restore(empty_url, path) == made
    assert content(empty_url) == content(recorded)
    engine = open_engine(empty_url)
    assert stored_samples(engine, STREAM) != []
    assert stored_findings(engine, STREAM).sets
    with writing(engine) as connection:  # new rows get numbers of their own
        known = sessions.newest(connection, Wanted(), None, 10)
        workouts.stop(connection, known[0], NOW_UTC)
        new = workouts.start(connection, 1, NOW_UTC, None, NOW_UTC)
    assert new.id not in {one.id for one in known}
    again = PublishedStream("SIM-2", 0x77, STREAM.samples)
    commit(new_ingest(engine), *again.batches(50), topic=again.topic)
    engine.dispose()


def test_all_that_was_acknowledged_before_is_in_it(engine: Engine, tmp_path: Path) -> None:
    rows = np.tile(STREAM.samples, (20, 1))
    stream = PublishedStream("SIM-1", 0x1234, rows, rate_hz=20.0)
    acknowledged = [0]
    begun, stopping = threading.Event(), threading.Event()

    def work() -> None:
        worker = new_ingest(engine)
        for batch in stream.batches(20):
            if stopping.is_set():
                return
            commit(worker, batch)
            acknowledged[0] = batch.end_index
            if batch.end_index > 500:
                begun.set()

    working = threading.Thread(target=work)
    working.start()
    promised = []
    try:
        assert begun.wait(60)
        for number in range(3):
            before = acknowledged[0]
            back_up(url_of(engine), tmp_path / f"{number}.lumbar", NOW_UTC)
            promised.append((before, acknowledged[0]))
    finally:
        stopping.set()
        working.join()
    for number, (before, after) in enumerate(promised):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        restore(url, tmp_path / f"{number}.lumbar")
        restored = open_engine(url)
        (_, kept), *rest = stored_samples(restored, stream)
        restored.dispose()
        assert rest == []
        assert before <= len(kept) <= after + 20
        assert kept == rows[: len(kept)].tolist()


def test_nothing_is_overwritten_unasked(recorded: str, tmp_path: Path) -> None:
    path = tmp_path / "monday.lumbar"
    back_up(recorded, path, NOW_UTC)
    with pytest.raises(BackupError, match="--force"):
        back_up(recorded, path, NOW_UTC)
    back_up(recorded, path, NOW_UTC, force=True)
    before = content(recorded)
    with pytest.raises(BackupError, match="--force"):
        restore(recorded, path)
    engine = open_engine(recorded)
    with writing(engine) as connection:
        session = sessions.newest(connection, Wanted(), None, 1)[0]
        workouts.change(connection, session, {"note": "later"}, NOW_UTC)
    engine.dispose()
    assert content(recorded) != before
    restore(recorded, path, force=True)
    assert content(recorded) == before


@pytest.fixture
def file(recorded: str, tmp_path: Path) -> Path:
    path = tmp_path / "monday.lumbar"
    back_up(recorded, path, NOW_UTC)
    return path


def test_a_damaged_file_is_refused(file: Path, empty_url: str, tmp_path: Path) -> None:
    good = file.read_bytes()
    for at in range(len(good) // 8, len(good), len(good) // 8):
        (tmp_path / "bad").write_bytes(good[:at])
        with pytest.raises(BackupError):
            restore(empty_url, tmp_path / "bad")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE sessions SET note = 'other'")
    with pytest.raises(BackupError, match="has not what it should have"):
        restore(empty_url, file)


def test_a_file_of_somebody_else_is_refused(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no such file"):
        restore(empty_url, tmp_path / "nothing")
    (tmp_path / "text").write_text("Dear diary")
    with pytest.raises(BackupError, match="no backup of ours"):
        restore(empty_url, tmp_path / "text")
    migrate(f"sqlite:///{tmp_path / 'bare.db'}")
    with pytest.raises(BackupError, match="lumbar backup makes one"):
        restore(empty_url, tmp_path / "bare.db")


def test_a_backup_of_a_newer_version_is_refused(file: Path, empty_url: str) -> None:
    said = _manifest(file)
    _say(file, {**said, "revision": "9999"})
    with pytest.raises(BackupError, match="update this one first"):
        restore(empty_url, file)


def test_a_backup_of_an_older_version_is_brought_up_to_date(empty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "older.lumbar"
    engine = open_engine(f"sqlite:///{path}")
    go_to(engine, "0005")
    fill(engine)
    before = contents(engine)
    engine.dispose()
    backup.seal(path, NOW_UTC, "0005", [name for name, rows in before.items() if rows])
    assert restore(empty_url, path).revision == "0005"
    restored = open_engine(empty_url)
    after = contents(restored)
    restored.dispose()
    assert [row["data"] for row in after["chunks"]] == [row["data"] for row in before["chunks"]]
    assert [row["id"] for row in after["sessions"]] == [row["id"] for row in before["sessions"]]


def test_a_database_of_another_version_is_brought_up_to_date_first(
    engine: Engine, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{_oldest()}'")
    with pytest.raises(BackupError, match="start lumbar worker once"):
        back_up(url_of(engine), tmp_path / "x", NOW_UTC)
    assert list(tmp_path.glob("x*")) == []


def _oldest() -> str:
    return known_revisions()[-1]


def _manifest(path: Path) -> dict[str, object]:
    with closing(sqlite3.connect(path)) as connection:
        ((text,),) = connection.execute("SELECT manifest FROM lumbar_backup").fetchall()
    said: dict[str, object] = json.loads(text)
    return said


def _say(path: Path, said: dict[str, object]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE lumbar_backup SET manifest = ?", (json.dumps(said),))


def test_companions_hear_that_what_they_have_of_later_was_undone(
    recorded: str, engine: Engine, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.lumbar"
    back_up(recorded, kept, NOW_UTC)
    with writing(engine) as connection:
        then = changes.newest_number(connection)
        changes.note(connection, "session", "999", NOW_UTC)
        later = changes.newest_number(connection)
    restore(recorded, kept, force=True)
    with writing(engine) as connection:
        assert not changes.is_undone(connection, then)
        assert changes.is_undone(connection, later)
        assert changes.since(connection, then, 10) == []
        changes.note(connection, "session", "7", NOW_UTC)
        (heard,) = changes.since(connection, then, 10)
        assert heard.key == "7"
        assert changes.is_undone(connection, later)  # although numbers have gone on beyond it
        assert not changes.is_undone(connection, heard.number)
