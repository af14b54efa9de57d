"""The detector's loop: every sample through the sample clock, every tick through its stages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.calibration import calibrate
from lumbar_signal.constants import PHASE_ONE
from lumbar_signal.deviation import follow_deviations, stop_deviation
from lumbar_signal.eventlog import LOG_CAPACITY, LOG_RESERVE
from lumbar_signal.exercises import TABLES
from lumbar_signal.frame import remember, rotate
from lumbar_signal.hold import break_stay, follow_stay
from lumbar_signal.jit import entry, rare, stage
from lumbar_signal.motion import follow_baseline, follow_motion, follow_shake
from lumbar_signal.posture import follow_posture
from lumbar_signal.repetition import follow_repetitions
from lumbar_signal.sample_clock import close_tick, end_of_tick, prime, take_samples
from lumbar_signal.state import Record, State


@stage
def _tick(s: Record, lanes: Record, places: Record, monitors: Record, log: Record) -> None:
    close_tick(s)
    rotate(s)
    remember(s)
    calibrate(s)
    follow_motion(s)
    follow_shake(s)
    follow_baseline(s)
    follow_posture(s, log)
    follow_repetitions(s, lanes, log)
    follow_stay(s, places, log)
    follow_deviations(s, monitors, log)
    s.tick += 1
    s.since_gap += 1


@stage
def _finish(s: Record, monitors: Record, log: Record) -> None:
    """Close what is open at the last sample."""
    for kind in range(len(monitors)):
        stop_deviation(s, monitors[kind], kind, s.monitor_last[kind], log)
    if s.hold_open == 1:
        break_stay(s, log)
    for n in range(len(s.lane)):
        s.lane[n].phase = 0


def _describe(function: Any, seen: dict[str, str]) -> None:
    """Collect the byte code of a kernel, the numbers it reads, and those of all that it calls."""
    plain = getattr(function, "py_func", function)
    name, code = f"{plain.__module__}.{plain.__qualname__}", plain.__code__
    if name in seen:
        return
    read = {used: plain.__globals__.get(used) for used in code.co_names}
    numbers = {
        used: value for used, value in read.items() if isinstance(value, int | float | tuple)
    }
    seen[name] = repr((code.co_code, code.co_names, code.co_consts, numbers))
    for called in read.values():
        if hasattr(called, "py_func"):
            _describe(called, seen)


def fingerprint(*functions: Any) -> int:
    """Identify kernels: their code, how it is compiled, and the numbers they stand on."""
    seen: dict[str, str] = {}
    for function in (stage, rare, entry, *functions):
        _describe(function, seen)
    digest = hashlib.sha256(repr(sorted(seen.items())).encode())
    digest.update(TABLES.tobytes())
    return int.from_bytes(digest.digest()[:7])


CODE = fingerprint(prime, end_of_tick, take_samples, _tick, _finish)


def _compiled(code: int) -> Callable[..., int]:
    """Build the loop around its fingerprint.

    numba keeps compiled code by the text of this file and the values this closure holds, not by
    the files of the stages; without the fingerprint an edited stage would run as it was before.
    """

    @entry
    def run(
        state: State,
        samples: NDArray[np.int16],
        tables: NDArray[np.void],
        log_array: NDArray[np.void],
        closing: bool,
    ) -> int:
        s, t, log = state[0], tables[0], log_array[0]
        if s.code != code:
            return -1
        if not s.started and len(samples) > 0:
            prime(s, samples[0])
            s.started = 1
        n = 0
        while n < len(samples):
            if log.count > LOG_CAPACITY - LOG_RESERVE:
                return n
            last = min(end_of_tick(s, n), len(samples))
            take_samples(s, samples, n, last)
            n = last
            if s.phase >= PHASE_ONE:
                _tick(s, t.lanes, t.places, t.monitors, log)
        if closing:
            _finish(s, t.monitors, log)
        return len(samples)

    return run


_run = _compiled(CODE)


def advance(state: State, samples: NDArray[np.int16], log: NDArray[np.void], closing: bool) -> int:
    """Advance the state, shape (1,), by samples, shape (n, 3) or (n, 6), C-contiguous.

    Returns the number of samples taken: fewer than n where the log, shape (1,), was full. With
    ``closing`` what is open is closed after the last sample.
    """
    taken = _run(state, samples, TABLES, log, closing)
    if taken < 0:
        raise ValueError("state was made by another version of the detector: replay its samples")
    return taken
