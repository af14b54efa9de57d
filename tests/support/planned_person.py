"""Somebody who follows the plan through the pages, with a sensor and a clock that is moved."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from lumbar.stories.worn import RATE_HZ, Recording
from lumbar_gateway.messages import LostSamples, Topic
from lumbar_server.database import migrate, open_engine
from lumbar_server.ingest import Arrived, Ingest
from lumbar_server.programme.screening import questions
from moved_clock import MovedClock
from running_server import running_server
from signal_traces import G_PER_STEP, Wearer

MONDAY_UTC = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
SENSOR_ID = "SIM-1"
BRIDGE = "glute_bridge"
EVERY = timedelta(days=3)
_FORM = re.compile(r"<form.*?</form>", re.DOTALL)
_HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class PlannedPerson:
    """Presses what the pages offer; every answer goes by a form as the page has it."""

    site: httpx.Client
    ingest: Ingest
    clock: MovedClock = field(default_factory=lambda: MovedClock(MONDAY_UTC))
    streams: int = 0

    def page(self, path: str = "/today") -> str:
        """Return the text of a page, its entities resolved."""
        answer = self.site.get(path)
        assert answer.is_success, answer.text
        return html.unescape(answer.text)

    def submit(self, path: str, near: str, **fields: str) -> httpx.Response:
        """Send the one form of a page that has ``near`` in it."""
        forms = [one for one in _FORM.findall(self.site.get(path).text) if near in one]
        assert len(forms) == 1, (path, near, len(forms))
        action = re.search(r'action="([^"]+)"', forms[0])
        assert action
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(forms[0])}
        answer = self.site.post(html.unescape(action[1]), data=hidden | fields)
        assert answer.status_code in (303, 409), answer.text
        return answer

    def answer_questions(self, *yes: str) -> None:
        """Answer all questions, with a no where nothing else is said."""
        answers = {one.id: "yes" if one.id in yes else "no" for one in questions()}
        self.submit("/today/screening", 'id="screening"', **answers)

    def choose_only(self, *wanted: str) -> None:
        """Skip every line of the day but those."""
        for ladder in re.findall(r'id="line-(\w+)"', self.page()):
            if ladder not in wanted:
                self.submit("/today", f'name="ladder" value="{ladder}"', choice="skip")

    def start(self, before: int = 2, change: str = "no") -> httpx.Response:
        """Press Start."""
        said = {"comfort_before": str(before), "any_change": change}
        return self.submit("/today", 'id="start-form"', **said)

    @property
    def session(self) -> str:
        """The address of the newest workout's page."""
        found = re.findall(r'href="/sessions/(\d+)"', self.page("/history"))
        return f"/sessions/{max(map(int, found))}"

    def wear(self, samples: NDArray[np.int16], lost: float = 0.0) -> None:
        """Let the sensor measure and the server have it, but for a last part that is lost."""
        self.streams += 1
        start_s = self.clock.now_s() + 2.0
        worn = Recording(SENSOR_ID, self.streams, start_s, samples, G_PER_STEP, ())
        self.clock.go_on(seconds=worn.duration_s + 5.0)
        kept_s = (1.0 - lost) * worn.duration_s
        messages = worn.arrived(0.0, kept_s)
        if lost:
            gone = LostSamples(worn.stream_id, round(kept_s * RATE_HZ), len(samples), "overwritten")
            topic = str(Topic(SENSOR_ID, "samples/gateway-1"))
            messages.append(Arrived(topic, bytes(gone)))
        self.ingest.commit([*messages, worn.ended()])

    def finish(self, during: int | None = 2, after: int = 2) -> None:
        """End the workout and say how the back was."""
        path = self.session
        self.submit(path, 'id="stop"', stop="1")
        for name, value in {"comfort_during": during, "comfort_after": after}.items():
            if value is not None:
                self.submit(path, 'id="felt"', **{name: str(value)})

    def tell_next_day(self, answer: str = "usual") -> None:
        """Say a day later how it was."""
        self.clock.go_on(hours=22)
        near = 'class="answers"'
        self.submit("/today", near, answer=answer)

    def bridge_session(
        self,
        before: int = 2,
        during: int | None = 2,
        next_day: str | None = "usual",
        samples: NDArray[np.int16] | None = None,
        lost: float = 0.0,
    ) -> None:
        """Do the day's bridges and nothing else, and come to the same hour three days later."""
        begun_utc = self.clock.now_utc
        self.choose_only(BRIDGE)
        assert self.start(before).status_code == 303
        self.wear(bridges() if samples is None else samples, lost)
        self.finish(during)
        if next_day is not None:
            self.tell_next_day(next_day)
        self.clock.now_utc = begun_utc + EVERY

    def plan(self) -> dict[str, Any]:
        """Return the lines of the day as the API has them, by ladder."""
        found = self.site.get("/api/v1/wearers/1/plan").json()
        return {line["ladder"]: line for line in found["lines"]}

    def set_out(self) -> dict[str, Any]:
        """Return the lines that the newest workout began with, by ladder."""
        found = self.site.get(f"/api/v1{self.session}/prescription").json()
        return {line["ladder"]: line for line in found["lines"]}


def bridges(
    counts: tuple[int, ...] = (8, 8), *, stands: bool = True, after_s: float = 5.0
) -> NDArray[np.int16]:
    """Return sets of bridges; without having stood first nobody knows how the sensor sits."""
    wearer = Wearer().stand(5.0).lie_down().rest(3.0)
    for count in counts:
        wearer.bridges(count, period_s=5.0)
        wearer.rest(30.0)
    samples = wearer.rest(after_s).samples(RATE_HZ)
    return samples if stands else samples[round(9.0 * RATE_HZ) :]


@contextmanager
def planned_person(folder: Path) -> Iterator[PlannedPerson]:
    """Serve the pages of a fresh record, with a person who has never been here."""
    url = f"sqlite:///{folder / 'test.db'}"
    migrate(url)
    engine = open_engine(url)
    clock = MovedClock(MONDAY_UTC)
    with (
        running_server(url, None, clock.now_s) as address,
        httpx.Client(base_url=address, headers={"Accept": "text/html"}) as site,
    ):
        chosen = site.post("/history/wearers/1", data={"time_zone": "Europe/Vienna"})
        assert chosen.status_code == 303
        yield PlannedPerson(site, Ingest(engine, clock.now_s), clock)
    engine.dispose()
