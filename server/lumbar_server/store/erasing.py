"""Deleting for good: samples chunk by chunk, findings, messages that were set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, func, select

from lumbar_gateway.messages import IndexRanges
from lumbar_server import models, remains
from lumbar_server.store import chunk_codec, results, sources
from lumbar_server.store.bulk_insert import insert_rows
from lumbar_server.store.compact_chunks import counts_of, sources_of
from lumbar_server.store.samples import Codec
from lumbar_server.store.sizes import CHUNK_BYTES
from lumbar_server.store.sources import Source

_CHUNKS = cast(Table, models.Chunk.__table__)
_QUARANTINE = cast(Table, models.QuarantinedMessage.__table__)


@dataclass(frozen=True, slots=True)
class Freed:
    """What a step has deleted."""

    samples: int = 0
    bytes: int = 0
    chunks: int = 0  # none: there is nothing left to delete


def samples(
    connection: Connection, stream_id: str, channels: int, ranges: IndexRanges, most: int
) -> Freed:
    """Delete the samples of ``ranges`` out of at most ``most`` chunks; call it until none is left.

    A chunk that reaches beyond is cut.
    """
    for start, end in ranges:
        rows = _overlapping(connection, stream_id, start, end, most)
        if rows:
            whole = [at for at, stop in rows if start <= at and stop <= end]
            freed = [
                _whole(connection, stream_id, whole),
                *(
                    _cut(connection, stream_id, at, channels, start, end)
                    for at, stop in rows
                    if at < start or end < stop
                ),
            ]
            return Freed(
                sum(one.samples for one in freed), sum(one.bytes for one in freed), len(rows)
            )
    return Freed()


def findings(connection: Connection, stream_id: str, ranges: IndexRanges) -> int:
    """Delete what every analysis found in ``ranges``; return how many sets the newest had there."""
    gone = 0
    changes = results.Changes()
    for analysis_id in results.analyses(connection, stream_id):
        before = results.read(connection, analysis_id)
        after = remains.outside(before, ranges)
        changes.add(analysis_id, before, after)
        gone = len(before.sets) - len(after.sets)
    changes.write(connection)
    return gone


def messages(connection: Connection, stream_id: str, ranges: IndexRanges) -> int:
    """Delete what was set aside of samples in ``ranges``; return how many messages."""
    gone = 0
    for start, end in ranges:
        touched = (
            _QUARANTINE.c.first_index < end,
            _QUARANTINE.c.first_index + _QUARANTINE.c.n > start,
        )
        mine = _QUARANTINE.c.stream_id == stream_id
        gone += connection.execute(delete(_QUARANTINE).where(mine, *touched)).rowcount
    return gone


def _overlapping(
    connection: Connection, stream_id: str, start: int, end: int, most: int
) -> list[tuple[int, int]]:
    # As samples.read: the last chunk that begins at or before `start` is where to begin.
    mine = _CHUNKS.c.stream_id == stream_id
    begin = (
        select(func.coalesce(func.max(_CHUNKS.c.first_index), 0))
        .where(mine, _CHUNKS.c.first_index <= start)
        .scalar_subquery()
    )
    query = (
        select(_CHUNKS.c.first_index, _CHUNKS.c.n)
        .where(mine, _CHUNKS.c.first_index >= begin, _CHUNKS.c.first_index < end)
        .where(_CHUNKS.c.first_index + _CHUNKS.c.n > start)
        .order_by(_CHUNKS.c.first_index)
        .limit(most)
    )
    return [(at, at + n) for at, n in connection.execute(query)]


def _whole(connection: Connection, stream_id: str, first_indices: list[int]) -> Freed:
    removal = delete(_CHUNKS).where(
        _CHUNKS.c.stream_id == stream_id, _CHUNKS.c.first_index.in_(first_indices)
    )
    rows = connection.execute(removal.returning(_CHUNKS.c.n, CHUNK_BYTES)).all()
    return Freed(sum(n for n, _ in rows), sum(size for _, size in rows))


def _cut(
    connection: Connection, stream_id: str, at: int, channels: int, start: int, end: int
) -> Freed:
    """Leave of a chunk what lies outside of ``[start, end)``."""
    removal = delete(_CHUNKS).where(_CHUNKS.c.stream_id == stream_id, _CHUNKS.c.first_index == at)
    chunk = connection.execute(removal.returning(*_CHUNKS.c)).first()
    if chunk is None:
        return Freed()  # made compact meanwhile: the next step finds it
    stop = at + chunk.n
    rest = [(a, b) for a, b in ((at, start), (end, stop)) if a < b]
    rows = [row for a, b in rest for row in _rows(chunk, channels, a, b)]
    insert_rows(connection, _CHUNKS, rows)
    return Freed(chunk.n - sum(row["n"] for row in rows), _bytes(chunk) - sum(map(_bytes_of, rows)))


def _bytes(chunk: Any) -> int:
    return len(chunk.data) + len(chunk.observations)


def _bytes_of(row: dict[str, Any]) -> int:
    return len(row["data"]) + len(row["observations"])


def _rows(chunk: Any, channels: int, start: int, end: int) -> Iterator[dict[str, Any]]:
    """Yield the chunk of ``[start, end)`` of ``chunk``, in the same code."""
    at = chunk.first_index
    counts = counts_of(chunk, channels)[start - at : end - at]
    mine = list(_within(sources_of(chunk), at, start, end))
    row = {"stream_id": chunk.stream_id, "first_index": start, "n": end - start}
    if chunk.codec == Codec.COMPACT:
        yield row | {
            "live": all(one.live for one in mine),
            "gateway_boot": None,
            "observations": sources.encode(mine),
            "data": chunk_codec.encode(counts),
            "codec": int(Codec.COMPACT),
        }
        return
    for one in mine:
        yield row | {
            "live": one.live,
            "gateway_boot": one.gateway_boot,
            "observations": one.packets,
            "data": counts.astype("<i2", copy=False).tobytes(),
            "codec": int(Codec.RAW),
        }


def _within(origin: Sequence[Source], first: int, start: int, end: int) -> Iterator[Source]:
    for source in origin:
        at, stop = first, first + source.n
        first = stop
        if stop <= start or end <= at:
            continue
        part = source
        if at < start:
            _, part = part.cut(at, start)
        if end < stop:
            part, _ = part.cut(max(at, start), end)
        yield part
