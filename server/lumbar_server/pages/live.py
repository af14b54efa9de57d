"""The live page: the workout as it happens, read at two metres."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from lumbar_server.pages.rendering import render

router = APIRouter()


@router.get("/")
def live(request: Request, wearer_id: Annotated[int, Query(ge=1)] = 1) -> HTMLResponse:
    """Return the page; its script follows ``/api/v1/live``."""
    return render(request, "live.html", wearer_id=wearer_id, earlier_sessions=0)
