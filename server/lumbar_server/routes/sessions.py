"""Sessions: what was done, when, and how it felt."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from lumbar_server import workouts
from lumbar_server.errors import BadRequestError
from lumbar_server.field_types import MOST, Moment
from lumbar_server.routes.cursor import Cursor, Limit, cursor_of, link_next, read_cursor
from lumbar_server.routes.entity_tags import IfMatch, TaggedRoute, seen_version, version_tag
from lumbar_server.routes.json_bodies import OnlyJson
from lumbar_server.routes.once import Once
from lumbar_server.routes.request import (
    CONFLICT,
    GONE,
    NOT_FOUND,
    UNCHANGED,
    Database,
    Now,
    Writing,
)
from lumbar_server.routes.session_view import detail_of, summary_of
from lumbar_server.session_schemas import (
    NewSession,
    SessionChange,
    SessionDetail,
    SessionPage,
)
from lumbar_server.store import record, sessions
from lumbar_server.store.sessions import SessionKey, SessionRow, Wanted

router = APIRouter(tags=["sessions"], route_class=TaggedRoute, dependencies=[OnlyJson])

SessionId = Annotated[int, Path(ge=1, le=MOST, description="From the list of sessions")]


@router.get("/sessions", summary="Sessions, the last begun first")
def list_sessions(
    request: Request,
    response: Response,
    database: Database,
    wearer_id: Annotated[int | None, Query(ge=1, le=MOST)] = None,
    state: Annotated[Literal["open", "ended"] | None, Query(description="Running or not")] = None,
    from_utc: Annotated[Moment | None, Query(description="Begun then or later")] = None,
    until_utc: Annotated[Moment | None, Query(description="Begun before then")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SessionPage:
    """List the sessions that were not discarded; ask again with `next` for more."""
    running = None if state is None else state == "open"
    wanted = Wanted(wearer_id, running, from_utc, until_utc)
    rows = sessions.newest(database, wanted, list_key(cursor), limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else cursor_of(last.started_utc, last.id)
    link_next(request, response, cursor=following)
    items = [summary_of(one) for one in record.of_all(database, rows[:limit])]
    return SessionPage(items=items, next=following)


@router.post(
    "/sessions", summary="Begin a session", status_code=201, responses={**CONFLICT, **GONE}
)
def begin(
    new: NewSession, database: Writing, now_utc: Now, once: Once, response: Response
) -> SessionDetail:
    """Begin a session now, or record one that is over; its sets are found by themselves."""
    started_utc = new.started_utc or now_utc
    row = workouts.start(database, new.wearer_id, started_utc, new.ended_utc, now_utc)
    headers = {"Location": f"/api/v1/sessions/{row.id}", **version_tag(row.version)}
    return once.created(response, detail_of(record.of(database, row)), headers)


@router.get("/sessions/{session_id}", summary="One session in full", responses=NOT_FOUND)
def session(session_id: SessionId, database: Database, response: Response) -> SessionDetail:
    """Return what was found in a session, and what its wearer says of it."""
    return _answer(database, sessions.one(database, session_id), response)


@router.patch("/sessions/{session_id}", summary="Change a session", responses=UNCHANGED)
def change(
    session_id: SessionId,
    new: SessionChange,
    database: Writing,
    now_utc: Now,
    response: Response,
    if_match: IfMatch = None,
) -> SessionDetail:
    """Change times, comfort, effort or note; null takes an answer back."""
    row = sessions.one(database, session_id)
    workouts.check_unchanged(row, seen_version(if_match))
    values = new.model_dump(exclude_unset=True)
    for name in ("started_utc", "note", "discarded"):
        if name in values and values[name] is None:
            raise BadRequestError(f"{name}: cannot be null; leave it out to keep it")
    return _answer(database, workouts.change(database, row, values, now_utc), response)


@router.post("/sessions/{session_id}/pause", summary="Pause a session", responses=CONFLICT)
def pause(
    session_id: SessionId, database: Writing, now_utc: Now, response: Response
) -> SessionDetail:
    """Stop counting until it is resumed; nothing happens where it is paused already."""
    row = workouts.pause(database, sessions.one(database, session_id), now_utc)
    return _answer(database, row, response)


@router.post("/sessions/{session_id}/resume", summary="Go on after a pause", responses=CONFLICT)
def resume(
    session_id: SessionId, database: Writing, now_utc: Now, response: Response
) -> SessionDetail:
    """Go on; nothing happens where it is not paused."""
    row = workouts.resume(database, sessions.one(database, session_id), now_utc)
    return _answer(database, row, response)


@router.post("/sessions/{session_id}/stop", summary="End a session", responses=NOT_FOUND)
def stop(
    session_id: SessionId, database: Writing, now_utc: Now, response: Response
) -> SessionDetail:
    """End it; nothing happens where it has ended already."""
    row = workouts.stop(database, sessions.one(database, session_id), now_utc)
    return _answer(database, row, response)


def _answer(database: Connection, row: SessionRow, response: Response) -> SessionDetail:
    response.headers.update(version_tag(row.version))
    return detail_of(record.of(database, row))


def list_key(cursor: str | None) -> SessionKey | None:
    """Return where a page of the list begins; raises ``BadRequestError``."""
    at = read_cursor(cursor, "[0-9]{1,18}")
    return None if at is None else SessionKey(at[0], int(at[1]))
