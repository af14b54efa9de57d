"""Planned sessions: what each set out to do, its blocks, and the answers about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Response

from lumbar_server import planned_sessions, workouts
from lumbar_server import programme_schemas as schemas
from lumbar_server.field_types import MOST
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.routes.entity_tags import IfMatch, TaggedRoute, seen_version
from lumbar_server.routes.json_bodies import OnlyJson
from lumbar_server.routes.once import Once
from lumbar_server.routes.programme_view import block_answer, prescription_answer
from lumbar_server.routes.request import (
    CONFLICT,
    GONE,
    NOT_FOUND,
    UNCHANGED,
    Database,
    Now,
    Writing,
)
from lumbar_server.routes.sessions import SessionId
from lumbar_server.store import blocks, prescriptions, sessions

router = APIRouter(tags=["programme"], route_class=TaggedRoute, dependencies=[OnlyJson])


@router.get(
    "/sessions/{session_id}/prescription",
    summary="What a session set out to do",
    responses=NOT_FOUND,
)
def prescription(session_id: SessionId, database: Database) -> schemas.Prescription:
    """Return the lines as they were shown when the session began, and what was begun of them."""
    sessions.one(database, session_id)
    row = prescriptions.one(database, session_id)
    begun = blocks.of_session(database, session_id)
    return prescription_answer(row, begun, read_catalogue())


@router.post(
    "/sessions/{session_id}/blocks",
    summary="Begin a line",
    status_code=201,
    responses={**CONFLICT, **GONE},
)
def begin_block(
    session_id: SessionId,
    new: schemas.NewBlock,
    database: Writing,
    now_utc: Now,
    once: Once,
    response: Response,
) -> schemas.Block:
    """Begin a line of the prescription; the one that was being done ends."""
    row = sessions.one(database, session_id)
    block = planned_sessions.begin_block(database, row, new.line, now_utc)
    return once.created(response, block_answer(block))


@router.post(
    "/sessions/{session_id}/blocks/{block_id}/end",
    summary="End a block, or change how it felt",
    responses=NOT_FOUND,
)
def end_block(
    session_id: SessionId,
    block_id: Annotated[int, Path(ge=1, le=MOST, description="From the prescription")],
    new: schemas.BlockEnd,
    database: Writing,
    now_utc: Now,
) -> schemas.Block:
    """End it; of one that has ended, only how it felt can change. Null takes that back."""
    row = sessions.one(database, session_id)
    block = blocks.one(database, session_id, block_id)
    felt = new.felt if "felt" in new.model_fields_set else block.felt
    return block_answer(planned_sessions.end_block(database, row, block, felt, now_utc))


@router.put(
    "/sessions/{session_id}/stop-reason", summary="Say why it was stopped", responses=UNCHANGED
)
def say_why_stopped(
    session_id: SessionId,
    new: schemas.NewStopReason,
    database: Writing,
    now_utc: Now,
    if_match: IfMatch = None,
) -> schemas.StopAnswer:
    """Answer the question that STOP asks; the block ends, the session only by its own stop."""
    row = sessions.one(database, session_id)
    workouts.check_unchanged(row, seen_version(if_match))
    said = planned_sessions.say_why_stopped(database, row, new.reason, new.discomfort, now_utc)
    return schemas.StopAnswer(**asdict(said))


@router.put(
    "/sessions/{session_id}/next-day",
    summary="Say how the day after was",
    responses={**CONFLICT, **UNCHANGED},
)
def say_next_day(
    session_id: SessionId,
    new: schemas.NewNextDay,
    database: Writing,
    now_utc: Now,
    if_match: IfMatch = None,
) -> schemas.NextDayAnswer:
    """Answer 18 to 30 hours after; a newer answer takes the place of the older."""
    row = sessions.one(database, session_id)
    workouts.check_unchanged(row, seen_version(if_match))
    said = planned_sessions.say_next_day(database, row, new.answer, now_utc)
    return schemas.NextDayAnswer(**asdict(said))
