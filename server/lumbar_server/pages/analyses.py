"""What older and newer detectors found in a workout, side by side."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from lumbar_server.analysis_difference import Difference
from lumbar_server.analysis_schemas import ComparedSet
from lumbar_server.database import reading
from lumbar_server.errors import NotFoundError
from lumbar_server.pages import words
from lumbar_server.pages.rendering import render
from lumbar_server.pages.sessions import SessionId
from lumbar_server.reanalysis import reanalyse_session
from lumbar_server.routes.analyses import session_analyses
from lumbar_server.routes.request import Database
from lumbar_server.store import record, sessions
from lumbar_signal import VERSION

router = APIRouter()

_DIFFERENCES = {
    Difference.SAME: "as before",
    Difference.GAINED: "found only now",
    Difference.LOST: "not found any more",
    Difference.RENAMED: "another exercise",
    Difference.RECOUNTED: "another count",
}


@router.get("/sessions/{session_id}/analyses")
def analyses(session_id: SessionId, request: Request, database: Database) -> Response:
    """Return which detectors have looked at a workout, and how the last two differ."""
    session = record.read(database, session_id)
    found = session_analyses(session_id, database)
    sensors = {part.stream_id: part.sensor_id for part in session.parts}
    return render(
        request,
        "analyses.html",
        session=session,
        streams=found.streams,
        sensors=sensors,
        differences=_DIFFERENCES,
        told=told,
        present=VERSION,
    )


@router.post("/sessions/{session_id}/analyses")
def reanalyse(session_id: SessionId, request: Request) -> Response:
    """Let the present detector look at the workout; what an older one found stays."""
    engine = request.app.state.engine
    reanalyse_session(engine, session_id, request.app.state.now_s)
    try:
        with reading(engine) as connection:
            sessions.one(connection, session_id)
    except NotFoundError:  # it had begun by itself, and nothing is found in it any more
        return RedirectResponse("/history", status_code=303)
    return RedirectResponse(f"/sessions/{session_id}/analyses", status_code=303)


def told(one: ComparedSet | None) -> str:
    """Return a set in words: ``Glute bridge 5 ×``."""
    if one is None:
        return "–"
    parts = [f"{one.repetitions}\u00a0×"] if one.repetitions else []
    if one.holds:
        parts.append(f"{one.holds} {'hold' if one.holds == 1 else 'holds'}")
    return f"{words.exercise(one.exercise)} {', '.join(parts)}"
