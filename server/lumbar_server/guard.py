"""What is refused before anything looks at it: foreign names, foreign pages, huge bodies.

There are no accounts and no cookies, so whatever reaches the server may use it. Two ways lead here
from a web page somewhere else, and both are closed: a name of that page's own that it lets point to
this computer (the Host header gives it away), and a form or script that sends to our address (the
browser says where it comes from). Sources: Fetch Metadata (W3C), RFC 6454, RFC 9110.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumbar_server.problems import problem_answer

BODY_LIMIT_BYTES = 1_000_000  # chosen: a workout's corrections are some kB
_LENGTH_DIGITS = 18  # no body is as large; Python refuses to read numbers of thousands of digits
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})  # none: the person typed it


class RequestGuard:
    """Passes on what may come in, answers the rest with a problem.

    Parameters
    ----------
    app
        Who answers what is passed on.
    names
        Host names that lead here besides those of loopback.
    larger_bodies
        Limits in bytes for the paths that start so; ``BODY_LIMIT_BYTES`` for all others.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        names: Iterable[str] = (),
        larger_bodies: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._names = frozenset(names)
        self._larger_bodies = larger_bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a body that cannot grow beyond its limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = self._limit_bytes(scope["path"])
        refusal = self._refusal(Headers(scope=scope), scope["method"], limit_bytes)
        if refusal is None:
            await self._app(scope, _limited(receive, limit_bytes), send)
            return
        answer = problem_answer(Request(scope), *refusal)
        answer.headers["Connection"] = "close"  # what else it sends is not read
        await answer(scope, receive, send)

    def _limit_bytes(self, path: str) -> int:
        for start, limit_bytes in self._larger_bodies.items():
            if path.startswith(start):
                return limit_bytes
        return BODY_LIMIT_BYTES

    def _refusal(self, headers: Headers, method: str, limit_bytes: int) -> tuple[int, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return 421, (
                "this server is not called that: use http://127.0.0.1 with its port, or give its "
                "names in LUMBAR_SERVER_HTTP_NAMES"
            )
        if method not in _SAFE_METHODS and _is_foreign(headers, hosts[0]):
            return 403, "another page asked for that: only the server's own pages may change things"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > _LENGTH_DIGITS or int(length) > limit_bytes:
            return 413, _too_large(limit_bytes)
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if name is None:
            return False
        if name == "localhost" or name in self._names:
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def _is_foreign(headers: Headers, host: str) -> bool:
    """Tell whether the browser says that a page of another origin asks; programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in _OWN_SITES
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != host


def _limited(receive: Receive, limit_bytes: int) -> Receive:
    received_bytes = 0

    async def receive_limited() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > limit_bytes:
            raise HTTPException(413, _too_large(limit_bytes))
        return message

    return receive_limited


def _too_large(limit_bytes: int) -> str:
    return f"the body is larger than {limit_bytes:,} bytes: send less at once"
