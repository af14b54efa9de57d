"""What a page of somebody else can do to the server through the wearer's own browser: nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from chromium import running_browser
from lumbar_server.app import create_app
from running_server import running_app

pytestmark = pytest.mark.system

FORM = """<!doctype html><title>Elsewhere</title>
<form method="post" action="{address}/wearers"><input name="name" value="Eve">
<input name="time_zone" value="UTC"><button>Win a prize</button></form>"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with running_app(create_app(f"sqlite:///{tmp_path / 'test.db'}", None)) as address:
        yield address


@pytest.fixture
def elsewhere(address: str) -> Iterator[int]:
    """Serve the foreign page; its port."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = FORM.format(address=address).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server.server_port
    server.shutdown()
    serving.join()
    server.server_close()


# The same computer by its number is the same site, by its name another one.
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_its_form_changes_nothing(address: str, elsewhere: int, host: str) -> None:
    before = httpx.get(address + "/api/v1/wearers").json()
    with running_browser() as browser:
        page = browser.new_page()
        page.goto(f"http://{host}:{elsewhere}/")
        page.get_by_role("button", name="Win a prize").click()
        expect(page.locator("main")).to_contain_text(
            "only the server's own pages may change things"
        )
    assert httpx.get(address + "/api/v1/wearers").json() == before
