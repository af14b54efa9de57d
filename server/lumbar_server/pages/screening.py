"""The questions before exercise, all of them, each to be answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from lumbar_server import coaching
from lumbar_server.pages.forms import Form
from lumbar_server.pages.planned import WearerId, shown_with, today_path, wearer_of
from lumbar_server.pages.rendering import render
from lumbar_server.pages.screening_form import Given, given, groups
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.plan import Length, State
from lumbar_server.programme.screening import questions
from lumbar_server.routes.request import Database, Now, Writing
from lumbar_server.store.screenings import ScreeningKind

router = APIRouter()

_NOTHING = Given({}, ())
_SEE_OTHER = 303
_INCOMPLETE = 422


@router.get("/today/screening")
def ask(
    request: Request,
    database: Database,
    now_utc: Now,
    wearer: WearerId = None,
    before: Annotated[int | None, Query(ge=0, le=10)] = None,
) -> Response:
    """Return the questions, none of them answered; ``before`` is how the back is now."""
    return _questions(request, database, wearer, _NOTHING, now_utc, before)


@router.post("/today/screening")
def answer(request: Request, form: Form, database: Writing, now_utc: Now) -> Response:
    """Keep the answers, or ask once more for those that are missing."""
    wearer = wearer_of(database, form)
    found = given(form, questions())
    if found.missing:
        return _questions(
            request, database, wearer.id, found, now_utc, None, status_code=_INCOMPLETE
        )
    coaching.screen(database, wearer.id, ScreeningKind.FULL, found.yes, None, now_utc)
    return RedirectResponse(today_path(wearer.id), _SEE_OTHER)


def _questions(
    request: Request,
    database: Connection,
    wearer_id: int | None,
    found: Given,
    now_utc: datetime,
    before: int | None,
    *,
    status_code: int = 200,
) -> Response:
    shared = shown_with(database, wearer_id)
    known = coaching.known_of(database, shared["chosen"].id)
    plan = coaching.plan_for(
        database, read_catalogue(), known, Length.FULL, before, now_utc, was_asked=False
    )
    return render(
        request,
        "screening.html",
        status_code=status_code,
        groups=groups(questions()),
        given=found.answers,
        missing=found.missing,
        why=plan.why if plan.state is State.SCREENING_DUE else None,
        **shared,
    )
