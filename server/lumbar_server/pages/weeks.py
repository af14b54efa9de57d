"""After weeks: what was done, what got better, and what changed in the plan and why."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from lumbar_server import coaching
from lumbar_server.coaching import Known
from lumbar_server.pages import words
from lumbar_server.pages.planned import WearerId, shown_with
from lumbar_server.pages.rendering import render
from lumbar_server.pages.weeks_view import (
    LEAST_VALUES,
    answers_of,
    change_text,
    figures_of,
    told_of,
    weeks_of,
)
from lumbar_server.programme.refusals import paused_until
from lumbar_server.programme.screening import Level, screened
from lumbar_server.routes.request import Database, Now

router = APIRouter()

_WEEKS = 12
_MOST_CHANGES = 60
_MIDDAY = timedelta(hours=12)
_MARGIN = timedelta(days=7)


@router.get("/weeks")
def weeks(request: Request, database: Database, now_utc: Now, wearer: WearerId = None) -> Response:
    """Return the page of one wearer, of the last twelve weeks."""
    shared = shown_with(database, wearer)
    chosen = shared["chosen"]
    zone = ZoneInfo(chosen.time_zone)
    today = now_utc.astimezone(zone).date()
    from_utc = _midnight(today - timedelta(weeks=_WEEKS - 1, days=today.weekday()), zone)
    known = coaching.known_of(database, chosen.id)

    def is_at_rest(day: date) -> bool:
        return rests_on(known, _midnight(day, zone) + _MIDDAY)

    found = weeks_of(known.past, is_at_rest, chosen.time_zone, today, _WEEKS)
    changes = [one for one in coaching.decisions(database, chosen.id) if one.before is not None]
    answers = answers_of(known.past, found, chosen.time_zone)
    begun_utc = known.past[0].started_utc - _MARGIN if known.past else from_utc
    return render(
        request,
        "weeks.html",
        weeks=found,
        figures=figures_of([one for one in known.records if one.started_utc >= from_utc]),
        least=LEAST_VALUES,
        exercise=words.exercise,
        change_text=change_text,
        answers=answers,
        told=told_of(answers),
        changes=changes[: -_MOST_CHANGES - 1 : -1],
        from_utc=max(from_utc, begun_utc),
        until_utc=now_utc,
        **shared,
    )


def rests_on(known: Known, at_utc: datetime) -> bool:
    """Tell whether the plan asked for nothing then: a pause, or a health professional first."""
    past = [one for one in known.past if one.ended_utc <= at_utc]
    until_utc = paused_until(past, known.limits)
    if until_utc is not None and at_utc < until_utc:
        return True
    answered = [one for one in known.screenings if one.at_utc <= at_utc]
    level = screened(answered, past, known.limits, at_utc).level
    return level in (Level.SEE, Level.EMERGENCY)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
