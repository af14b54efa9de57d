"""What is kept in memory of wearers, sensors and blocks is what the database has."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event

from guided import START_UTC, add_block, after, begin_session
from ingested import STREAM, commit, new_ingest
from lumbar_server import workouts
from lumbar_server.database import reading, writing
from lumbar_server.roster import MOST_CHANGES, Blocks, Roster
from lumbar_server.store import blocks, changes, sessions, streams, wearers
from lumbar_server.store.streams import StreamRecord
from lumbar_server.store.wearers import WearerRow
from stream_messages import PublishedStream

OTHER = PublishedStream("SIM-2", 0x77, STREAM.samples)


@pytest.fixture
def records(engine: Engine) -> list[StreamRecord]:
    """Two streams of two sensors."""
    for stream in (STREAM, OTHER):
        commit(new_ingest(engine), stream.batch(0, 50), topic=stream.topic)
    with reading(engine) as connection:
        return list(streams.read(connection, [STREAM.key, OTHER.key]).values())


def seen(
    connection: Connection, kept: Roster, records: list[StreamRecord]
) -> list[tuple[WearerRow, Blocks]]:
    return [(kept.wearer_of(connection, one), kept.blocks_of(connection, one)) for one in records]


def some_change(connection: Connection, rng: random.Random) -> None:
    """Do one of what people do."""
    people = [one.id for one in wearers.listed(connection)]
    theirs = [key for wearer in people for key in sessions.all_of(connection, wearer)]
    begun = [one for key in theirs for one in blocks.of_session(connection, key)]
    at_s = rng.uniform(-100.0, 100.0)
    now_utc = START_UTC

    def another_wearer() -> None:
        wearers.add(connection, f"W{len(people)}", "UTC", 300.0, now_utc)

    def another_name() -> None:
        wearers.change(connection, rng.choice(people), {"name": f"N{at_s}"}, now_utc)

    def give() -> None:
        sensor_id = rng.choice([STREAM, OTHER]).sensor_id
        workouts.assign(connection, sensor_id, rng.choice(people), after(at_s), now_utc)

    def begin() -> None:
        begin_session(connection, rng.choice(people), at_s=at_s)

    def add() -> None:
        add_block(connection, rng.choice(theirs), "cat_cow", at_s)

    def end() -> None:
        blocks.end(connection, rng.choice(begun), None, after(at_s + 50.0))

    def stop() -> None:
        session = sessions.one(connection, rng.choice(theirs))
        workouts.stop(connection, session, after(at_s) + timedelta(minutes=3))

    def remove() -> None:
        sessions.remove(connection, rng.choice(theirs), now_utc)

    deeds: list[Callable[[], None]] = [another_wearer, another_name, give, give, begin]
    deeds += [add, add, add, stop, remove] if theirs else []
    deeds += [end, end] if begun else []
    rng.choice(deeds)()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_in_memory_is_what_others_have_committed(
    engine: Engine, records: list[StreamRecord], seed: int
) -> None:
    rng = random.Random(seed)
    kept = Roster()
    for _ in range(60):
        for _ in range(rng.randrange(3)):
            with writing(engine) as connection:
                some_change(connection, rng)
        with reading(engine) as connection:
            kept.catch_up(connection)
            assert seen(connection, kept, records) == seen(connection, Roster(), records)


def test_what_nobody_changes_is_read_once(engine: Engine, records: list[StreamRecord]) -> None:
    with writing(engine) as connection:
        add_block(connection, begin_session(connection))
    kept = Roster()
    statements = list[str]()
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for turn in range(3):
        statements.clear()
        with reading(engine) as connection:
            kept.catch_up(connection)
            first = seen(connection, kept, records)
            assert seen(connection, kept, records)[0][1] is first[0][1]
        asked = [one for one in statements if one.startswith("SELECT")]
        assert turn == 0 or len(asked) == 1


@pytest.mark.parametrize("count", [MOST_CHANGES - 1, MOST_CHANGES, MOST_CHANGES + 1])
def test_many_changes_at_once_hide_none(
    engine: Engine, records: list[StreamRecord], count: int
) -> None:
    kept = Roster()
    with writing(engine) as connection:
        kept.catch_up(connection)
        seen(connection, kept, records)
        wearers.change(connection, 1, {"name": "Ada"}, START_UTC)
        keys = [str(number) for number in range(count)]
        changes.note_all(connection, "stream", keys, START_UTC)
        kept.catch_up(connection)
        assert {wearer.name for wearer, _ in seen(connection, kept, records)} == {"Ada"}


def test_a_record_that_came_back_from_a_backup_is_read_anew(
    engine: Engine, records: list[StreamRecord]
) -> None:
    kept = Roster()
    with writing(engine) as connection:
        kept.catch_up(connection)
        seen(connection, kept, records)
        connection.exec_driver_sql("UPDATE wearers SET name = 'as it was'")
        changes.note_break(connection, START_UTC)
        kept.catch_up(connection)
        assert {wearer.name for wearer, _ in seen(connection, kept, records)} == {"as it was"}
