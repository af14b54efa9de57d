"""Samples: chunks of int16 that never overlap."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, Table, func, select
from sqlalchemy.exc import IntegrityError

from lumbar_server import models
from lumbar_server.errors import DatabaseAwayError, StreamConflictError
from lumbar_server.store import chunk_codec
from lumbar_server.store.bulk_insert import insert_rows
from lumbar_server.store.sources import OBSERVATION

_CHUNKS = cast(Table, models.Chunk.__table__)

RUN_SAMPLES = 2**16
"""A run that is read ends where it has so many (chosen: about half a megabyte)."""
_ROWS_AT_ONCE = 1000  # of a long stretch, fetched from PostgreSQL: 15 MB of minutes at 100 Hz


class Codec(enum.IntEnum):
    """What the columns ``data`` and ``observations`` of a chunk hold."""

    RAW = 0  # int16, little-endian, row by row; OBSERVATION after OBSERVATION
    COMPACT = 1  # see store.chunk_codec and store.sources


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive samples, shape (n, channels)."""

    first_index: int
    samples: NDArray[np.int16]

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return self.first_index + len(self.samples)

    def cut(self, start: int, end: int) -> Run:
        """Return the samples of ``[start, end)``, which must be within the run."""
        at = self.first_index
        return Run(start, self.samples[start - at : end - at])


Observation = tuple[int, int, int, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """New samples of one batch, and the packets that they came in."""

    run: Run
    live: bool
    gateway_boot: int
    observations: tuple[Observation, ...]


def write(connection: Connection, pieces_of: Mapping[str, Sequence[Piece]]) -> None:
    """Store the new pieces of each stream, which overlap neither one another nor what is stored.

    Neighbours become one chunk. Raises ``StreamConflictError`` where another worker was faster.
    """
    rows = []
    for stream_id, pieces in pieces_of.items():
        ordered = sorted(pieces, key=lambda piece: piece.run.first_index)
        rows += [_row(stream_id, group) for group in _neighbours(ordered)]
    if not rows:
        return
    try:
        insert_rows(connection, _CHUNKS, rows)
    except IntegrityError as error:
        raise StreamConflictError("another worker has stored the same samples") from error


def read(
    connection: Connection, stream_id: str, channels: int, first: int, end: int
) -> Iterator[Run]:
    """Yield the stored samples of ``[first, end)`` in index order; read-only.

    Neighbouring chunks come as one run: a year of live samples lies in a million of them.
    """
    query = _overlapping(stream_id, first, end)
    if end - first > RUN_SAMPLES:
        query = query.execution_options(yield_per=_ROWS_AT_ONCE)
    with connection.execute(query) as rows:
        for at, parts in _joined(rows, channels):
            data = np.frombuffer(b"".join(parts), "<i2").reshape(-1, channels)
            run = Run(at, data.astype(np.int16, copy=False))
            yield run.cut(max(first, at), min(end, run.end_index))


def _joined(rows: Iterable[Any], channels: int) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the first index and the bytes of chunks that follow one another."""
    parts: list[bytes] = []
    at = follows = 0
    for first_index, n, codec, data in rows:
        if parts and (first_index != follows or follows - at >= RUN_SAMPLES):
            yield at, parts
            parts = []
        if not parts:
            at = first_index
        parts.append(data if codec == Codec.RAW else _decoded(first_index, n, data, channels))
        follows = first_index + n
    if parts:
        yield at, parts


def _decoded(first_index: int, n: int, data: bytes, channels: int) -> bytes:
    try:
        return chunk_codec.decode(data, n, channels).astype("<i2", copy=False).tobytes()
    except ValueError as error:
        raise DatabaseAwayError(
            f"stored samples are damaged (at index {first_index}: {error}): put a copy of the"
            " database in its place"
        ) from error


def _overlapping(stream_id: str, first: int, end: int) -> Select[Any]:
    # Chunks do not overlap, so the last one that begins at or before `first` is where to begin:
    # the key's index finds it, however long the stream is.
    mine = _CHUNKS.c.stream_id == stream_id
    begin = (
        select(func.coalesce(func.max(_CHUNKS.c.first_index), 0))
        .where(mine, _CHUNKS.c.first_index <= first)
        .scalar_subquery()
    )
    return (
        select(_CHUNKS.c.first_index, _CHUNKS.c.n, _CHUNKS.c.codec, _CHUNKS.c.data)
        .where(mine, _CHUNKS.c.first_index >= begin, _CHUNKS.c.first_index < end)
        .where(_CHUNKS.c.first_index + _CHUNKS.c.n > first)
        .order_by(_CHUNKS.c.first_index)
    )


def _neighbours(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    group = list(pieces[:1])
    for before, piece in pairwise(pieces):
        if (
            piece.run.first_index != before.run.end_index
            or piece.live != before.live
            or piece.gateway_boot != before.gateway_boot
        ):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _row(stream_id: str, pieces: list[Piece]) -> dict[str, Any]:
    observations = np.array([one for piece in pieces for one in piece.observations], OBSERVATION)
    return {
        "stream_id": stream_id,
        "first_index": pieces[0].run.first_index,
        "n": sum(len(piece.run.samples) for piece in pieces),
        "live": pieces[0].live,
        "gateway_boot": pieces[0].gateway_boot,
        "observations": observations.tobytes(),
        "data": b"".join(piece.run.samples.astype("<i2", copy=False).tobytes() for piece in pieces),
    }
