"""Lists in pages: where the next page begins."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Query, Request, Response

from lumbar_server.errors import BadRequestError

_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)

Cursor = Annotated[
    str | None,
    Query(max_length=200, description="`next` of the page before; left out for the first page"),
]
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many")]


def cursor_of(started_utc: datetime, key: object) -> str:
    """Return the cursor that goes on after an item."""
    at_us = (started_utc - _EPOCH_UTC) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{at_us} {key}".encode()).decode()


def read_cursor(cursor: str | None, key_pattern: str) -> tuple[datetime, str] | None:
    """Return what ``cursor_of`` was given; raises ``BadRequestError`` for anything else."""
    if cursor is None:
        return None
    try:
        at_us, _, key = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        if re.fullmatch(key_pattern, key, re.ASCII) is None:
            raise ValueError(key)
        return _EPOCH_UTC + timedelta(microseconds=int(at_us)), key
    except (ValueError, OverflowError, binascii.Error):
        raise BadRequestError(
            "cursor: use `next` as the page before gave it, or leave it out for the first page"
        ) from None


def link_next(request: Request, response: Response, **following: object) -> None:
    """Link to the next page (RFC 8288): this request with ``following``; not at the end."""
    if None in following.values():
        return
    url = request.url.include_query_params(**following)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
