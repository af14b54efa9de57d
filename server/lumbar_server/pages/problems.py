"""What kinds of problems there are, and what to do: where the ``type`` of a problem leads."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from lumbar_server.errors import NotFoundError
from lumbar_server.pages.rendering import render
from lumbar_server.problem_kinds import KINDS, named

router = APIRouter()


@router.get("/problems")
def problems(request: Request) -> HTMLResponse:
    """List all kinds."""
    return render(request, "problems.html", kinds=KINDS)


@router.get("/problems/{name}")
def problem(request: Request, name: str) -> HTMLResponse:
    """Explain one kind."""
    kind = named(name)
    if kind is None:
        raise NotFoundError("no problem is called that: /problems lists all there are")
    return render(request, "problems.html", kinds=[kind])
