"""Errors as problem details (RFC 9457), and for people as a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lumbar_server import problem_kinds
from lumbar_server.pages.rendering import render
from lumbar_server.problem_kinds import ProblemKind
from lumbar_server.schemas import Problem

_MOST_TOLD = 10  # chosen: whoever has more mistakes in one request needs the description
_RETRY_AFTER_S = "5"  # chosen: a database that starts again takes a few seconds

_NO_PAGE = "There is no such page: it was deleted, or its address is not quite right."


def describe_problems(app: FastAPI) -> None:
    """Let ``app`` answer errors as ``application/problem+json``."""
    for error, kind in problem_kinds.OF_ERROR.items():
        app.add_exception_handler(error, _answer_with(kind))
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _our_mistake)


def problem_answer(
    request: Request,
    status: int,
    detail: str,
    *,
    kind: ProblemKind | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return what went wrong: a page for a browser that opens one, else a problem document."""
    kind = kind or problem_kinds.of_status(status)
    detail = detail.encode("utf-8", "replace").decode()  # half a surrogate cannot be sent back
    if _opens_a_page(request):
        return render(request, "problem.html", status_code=status, title=kind.title, detail=detail)
    problem = Problem(type=kind.type, title=kind.title, status=status, detail=detail)
    headers = dict(headers or {})
    if status == 503:
        headers["Retry-After"] = _RETRY_AFTER_S
    return JSONResponse(
        problem.model_dump(),
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )


def _answer_with(kind: ProblemKind) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        return problem_answer(request, kind.status, str(error), kind=kind)

    return answer


def _opens_a_page(request: Request) -> bool:
    """Tell a page from the API, and from a request in place, whose script shows the detail."""
    return (
        not request.scope["path"].startswith("/api/")
        and "text/html" in request.headers.get("accept", "")
        and "hx-request" not in request.headers
    )


async def _not_valid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()[:_MOST_TOLD]]
    return problem_answer(request, 422, "; ".join(found) + ". See /api/v1/openapi.json")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and _opens_a_page(request):
        return problem_answer(request, 404, _NO_PAGE)
    detail = f"{request.method} {request.scope['path']}: {error.detail}. See /api/v1/openapi.json"
    return problem_answer(request, error.status_code, detail, headers=error.headers)


async def _our_mistake(request: Request, _error: Exception) -> Response:
    return problem_answer(request, 500, "nothing was changed; the server's log says what happened")
