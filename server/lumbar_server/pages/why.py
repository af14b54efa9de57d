"""Why each repetition of a set counted, and what nearly did."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lumbar_server.errors import NotFoundError
from lumbar_server.pages import words
from lumbar_server.pages.plotted import UPRIGHT, frame_text, rows_of, signal_of
from lumbar_server.pages.rendering import render
from lumbar_server.pages.sessions import SessionId, SetKey
from lumbar_server.pages.set_view import find_set, set_view
from lumbar_server.pages.timeline_view import find_part
from lumbar_server.pages.why_view import AROUND_S, counted_of, missed_of, position
from lumbar_server.replay import replay
from lumbar_server.routes.request import Database
from lumbar_server.store import record
from lumbar_server.thinned import Frame

router = APIRouter()

NEAR_S = 20.0
"""So far before and after a set a near miss is told (the pause that ends a set)."""
_TABLE_ROWS = 40


@router.get("/sessions/{session_id}/sets/{key}/why")
def why(
    session_id: SessionId,
    key: SetKey,
    request: Request,
    database: Database,
    repetition: Annotated[int | None, Query(ge=1, le=100_000)] = None,
) -> Response:
    """Return what a repetition was measured by, and the near misses around its set."""
    session = record.read(database, session_id)
    one = find_set(session, key)
    found = one.detected
    if found is None:
        raise NotFoundError("nothing was seen of this set: there is nothing to explain")
    part = find_part(session, found.stream_id)
    again = replay(database, part)
    frame = UPRIGHT if again is None else Frame(again.calibration.x, again.calibration.z)
    near = NEAR_S * part.sampling_rate_hz
    misses = [] if again is None else again.near_misses(found.start - near, found.end + near)
    movements = () if again is None else again.movements
    counted = None
    window_s = (found.start_s - AROUND_S, found.end_s + AROUND_S)
    if repetition is not None:
        counted = counted_of(found, repetition, movements, part.time)
        window_s = counted.window_s
    return render(
        request,
        "why.html",
        session=session,
        part=part,
        set=set_view(one),
        counted=counted,
        misses=[missed_of(each, part.time) for each in misses],
        window_s=window_s,
        rows=rows_of(signal_of(database, part, frame, *window_s, _TABLE_ROWS), part),
        frame=frame_text(frame),
        position=position,
        postures=[
            words.POSTURES[each.posture]
            for each in part.postures
            if counted and each.start_s < counted.end_s and counted.start_s < each.end_s
        ],
    )
