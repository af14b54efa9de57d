"""What the server refuses at its door: foreign names, foreign pages, huge bodies, odd paths."""

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from lumbar.errors import PortError
from lumbar.page_server import bind
from lumbar_server.app import create_app
from lumbar_server.guard import BODY_LIMIT_BYTES, RequestGuard
from running_server import running_app, running_server

PASSED_ON = 405  # nothing may be posted there, which only a route can say


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('server') / 'test.db'}"
    with running_server(url, None, lambda: 0.0) as address:
        yield address


def answer(address: str, method: str, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, address + path, headers=named)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000"]
)
def test_server_answers_to_the_names_of_loopback(address: str, host: str) -> None:
    assert answer(address, "GET", "/", host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.7:8000", "[x]"],
)
def test_other_name_is_refused_and_told_what_to_do(address: str, host: str) -> None:
    refused = answer(address, "GET", "/api/v1/sessions", host=host)
    assert refused.status_code == 421
    assert refused.headers["content-type"] == "application/problem+json"
    assert "LUMBAR_SERVER_HTTP_NAMES" in refused.json()["detail"]


def test_server_answers_to_a_name_that_it_was_given(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('named') / 'test.db'}"
    with running_app(create_app(url, None, names=("pi.local",))) as address:
        assert answer(address, "GET", "/", host="pi.local").status_code == 200
        assert answer(address, "GET", "/", host="evil.example").status_code == 421


@pytest.mark.parametrize(
    "said",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_another_page_changes_nothing(address: str, method: str, said: dict[str, str]) -> None:
    refused = answer(address, method, "/api/v1/sessions", **said)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert "another page" in refused.json()["detail"]


@pytest.mark.parametrize(
    "said", [{}, {"sec_fetch_site": "same-origin"}, {"sec_fetch_site": "none"}]
)
def test_own_pages_and_programs_are_passed_on(address: str, said: dict[str, str]) -> None:
    assert answer(address, "POST", "/api/v1/live", **said).status_code == PASSED_ON
    own = answer(address, "POST", "/api/v1/live", origin=address)
    assert own.status_code == PASSED_ON


def test_another_page_may_lead_here(address: str) -> None:
    assert answer(address, "GET", "/", sec_fetch_site="cross-site").status_code == 200


def test_cookies_mean_nothing(address: str) -> None:
    plain = answer(address, "GET", "/api/v1/sessions")
    forged = answer(address, "GET", "/api/v1/sessions", cookie="session=admin; wearer=2")
    assert forged.content == plain.content
    assert "set-cookie" not in forged.headers


def first_answer(address: str, request: bytes) -> http.client.HTTPResponse:
    """Send the beginning of a request and read the answer, before any more is sent."""
    with socket.create_connection(
        (str(urlsplit(address).hostname), urlsplit(address).port)
    ) as link:
        link.settimeout(30)
        link.sendall(request)
        response = http.client.HTTPResponse(link)
        response.begin()
        response.body = response.read()  # type: ignore[attr-defined]
        return response


def test_huge_body_is_refused_before_it_is_sent(address: str) -> None:
    head = f"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10**12}\r\n\r\n"
    refused = first_answer(address, head.encode())
    assert refused.status == 413
    assert refused.getheader("content-type") == "application/problem+json"
    assert refused.getheader("connection") == "close"


async def test_body_of_untold_length_ends_at_its_limit() -> None:
    taken = 0

    async def read_all(scope: object, receive, send) -> None:  # type: ignore[no-untyped-def]
        nonlocal taken
        while (message := await receive())["more_body"]:
            taken += len(message["body"])

    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": bytes(100_000), "more_body": True}

    guard = RequestGuard(read_all, larger_bodies={"/api/v1/import": 3 * BODY_LIMIT_BYTES})
    for path, limit_bytes in (("/x", BODY_LIMIT_BYTES), ("/api/v1/import", 3 * BODY_LIMIT_BYTES)):
        taken = 0
        scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"host", b"[::1]")]}
        with pytest.raises(Exception, match="larger than"):
            await guard(scope, endless, None)  # type: ignore[arg-type]
        assert taken == limit_bytes


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/....//app.py",
        "/static/%00",
        "/static/lumbar.css%00.js",
        "/static//etc/passwd",
        "/static/vendor/",
        "/static/" + "x" * 3000,
        "/%2e%2e/%2e%2e/etc/passwd",
        "/\\..\\app.py",
    ],
)
def test_path_tricks_find_nothing(address: str, path: str) -> None:
    refused = first_answer(address, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert refused.status == 404
    assert refused.getheader("content-type") == "application/problem+json"


def test_browser_that_opens_a_wrong_page_is_shown_one(address: str) -> None:
    missing = answer(address, "GET", "/nowhere", accept="text/html,*/*;q=0.8")
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert "<h1>Not Found</h1>" in missing.text
    assert "There is no such page" in missing.text
    assert "openapi" not in missing.text
    in_place = answer(address, "GET", "/nowhere", accept="text/html", hx_request="true")
    assert in_place.headers["content-type"] == "application/problem+json"


def test_mistake_of_the_server_is_told_without_its_inside(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    app = create_app(f"sqlite:///{tmp_path_factory.mktemp('broken') / 'test.db'}", None)

    def broken() -> None:
        raise RuntimeError("inside")

    app.router.add_route("/api/v1/broken", lambda _request: broken())
    with running_app(app) as address:
        mistaken = answer(address, "GET", "/api/v1/broken")
    assert mistaken.status_code == 500
    assert mistaken.headers["content-type"] == "application/problem+json"
    assert "inside" not in mistaken.text


@pytest.mark.parametrize("path", ["/", "/api/v1/sessions", "/static/live.js", "/nowhere"])
def test_every_answer_allows_own_scripts_and_styles_only(address: str, path: str) -> None:
    policy = answer(address, "GET", path).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "*" not in policy


def test_own_files_are_sent_again_only_when_they_changed(address: str) -> None:
    first = answer(address, "GET", "/static/lumbar.css")
    assert first.headers["cache-control"] == "no-cache"
    again = answer(address, "GET", "/static/lumbar.css", if_none_match=first.headers["etag"])
    assert again.status_code == 304


def test_scripts_and_styles_travel_compressed(address: str) -> None:
    whole = answer(address, "GET", "/static/lumbar.css", accept_encoding="identity")
    small = answer(address, "GET", "/static/lumbar.css", accept_encoding="gzip")
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < 0.6 * int(whole.headers["content-length"])
    assert small.text == whole.text


def test_pages_are_not_served_to_other_computers() -> None:
    with pytest.raises(PortError, match="accounts do not exist yet"):
        bind("0.0.0.0", 0)
