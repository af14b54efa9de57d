"""What is said on Today beside the plan: the next day, a professional's word, settings."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from lumbar_server import coaching, planned_sessions
from lumbar_server.errors import BadRequestError
from lumbar_server.pages.forms import Form, first
from lumbar_server.pages.planned import length_of, number, today_path, wearer_of
from lumbar_server.programme.comfort import AMBER_FROM, RED_FROM
from lumbar_server.programme.past import NextDay
from lumbar_server.routes.request import Now, Writing
from lumbar_server.store import sessions
from lumbar_server.store.screenings import ScreeningKind

router = APIRouter()

_SEE_OTHER = 303
_MOST_ID = 999_999_999


@router.post("/today/next-day")
def next_day(form: Form, database: Writing, now_utc: Now) -> Response:
    """Take how the back was the day after, again as often as wished."""
    session = sessions.one(database, number(form, "session_id", _MOST_ID))
    try:
        answer = NextDay(first(form, "answer") or "")
    except ValueError as error:
        raise BadRequestError("answer: usual, bit_more or worse") from error
    planned_sessions.say_next_day(database, session, answer, now_utc)
    return RedirectResponse(today_path(session.wearer_id, length_of(form)), _SEE_OTHER)


@router.post("/today/cleared")
def cleared(form: Form, database: Writing, now_utc: Now) -> Response:
    """Take it that a health professional has said that exercise is fine."""
    wearer = wearer_of(database, form)
    if first(form, "said") != "yes":
        raise BadRequestError("said: tick that a health professional has said so, then save")
    try:
        on = date.fromisoformat(first(form, "cleared_on") or "")
    except ValueError as error:
        raise BadRequestError("cleared_on: a date, such as 2026-11-24") from error
    coaching.screen(database, wearer.id, ScreeningKind.LINE, (), on, now_utc)
    return RedirectResponse(today_path(wearer.id), _SEE_OTHER)


@router.post("/today/settings")
def settings(form: Form, database: Writing, now_utc: Now) -> Response:
    """Take the settings of the plan; its limits can only be lowered."""
    wearer = wearer_of(database, form)
    values = {
        "amber_from": number(form, "amber_from", AMBER_FROM),
        "red_from": number(form, "red_from", RED_FROM),
        "is_sedentary": first(form, "is_sedentary") == "1",
    }
    coaching.change_settings(database, wearer.id, values, now_utc)
    return RedirectResponse(today_path(wearer.id, place="#settings"), _SEE_OTHER)
