"""A companion that keeps a copy of everything, by what the server says has changed."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from databases import DATABASES, fresh_database
from ingested import commit, new_ingest
from lumbar_server import workouts
from lumbar_server.database import migrate, open_engine, reading, writing
from lumbar_server.deletion import delete_raw, delete_session
from lumbar_server.errors import BadRequestError, ConflictError, NotFoundError
from lumbar_server.record import Correction
from lumbar_server.routes.session_view import detail_of
from lumbar_server.store import changes, record, sessions, stream_listing, wearers
from lumbar_server.store.sessions import Wanted
from stream_messages import START_S, PublishedStream
from synthetic_bridge import bridge_samples

NOW_UTC = datetime.fromtimestamp(START_S + 60, UTC)
SENSORS = ("SIM-1", "SIM-2")
Copy = dict[tuple[str, str], Any]


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with fresh_database(request.param, tmp_path) as url:
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


def looked_up(engine: Engine, kind: str, key: str) -> Any:
    """Return what a companion would store of one thing; None where it is not there."""
    with reading(engine) as connection:
        try:
            if kind == "session":
                return detail_of(record.read(connection, int(key)))
            if kind == "wearer":
                return wearers.one(connection, int(key))
            if kind == "sensor":
                return wearers.assignments(connection, key)
            row = stream_listing.one(connection, key)
            return None if row is None else (row.state, row.stored, row.lost, row.erased)
        except NotFoundError:
            return None


class Companion:
    def __init__(self, engine: Engine, rng: random.Random) -> None:
        self.copy: Copy = {}
        self.asked = 0
        self._engine, self._rng = engine, rng
        self._since = 0

    def ask(self) -> int:
        """Take one page of changes, of any size; returns how many there were."""
        with reading(self._engine) as connection:
            page = changes.since(connection, self._since, self._rng.randint(1, 5))
        for one in page:
            assert one.number > self._since
            self._since = one.number
            found = None if one.gone else looked_up(self._engine, one.kind, one.key)
            self.copy[one.kind, one.key] = found
        self.asked += len(page)
        return len(page)

    def catch_up(self) -> Copy:
        while self.ask():
            pass
        return {key: value for key, value in self.copy.items() if value is not None}


def everything(engine: Engine) -> Copy:
    with reading(engine) as connection:
        rows = sessions.newest(connection, Wanted(), None, 1000)
        keys = [("session", str(row.id)) for row in rows]
        keys += [("wearer", str(one.id)) for one in wearers.listed(connection)]
        keys += [("sensor", row.sensor_id) for row in stream_listing.sensors(connection)]
        rows = stream_listing.newest(connection, None, None, 1000)
        keys += [("stream", row.stream_id) for row in rows]
    return {key: looked_up(engine, *key) for key in keys}


@contextmanager
def in_turn(engine: Engine) -> Iterator[Connection]:
    """Open a transaction as a request that changes something has it."""
    with writing(engine) as connection:
        changes.wait_for_turn(connection)
        yield connection


def begin(engine: Engine, rng: random.Random) -> None:
    start = datetime.fromtimestamp(START_S + rng.uniform(-10, 30), UTC)
    ended = rng.choice([None, datetime.fromtimestamp(START_S + 40, UTC)])
    with in_turn(engine) as connection:
        wearer = rng.choice(wearers.listed(connection))
        workouts.start(connection, wearer.id, start, ended, NOW_UTC)


def change(engine: Engine, rng: random.Random) -> None:
    with in_turn(engine) as connection:
        session = rng.choice(sessions.newest(connection, Wanted(), None, 100))
        do: Callable[..., Any] = rng.choice([workouts.pause, workouts.resume, workouts.stop])
        do(connection, session, NOW_UTC)
        values = {"started_utc": datetime.fromtimestamp(START_S + rng.uniform(-20, 20), UTC)}
        again = sessions.one(connection, session.id)
        workouts.change(connection, again, rng.choice([values, {"effort": 3}]), NOW_UTC)


def correct(engine: Engine, rng: random.Random) -> None:
    with in_turn(engine) as connection:
        session = rng.choice(sessions.newest(connection, Wanted(), None, 100))
        said = Correction(
            0, None, None, None, False, "dead_bug", rng.randint(1, 9), None, 1.0, 2.0, NOW_UTC
        )
        workouts.correct(connection, session, said, NOW_UTC)


def household(engine: Engine, rng: random.Random) -> None:
    with in_turn(engine) as connection:
        wearer = wearers.add(connection, f"W{rng.random()}", "UTC", 60.0, NOW_UTC)
        wearers.change(connection, 1, {"name": f"Me{rng.random()}"}, NOW_UTC)
        given_utc = datetime.fromtimestamp(START_S + rng.uniform(-60, 10), UTC)
        workouts.assign(connection, rng.choice(SENSORS), wearer.id, given_utc, NOW_UTC)


def erase(engine: Engine, rng: random.Random) -> None:
    with reading(engine) as connection:
        session = rng.choice(sessions.newest(connection, Wanted(is_running=False), None, 100))
    if rng.random() < 0.5:
        delete_session(engine, session.id, NOW_UTC)
    else:
        before_utc = datetime.fromtimestamp(START_S + rng.uniform(0, 20), UTC)
        delete_raw(engine, session.wearer_id, before_utc, NOW_UTC)


def receive(engine: Engine, sensor_id: str, seed: int) -> None:
    stream = PublishedStream(sensor_id, seed, bridge_samples(3))
    ingest = new_ingest(engine)
    for batch in stream.batches(150):
        commit(ingest, batch, topic=stream.topic)
    commit(ingest, stream.end(), topic=stream.topic)


def one_of_the_household(engine: Engine, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(12):
        try:
            rng.choice([begin, change, correct, erase, household])(engine, rng)
        except (BadRequestError, ConflictError, NotFoundError, IndexError):
            continue  # nothing to change yet, or one is running: as it happens


@pytest.mark.parametrize("seed", range(3))
def test_a_companion_ends_with_the_same_copy_whoever_writes_meanwhile(
    engine: Engine, seed: int
) -> None:
    companion = Companion(engine, random.Random(seed))
    writers = [
        *(
            threading.Thread(target=receive, args=(engine, sensor, 10 * seed + i))
            for i, sensor in enumerate(SENSORS, start=1)
        ),
        *(
            threading.Thread(target=one_of_the_household, args=(engine, 10 * seed + i))
            for i in range(2)
        ),
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        companion.ask()
    kept = companion.catch_up()
    there = everything(engine)
    assert kept.keys() == there.keys()
    assert kept == there
    assert Companion(engine, random.Random(seed)).catch_up() == there


def test_of_each_thing_only_the_newest_change_is_kept(engine: Engine) -> None:
    with writing(engine) as connection:
        for minute in range(5):
            changes.note(connection, "session", "7", NOW_UTC.replace(minute=minute))
        changes.note(connection, "session", "7", NOW_UTC, gone=True)
    with reading(engine) as connection:
        noted = changes.since(connection, 0, 100)
    (newest,) = [one for one in noted if one.kind == "session"]
    assert newest.gone
    assert newest.number == max(one.number for one in noted)


def test_a_stream_that_is_being_received_is_told_when_it_begins_and_when_it_ends(
    engine: Engine,
) -> None:
    stream = PublishedStream("SIM-1", 7, bridge_samples(3))
    ingest = new_ingest(engine)
    numbers = []
    for message in [*stream.batches(10), stream.end()]:
        commit(ingest, message, topic=stream.topic)
        with reading(engine) as connection:
            noted = changes.since(connection, 0, 100)
        numbers += [one.number for one in noted if one.kind == "stream"]
    assert len(set(numbers)) == 2
