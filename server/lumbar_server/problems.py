"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lumbar_server.errors import (
    BadRequestError,
    ChangedMeanwhileError,
    ConflictError,
    DatabaseAwayError,
    NotFoundError,
)
from lumbar_server.schemas import Problem

_STATUS = {
    BadRequestError: 400,
    NotFoundError: 404,
    ConflictError: 409,
    ChangedMeanwhileError: 412,
    DatabaseAwayError: 503,
}


def describe_problems(app: FastAPI) -> None:
    """Let ``app`` answer errors as ``application/problem+json``."""
    for kind, status in _STATUS.items():
        app.add_exception_handler(kind, _answer_with(status))
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)


def _answer(status: int, detail: str) -> JSONResponse:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    media_type = "application/problem+json"
    return JSONResponse(problem.model_dump(), status_code=status, media_type=media_type)


def _answer_with(status: int) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return _answer(status, str(error))

    return answer


async def _not_valid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()]
    return _answer(422, "; ".join(found) + ". See /api/v1/openapi.json")


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = f"{request.method} {request.url.path}: {error.detail}. See /api/v1/openapi.json"
    return _answer(error.status_code, detail)
