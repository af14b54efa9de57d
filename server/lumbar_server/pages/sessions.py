"""The list of sessions, and one of them after the workout."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from lumbar_server.pages.rendering import render

router = APIRouter()


@router.get("/sessions.html")
def sessions(request: Request) -> HTMLResponse:
    """Return the page; its script asks the API for what to show."""
    return render(request, "sessions.html")
