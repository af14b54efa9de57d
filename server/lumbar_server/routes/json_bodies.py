"""Bodies are JSON and say so: anything else is told at once what it should have been (RFC 9110)."""

from __future__ import annotations

from email.message import Message

from fastapi import Depends, Request
from starlette.exceptions import HTTPException


async def _only_json(request: Request) -> None:
    if request.method not in ("POST", "PUT", "PATCH") or not await request.body():
        return
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    subtype = said.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    if said.get_content_maintype() != "application" or not is_json:
        raise HTTPException(415, "the body has to be JSON, with Content-Type: application/json")


OnlyJson = Depends(_only_json)
