"""What systemd is told of a program: that it is up, and that every part of it gets on.

A part counts its rounds. The watchdog is fed only while no count stands still for longer than the
part may take; systemd ends and restarts a program that does not feed it (``WatchdogSec``).
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

_log = logging.getLogger(__name__)

_START_LOOK_S = 0.2  # until the program is up
_LOOK_S = 5.0  # where systemd sets no shorter time
Notify = Callable[[str], None]


class Watchdog:
    """Judges the rounds of a program's parts at every look.

    Parameters
    ----------
    limits_s
        How long each part may stay in one round.
    rounds
        The count of each part; parts that have not begun yet may be missing, or 0.
    notify
        Takes systemd's words, such as ``READY=1``.
    """

    def __init__(
        self,
        limits_s: Mapping[str, float],
        rounds: Callable[[], Mapping[str, int]],
        notify: Notify,
    ) -> None:
        self._limits_s = limits_s
        self._rounds = rounds
        self._notify = notify
        self._seen: dict[str, tuple[int, float]] = {}  # count, and when it was new
        self._told: list[str] = []
        self.is_up = False

    def look(self, at_s: float) -> None:
        """Tell systemd how it is at a monotonic time."""
        rounds = self._rounds()
        for part, count in rounds.items():
            if count != self._seen.get(part, (0, 0.0))[0]:
                self._seen[part] = (count, at_s)
        if not self.is_up and self._seen.keys() >= self._limits_s.keys():
            self.is_up = True
            self._notify("READY=1")
        stuck = [
            part
            for part, (_, since_s) in self._seen.items()
            if at_s - since_s > self._limits_s[part]
        ]
        if stuck and stuck != self._told:
            _log.critical("%s: no progress; systemd will restart the program", ", ".join(stuck))
            self._notify(f"STATUS=no progress: {', '.join(stuck)}")
        self._told = stuck
        if self.is_up and not stuck:
            self._notify("WATCHDOG=1")


@contextmanager
def watched(
    limits_s: Mapping[str, float], rounds: Callable[[], Mapping[str, int]]
) -> Iterator[None]:
    """Keep systemd informed until the block ends; does nothing where systemd does not listen."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        yield
        return
    faulthandler.enable()  # what systemd ends for want of progress shows where it stood
    there = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifying:
        notifying.setblocking(False)

        def notify(words: str) -> None:
            with contextlib.suppress(OSError):  # systemd is being restarted: the next look tells it
                notifying.sendto(words.encode(), there)

        ending = threading.Event()
        dog = Watchdog(limits_s, rounds, notify)
        thread = threading.Thread(target=_look_on, args=(dog, ending), name="watchdog", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join()
            notify("STOPPING=1")


def _look_on(dog: Watchdog, ending: threading.Event) -> None:
    asked_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
    look_s = min(_LOOK_S, asked_s / 2) if asked_s else _LOOK_S
    while not ending.wait(look_s if dog.is_up else min(look_s, _START_LOOK_S)):
        dog.look(time.monotonic())
