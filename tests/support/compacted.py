"""Compaction as a worker that has nothing else to do would carry it out."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Engine, Row, Table, select

from lumbar_server import models
from lumbar_server.compaction import LOOK_S, Compaction
from lumbar_server.database import reading
from lumbar_server.store.samples import Codec

_CHUNKS = cast(Table, models.Chunk.__table__)


class IdleWorker:
    """Looks for work and does it, by a clock of its own."""

    def __init__(self, engine: Engine, is_ours: Callable[[str], bool] = lambda _: True) -> None:
        self.now_s = 0.0
        self.compaction = Compaction(engine, lambda: self.now_s, is_ours)

    def look(self, pieces: int = 1000) -> None:
        """Look once, and do what was found."""
        self.now_s += LOOK_S
        for _ in range(pieces):
            self.compaction.step(is_idle=True)


def compact(engine: Engine) -> None:
    """Make everything compact: at the second look each stream is quiet."""
    worker = IdleWorker(engine)
    worker.look()
    worker.look()
    assert all(chunk.codec == Codec.COMPACT for chunk in chunks(engine))


def chunks(engine: Engine) -> list[Row[Any]]:
    """Return the stored chunks in order."""
    with reading(engine) as connection:
        query = select(_CHUNKS).order_by(_CHUNKS.c.stream_id, _CHUNKS.c.first_index)
        return list(connection.execute(query))


def extents(engine: Engine) -> list[tuple[int, int]]:
    """Return where the stored chunks begin and end."""
    return [(chunk.first_index, chunk.first_index + chunk.n) for chunk in chunks(engine)]
