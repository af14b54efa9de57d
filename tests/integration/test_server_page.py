"""The live page in a real browser, from a real broker by a real worker."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from lumbar.broker import running_broker
from lumbar_gateway.messages import BrokerAddress, GatewayStatus, Topic
from running_server import running_server
from running_worker import Client, connected_client, running_worker
from signal_traces import Programme, programme
from stream_messages import PublishedStream, arriving

pytestmark = pytest.mark.system

_CHROMIUM = "/usr/bin/chromium"
_QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
_QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
_SIGNAL_LOST_MS = 10_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerAddress]:
    with running_broker(tmp_path / "broker") as broker:
        yield broker.address


@pytest.fixture
def client(broker: BrokerAddress) -> Iterator[Client]:
    with connected_client(broker) as client:
        yield client


@pytest.fixture
def address(broker: BrokerAddress, tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path / 'test.db'}"
    with running_worker(url, broker, time.time), running_server(url, broker, time.time) as address:
        yield address


@pytest.fixture
def page() -> Iterator[Page]:
    """A portrait phone; anything the page complains of fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


class Wearer:
    """Plays a computed programme as fast as it is asked for."""

    def __init__(self, client: Client, workout: Programme) -> None:
        samples = workout.wearer.samples(50.0)
        self.stream = PublishedStream("SIM-7F2A", 0xFEED, samples)
        self._client = client
        self._at = 0
        self.link("connected")

    def link(self, link: str) -> None:
        status = GatewayStatus(link, 82, 0, time.time(), "gateway-1")
        self._client.publish(str(Topic("SIM-7F2A", "status/gateway-1")), [bytes(status)])

    def play(self, until_s: float) -> None:
        end = round(until_s * 50)
        for first in range(self._at, end, 25):
            batch = self.stream.batch(first, min(first + 25, end))
            payload = bytes(arriving(batch, time.time()))
            self._client.publish(self.stream.topic, [payload])
        self._at = end


def test_workout_is_counted_cued_and_kept_through_a_lost_signal(
    address: str, client: Client, page: Page
) -> None:
    page.goto(address)
    expect(page.locator("#exercise")).to_have_text("Waiting for a sensor")
    expect(page.locator("#number")).to_have_text("\u00a0")
    workout = programme(plank_s=20.0, count=5)
    wearer = Wearer(client, workout)
    wearer.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#exercise")).to_have_text("Glute bridge")
    expect(page.locator("#number")).to_have_text("5")
    expect(page.locator("#link")).to_have_attribute("data-state", "connected")
    expect(page.locator("#battery")).to_contain_text("82")
    expect(page.locator("#saved")).to_have_text("saved")
    expect(page.locator("#simulated")).to_contain_text("Simulated sensor SIM-7F2A")
    wearer.play(workout.plank[0] + 18.5)
    expect(page.locator("#exercise")).to_have_text("Forearm plank")
    expect(page.locator("#cue")).to_have_text("↑HIPS UP")
    wearer.link("searching")
    expect(page.locator("#cue")).to_have_text("No signal, keep going", timeout=_SIGNAL_LOST_MS)
    expect(page.locator("main")).to_have_attribute("data-link", "lost")
    wearer.link("connected")
    wearer.play(len(wearer.stream.samples) / 50)
    client.publish(wearer.stream.topic, [bytes(wearer.stream.end())])
    expect(page.locator("#sets tbody tr")).to_have_count(3)
    expect(page.locator("#exercise")).to_have_text("Well done")


def test_page_opened_in_the_midst_of_a_workout_shows_it(
    address: str, client: Client, page: Page
) -> None:
    workout = programme(plank_s=20.0, count=5)
    wearer = Wearer(client, workout)
    page.goto(address)
    wearer.play(workout.bridges[-1][2] + 1.5)
    expect(page.locator("#number")).to_have_text("5")
    page.reload()
    expect(page.locator("#exercise")).to_have_text("Glute bridge")
    expect(page.locator("#number")).to_have_text("5")


def test_slow_sensor_is_shown_and_no_sets_are_promised(
    address: str, client: Client, page: Page
) -> None:
    page.goto(address)
    slow = PublishedStream("SIM-7F2A", 0xFEED, programme().wearer.samples(50.0), rate_hz=20.0)
    payload = bytes(arriving(slow.batch(0, 40), time.time()))
    client.publish(slow.topic, [payload])
    expect(page.locator("#exercise")).to_have_text("Recording only")
    expect(page.locator("#no-sets")).to_have_text("Sets are not looked for at this sampling rate.")


def test_nothing_moves_sideways_on_a_phone(address: str, client: Client, page: Page) -> None:
    workout = programme()
    Wearer(client, workout).play(workout.bridges[-1][2] + 1.5)
    for path in ("/", "/history", "/sessions/1"):
        page.goto(address + path)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_finished_session_is_shown_as_a_table(address: str, client: Client, page: Page) -> None:
    workout = programme()
    wearer = Wearer(client, workout)
    page.goto(address)
    wearer.play(len(wearer.stream.samples) / 50)
    client.publish(wearer.stream.topic, [bytes(wearer.stream.end())])
    expect(page.locator("#exercise")).to_have_text("Well done")
    page.get_by_role("link", name="History").click()
    page.locator("#list tbody a").click()
    expect(page.locator("#sets > li")).to_have_count(3)
    expect(page.locator("#sets")).to_contain_text("hips low")
