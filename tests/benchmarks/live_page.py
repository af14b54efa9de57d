"""From the moment a sample is taken to the screen: four sensors, ten who look on.

One of the ten is a real page in Chromium, nine read the same stream of events. A sample counts as
shown in the first frame after the one that drew it.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from chromium import running_browser
from lumbar_gateway.messages import BrokerAddress, SampleBatch, Topic, decode_stream_message
from lumbar_gateway.messages.topics import pattern

HERE = Path(__file__).parent
SENSORS = 4
READERS = 9
SHOWN = "SIM-00000000"
SECONDS = 60.0  # measured
SETTLING_S = 12.0  # chosen: all sensors are connected, and what waited in their logs is read
TICK_HZ = 32768
LIMIT_MS = 300.0

Reached = tuple[str, int, float]  # sensor, one past a sample index, wall time

_WATCH = """
() => {
    const strip = document.getElementById("strip");
    window.shown = [];
    new MutationObserver(() => {
        const index = Number(strip.dataset.shown);
        requestAnimationFrame(() => window.shown.push([index + 1, Date.now() / 1000]));
    }).observe(strip, { attributes: true, attributeFilter: ["data-shown"] });
}
"""


@dataclass(frozen=True)
class Seen:
    """How long the samples took to one kind of viewer."""

    name: str
    delays_s: NDArray[np.float64]

    def delay_ms(self, percent: float) -> float:
        """Return a percentile of the delays."""
        return float(np.percentile(self.delays_s, percent)) * 1e3


class Stamps:
    """Hears the packets, which say when their samples were taken."""

    def __init__(self, broker: BrokerAddress) -> None:
        self.taken_s: dict[str, dict[int, float]] = {}  # by sensor and sample index, wall time
        self.heard: list[Reached] = []
        self._wall_s = time.time() - time.monotonic()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="stamps")
        self._client.username_pw_set(broker.username, broker.password)
        self._client.on_connect = lambda client, *_: client.subscribe([(pattern("samples/+"), 0)])
        self._client.on_message = self._received
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()

    def stop(self) -> None:
        """Hear no more."""
        self._client.disconnect()
        self._client.loop_stop()

    def _received(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        batch = decode_stream_message(message.payload)
        if not isinstance(batch, SampleBatch):
            return
        now_s = time.monotonic()
        sensor_id = Topic.parse(message.topic).sensor_id
        taken_s = self.taken_s.setdefault(sensor_id, {})
        self.heard.append((sensor_id, batch.end_index, now_s + self._wall_s))
        first = batch.first_index
        for packet in batch.packets:
            # The 32-bit tick counter, nearest to now: within a day and a half.
            ago = (round(now_s * TICK_HZ) - packet.ticks + 2**31) % 2**32 - 2**31
            start_s = now_s - ago / TICK_HZ + self._wall_s
            for n in range(packet.n):
                taken_s[first + n] = start_s + n / batch.sampling_rate_hz
            first += packet.n


def live_page(seconds: float = SECONDS) -> list[Seen]:
    """Measure; the first result is the page in the browser."""
    with (
        TemporaryDirectory() as folder,
        _child("exercising_sensors.py", SENSORS) as sensors,
        _child("live_household.py", _line(sensors), folder) as household,
    ):
        where = json.loads(_line(household))
        stamps = Stamps(BrokerAddress(**where["broker"]))
        with (
            _child("live_readers.py", where["url"], READERS) as readers,
            running_browser() as browser,
        ):
            _line(readers)
            page = browser.new_page(viewport={"width": 390, "height": 844})
            page.goto(f"{where['url']}?sensor={SHOWN}")
            page.keyboard.press("v")  # the signal is in the near view
            page.wait_for_timeout(SETTLING_S * 1000)
            page.evaluate(_WATCH)
            begun_s = time.time()
            page.wait_for_timeout(seconds * 1000)
            shown = [(SHOWN, index, at_s) for index, at_s in page.evaluate("shown")]
            readers.stdin.close()
            heard = json.loads(_line(readers))
        stamps.stop()
    strips = [_of_kind("samples", one) for one in heard]
    read = [_delays_s(stamps.taken_s, one, begun_s) for one in strips]
    told = [_event_delays_s(stamps.taken_s, _of_kind("state", one), begun_s) for one in heard]
    published = _delays_s(stamps.taken_s, stamps.heard, begun_s)
    return [
        Seen("page in Chromium: sample on the screen", _delays_s(stamps.taken_s, shown, begun_s)),
        Seen(f"{READERS} readers of the stream: sample received", np.concatenate(read)),
        Seen("the slowest of them", max(read, key=lambda one: float(np.percentile(one, 99)))),
        Seen("on the way: heard from the broker", published),
        Seen(f"{READERS} readers: count or cue received after its sample", np.concatenate(told)),
    ]


def _of_kind(kind: str, arrivals: list[tuple[str, str, int, float]]) -> list[Reached]:
    return [(sensor, end, at_s) for what, sensor, end, at_s in arrivals if what == kind]


def _event_delays_s(
    taken_s: dict[str, dict[int, float]], arrivals: list[Reached], since_s: float
) -> NDArray[np.float64]:
    """Return how long after the sample that showed it each event came."""
    delays_s = [
        at_s - taken_s[sensor][end - 1] for sensor, end, at_s in arrivals if at_s >= since_s
    ]
    return np.array(delays_s)


def _delays_s(
    taken_s: dict[str, dict[int, float]], arrivals: list[Reached], since_s: float
) -> NDArray[np.float64]:
    """Return for each sample how long after it was taken the first arrival reached past it."""
    found = []
    for sensor_id, taken in taken_s.items():
        ends = [(end, at_s) for sensor, end, at_s in arrivals if sensor == sensor_id]
        if not ends:
            continue
        reached = np.maximum.accumulate([end for end, _ in ends])
        at_s = np.array([at for _, at in ends])
        index = np.array(sorted(taken))
        index = index[(index >= reached[0]) & (index < reached[-1])]
        arrived_s = at_s[np.searchsorted(reached, index, side="right")]
        delays_s = arrived_s - np.array([taken[one] for one in index.tolist()])
        found.append(delays_s[arrived_s >= since_s])
    return np.concatenate(found)


@contextmanager
def _child(script: str, *arguments: object) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if not process.stdin.closed:
                process.stdin.close()  # it ends with its input


def _line(process: Any) -> str:
    return str(process.stdout.readline()).strip()
