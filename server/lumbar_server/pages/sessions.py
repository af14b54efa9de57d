"""One workout after it was done: what was seen, and every correction in one tap.

Each form works without a script, which loads the page again; with one it takes the part that
changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from lumbar_server import workouts
from lumbar_server.errors import BadRequestError, NotFoundError
from lumbar_server.pages import words
from lumbar_server.pages.answers import answer_form, answers_from
from lumbar_server.pages.forms import Form, check_seen, first
from lumbar_server.pages.rendering import render
from lumbar_server.pages.said import MOST_REPETITIONS, said_of, unseen
from lumbar_server.pages.set_view import find_set, key_of, set_view
from lumbar_server.pages.summary_view import answers_of, summary_of, totals_of
from lumbar_server.record import RecordedSet, SessionRecord
from lumbar_server.routes.request import Database, Now, Writing
from lumbar_server.store import changes, record, sessions
from lumbar_server.store.sessions import SessionRow

router = APIRouter()

SessionId = Annotated[int, Path(ge=1, lt=2**63)]
SetKey = Annotated[str, Path(pattern=r"^([0-9a-f]{16}-\d{1,15}|said-\d{1,18})$")]
_CHOICES: dict[str, Any] = {"exercises": words.EXERCISES, "most_repetitions": MOST_REPETITIONS}


@router.get("/sessions/{session_id}")
def summary(session_id: SessionId, request: Request, database: Database) -> Response:
    """Return the summary of a workout."""
    session = summary_of(record.read(database, session_id))
    return render(
        request,
        "session.html",
        session=session,
        totals=session.totals,
        added=False,
        **_CHOICES,
    )


@router.post("/sessions/{session_id}")
def answer(
    session_id: SessionId, request: Request, form: Form, database: Writing, now_utc: Now
) -> Response:
    """Take comfort, effort, note, times, and whether it is to be kept."""
    changes.wait_for_turn(database)  # so that of two who change it at once the second is told
    row = sessions.one(database, session_id)
    session = record.of(database, row)
    about = answer_form(form)
    check_seen(form, getattr(answers_of(session).seen, about))
    if "stop" in form:
        workouts.stop(database, row, now_utc)
    else:
        workouts.change(database, row, answers_from(form, session), now_utc)
    if about in ("times", "kept"):
        return _workout(request, database, session_id, "Saved")
    if not _in_place(request):
        return _back(session_id, "#answers")
    after = summary_of(record.read(database, session_id))
    return render(request, "session_part.html", part=about, session=after, status="Saved")


@router.post("/sessions/{session_id}/sets/{key}")
def correct(
    session_id: SessionId,
    key: SetKey,
    request: Request,
    form: Form,
    database: Writing,
    now_utc: Now,
) -> Response:
    """Take what the wearer says of one set."""
    changes.wait_for_turn(database)
    row = sessions.one(database, session_id)
    one = find_set(record.of(database, row), key)
    check_seen(form, set_view(one).seen)
    _keep(database, row, one, form, now_utc)
    if not _in_place(request):
        return _back(session_id, f"#set-{key}")
    session = record.read(database, session_id)
    try:
        after = find_set(session, key)
    except NotFoundError:  # it was the wearer's own, and is taken back
        return _workout(request, database, session_id, "The set was removed")
    return _set_changed(request, session, after, opened=bool(form.keys() & {"hold_s", "start"}))


@router.post("/sessions/{session_id}/sets")
def add(
    session_id: SessionId, request: Request, form: Form, database: Writing, now_utc: Now
) -> Response:
    """Take a set that nothing was seen of."""
    row = sessions.one(database, session_id)
    said = workouts.correct(database, row, unseen(form, now_utc), now_utc)
    added = key_of(RecordedSet(None, said))
    return _workout(request, database, session_id, "The set was added", added=added)


def _keep(
    database: Connection, row: SessionRow, one: RecordedSet, form: Form, now_utc: datetime
) -> None:
    said = one.correction
    is_own = one.detected is None and said is not None and said.stream_id is None
    if "take_back" in form or (is_own and first(form, "removed") == "1"):
        if said is None:
            raise BadRequestError("nothing was said of this set: there is nothing to take back")
        workouts.take_back(database, row, said.id, now_utc)
        return
    workouts.correct(database, row, said_of(one, form, now_utc), now_utc)


def _set_changed(
    request: Request, session: SessionRecord, one: RecordedSet, *, opened: bool
) -> Response:
    view = set_view(one)
    status = f"{view.name}: removed" if view.is_removed else f"{view.name}: {view.done}"
    return render(
        request,
        "session_set_changed.html",
        session_id=session.id,
        set=view,
        totals=totals_of(session),
        opened=opened,
        status=status,
        **_CHOICES,
    )


def _workout(
    request: Request, database: Connection, session_id: int, status: str, *, added: str = ""
) -> Response:
    """Answer a change of more than one part: the whole summary again."""
    if not _in_place(request):
        return _back(session_id, f"#set-{added}" if added else "")
    session = summary_of(record.read(database, session_id))
    answer = render(
        request,
        "session_part.html",
        part="workout",
        session=session,
        totals=session.totals,
        added=bool(added),
        status=status,
        **_CHOICES,
    )
    answer.headers["HX-Retarget"] = "#workout"
    return answer


def _back(session_id: int, place: str) -> Response:
    return RedirectResponse(f"/sessions/{session_id}{place}", status_code=303)


def _in_place(request: Request) -> bool:
    """Tell whether a script will put the answer into the page."""
    return "hx-request" in request.headers
