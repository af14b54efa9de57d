"""Analyses: what older and newer detectors found in a session's samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from lumbar_server import analysis_schemas as schemas
from lumbar_server.analysis_difference import Difference, SetPair
from lumbar_server.database import reading
from lumbar_server.detected import TimeView
from lumbar_server.errors import BadRequestError, NotFoundError
from lumbar_server.field_types import MOST
from lumbar_server.reanalysis import differences, reanalyse_session, sets_of
from lumbar_server.record import Part
from lumbar_server.routes.entity_tags import TaggedRoute
from lumbar_server.routes.request import NOT_FOUND, Database
from lumbar_server.routes.sessions import SessionId
from lumbar_server.store import analysis_listing, record, sessions
from lumbar_server.store.analysis_listing import AnalysisRow
from lumbar_signal.events import ExerciseSet

router = APIRouter(tags=["analyses"], route_class=TaggedRoute)

AnalysisId = Annotated[int | None, Query(ge=1, le=MOST, description="One of the `analyses`")]


@router.get("/sessions/{session_id}/analyses", summary="Analyses of a session", responses=NOT_FOUND)
def session_analyses(
    session_id: SessionId,
    database: Database,
    before_id: AnalysisId = None,
    after_id: AnalysisId = None,
) -> schemas.SessionAnalyses:
    """List which detectors have looked at the session's streams, and how two of them differ."""
    parts = record.read(database, session_id).parts
    if before_id is None and after_id is None:
        found = [
            _compared(database, part, sets_of(database, session_id, part), None) for part in parts
        ]
    else:
        found = [_asked_for(database, session_id, parts, (before_id, after_id))]
    return schemas.SessionAnalyses(session_id=session_id, streams=found)


@router.post(
    "/sessions/{session_id}/reanalyse",
    summary="Run the present detector over a session",
    responses=NOT_FOUND,
)
def reanalyse(session_id: SessionId, request: Request) -> schemas.Reanalysis:
    """Look at the session's streams again, unless the present detector has looked last.

    What an older detector found stays beside it. It takes about a second for a day of samples,
    and longer ones hold nobody up; sent again it finds everything up to date.
    """
    engine = request.app.state.engine
    with reading(engine) as connection:
        parts = {
            part.stream_id: (part, sets_of(connection, session_id, part))
            for part in record.read(connection, session_id).parts
        }
    done = reanalyse_session(engine, session_id, request.app.state.now_s)
    with reading(engine) as connection:
        return schemas.Reanalysis(
            session_id=session_id,
            gone=not _is_there(connection, session_id),
            streams=[
                schemas.ReanalysedStream(
                    **dict(_compared(connection, *parts[one.stream_id], None)),
                    outcome=one.outcome,
                    reason=one.reason,
                )
                for one in done
                if one.stream_id in parts
            ],
        )


def _is_there(connection: Connection, session_id: int) -> bool:
    try:
        sessions.one(connection, session_id)
    except NotFoundError:
        return False
    return True


def _asked_for(
    connection: Connection,
    session_id: int,
    parts: Sequence[Part],
    two: tuple[int | None, int | None],
) -> schemas.StreamAnalyses:
    before_id, after_id = two
    if before_id is None or after_id is None:
        raise BadRequestError("before_id and after_id: give both, of the same stream")
    for part in parts:
        rows = {row.id: row for row in analysis_listing.of_stream(connection, part.stream_id)}
        if before_id in rows and after_id in rows:
            is_its = sets_of(connection, session_id, part)
            return _compared(connection, part, is_its, (rows[before_id], rows[after_id]))
    raise NotFoundError(
        f"no stream of session {session_id} has the analyses {before_id} and {after_id}: "
        "leave both out for a list"
    )


def _compared(
    connection: Connection,
    part: Part,
    is_its: Callable[[ExerciseSet], bool],
    two: tuple[AnalysisRow, AnalysisRow] | None,
) -> schemas.StreamAnalyses:
    rows = analysis_listing.of_stream(connection, part.stream_id)
    if two is None and len(rows) > 1:
        two = rows[1], rows[0]
    difference = None
    if two is not None:
        difference = _difference(two, differences(connection, *two, is_its), part.time)
    return schemas.StreamAnalyses(
        stream_id=part.stream_id,
        analyses=[
            schemas.AnalysisVersion(
                id=row.id,
                detector_version=row.detector_version,
                parameters_sha256=row.parameters_sha256,
                current=row is rows[0],
            )
            for row in rows
        ],
        difference=difference,
    )


def _difference(
    two: tuple[AnalysisRow, AnalysisRow], pairs: Sequence[SetPair], time: TimeView
) -> schemas.AnalysisDifference:
    of_each = Counter(pair.difference for pair in pairs)
    return schemas.AnalysisDifference(
        before_id=two[0].id,
        after_id=two[1].id,
        gained=of_each[Difference.GAINED],
        lost=of_each[Difference.LOST],
        renamed=of_each[Difference.RENAMED],
        recounted=of_each[Difference.RECOUNTED],
        same=of_each[Difference.SAME],
        sets=[_pair(pair, time) for pair in pairs],
    )


def _pair(pair: SetPair, time: TimeView) -> schemas.SetDifference:
    return schemas.SetDifference(
        difference=pair.difference, before=_set(pair.before, time), after=_set(pair.after, time)
    )


def _set(one: ExerciseSet | None, time: TimeView) -> schemas.ComparedSet | None:
    if one is None:
        return None
    return schemas.ComparedSet(
        exercise=one.exercise.value,
        start_s=round(time.s(one.start), 4),
        end_s=round(time.s(one.end), 4),
        repetitions=len(one.repetitions),
        holds=len(one.holds),
        confidence=one.confidence,
    )
