"""Errors as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lumbar_server.errors import DatabaseAwayError, NotFoundError
from lumbar_server.schemas import Problem


def describe_problems(app: FastAPI) -> None:
    """Let ``app`` answer errors as ``application/problem+json``."""
    app.add_exception_handler(NotFoundError, _not_found)
    app.add_exception_handler(DatabaseAwayError, _database_away)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)


def _answer(status: int, detail: str) -> JSONResponse:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    media_type = "application/problem+json"
    return JSONResponse(problem.model_dump(), status_code=status, media_type=media_type)


async def _not_found(_request: Request, error: Exception) -> JSONResponse:
    return _answer(404, str(error))


async def _database_away(_request: Request, error: Exception) -> JSONResponse:
    return _answer(503, str(error))


async def _not_valid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()]
    return _answer(422, "; ".join(found) + ". See /api/v1/openapi.json")


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = f"{request.method} {request.url.path}: {error.detail}. See /api/v1/openapi.json"
    return _answer(error.status_code, detail)
