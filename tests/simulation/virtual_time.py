"""An event loop whose time passes only when nothing is left to do, and whose threads take turns.

A minute of sensors, gateway and worker takes a fraction of a second, and the same seed gives the
same order of events.
"""

from __future__ import annotations

import asyncio
import itertools
import selectors
from collections.abc import Callable
from typing import Any

import numpy as np

TURN_S = 1e-6  # every turn of the loop takes a little: nobody can wait for a time by spinning
SLOWEST_CALL_S = 0.02  # of what other threads do, such as a commit
STALL_S = 0.5  # ... and now and then the disk takes its time
STALL_SHARE = 0.005


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a time, lets it pass."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0.0)
        self.now_s += TURN_S
        if ready or timeout == 0.0:
            return ready
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing is left to happen")
        self.now_s += timeout
        return ready


class _NumberedTask(asyncio.Task[Any]):
    """A task whose place in a set does not depend on where it lies in memory."""

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        self._number = number
        super().__init__(*args, **kwargs)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Runs everything in one thread, in virtual time.

    Parameters
    ----------
    rng
        Draws how long the calls take that a real loop gives to other threads.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._rng = rng
        numbers = itertools.count()
        self.set_task_factory(
            lambda loop, work, **options: _NumberedTask(
                work, loop=loop, number=next(numbers), **options
            )
        )
        self._free_s: dict[object, float] = {}  # when each executor is done with what it has

    def time(self) -> float:
        """Return the virtual seconds since the loop began."""
        return self._jumping.now_s

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Call ``func`` after a while, behind what the same executor was asked before."""
        done: asyncio.Future[Any] = self.create_future()
        stalls = self._rng.random() < STALL_SHARE
        took_s = self._rng.uniform(0.0, STALL_S if stalls else SLOWEST_CALL_S)
        at_s = max(self.time(), self._free_s.get(executor, 0.0)) + float(took_s)
        self._free_s[executor] = at_s + TURN_S
        self.call_at(at_s, self._call, done, func, args)
        return done

    def _call(
        self, done: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]
    ) -> None:
        try:
            result = func(*args)
        except BaseException as error:
            if not done.cancelled():
                done.set_exception(error)
        else:
            if not done.cancelled():
                done.set_result(result)
