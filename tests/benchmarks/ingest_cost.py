"""What the worker does with a message, beside a consumer that only keeps its bytes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from full_day import RATE_HZ, full_day
from interleaved import Contestant, Timing, take_turns

from lumbar_server.database import migrate, open_engine
from lumbar_server.detection import warm_up
from lumbar_server.ingest import Arrived, Ingest
from lumbar_server.worker import GROUP_MESSAGES
from stream_messages import START_S, PublishedStream

SENSORS = 20
SAMPLES = 20  # in one message: 0.2 s at 100 Hz
SECONDS = 100.0  # of every sensor in one run


def ingest_cost(rounds: int) -> list[Timing]:
    """Time the worker's transaction and the plain insert, ``GROUP_MESSAGES`` at a time."""
    warm_up()
    groups = _groups()
    messages = sum(len(group) for group in groups)
    with TemporaryDirectory() as folder:
        databases = _fresh_names(Path(folder))
        contestants = [
            Contestant(
                "keep the bytes: one insert a message",
                lambda: _only_store(next(databases), groups),
                messages,
            ),
            Contestant(
                "worker: decode, cut, store, detect, record",
                lambda: _ingest(next(databases), groups),
                messages,
            ),
        ]
        return take_turns(contestants, rounds)


def _groups() -> list[list[Arrived]]:
    """Return the messages of all sensors as they come in together, in groups."""
    day = full_day(SECONDS / 3600)
    streams = [PublishedStream(f"BENCH-{n}", n + 1, day, rate_hz=RATE_HZ) for n in range(SENSORS)]
    per_sensor = [
        [Arrived(stream.topic, bytes(batch)) for batch in stream.batches(SAMPLES)]
        for stream in streams
    ]
    arrived = [message for at_once in zip(*per_sensor, strict=True) for message in at_once]
    return [arrived[n : n + GROUP_MESSAGES] for n in range(0, len(arrived), GROUP_MESSAGES)]


def _fresh_names(folder: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        yield folder / f"{number}.db"


def _only_store(path: Path, groups: list[list[Arrived]]) -> None:
    with _plain_database(path) as connection:
        for group in groups:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO messages (topic, payload) VALUES (?, ?)",
                [(one.topic, one.payload) for one in group],
            )
            connection.execute("COMMIT")


@contextmanager
def _plain_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a table of bytes, as safe against a power cut as the worker's own."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, topic TEXT, payload BLOB)")
    yield connection
    connection.close()


def _ingest(path: Path, groups: list[list[Arrived]]) -> None:
    url = f"sqlite:///{path}"
    migrate(url)
    engine = open_engine(url)
    ingest = Ingest(engine, lambda: START_S)
    for group in groups:
        ingest.commit(group)
    engine.dispose()
