"""Deletions, and the receipts that they leave."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from sqlalchemy import Engine

from lumbar_server import deletion, workouts
from lumbar_server.deletion_schemas import NewDeletion, Receipt, ReceiptPage
from lumbar_server.errors import BadRequestError
from lumbar_server.field_types import MOST
from lumbar_server.file_space import give_back
from lumbar_server.routes.cursor import Cursor, Limit, link_next
from lumbar_server.routes.entity_tags import IfMatch, TaggedRoute, seen_version
from lumbar_server.routes.json_bodies import OnlyJson
from lumbar_server.routes.request import CONFLICT, NOT_FOUND, UNCHANGED, Database, Now
from lumbar_server.routes.sessions import SessionId
from lumbar_server.store import receipts

router = APIRouter(tags=["deletions"], route_class=TaggedRoute, dependencies=[OnlyJson])

ReceiptId = Annotated[int, Path(ge=1, le=MOST, description="From the list of receipts")]


@router.delete(
    "/sessions/{session_id}", summary="Delete a session", responses={**CONFLICT, **UNCHANGED}
)
def delete_session(
    session_id: SessionId, request: Request, now_utc: Now, if_match: IfMatch = None
) -> Receipt:
    """Delete a session for good: its samples, what was found in them, and what was said of it.

    Samples that another session also consists of stay. Nothing of it is taken again, although a
    gateway may still have it. To hide a session, set `discarded` instead.
    """
    engine: Engine = request.app.state.engine
    seen = seen_version(if_match)
    done = deletion.delete_session(
        engine, session_id, now_utc, lambda session: workouts.check_unchanged(session, seen)
    )
    give_back(engine)
    return receipt_of(done)


@router.post("/deletions", summary="Delete of a wearer", status_code=201, responses=NOT_FOUND)
def delete(new: NewDeletion, request: Request, now_utc: Now, response: Response) -> Receipt:
    """Delete a wearer's samples, all or those taken before a moment, or everything, for good.

    What was taken until now and still is on its way is not kept either. Sent twice, the second
    finds nothing to delete.
    """
    engine: Engine = request.app.state.engine
    if new.what == "everything" and new.before_utc is not None:
        raise BadRequestError("before_utc: everything goes; leave it out, or delete raw only")
    if new.what == "everything":
        done = deletion.delete_everything(engine, new.wearer_id, now_utc)
    else:
        done = deletion.delete_raw(engine, new.wearer_id, new.before_utc, now_utc)
    give_back(engine)
    response.headers["Location"] = f"/api/v1/receipts/{done.id}"
    return receipt_of(done)


@router.get("/receipts", summary="Receipts of what was deleted, the newest first")
def list_receipts(
    request: Request,
    response: Response,
    database: Database,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReceiptPage:
    """List what was deleted and what is announced to be; ask again with `next` for more."""
    rows = receipts.newest(database, _key(cursor), limit + 1)
    following = str(rows[limit - 1].id) if len(rows) > limit else None
    link_next(request, response, cursor=following)
    return ReceiptPage(items=[receipt_of(row) for row in rows[:limit]], next=following)


@router.get("/receipts/{receipt_id}", summary="One receipt", responses=NOT_FOUND)
def receipt(receipt_id: ReceiptId, database: Database, response: Response) -> Receipt:
    """Return a receipt; a browser saves it as a file."""
    name = f"lumbar-receipt-{receipt_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return receipt_of(receipts.one(database, receipt_id))


def receipt_of(row: receipts.Receipt) -> Receipt:
    """Return a receipt as the API says it."""
    state = "done" if row.done_utc else "under way" if row.begun_utc else "announced"
    names = set(Receipt.model_fields) - {"schema_", "state", "streams", "left"}
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    return Receipt.model_validate(
        {
            **values,
            "state": state,
            "streams": [_part(part) for part in row.streams],
            "left": [_part(part) for part in row.todo],
        }
    )


def _part(part: receipts.StreamPart) -> dict[str, Any]:
    return {"stream_id": part.stream_id, "ranges": part.ranges, "samples": part.samples}


def _key(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise BadRequestError("cursor: use `next` as the page before gave it")
    return int(cursor)
