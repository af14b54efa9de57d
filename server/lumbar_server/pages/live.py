"""The live page: the workout as it happens, read at two metres."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from lumbar_server.pages.rendering import render

router = APIRouter()


@router.get("/")
def live(request: Request) -> HTMLResponse:
    """Return the page; its script follows ``/api/v1/live``."""
    return render(request, "live.html")
