"""What leaves with a copy of the record: everything that is stored, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, select

from lumbar_server import models
from lumbar_server.errors import DatabaseAwayError
from lumbar_server.store import sources
from lumbar_server.store.compact_chunks import counts_of, sources_of
from lumbar_server.store.sessions import SessionRow
from lumbar_server.store.sources import Source

_SESSIONS = cast(Table, models.Session.__table__)
_SENSORS = cast(Table, models.Sensor.__table__)
_STREAMS = cast(Table, models.Stream.__table__)
_CHUNKS = cast(Table, models.Chunk.__table__)
_BOOTS = cast(Table, models.GatewayBoot.__table__)
_ANALYSES = cast(Table, models.Analysis.__table__)

STRETCH_SAMPLES = 6000
"""A stretch ends where it has so many (chosen: a minute at 100 Hz, 36 kB)."""
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive samples, shape (n, channels), and where they came from."""

    first_index: int
    samples: NDArray[np.int16]
    sources: tuple[Source, ...]

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return self.first_index + len(self.samples)

    def cut(self, start: int, end: int) -> Stretch:
        """Return the samples of ``[start, end)``, which must be within the stretch."""
        kept, at = [], self.first_index
        for whole in self.sources:
            first, last = max(start, at), min(end, at + whole.n)
            if first < last:
                _, rest = whole.cut(at, first) if first > at else (whole, whole)
                mine, _ = rest.cut(first, last) if last < at + whole.n else (rest, rest)
                kept.append(mine)
            at += whole.n
        rows = self.samples[start - self.first_index : end - self.first_index]
        return Stretch(start, rows, tuple(kept))


class AnalysisRow(NamedTuple):
    """Which detector looked at a stream."""

    id: int
    detector_version: str
    parameters_sha256: str
    calibration: str | None


def session_rows(connection: Connection, wearer_id: int | None) -> list[SessionRow]:
    """Return all sessions, of one wearer or of everybody, discarded ones too, the first first."""
    query = select(_SESSIONS).order_by(_SESSIONS.c.started_utc, _SESSIONS.c.id)
    if wearer_id is not None:
        query = query.where(_SESSIONS.c.wearer_id == wearer_id)
    return [SessionRow(**row._mapping) for row in connection.execute(query)]


def stream_ids(connection: Connection) -> list[str]:
    """Return the ids of all streams, also of those without samples."""
    return list(connection.scalars(select(_STREAMS.c.stream_id).order_by(_STREAMS.c.stream_id)))


def sensors(connection: Connection) -> dict[str, datetime]:
    """Return all sensors and when each was first heard of."""
    query = select(_SENSORS.c.sensor_id, _SENSORS.c.first_seen_utc).order_by(_SENSORS.c.sensor_id)
    return {sensor_id: seen_utc for sensor_id, seen_utc in connection.execute(query)}


def wall_offsets_s(connection: Connection) -> dict[int, float]:
    """Return wall minus monotonic time in every run of a gateway."""
    query = select(_BOOTS.c.gateway_boot, _BOOTS.c.wall_offset_s).order_by(_BOOTS.c.gateway_boot)
    return {boot: offset_s for boot, offset_s in connection.execute(query)}


def analyses(connection: Connection, stream_id: str) -> list[AnalysisRow]:
    """Return the analyses of a stream; the last one counts."""
    columns = [_ANALYSES.c[name] for name in AnalysisRow._fields]
    query = select(*columns).where(_ANALYSES.c.stream_id == stream_id).order_by(_ANALYSES.c.id)
    return [AnalysisRow(*row) for row in connection.execute(query)]


def stretches(
    connection: Connection, stream_id: str, channels: int, first: int, end: int
) -> Iterator[Stretch]:
    """Yield the stored samples of ``[first, end)`` in index order."""
    query = (
        select(_CHUNKS)
        .where(_CHUNKS.c.stream_id == stream_id, _CHUNKS.c.first_index < end)
        .where(_CHUNKS.c.first_index + _CHUNKS.c.n > first)
        .order_by(_CHUNKS.c.first_index)
    )
    group: list[Stretch] = []
    for row in connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)):
        whole = _stretch(row, channels)
        one = whole.cut(max(first, whole.first_index), min(end, whole.end_index))
        is_full = sum(len(each.samples) for each in group) >= STRETCH_SAMPLES
        if group and (is_full or group[-1].end_index != one.first_index):
            yield _joined(group)
            group = []
        group.append(one)
    if group:
        yield _joined(group)


def _stretch(chunk: Any, channels: int) -> Stretch:
    try:
        counts, origin = counts_of(chunk, channels), sources_of(chunk)
    except ValueError as error:
        raise DatabaseAwayError(
            f"stored samples are damaged (at index {chunk.first_index}: {error}): put a copy of "
            "the database in its place"
        ) from error
    return Stretch(chunk.first_index, counts, tuple(origin))


def _joined(group: Sequence[Stretch]) -> Stretch:
    return Stretch(
        group[0].first_index,
        np.concatenate([one.samples for one in group]),
        tuple(sources.joined(each for one in group for each in one.sources)),
    )
