"""How much is stored, of whom and of what kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, exists, func, select, text

from lumbar_server import models
from lumbar_server.store import said, streams, wearers, worn
from lumbar_server.store.streams import StreamRecord
from lumbar_server.store.wearers import WearerRow

_CHUNKS = cast(Table, models.Chunk.__table__)
_STREAMS = cast(Table, models.Stream.__table__)
_QUARANTINE = cast(Table, models.QuarantinedMessage.__table__)
_SESSIONS = cast(Table, models.Session.__table__)
_CORRECTIONS = cast(Table, models.Correction.__table__)
_ANALYSES = cast(Table, models.Analysis.__table__)
_SETS = cast(Table, models.Set.__table__)

CHUNK_BYTES = func.length(_CHUNKS.c.data) + func.length(_CHUNKS.c.observations)
_POSTGRESQL_SIZES = """
SELECT pg_database_size(current_database()), pg_total_relation_size(CAST('chunks' AS regclass))
"""


@dataclass(slots=True)
class WearerSize:
    """What is stored of one wearer."""

    wearer: WearerRow
    sessions: int = 0
    corrections: int = 0
    answers: int = 0  # to the programme
    sets: int = 0  # of all analyses
    streams: int = 0
    samples: int = 0
    samples_s: float = 0.0
    samples_bytes: int = 0
    erased_samples: int = 0  # that came and were deleted
    messages: int = 0  # set aside
    messages_bytes: int = 0


@dataclass(frozen=True, slots=True)
class DatabaseSize:
    """The database as a whole."""

    used_bytes: int
    free_bytes: int  # in its file, to be used again or given back


def of_wearers(connection: Connection) -> list[WearerSize]:
    """Return what is stored of each wearer."""
    found = {row.id: WearerSize(row) for row in wearers.listed(connection)}
    whose = worn.wearers_of_streams(connection)
    stored = _samples(connection)
    for record in streams.read(connection, whose).values():
        mine = found[whose[record.stream_id]]
        samples, size = stored.get(record.stream_id, (0, 0))
        mine.streams += 1
        mine.samples += samples
        mine.samples_bytes += size
        if record.sample_format is not None:
            mine.samples_s += samples / record.sample_format.sampling_rate_hz
        mine.erased_samples += record.stored.count - record.kept.count
    for stream_id, sets in _sets(connection).items():
        if stream_id in whose:
            found[whose[stream_id]].sets += sets
    for stream_id, messages, size in _messages(connection):
        mine = found[whose.get(stream_id, wearers.FIRST_WEARER)]
        mine.messages += messages
        mine.messages_bytes += size
    _count_sessions(connection, found)
    return list(found.values())


def of_database(connection: Connection) -> DatabaseSize:
    """Return how large the database is."""
    if connection.dialect.name == "sqlite":
        pages, free, size = (
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        )
        return DatabaseSize((pages - free) * size, free * size)
    total, chunks = connection.execute(text(_POSTGRESQL_SIZES)).one()
    # What was deleted from a table stays part of it until new rows take its place.
    used = connection.execute(select(func.coalesce(func.sum(CHUNK_BYTES), 0))).scalar_one()
    in_use = min(int(total), int(total) - int(chunks) + int(used))
    return DatabaseSize(in_use, int(total) - in_use)


def streams_with_samples(connection: Connection, before_utc: datetime | None) -> list[StreamRecord]:
    """Return the streams of which samples are kept, begun before a moment, in that order."""
    has_chunks = exists().where(_CHUNKS.c.stream_id == _STREAMS.c.stream_id)
    query = (
        select(_STREAMS.c.stream_id)
        .where(has_chunks, _STREAMS.c.started_utc.is_not(None))
        .order_by(_STREAMS.c.started_utc, _STREAMS.c.stream_id)
    )
    if before_utc is not None:
        query = query.where(_STREAMS.c.started_utc < before_utc)
    keys = list(connection.scalars(query))
    found = streams.read(connection, keys)
    return [found[key] for key in keys if found[key].kept]


def samples_bytes(connection: Connection, stream_id: str) -> int:
    """Return how large the samples of a stream are."""
    query = select(func.coalesce(func.sum(CHUNK_BYTES), 0)).where(_CHUNKS.c.stream_id == stream_id)
    return int(connection.execute(query).scalar_one())


def _samples(connection: Connection) -> dict[str, tuple[int, int]]:
    query = select(_CHUNKS.c.stream_id, func.sum(_CHUNKS.c.n), func.sum(CHUNK_BYTES))
    rows = connection.execute(query.group_by(_CHUNKS.c.stream_id))
    return {key: (int(samples), int(size)) for key, samples, size in rows}


def _sets(connection: Connection) -> dict[str, int]:
    query = (
        select(_ANALYSES.c.stream_id, func.count())
        .join_from(_SETS, _ANALYSES, _SETS.c.analysis_id == _ANALYSES.c.id)
        .group_by(_ANALYSES.c.stream_id)
    )
    return {key: number for key, number in connection.execute(query)}


def _messages(connection: Connection) -> list[Any]:
    size = func.sum(func.length(_QUARANTINE.c.payload))
    query = select(_QUARANTINE.c.stream_id, func.count(), size)
    return [*connection.execute(query.group_by(_QUARANTINE.c.stream_id))]


def _count_sessions(connection: Connection, found: dict[int, WearerSize]) -> None:
    theirs = select(_SESSIONS.c.wearer_id, func.count()).group_by(_SESSIONS.c.wearer_id)
    for wearer_id, number in connection.execute(theirs):
        found[wearer_id].sessions = number
    corrected = theirs.join_from(
        _CORRECTIONS, _SESSIONS, _CORRECTIONS.c.session_id == _SESSIONS.c.id
    )
    for wearer_id, number in connection.execute(corrected):
        found[wearer_id].corrections = number
    for wearer_id, number in said.by_wearer(connection).items():
        found[wearer_id].answers = number
