"""Today: the plan of the day, and why; each answer and choice is a form that works by itself."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from lumbar_server import coaching, planned_sessions
from lumbar_server.errors import BadRequestError
from lumbar_server.pages.forms import Form, first
from lumbar_server.pages.planned import (
    WearerId,
    length_of,
    number,
    shown_with,
    today_path,
    wearer_of,
)
from lumbar_server.pages.rendering import render
from lumbar_server.pages.today_view import CHOICES, LENGTHS, today_view, under_way
from lumbar_server.prescribed_lines import line_of
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.comfort import AMBER_FROM, RED_FROM
from lumbar_server.programme.past import Choice
from lumbar_server.programme.plan import Length, State
from lumbar_server.programme.planning import minutes_of
from lumbar_server.programme.screening import ANY_CHANGE
from lumbar_server.routes.request import Database, Now, Writing
from lumbar_server.store import prescriptions, sessions
from lumbar_server.store.screenings import ScreeningKind
from lumbar_server.store.sessions import Wanted

router = APIRouter()

_SEE_OTHER = 303


@router.get("/today")
def today(
    request: Request,
    database: Database,
    now_utc: Now,
    wearer: WearerId = None,
    length: Length = Length.FULL,
) -> Response:
    """Return the day's plan, or what comes before it."""
    shared = shown_with(database, wearer)
    chosen = shared["chosen"]
    known = coaching.known_of(database, chosen.id)
    plan = coaching.plan_for(
        database, read_catalogue(), known, length, None, now_utc, was_asked=False
    )
    view = today_view(plan, known.past, chosen.time_zone, now_utc)
    running = sessions.newest(database, Wanted(chosen.id, is_running=True), None, 1)
    set_out = prescriptions.find(database, running[0].id) if running else None
    if set_out is not None and not view.is_emergency:
        lines = [line_of(one) for one in set_out.lines]
        view = under_way(view, lines, minutes_of(lines))
    return render(
        request,
        "today.html",
        today=view,
        settings=known.settings,
        most_amber=AMBER_FROM,
        most_red=RED_FROM,
        running=running[0].id if running else None,
        lengths=LENGTHS,
        choices=CHOICES,
        **shared,
    )


@router.post("/today/start")
def start(form: Form, database: Writing, now_utc: Now) -> Response:
    """Set the plan out and lead to the live page; where something has changed, ask all first."""
    wearer = wearer_of(database, form)
    change = first(form, "any_change")
    if change not in ("yes", "no"):
        raise BadRequestError("any_change: say yes or no, then start")
    before = number(form, "comfort_before", 10)
    if change == "yes":
        coaching.screen(database, wearer.id, ScreeningKind.LINE, {ANY_CHANGE}, None, now_utc)
        return RedirectResponse(f"/today/screening?wearer={wearer.id}", _SEE_OTHER)
    catalogue, length = read_catalogue(), length_of(form)
    known = coaching.known_of(database, wearer.id)
    plan = coaching.plan_for(database, catalogue, known, length, before, now_utc, was_asked=True)
    if plan.state is State.SCREENING_DUE:
        asked = f"/today/screening?wearer={wearer.id}&before={before}"
        return RedirectResponse(asked, _SEE_OTHER)
    planned_sessions.begin(database, catalogue, wearer.id, length, before, now_utc)
    return RedirectResponse(f"/?wearer_id={wearer.id}", _SEE_OTHER)


@router.post("/today/choices")
def choose(form: Form, database: Writing, now_utc: Now) -> Response:
    """Take what is chosen for one line of the day, or take it back."""
    wearer = wearer_of(database, form)
    ladder, choice = first(form, "ladder") or "", _choice(first(form, "choice") or "")
    coaching.choose(database, read_catalogue(), wearer.id, _day(form), ladder, choice, now_utc)
    place = f"#line-{ladder}"
    return RedirectResponse(today_path(wearer.id, length_of(form), place), _SEE_OTHER)


def _day(form: Form) -> date:
    try:
        return date.fromisoformat(first(form, "day") or "")
    except ValueError as error:
        raise BadRequestError("day: a date, such as 2026-11-24") from error


def _choice(text: str) -> Choice | None:
    try:
        return Choice(text) if text else None
    except ValueError as error:
        raise BadRequestError("choice: swap, easier or skip; nothing takes it back") from error
