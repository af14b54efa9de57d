"""Whatever a request's head says, the guard decides."""

import asyncio
from typing import Any

from fastapi import FastAPI
from hypothesis import example, given
from hypothesis import strategies as st

from lumbar_server.guard import RequestGuard

NAMES = [b"host", b"content-length", b"origin", b"sec-fetch-site", b"accept", b"cookie"]
NEARLY_RIGHT = st.from_regex(
    rb"(127\.0\.0\.1|\[::1[^\]]*\]|localhost|pi\.local)(\.|:\d*)?", fullmatch=True
)
HEADS = st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(st.binary(max_size=30), NEARLY_RIGHT)))


@given(head=HEADS)
@example(head=[(b"host", b"localhost"), (b"content-length", b"9" * 5000)])
@example(head=[(b"host", b"localhost"), (b"content-length", "²".encode("latin-1"))])
@example(head=[(b"host", b"[::1")])
@example(head=[(b"host", b"localhost"), (b"host", b"localhost")])
def test_every_head_is_passed_on_or_refused(head: list[tuple[bytes, bytes]]) -> None:
    said: list[int] = []

    async def passed_on(scope: Any, receive: Any, send: Any) -> None:
        said.append(200)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    scope = {
        "type": "http",
        "app": FastAPI(),
        "method": "POST",
        "path": "/api/v1/sessions",
        "query_string": b"",
        "headers": head,
    }
    asyncio.run(RequestGuard(passed_on, names=["pi.local"])(scope, None, send))  # type: ignore[arg-type]
    assert len(said) == 1
    assert said[0] in (200, 403, 413, 421)
    hosts = [value for name, value in head if name == b"host"]
    if said[0] != 421:
        assert len(hosts) == 1
        assert hosts[0].split(b":")[0] in (b"localhost", b"pi.local") or hosts[0][:1] in b"1["
