"""A year of workouts scored anew from SQLite: read, decode, detect, store what was found."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from full_day import G_PER_STEP, RATE_HZ, full_day
from interleaved import Contestant, Timing, take_turns
from numpy.typing import NDArray
from sqlalchemy import Engine, Table, insert

from compacted import compact
from lumbar_gateway.messages import ClockFit, ClockSource, IndexRanges
from lumbar_server import models
from lumbar_server.database import migrate, open_engine, reading, writing
from lumbar_server.detection import StreamDetection, warm_up
from lumbar_server.store import results, samples, streams

WORKOUTS = 150  # of half an hour: 27 million samples at 100 Hz
MINUTES = 30.0
MINUTE = round(60 * RATE_HZ)
CHUNKS = {
    "live: 20 samples a row": 20,
    "from the sensor's log: 500 samples a row": 500,
    "compact: a minute a row": MINUTE,
}
_CLOCK = ClockFit(0.0, 1 / RATE_HZ, ClockSource.OBSERVED, 3600.0)
_FORM = streams.SampleFormat(RATE_HZ, G_PER_STEP, 0.0, 3)
_CHUNKS = cast(Table, models.Chunk.__table__)


def year_rescore(rounds: int) -> list[Timing]:
    """Time reading alone and scoring anew, of rows as they come and as they are kept."""
    warm_up()
    workout = full_day(MINUTES / 60)
    with TemporaryDirectory() as folder:
        contestants = []
        for name, size in CHUNKS.items():
            engine = _stored(Path(folder) / f"{size}.db", workout, size)
            if size == MINUTE:
                compact(engine)
            work = float(WORKOUTS * len(workout))
            version = partial(next, count())
            contestants += [
                Contestant(f"{name}, read", partial(_read, engine, len(workout)), work),
                Contestant(f"{name}, score", partial(_score, engine, len(workout), version), work),
            ]
        return take_turns(contestants, rounds)


def _keys() -> list[str]:
    return [f"{n:016x}" for n in range(1, WORKOUTS + 1)]


def _stored(path: Path, workout: NDArray, size: int) -> Engine:
    """Return a database that holds the workout ``WORKOUTS`` times, ``size`` samples a row."""
    url = f"sqlite:///{path}"
    migrate(url)
    engine = open_engine(url)
    stored = IndexRanges([(0, len(workout))])
    pieces = [workout[first : first + size].tobytes() for first in range(0, len(workout), size)]
    for key in _keys():
        record = streams.StreamRecord(
            key, "BENCH", sample_format=_FORM, clock=_CLOCK, stored=stored
        )
        rows = [
            {
                "stream_id": key,
                "first_index": n * size,
                "n": len(data) // 6,
                "live": True,
                "observations": b"",
                "data": data,
            }
            for n, data in enumerate(pieces)
        ]
        with writing(engine) as connection:
            streams.write(connection, [record], datetime.now(UTC))
            connection.execute(insert(_CHUNKS), rows)
    return engine


def _read(engine: Engine, end: int) -> int:
    total = 0
    with reading(engine) as connection:
        for key in _keys():
            total += sum(len(run.samples) for run in samples.read(connection, key, 3, 0, end))
    return total


def _score(engine: Engine, end: int, version: Callable[[], int]) -> None:
    name = f"bench {version()}"
    for key in _keys():
        with writing(engine) as connection:
            analysis = results.open_analysis(connection, key, name, "")
            detection = StreamDetection(_FORM, analysis, results.Findings())
            detection.feed(samples.read(connection, key, 3, 0, end), end)
            detection.flush()
            changes = results.Changes()
            detection.save(changes)
            changes.write(connection)
