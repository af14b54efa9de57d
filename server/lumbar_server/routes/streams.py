"""Streams: what has arrived from a sensor between two of its starts, sample by sample."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from lumbar_gateway.messages import IndexRanges
from lumbar_server import schemas
from lumbar_server.errors import NotFoundError
from lumbar_server.field_types import SensorId
from lumbar_server.routes.cursor import Cursor, Limit, cursor_of, link_next, read_cursor
from lumbar_server.routes.entity_tags import TaggedRoute
from lumbar_server.routes.request import NOT_FOUND, Database, is_simulated
from lumbar_server.store import samples, stream_listing
from lumbar_server.store.stream_listing import StreamKey

router = APIRouter(tags=["streams"], route_class=TaggedRoute)

StreamId = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="From the list of streams")]
MOST_SAMPLES = 100_000


@router.get("/streams", summary="Streams, the last begun first")
def list_streams(
    request: Request,
    response: Response,
    database: Database,
    sensor_id: Annotated[SensorId | None, Query(description="Only this sensor's")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> schemas.StreamPage:
    """List the streams of which samples have arrived; ask again with `next` for more."""
    at = read_cursor(cursor, "[0-9a-f]{16}")
    before = None if at is None else StreamKey(*at)
    rows = stream_listing.newest(database, sensor_id, before, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else cursor_of(last.started_utc, last.stream_id)
    link_next(request, response, cursor=following)
    return schemas.StreamPage(items=[_stream(row) for row in rows[:limit]], next=following)


@router.get("/streams/{stream_id}", summary="One stream", responses=NOT_FOUND)
def stream(stream_id: StreamId, database: Database) -> schemas.Stream:
    """Return what has arrived of a stream, and what its samples mean."""
    return _stream(_find(database, stream_id))


@router.get(
    "/streams/{stream_id}/samples",
    summary="Samples of a stream",
    response_model=schemas.SamplePage,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        **NOT_FOUND,
    },
)
def stream_samples(
    stream_id: StreamId,
    database: Database,
    first: Annotated[int, Query(ge=0, lt=2**48, description="Sample index to begin at")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_SAMPLES)] = 10_000,
    encoding: Annotated[
        Literal["json", "int16"],
        Query(description="int16: little-endian rows, the rest in X-Lumbar-... headers"),
    ] = "json",
) -> Any:
    """Return the first unbroken run of stored samples at or after `first`.

    A step between a page's end and the next page's `first_index` is a gap.
    """
    row = _find(database, stream_id)
    kept = stream_listing.kept(row)
    start, end = _next_run(kept, first)
    end = min(end, start + limit)
    more = kept.end > end
    facts = {
        "first_index": start,
        "next_index": end if more else None,
        "sampling_rate_hz": row.sampling_rate_hz,
        "g_per_step": row.g_per_step,
        "dps_per_step": row.dps_per_step,
    }
    runs = samples.read(database, row.stream_id, row.channels, start, end)
    rows = np.concatenate([np.zeros((0, row.channels), np.int16), *(run.samples for run in runs)])
    if encoding == "json":
        return schemas.SamplePage(**facts, samples=rows.tolist())
    headers = {f"X-Lumbar-{name.replace('_', '-')}": str(v) for name, v in facts.items()}
    headers["X-Lumbar-channels"] = str(row.channels)
    body = rows.astype("<i2").tobytes()
    return Response(body, media_type="application/octet-stream", headers=headers)


def _find(database: Connection, stream_id: str) -> Any:
    row = stream_listing.one(database, stream_id)
    if row is None:
        raise NotFoundError(f"no stream {stream_id}: GET /api/v1/streams lists all there are")
    return row


def _next_run(kept: IndexRanges, first: int) -> tuple[int, int]:
    for start, end in kept:
        if end > first:
            return max(start, first), end
    return first, first


def _stream(row: Any) -> schemas.Stream:
    analysis = None
    if row.detector_version is not None:
        analysis = schemas.Analysis(
            detector_version=row.detector_version, parameters_sha256=row.parameters_sha256
        )
    return schemas.Stream(
        stream_id=row.stream_id,
        sensor_id=row.sensor_id,
        simulated=is_simulated(row.sensor_id),
        started_utc=row.started_utc,
        ended_utc=row.ended_utc,
        state=row.state,
        coverage=row.coverage,
        origin_utc=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=row.wall_at_zero_s),
        sampling_rate_hz=row.sampling_rate_hz,
        g_per_step=row.g_per_step,
        dps_per_step=row.dps_per_step,
        channels=row.channels,
        stored=row.stored,
        lost=row.lost,
        erased=row.erased,
        quarantined=row.quarantined,
        analysis=analysis,
    )
