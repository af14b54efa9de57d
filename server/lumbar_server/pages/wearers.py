"""The people of the household: names, time zones, when a workout is over."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from lumbar_server.field_types import Name, Zone
from lumbar_server.pages.rendering import render
from lumbar_server.routes.request import Database, Now, Writing
from lumbar_server.store import wearers

router = APIRouter()

_BACK = "/wearers"


class WearerForm(BaseModel):
    """What the page asks of a person."""

    name: Name
    time_zone: Zone
    quiet_min: Annotated[float, Form(ge=0.5, le=1440)] = 5.0


@router.get("/wearers")
def list_wearers(request: Request, database: Database) -> HTMLResponse:
    """Return everybody, and a form for one more."""
    zones = sorted(available_timezones())
    return render(request, "wearers.html", wearers=wearers.listed(database), zones=zones)


@router.post("/wearers")
def add(form: Annotated[WearerForm, Form()], database: Writing, now_utc: Now) -> RedirectResponse:
    """Add a person."""
    quiet_s = 60.0 * form.quiet_min
    wearers.add(database, form.name, form.time_zone, quiet_s, now_utc)
    return RedirectResponse(_BACK, status_code=303)


@router.post("/wearers/{wearer_id}")
def change(
    wearer_id: int, form: Annotated[WearerForm, Form()], database: Writing, now_utc: Now
) -> RedirectResponse:
    """Change a person."""
    values = {
        "name": form.name,
        "time_zone": form.time_zone,
        "quiet_s": 60.0 * form.quiet_min,
    }
    wearers.change(database, wearer_id, values, now_utc)
    return RedirectResponse(_BACK, status_code=303)
