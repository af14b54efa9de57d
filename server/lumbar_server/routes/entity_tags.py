"""Entity tags: a copy that is still good is not sent again, and no edit goes over another.

A tag is the number of edits, where the thing has one, and a hash of the whole answer. If-None-Match
compares all of it, If-Match the number only: samples that arrive meanwhile are no edit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.routing import APIRoute

from lumbar_server.errors import BadRequestError, ChangedMeanwhileError

_TAG = re.compile(r'(?:W/)?"?([0-9]{1,18})(?:-[0-9a-f]+)?"?')
_HASH_DIGITS = 20  # chosen: 80 bits, no two answers of one thing are ever alike by chance

IfMatch = Annotated[
    str | None,
    Header(
        pattern=r'^(\*|(W/)?"?[0-9]{1,18}(-[0-9a-f]+)?"?)$',
        description="The ETag that was read: refuses to change what somebody else has changed",
    ),
]


def version_tag(version: int) -> dict[str, str]:
    """Return the header of something that counts its edits."""
    return {"ETag": f'"{version}"'}


def seen_version(if_match: str | None) -> int | None:
    """Return the version that an ``If-Match`` names; None where anything will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise BadRequestError("If-Match: use the ETag as it was read, one only")
    return int(found[1])


def check_version(what: str, version: int, if_match: str | None) -> None:
    """Refuse to change what somebody else has changed; raises ``ChangedMeanwhileError``."""
    seen = seen_version(if_match)
    if seen is not None and seen != version:
        raise ChangedMeanwhileError(f"{what} has changed since: read it again, then change it")


class TaggedRoute(APIRoute):
    """Gives every answer a tag, and 304 to those who have it already."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with the tag put on its answer."""
        handle = super().get_route_handler()

        async def handle_tagged(request: Request) -> Response:
            answer = await handle(request)
            body = getattr(answer, "body", None)  # a stream has none
            if body is None or answer.status_code not in (200, 201):
                return answer
            if request.method != "GET" and "etag" not in answer.headers:
                return answer
            tag = _tag(answer, body)
            answer.headers["ETag"] = tag
            if request.method == "GET" and _is_known(tag, request.headers.get("if-none-match")):
                kept = {
                    name: answer.headers[name]
                    for name in ("etag", "link")
                    if name in answer.headers
                }
                return Response(status_code=304, headers=kept)
            return answer

        return handle_tagged


def _tag(answer: Response, body: bytes | memoryview) -> str:
    version = answer.headers.get("etag", "").strip('"')
    digest = hashlib.sha256(body).hexdigest()[:_HASH_DIGITS]
    return f'"{version}-{digest}"' if version else f'"{digest}"'


def _is_known(tag: str, if_none_match: str | None) -> bool:
    if if_none_match is None:
        return False
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return tag in known or "*" in known
