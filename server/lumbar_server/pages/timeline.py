"""The timeline of a workout: signal, angles, postures, sets, repetitions and gaps, to zoom into."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from lumbar_server.errors import BadRequestError
from lumbar_server.pages.plotted import (
    UPRIGHT,
    columns_of,
    frame_text,
    read_frame,
    rows_of,
    signal_of,
)
from lumbar_server.pages.rendering import render
from lumbar_server.pages.sessions import SessionId
from lumbar_server.pages.timeline_view import find_part, lanes_of, window_of
from lumbar_server.pages.why_view import position
from lumbar_server.replay import replay
from lumbar_server.routes.request import Database
from lumbar_server.store import record
from lumbar_server.thinned import Frame

router = APIRouter()

StreamId = Annotated[str | None, Query(pattern="^[0-9a-f]{16}$")]
AtS = Annotated[float | None, Query(ge=-1e9, le=1e9, allow_inf_nan=False)]
MOST_POINTS = 4000  # chosen: more than the widest screen has pixels
_TABLE_ROWS = 30


@router.get("/sessions/{session_id}/timeline")
def timeline(
    session_id: SessionId,
    request: Request,
    database: Database,
    stream: StreamId = None,
    from_s: AtS = None,
    to_s: AtS = None,
) -> Response:
    """Return the timeline, or a stretch of it."""
    session = record.read(database, session_id)
    if not session.parts:
        return render(request, "timeline_empty.html", session=session)
    part = find_part(session, stream)
    window = window_of(from_s, to_s, part.start_s, part.end_s)
    again = replay(database, part)
    frame = UPRIGHT if again is None else Frame(again.calibration.x, again.calibration.z)
    found = signal_of(database, part, frame, window.start_s, window.end_s, _TABLE_ROWS)
    return render(
        request,
        "timeline.html",
        session=session,
        part=part,
        window=window,
        lanes=lanes_of(session, part, window),
        rows=rows_of(found, part),
        calibration=None if again is None else again.calibration,
        frame=frame_text(frame),
        position=position,
    )


@router.get("/sessions/{session_id}/timeline/signal")
def signal(
    session_id: SessionId,
    database: Database,
    from_s: Annotated[float, Query(ge=-1e9, le=1e9, allow_inf_nan=False)],
    to_s: Annotated[float, Query(ge=-1e9, le=1e9, allow_inf_nan=False)],
    stream: StreamId = None,
    points: Annotated[int, Query(ge=1, le=MOST_POINTS)] = 800,
    frame: Annotated[str, Query(max_length=100)] = frame_text(UPRIGHT),
) -> dict[str, Any]:
    """Return a stretch of the signal for a plot, at most so many points of it."""
    try:
        axes = read_frame(frame)
    except ValueError:
        raise BadRequestError("frame: six numbers, as the timeline's page has them") from None
    part = find_part(record.read(database, session_id), stream)
    return columns_of(signal_of(database, part, axes, from_s, to_s, points), part)
