"""What every address of the API does: HEAD as GET without the body, OPTIONS, and Allow with 405."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_API = "/api/"
_ENDLESS = "/api/v1/live"  # without its body nothing of it is left, and it never ends
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class ApiMethods:
    """Answers HEAD and OPTIONS for the API; the rest passes through (RFC 9110, 9.3 and 15.5.6)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, HEAD as a GET whose body the server leaves out."""
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and (allowed := _allowed(scope)):
            answer = Response(status_code=204, headers={"Allow": allowed})
            await answer(scope, receive, send)
            return
        if scope["method"] == "HEAD" and scope["path"] != _ENDLESS:
            scope = {**scope, "method": "GET"}

        async def send_with_allow(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = _allowed(scope)
            await send(message)

        await self._app(scope, receive, send_with_allow)


def _allowed(scope: Scope) -> str:
    routes = scope["app"].routes
    found = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    if "GET" in found and scope["path"] != _ENDLESS:
        found.append("HEAD")
    return ", ".join([*found, "OPTIONS"]) if found else ""
