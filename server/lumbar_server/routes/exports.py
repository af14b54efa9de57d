"""Copies of the record: taken away in several forms, brought back in one of them."""

from __future__ import annotations

import tempfile
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.requests import ClientDisconnect

from lumbar_server.errors import BadRequestError, DatabaseAwayError
from lumbar_server.exports.forms import MEDIA_TYPES, Form, download
from lumbar_server.exports.selection import Selection
from lumbar_server.field_types import MOST
from lumbar_server.imports.record_file import import_record
from lumbar_server.routes.request import CONFLICT, Now
from lumbar_server.routes.sessions import SessionId
from lumbar_server.schemas import Model, Problem

router = APIRouter(tags=["exports"])

IMPORT_PATH = "/import"
WantedForm = Annotated[
    Form,
    Query(
        alias="form",
        description="`json` has everything and can be imported; `csv` and `parquet` are zips of "
        "tables; `fit` is an activity, or a zip of them; `labels` what was corrected, for training",
    ),
]
_FILE: dict[int | str, dict[str, Any]] = {
    **CONFLICT,
    200: {
        "description": "The file",
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES},
            "application/json": {"schema": {"type": "object"}},
        },
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A `lumbar.record/1` document, as `form=json` gives it",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class Imported(Model):
    """How much of the file was not here yet."""

    streams: int
    samples: int
    sessions: int
    corrections: int
    screenings: int = Field(description="Answers to the questions before exercise")


@router.get(
    "/sessions/{session_id}/export",
    summary="Take a session away",
    response_class=StreamingResponse,
    responses=_FILE,
)
def export_session(
    session_id: SessionId, request: Request, now_utc: Now, form: WantedForm = Form.JSON
) -> StreamingResponse:
    """Download one session: results, corrections, and in `json` and `parquet` its samples."""
    return _answer(request, form, Selection(session_id=session_id), now_utc)


@router.get(
    "/export", summary="Take everything away", response_class=StreamingResponse, responses=_FILE
)
def export_all(
    request: Request,
    now_utc: Now,
    form: WantedForm = Form.JSON,
    wearer_id: Annotated[
        int | None, Query(ge=1, le=MOST, description="Only this wearer's; all if left out")
    ] = None,
) -> StreamingResponse:
    """Download all there is, or all there is of one wearer."""
    return _answer(request, form, Selection(wearer_id=wearer_id), now_utc)


@router.post(
    IMPORT_PATH,
    summary="Bring a copy back",
    responses={
        **CONFLICT,
        413: {"model": Problem, "description": "Larger than LUMBAR_SERVER_IMPORT_LIMIT_BYTES"},
    },
    openapi_extra=_BODY,
)
async def bring_back(request: Request, now_utc: Now) -> Imported:
    """Import a `lumbar.record/1` document: all of it or nothing.

    What is here already stays; sent twice it changes nothing. A file that says something else than
    what is stored is refused.
    """
    with tempfile.TemporaryFile(prefix="lumbar-") as file:
        await _receive(request, file)
        engine = request.app.state.engine
        return Imported(**await run_in_threadpool(import_record, engine, file, now_utc))


async def _receive(request: Request, file: BinaryIO) -> None:
    try:
        async for block in request.stream():
            await run_in_threadpool(file.write, block)
        await run_in_threadpool(file.flush)
    except ClientDisconnect:
        raise BadRequestError("the connection was cut: send the file again") from None
    except OSError as error:
        raise DatabaseAwayError(
            f"the file could not be kept for a moment ({error.strerror}): free disk space, or let "
            "TMPDIR name a folder on another disk"
        ) from error


def _answer(request: Request, form: Form, wanted: Selection, now_utc: Now) -> StreamingResponse:
    file = download(request.app.state.engine, form, wanted, now_utc)
    headers = {"Content-Disposition": f'attachment; filename="{file.file_name}"'}
    return StreamingResponse(file.blocks, media_type=file.media_type, headers=headers)
