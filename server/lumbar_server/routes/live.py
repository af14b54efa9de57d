"""The live view of one page: one stream of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from lumbar_server.field_types import SensorId
from lumbar_server.live import LiveBoard
from lumbar_server.routes.request import Board

router = APIRouter(tags=["live"])


class EventStream(StreamingResponse):
    """Messages that are encoded once for all viewers, sent as they are."""

    media_type = "text/event-stream"


_EVENTS = """\
`state` (exercise, repetitions, hold, posture, cue, sets; at once on every event, else once a
second), `samples` (a strip of counts, ten times a second), `link` (radio link, battery, spool),
`saved` (what the database has), `record` (the number of the newest change of a session), `broker`.
The newest of each kind comes first, so a page may be
opened in the middle of a workout. A viewer that reads too slowly misses strips, never states.
"""


@router.get(
    "/live",
    summary="Live view (server-sent events)",
    response_class=EventStream,
    responses={200: {"description": _EVENTS}},
)
async def live(
    board: Board,
    sensor_id: Annotated[
        SensorId | None, Query(description="Only this sensor; all if left out")
    ] = None,
) -> EventStream:
    """Follow one sensor, or all of them, for as long as the connection stays open."""
    return EventStream(_follow(board, sensor_id), headers={"X-Accel-Buffering": "no"})


async def _follow(board: LiveBoard, sensor_id: str | None) -> AsyncIterator[bytes]:
    viewer = board.open(sensor_id)
    try:
        async for message in viewer.messages():
            yield message
    finally:
        board.leave(viewer)
