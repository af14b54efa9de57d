"""Corrections: what the wearer says of a set, beside what was detected."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from lumbar_server import workouts
from lumbar_server.field_types import MOST
from lumbar_server.record import Correction
from lumbar_server.routes.entity_tags import IfMatch, TaggedRoute, seen_version, version_tag
from lumbar_server.routes.json_bodies import OnlyJson
from lumbar_server.routes.once import Once
from lumbar_server.routes.request import GONE, UNCHANGED, Now, Writing
from lumbar_server.routes.session_view import detail_of
from lumbar_server.routes.sessions import SessionId
from lumbar_server.session_schemas import NewCorrection, SessionDetail
from lumbar_server.store import record, sessions

router = APIRouter(tags=["corrections"], route_class=TaggedRoute, dependencies=[OnlyJson])


@router.post(
    "/sessions/{session_id}/corrections",
    summary="Correct a set",
    status_code=201,
    responses={**UNCHANGED, **GONE},
)
def correct(
    session_id: SessionId,
    new: NewCorrection,
    database: Writing,
    now_utc: Now,
    once: Once,
    response: Response,
    if_match: IfMatch = None,
) -> SessionDetail:
    """Say what a set really was; a newer word on the same set takes the place of the older."""
    row = sessions.one(database, session_id)
    workouts.check_unchanged(row, seen_version(if_match))
    said = Correction(
        id=0,
        stream_id=new.stream_id,
        start=new.start_index,
        end=new.end_index,
        removed=new.removed,
        exercise=None if new.exercise is None else new.exercise.value,
        repetitions=new.repetitions,
        holds_s=None if new.holds_s is None else tuple(new.holds_s),
        start_s=new.start_s,
        end_s=new.end_s,
        made_utc=now_utc,
    )
    workouts.correct(database, row, said, now_utc)
    after = record.read(database, session_id)
    return once.created(response, detail_of(after), version_tag(after.version))


@router.delete(
    "/sessions/{session_id}/corrections/{correction_id}",
    summary="Take a correction back",
    responses=UNCHANGED,
)
def take_back(
    session_id: SessionId,
    correction_id: Annotated[int, Path(ge=1, le=MOST)],
    database: Writing,
    now_utc: Now,
    response: Response,
    if_match: IfMatch = None,
) -> SessionDetail:
    """Let what was detected count again."""
    row = sessions.one(database, session_id)
    workouts.check_unchanged(row, seen_version(if_match))
    workouts.take_back(database, row, correction_id, now_utc)
    after = record.read(database, session_id)
    response.headers.update(version_tag(after.version))
    return detail_of(after)
