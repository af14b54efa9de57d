"""Chunks rewritten: raw ones as they came become one small chunk for each stretch of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, delete, func, literal_column, select
from sqlalchemy.exc import IntegrityError

from lumbar_server import models
from lumbar_server.errors import StreamConflictError
from lumbar_server.store import chunk_codec, sources
from lumbar_server.store.bulk_insert import insert_rows
from lumbar_server.store.samples import Codec
from lumbar_server.store.sources import Source

_CHUNKS = cast(Table, models.Chunk.__table__)
# In words, not as a parameter: only so does the database know that the index of raw chunks serves.
_IS_RAW = _CHUNKS.c.codec == literal_column(str(int(Codec.RAW)))


class Extent(NamedTuple):
    """Where a chunk lies, and in which code it is."""

    first_index: int
    n: int
    codec: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """Chunks of one stream that follow one another, and what takes their place."""

    stream_id: str
    first_index: int
    end_index: int
    old: frozenset[Extent]
    new: tuple[dict[str, Any], ...]


def streams_with_raw(connection: Connection, after: str, most: int) -> list[str]:
    """Return the first streams past ``after``, by their ids, that have raw chunks."""
    found: list[str] = []
    while len(found) < most:  # from one to the next by the index: a stream has thousands of chunks
        query = select(func.min(_CHUNKS.c.stream_id)).where(_IS_RAW, _CHUNKS.c.stream_id > after)
        after = connection.execute(query).scalar() or ""
        if not after:
            break
        found.append(after)
    return found


def first_raw(connection: Connection, stream_id: str) -> int | None:
    """Return where the first raw chunk of a stream begins."""
    query = select(func.min(_CHUNKS.c.first_index)).where(_IS_RAW, _CHUNKS.c.stream_id == stream_id)
    first: int | None = connection.execute(query).scalar()
    return first


def plan(
    connection: Connection, stream_id: str, channels: int, stretch: int, first: int, end: int
) -> list[Replacement]:
    """Return how the chunks that begin in ``[first, end)`` can become compact; read-only.

    Parameters
    ----------
    stretch
        No compact chunk reaches across a multiple of so many samples.
    first, end
        Multiples of ``stretch``.

    Raises
    ------
    ValueError
        A chunk is damaged.
    """
    chunks = _chunks(connection, stream_id, first, end)
    over = chunks[-1].first_index + chunks[-1].n - end if chunks else 0
    if over > 0:  # so that what it leaves in the next stretch can become one with what is there
        chunks = _chunks(connection, stream_id, first, end + -(-over // stretch) * stretch)
    return [_plan(stream_id, channels, stretch, rows) for rows in _unfinished(chunks, stretch)]


def replace(connection: Connection, plans: Sequence[Replacement]) -> None:
    """Put the new chunks in the place of the old.

    Raises
    ------
    StreamConflictError
        The old ones are not all there any more as they were when the plans were made.
    """
    for one in plans:
        removal = delete(_CHUNKS).where(
            _CHUNKS.c.stream_id == one.stream_id,
            _CHUNKS.c.first_index >= one.first_index,
            _CHUNKS.c.first_index < one.end_index,
        )
        removed = connection.execute(
            removal.returning(_CHUNKS.c.first_index, _CHUNKS.c.n, _CHUNKS.c.codec)
        )
        if {Extent(*row) for row in removed} != one.old:
            raise StreamConflictError("another worker has rewritten the same samples")
        try:
            insert_rows(connection, _CHUNKS, one.new)
        except IntegrityError as error:
            raise StreamConflictError("another worker rewrites the same samples") from error


def _chunks(connection: Connection, stream_id: str, first: int, end: int) -> Sequence[Any]:
    query = (
        select(_CHUNKS)
        .where(
            _CHUNKS.c.stream_id == stream_id,
            _CHUNKS.c.first_index >= first,
            _CHUNKS.c.first_index < end,
        )
        .order_by(_CHUNKS.c.first_index)
    )
    return connection.execute(query).all()


def _unfinished(chunks: Sequence[Any], stretch: int) -> Iterator[list[Any]]:
    """Yield chunks that follow one another and are raw, or should be one."""
    joints = {b.first_index for a, b in pairwise(chunks) if a.first_index + a.n == b.first_index}
    within = {index for index in joints if index % stretch}
    group: list[Any] = []
    for chunk in chunks:
        first, end = chunk.first_index, chunk.first_index + chunk.n
        is_final = chunk.codec == Codec.COMPACT and not {first, end} & within
        if group and (is_final or first not in joints):
            yield group
            group = []
        if not is_final:
            group.append(chunk)
    if group:
        yield group


def _plan(stream_id: str, channels: int, stretch: int, chunks: Sequence[Any]) -> Replacement:
    first = at = chunks[0].first_index
    counts = np.concatenate([counts_of(chunk, channels) for chunk in chunks])
    rest = list(sources.joined(one for chunk in chunks for one in sources_of(chunk)))
    new = []
    while at < first + len(counts):
        end = min((at // stretch + 1) * stretch, first + len(counts))
        mine, rest = _parted(rest, at, end)
        new.append(_row(stream_id, at, counts[at - first : end - first], mine))
        at = end
    old = frozenset(Extent(chunk.first_index, chunk.n, chunk.codec) for chunk in chunks)
    return Replacement(stream_id, first, at, old, tuple(new))


def counts_of(chunk: Any, channels: int) -> NDArray[np.int16]:
    """Return the samples of a row; raises ``ValueError`` where it is damaged."""
    if chunk.codec == Codec.COMPACT:
        return chunk_codec.decode(chunk.data, chunk.n, channels)
    return np.frombuffer(chunk.data, "<i2").reshape(-1, channels).astype(np.int16, copy=False)


def sources_of(chunk: Any) -> list[Source]:
    """Return where the samples of a row came from; raises ``ValueError`` where it is damaged."""
    if chunk.codec == Codec.COMPACT:
        return sources.decode(chunk.observations)
    return [Source(chunk.n, chunk.live, chunk.gateway_boot, chunk.observations)]


def _parted(origin: Sequence[Source], first: int, end: int) -> tuple[list[Source], list[Source]]:
    """Return the sources of the samples of ``[first, end)``, and those of what comes after."""
    mine: list[Source] = []
    for number, source in enumerate(origin):
        if first + source.n > end:
            before, after = source.cut(first, end)
            mine += [before] * (before.n > 0)
            return mine, [after, *origin[number + 1 :]]
        mine.append(source)
        first += source.n
    return mine, []


def _row(
    stream_id: str, first_index: int, counts: NDArray[np.int16], origin: Sequence[Source]
) -> dict[str, Any]:
    return {
        "stream_id": stream_id,
        "first_index": first_index,
        "n": len(counts),
        "live": all(source.live for source in origin),
        "gateway_boot": None,
        "observations": sources.encode(origin),
        "data": chunk_codec.encode(counts),
        "codec": int(Codec.COMPACT),
    }
