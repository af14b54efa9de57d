"""Errors as problem details (RFC 9457), and for people as a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lumbar_server.errors import (
    BadRequestError,
    ChangedMeanwhileError,
    ConflictError,
    DatabaseAwayError,
    GoneError,
    KeyReusedError,
    NotFoundError,
)
from lumbar_server.pages.rendering import render
from lumbar_server.schemas import Problem

_STATUS = {
    BadRequestError: 400,
    NotFoundError: 404,
    ConflictError: 409,
    GoneError: 410,
    KeyReusedError: 422,
    ChangedMeanwhileError: 412,
    DatabaseAwayError: 503,
}

_NO_PAGE = "There is no such page: it was deleted, or its address is not quite right."


def describe_problems(app: FastAPI) -> None:
    """Let ``app`` answer errors as ``application/problem+json``."""
    for kind, status in _STATUS.items():
        app.add_exception_handler(kind, _answer_with(status))
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def problem_answer(request: Request, status: int, detail: str) -> Response:
    """Return what went wrong: a page for a browser that opens one, else a problem document."""
    title = HTTPStatus(status).phrase
    if _opens_a_page(request):
        return render(request, "problem.html", status_code=status, title=title, detail=detail)
    problem = Problem(title=title, status=status, detail=detail)
    media_type = "application/problem+json"
    return JSONResponse(problem.model_dump(), status_code=status, media_type=media_type)


def _answer_with(status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        return problem_answer(request, status, str(error))

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
    found = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()]
    return problem_answer(request, 422, "; ".join(found) + ". See /api/v1/openapi.json")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and _opens_a_page(request):
        return problem_answer(request, 404, _NO_PAGE)
    detail = f"{request.method} {request.scope['path']}: {error.detail}. See /api/v1/openapi.json"
    return problem_answer(request, error.status_code, detail)


async def _unforeseen(request: Request, _error: Exception) -> Response:
    detail = "the server made a mistake; nothing half done was kept, and its log has the reason"
    return problem_answer(request, 500, detail)
