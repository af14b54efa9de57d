"""Requests that make something, sent twice: the second gets the first one's answer.

As in draft-ietf-httpapi-idempotency-key-header. The answer is kept in the transaction that makes
the thing, and such transactions take turns, so two that come at once cannot both make it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import Depends, FastAPI, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from lumbar_server.errors import BadRequestError, GoneError, KeyReusedError, ServerError
from lumbar_server.routes.request import Now, Writing
from lumbar_server.store import answers
from lumbar_server.store.answers import KeptAnswer

KEPT = timedelta(hours=24)
"""An answer is given again for so long (chosen: a phone comes home within a day)."""

_Answer = TypeVar("_Answer", bound=BaseModel)


class AnsweredBeforeError(ServerError):
    """The very same request was answered already."""

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__(answer.key)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request that was not answered yet; ``key`` None where its sender does not mind."""

    key: str | None
    request_sha256: str
    connection: Connection
    now_utc: datetime

    def created(
        self, response: Response, made: _Answer, headers: Mapping[str, str] | None = None
    ) -> _Answer:
        """Answer that ``made`` now exists, also to whoever asks again."""
        response.headers.update(headers or {})
        if self.key is not None:
            body = made.model_dump_json()
            kept = KeptAnswer(
                self.key, self.request_sha256, 201, dict(headers or {}), body, self.now_utc
            )
            answers.keep(self.connection, kept)
        return made


async def _request_sha256(request: Request) -> str:
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return digest.hexdigest()


def _attempt(
    connection: Writing,
    now_utc: Now,
    request_sha256: Annotated[str, Depends(_request_sha256)],
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[!-~]{1,255}$",
            description="Any text that no other request has: sent again with the same body within "
            "24 hours, the request makes nothing more and gets the same answer",
        ),
    ] = None,
) -> Attempt:
    if idempotency_key is None:
        return Attempt(None, request_sha256, connection, now_utc)
    key = idempotency_key.strip('"')
    if not key:
        raise BadRequestError("Idempotency-Key: is empty; give it some text, such as a UUID")
    answers.forget(connection, now_utc - KEPT)
    before = answers.find(connection, key)
    if before is None:
        return Attempt(key, request_sha256, connection, now_utc)
    if before.request_sha256 != request_sha256:
        raise KeyReusedError(
            "Idempotency-Key: stands for another request already; give each its own, and send a "
            "request again just as it was"
        )
    if before.status == HTTPStatus.GONE:
        raise GoneError(
            "Idempotency-Key: what this request made was deleted since; give it another key to "
            "make it anew"
        )
    raise AnsweredBeforeError(before)


Once = Annotated[Attempt, Depends(_attempt)]


def repeat_answers(app: FastAPI) -> None:
    """Let ``app`` give an answer again to a request that is sent again."""
    app.add_exception_handler(AnsweredBeforeError, _repeat)


async def _repeat(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AnsweredBeforeError)
    kept = error.answer
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(
        kept.body, status_code=kept.status, media_type="application/json", headers=headers
    )
