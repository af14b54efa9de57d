"""The live view: what is heard from the broker, for every page that looks on."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from lumbar_gateway.messages import (
    Ack,
    GatewayStatus,
    LiveEvents,
    SampleBatch,
    Topic,
)
from lumbar_gateway.messages.status import LINKS
from lumbar_server.live_state import RECENT_S

STRIP_RATE_HZ = 50.0
"""Samples shown a second at most; faster streams are thinned (chosen: a pixel or two each)."""
_KEEP_ALIVE_S = 15.0
_STRIPS_WAITING = 20  # two seconds for a viewer that reads too slowly, then the oldest go
_STREAMS_REMEMBERED = 4  # acknowledgements kept of one sensor's streams
_STATE_LASTS_S = (
    600.0  # then nobody exercises there any more, whatever the sensor said last (chosen)
)
_GATEWAYS_REMEMBERED = 8  # that hear one sensor


@dataclass(slots=True)
class _SensorView:
    """What is known of one sensor at this moment."""

    stream_id: int | None = None
    newest_index: int = 0
    sampling_rate_hz: float = 0.0
    g_per_step: float = 0.0
    state: dict[str, Any] = field(default_factory=dict)
    state_at_s: float = 0.0  # when it came
    statuses: dict[str, GatewayStatus] = field(default_factory=dict)  # by gateway
    acks: dict[int, Ack] = field(default_factory=dict)
    strip: list[list[int]] = field(default_factory=list)  # waits for the next strip
    strip_sent: bool = False  # since the latest tick
    strip_first: int = 0

    @property
    def thinned_by(self) -> int:
        """One in this many samples is shown."""
        return max(1, round(self.sampling_rate_hz / STRIP_RATE_HZ))


class Viewer:
    """One open page. It never misses the newest state; when slow, it misses strips of samples."""

    def __init__(self, sensor_id: str | None) -> None:
        self.sensor_id = sensor_id
        self._states: dict[tuple[str, str], bytes] = {}
        self._strips: deque[bytes] = deque(maxlen=_STRIPS_WAITING)
        self._something = asyncio.Event()
        self._closed = False

    def put(self, kind: str, sensor_id: str, message: bytes) -> None:
        """Add a message; a newer state replaces one that has not been sent yet."""
        if self.sensor_id is not None and sensor_id not in ("", self.sensor_id):
            return
        if kind == "samples":
            self._strips.append(message)
        else:
            self._states[kind, sensor_id] = message
        self._something.set()

    def close(self) -> None:
        """End the stream after what is waiting."""
        self._closed = True
        self._something.set()

    async def messages(self) -> AsyncIterator[bytes]:
        """Yield server-sent events as they come; a comment where nothing does."""
        while True:
            try:
                await asyncio.wait_for(self._something.wait(), _KEEP_ALIVE_S)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            self._something.clear()
            waiting = [*self._states.values(), *self._strips]
            self._states.clear()
            self._strips.clear()
            if waiting:
                yield b"".join(waiting)
            if self._closed:
                return


class LiveBoard:
    """The newest of every sensor, and the pages that look at it; lives in the event loop."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._views: dict[str, _SensorView] = {}
        self._gateways: dict[str, str] = {}  # gateway id -> its link
        self._newest: dict[tuple[str, str], bytes] = {}
        self._viewers: set[Viewer] = set()
        self._sequence = 0
        self._broker_connected: bool | None = None
        self._closed = False

    def open(self, sensor_id: str | None) -> Viewer:
        """Return a viewer that begins with a snapshot."""
        viewer = Viewer(sensor_id)
        for (kind, about), message in self._newest.items():
            if kind != "state" or not self._is_over(about):
                viewer.put(kind, about, message)
        if self._closed:
            viewer.close()
        self._viewers.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer whose page is gone."""
        self._viewers.discard(viewer)

    def close(self) -> None:
        """End all streams, so that the HTTP server can stop."""
        self._closed = True
        for viewer in self._viewers:
            viewer.close()

    def link_of(self, sensor_id: str) -> dict[str, Any] | None:
        """Return the newest link message of a sensor."""
        message = self._newest.get(("link", sensor_id))
        if message is None:
            return None
        found: dict[str, Any] = json.loads(message.split(b"data: ", 1)[1])
        return found

    @property
    def has_viewers(self) -> bool:
        """Tell whether somebody looks on."""
        return bool(self._viewers)

    def record(self, change: int) -> None:
        """Tell the number of the newest change of a session, where it is another."""
        self._send("record", "", {"change": change})

    def broker(self, *, connected: bool) -> None:
        """Tell whether the broker is there."""
        if self._broker_connected is not connected:
            self._broker_connected = connected
            self._send("broker", "", {"connected": connected})

    def take(self, topic: Topic, message: SampleBatch | LiveEvents | GatewayStatus | Ack) -> None:
        """Take over one decoded message."""
        view = self._views.setdefault(topic.sensor_id, _SensorView())  # one for a gateway is empty
        match message:
            case SampleBatch():
                self._take_samples(topic.sensor_id, view, message)
            case LiveEvents():
                self._take_state(topic.sensor_id, view, message)
            case Ack():
                view.acks.pop(message.stream_id, None)
                view.acks[message.stream_id] = message
                for oldest in list(view.acks)[:-_STREAMS_REMEMBERED]:
                    del view.acks[oldest]
                self._tell_saved(topic.sensor_id, view)
            case GatewayStatus() if topic.what == "gateway":
                self._take_gateway(topic.sensor_id, message)
            case GatewayStatus():
                view.statuses.pop(message.gateway_id, None)
                view.statuses[message.gateway_id] = message
                for forgotten in list(view.statuses)[:-_GATEWAYS_REMEMBERED]:
                    del view.statuses[forgotten]
                self._tell_link(topic.sensor_id, view)

    def tick(self) -> None:
        """Send the strips that wait; to be called twenty times a second.

        A strip leaves as soon as there is one, unless another left since the latest tick: what
        comes ten times a second does not wait, what comes more often is put together.
        """
        for sensor_id, view in self._views.items():
            view.strip_sent = bool(view.strip)
            self._send_strip(sensor_id, view)

    def _send_strip(self, sensor_id: str, view: _SensorView) -> None:
        if not view.strip:
            return
        content = {
            "stream": f"{view.stream_id:016x}",
            "first_index": view.strip_first,
            "index_step": view.thinned_by,
            "sampling_rate_hz": view.sampling_rate_hz,
            "g_per_step": view.g_per_step,
            "samples": view.strip,
        }
        view.strip = []
        view.strip_sent = True
        self._send("samples", sensor_id, content)
        self._tell_saved(sensor_id, view)

    def _take_samples(self, sensor_id: str, view: _SensorView, batch: SampleBatch) -> None:
        if not batch.live or abs(batch.late_s(self._now_s())) > RECENT_S:
            return
        if view.stream_id != batch.stream_id:
            view.stream_id, view.newest_index, view.strip = batch.stream_id, 0, []
            view.sampling_rate_hz, view.g_per_step = batch.sampling_rate_hz, batch.g_per_step
        if batch.first_index < view.newest_index:
            return  # a repetition by the gateway
        view.newest_index = batch.end_index
        if self._viewers:
            step = view.thinned_by
            skip = -batch.first_index % step
            if not view.strip:
                view.strip_first = batch.first_index + skip
            view.strip += batch.samples[skip::step, :3].tolist()
            if not view.strip_sent:
                self._send_strip(sensor_id, view)

    def _take_state(self, sensor_id: str, view: _SensorView, message: LiveEvents) -> None:
        replaces = (
            view.stream_id in (None, message.stream_id)
            or message.state.get("live")
            or view.state.get("ended")
        )
        if not replaces:
            return  # an old stream is being filled in while another is live
        if view.stream_id != message.stream_id:
            view.stream_id, view.newest_index, view.strip = message.stream_id, 0, []
        view.newest_index = max(view.newest_index, message.end_index)
        view.state, view.state_at_s = message.state, self._now_s()
        content = {
            **message.state,
            "stream": f"{message.stream_id:016x}",
            "end_index": message.end_index,
            "events": message.events,
        }
        self._send("state", sensor_id, content)

    def _is_over(self, sensor_id: str) -> bool:
        return abs(self._now_s() - self._views[sensor_id].state_at_s) > _STATE_LASTS_S

    def _take_gateway(self, gateway_id: str, message: GatewayStatus) -> None:
        """Take a gateway's own presence; its last will speaks for all its sensors."""
        self._gateways[gateway_id] = message.link
        for sensor_id, view in self._views.items():
            if gateway_id in view.statuses:
                self._tell_link(sensor_id, view)

    def _tell_link(self, sensor_id: str, view: _SensorView) -> None:
        """Tell of the gateway that is nearest to the sensor: connected, else the latest word."""
        present = [
            status.gone() if self._gateways.get(gateway_id) == "gateway offline" else status
            for gateway_id, status in view.statuses.items()
        ]
        if present:
            nearest = max(present, key=lambda status: (-LINKS.index(status.link), status.at_s))
            self._send("link", sensor_id, asdict(nearest))

    def _tell_saved(self, sensor_id: str, view: _SensorView) -> None:
        ack = view.acks.get(view.stream_id) if view.stream_id is not None else None
        stored_end = ack.stored.end if ack else 0
        waiting = max(0, view.newest_index - stored_end)
        seconds = waiting / view.sampling_rate_hz if view.sampling_rate_hz else 0.0
        content = {
            "stream": None if view.stream_id is None else f"{view.stream_id:016x}",
            "stored_end": stored_end,
            "lost_samples": ack.lost.count if ack else 0,
            "waiting_s": round(seconds),
        }
        self._send("saved", sensor_id, content)

    def _send(self, kind: str, sensor_id: str, content: dict[str, Any]) -> None:
        data = json.dumps({**content, "sensor": sensor_id}, separators=(",", ":"))
        known = self._newest.get((kind, sensor_id))
        if kind != "state" and known is not None and known.endswith(f"data: {data}\n\n".encode()):
            return
        self._sequence += 1
        message = f"id: {self._sequence}\nevent: {kind}\ndata: {data}\n\n".encode()
        if kind != "samples":
            self._newest[kind, sensor_id] = message
        for viewer in self._viewers:
            viewer.put(kind, sensor_id, message)
