"""What the worker says live, as lines for a terminal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from lumbar_gateway.messages import BrokerAddress, LiveEvents, MessageError
from lumbar_gateway.messages.topics import pattern
from lumbar_server.subscriber import Subscriber

_TAKE, _BYTES, _WAIT_S = 100, 1 << 20, 0.2
_HOLD_EVERY_S = 5  # a line for every so many seconds held


class LiveLines:
    """Follows the events of all sensors and says what a person doing the workout would notice.

    Parameters
    ----------
    say
        Takes one line, e.g. ``glute bridge: 3``.
    """

    def __init__(self, broker: BrokerAddress, say: Callable[[str], None]) -> None:
        self._subscriber = Subscriber(
            broker, client_id="lumbar-lines", patterns=[pattern("events")], durable=False
        )
        self._say = say
        self._said: set[tuple[object, ...]] = set()
        self.first_repetition_at_s: float | None = None  # wall time

    async def run(self) -> None:
        """Follow until cancelled."""
        self._subscriber.start()
        try:
            while True:
                for delivery in await asyncio.to_thread(
                    self._subscriber.take, _TAKE, _BYTES, _WAIT_S
                ):
                    self._show(delivery.payload)
        finally:
            await asyncio.to_thread(self._subscriber.stop)

    def _show(self, payload: bytes) -> None:
        try:
            state = LiveEvents.from_bytes(payload).state
        except MessageError:
            return
        exercise = state.get("exercise")
        if not exercise:
            return
        name = str(exercise).replace("_", " ")
        key = (state.get("set_number"), exercise)
        self._show_count(state, name, key)
        if state.get("cue"):
            self._once((*key, state["cue"]), f"{name}: {str(state['cue']).replace('_', ' ')}")

    def _show_count(self, state: dict[str, Any], name: str, key: tuple[object, ...]) -> None:
        repetitions, hold_s = state.get("repetitions") or 0, state.get("hold_s")
        if repetitions:
            if self.first_repetition_at_s is None:
                self.first_repetition_at_s = time.time()
            self._once((*key, "count", repetitions), f"{name}: {repetitions}")
        elif hold_s is not None:
            held_s = int(hold_s) // _HOLD_EVERY_S * _HOLD_EVERY_S
            if held_s:
                self._once((*key, "held", held_s), f"{name}: {held_s} s held")

    def _once(self, key: tuple[object, ...], line: str) -> None:
        if key not in self._said:
            self._said.add(key)
            self._say(line)
