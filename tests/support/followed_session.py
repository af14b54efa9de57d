"""A simulated wearer who follows a prescription in front of the live page.

The page's clock stands still but for what has been played, so a quarter of an hour takes a minute.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from lumbar.stories.doing import Doing, Effort, doings
from lumbar.stories.line import Line
from lumbar.stories.worn import RATE_HZ, Recording, record
from lumbar_gateway.messages import GatewayStatus, Topic
from lumbar_sim.activities import Linger
from lumbar_sim.placement import Placement
from lumbar_sim.wearer import Wearer
from played_workout import Room
from running_worker import PATIENCE_S

HEARD = Path(__file__).with_name("heard.js")
STEP_S = 2.0  # states come once a second
BETWEEN_S = 36.0  # the rest between two lines, and some of getting into position
ARRIVAL_S = 20.0  # the sensor is put on, and has been bowed with three times


def recorded(lines: Sequence[dict[str, Any]], seed: int = 7) -> Recording:
    """Return what the sensor of somebody measures who does all of it, with every rest."""
    rng = np.random.default_rng(seed)
    return record(
        [_led(doings(Line.of(line), Effort(), rng)) for line in lines],
        sensor_id="SIM-7F2A",
        stream_id=0xFEED,
        started_s=0.0,  # until it is played
        wearer=Wearer(),
        placement=Placement(),
        rng=rng,
    )


def _led(line: list[Doing]) -> list[Doing]:
    """Return a line after which the next one begins when the voice says so."""
    *before, last = line
    return [*before, replace(last, rest=Linger(last.activity.stance, BETWEEN_S, 15.0, 3.0))]


class FollowedSession:
    """What the sensor measured, published bit by bit; the page's time goes with it."""

    def __init__(self, room: Room, page: Page, recording: Recording) -> None:
        self.recording = replace(recording, started_s=room.clock.now_s())
        self.at_s = 0.0
        self._room, self._page = room, page
        status = GatewayStatus("connected", 82, 0, room.clock.now_s(), "gateway-1")
        topic = Topic(recording.sensor_id, "status/gateway-1")
        room.client.publish(str(topic), [bytes(status)])

    def play(self, until_s: float) -> None:
        """Go on to a time of the recording, and beyond its end with nothing more to tell."""
        while self.at_s < until_s:
            end_s = self.at_s + STEP_S
            self._room.clock.reach(self.recording.started_s + end_s)
            if end_s <= self.recording.duration_s:
                for one in self.recording.arrived(self.at_s, end_s):
                    self._room.client.publish(one.topic, [one.payload])
                self._wait_until_heard(end_s)
            self._page.clock.run_for(round(1000 * STEP_S))
            self.at_s = end_s

    def _wait_until_heard(self, end_s: float) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while self._page.evaluate("heard") < int(end_s * RATE_HZ):
            assert time.monotonic() < deadline_s, "the page did not hear of it"
            time.sleep(0.005)
