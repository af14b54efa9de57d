"""Tidy up also where a program is ended from outside."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")  # asked to end; the terminal was closed (Windows has none)


@contextmanager
def tidy_termination() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, temporary folders and all.

    What was ignored from the start (nohup) stays ignored. The exit status is 128 plus the signal's
    number, as a shell would say. For the main thread.
    """
    received: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heard}
    try:
        yield
    except KeyboardInterrupt:
        if received:
            raise SystemExit(128 + received[0]) from None
        raise
    finally:
        for number, action in before.items():
            signal.signal(number, action)
