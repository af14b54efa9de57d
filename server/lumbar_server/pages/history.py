"""History: the month's calendar and the workouts, by wearer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from lumbar_server.errors import BadRequestError
from lumbar_server.pages.forms import Form, first
from lumbar_server.pages.month import (
    WEEKDAYS,
    Begun,
    Month,
    around_utc,
    month_of,
    next_month,
    read_month,
    start_utc,
)
from lumbar_server.pages.rendering import render
from lumbar_server.pages.summary_view import Total, totals_of
from lumbar_server.pages.zones import zones_by_region
from lumbar_server.routes.cursor import Cursor, cursor_of
from lumbar_server.routes.request import Database, Now, Writing
from lumbar_server.routes.sessions import list_key
from lumbar_server.store import record, sessions, wearers
from lumbar_server.store.sessions import SessionRow, Wanted

router = APIRouter()

_PAGE = 20
_MOST_OF_A_MONTH = 2000

WearerId = Annotated[int | None, Query(ge=1, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Line:
    """A workout in the list."""

    id: int
    wearer: str
    time_zone: str
    started_utc: datetime
    duration_s: float | None
    totals: tuple[Total, ...]
    comfort: tuple[int | None, int | None]


@router.get("/history")
def history(
    request: Request,
    database: Database,
    now_utc: Now,
    wearer: WearerId = None,
    month: Annotated[str | None, Query(max_length=10)] = None,
    day: date | None = None,
    discarded: bool = False,
    cursor: Cursor = None,
) -> Response:
    """Return calendar and list; the list goes back from the end of the month, or is of a day."""
    everybody = wearers.listed(database)
    chosen = None if wearer is None else wearers.one(database, wearer)
    zone = (chosen or everybody[0]).time_zone
    today = now_utc.astimezone(ZoneInfo(zone)).date()
    begins = read_month(month or (f"{day:%Y-%m}" if day else None), today)
    wanted = _wanted(wearer, begins, day, zone, is_discarded=discarded)
    rows = sessions.newest(database, wanted, list_key(cursor), _PAGE + 1)
    last = rows[_PAGE - 1] if len(rows) > _PAGE else None
    zones = {one.id: one.time_zone for one in everybody}
    return render(
        request,
        "history.html",
        wearers=everybody,
        chosen=chosen,
        month=_month(database, wearer, begins, zones, today),
        weekdays=WEEKDAYS,
        day=day,
        discarded=discarded,
        lines=[_line(database, row) for row in rows[:_PAGE]],
        more=None if last is None else cursor_of(last.started_utc, last.id),
        of_zone=chosen or everybody[0],
        zones=zones_by_region((chosen or everybody[0]).time_zone),
    )


@router.post("/history/wearers/{wearer_id}")
def choose_zone(
    wearer_id: Annotated[int, Path(ge=1, lt=2**63)], form: Form, database: Writing, now_utc: Now
) -> Response:
    """Take a wearer's time zone."""
    name = first(form, "time_zone")
    if name not in available_timezones():
        raise BadRequestError("time_zone: choose one of the list, such as Europe/Vienna")
    wearers.change(database, wearer_id, {"time_zone": name}, now_utc)
    return RedirectResponse(f"/history?wearer={wearer_id}", status_code=303)


def _wanted(
    wearer_id: int | None, begins: date, day: date | None, zone: str, *, is_discarded: bool
) -> Wanted:
    if day is None:
        until_utc = start_utc(next_month(begins), zone)
        return Wanted(wearer_id, until_utc=until_utc, is_discarded=is_discarded)
    from_utc, until_utc = start_utc(day, zone), start_utc(day + timedelta(days=1), zone)
    return Wanted(wearer_id, None, from_utc, until_utc, is_discarded)


def _month(
    database: Connection, wearer_id: int | None, begins: date, zones: dict[int, str], today: date
) -> Month:
    wanted = Wanted(wearer_id, None, *around_utc(begins))
    rows = sessions.newest(database, wanted, None, _MOST_OF_A_MONTH)
    begun = [Begun(row.id, row.started_utc, zones[row.wearer_id]) for row in reversed(rows)]
    return month_of(begins, begun, today)


def _line(database: Connection, row: SessionRow) -> Line:
    session = record.of(database, row)
    return Line(
        id=session.id,
        wearer=session.wearer_name,
        time_zone=session.time_zone,
        started_utc=session.started_utc,
        duration_s=session.duration_s,
        totals=totals_of(session),
        comfort=(session.comfort_before, session.comfort_after),
    )
