"""The live page: the workout as it happens, read at two metres."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from lumbar_server.pages.rendering import render
from lumbar_server.routes.request import Database, Now
from lumbar_server.store import sessions, wearers
from lumbar_server.store.sessions import Wanted
from lumbar_server.store.wearers import AssignmentRow

EARLIER_SESSIONS = 100
"""Nobody needs to know of more: the voice says no less after so many (chosen)."""

router = APIRouter()


@router.get("/")
def live(
    request: Request,
    database: Database,
    now_utc: Now,
    wearer_id: Annotated[int, Query(ge=1, lt=2**63)] = 1,
) -> HTMLResponse:
    """Return the page of one wearer; its script follows ``/api/v1/live``."""
    wearer = wearers.one(database, wearer_id)
    wanted = Wanted(wearer.id, is_running=False)
    return render(
        request,
        "live.html",
        wearer=wearer,
        wearers=wearers.listed(database),
        earlier_sessions=len(sessions.newest(database, wanted, None, EARLIER_SESSIONS)),
        worn_by=_worn_by(wearers.assignments(database), now_utc),
    )


def _worn_by(worn: Sequence[AssignmentRow], now_utc: datetime) -> dict[str, int]:
    """Return who wears each sensor that was ever given to somebody."""
    of_sensor: dict[str, list[AssignmentRow]] = {}
    for one in worn:
        of_sensor.setdefault(one.sensor_id, []).append(one)
    return {sensor_id: wearers.wearer_of(those, now_utc) for sensor_id, those in of_sensor.items()}
