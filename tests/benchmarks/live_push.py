"""One notification's worth of samples through the live detector."""

import time
from collections.abc import Callable

import numba
import numpy as np
from full_day import G_PER_STEP, RATE_HZ, full_day
from interleaved import Contestant, Timing, take_turns
from numpy.typing import NDArray

from lumbar_signal import Detector
from lumbar_signal.eventlog import empty_log
from lumbar_signal.exercises import TABLES
from lumbar_signal.kernel import CODE, advance
from lumbar_signal.state import fresh_state

SAMPLES = 20
CALLS = 20_000
SINGLE_CALLS = 200_000


@numba.njit
def _nothing(state, samples, tables, log, closing):  # type: ignore[no-untyped-def]
    return len(samples)


def live_push(rounds: int) -> list[Timing]:
    """Time an empty compiled call, the kernel and ``Detector.push``, 20 samples a call."""
    pieces = np.split(full_day(CALLS * SAMPLES / RATE_HZ / 3600), CALLS)
    contestants = [
        Contestant("empty @njit call, same arguments", lambda: _empty_calls(pieces), CALLS),
        Contestant("the detector's loop alone", lambda: _kernel_calls(pieces), CALLS),
        Contestant("Detector.push, events included", lambda: _pushes(pieces), CALLS),
    ]
    return take_turns(contestants, rounds)


def single_push_quantiles_s() -> dict[str, float]:
    """Return wall-clock quantiles of single calls of ``Detector.push``, busy machine and all."""
    pieces = np.split(full_day(SINGLE_CALLS * SAMPLES / RATE_HZ / 3600), SINGLE_CALLS)
    detector = _detector()
    taken_ns = np.empty(SINGLE_CALLS)
    now_ns: Callable[[], int] = time.perf_counter_ns
    for call, piece in enumerate(pieces):
        begun_ns = now_ns()
        detector.push(piece, call * SAMPLES)
        taken_ns[call] = now_ns() - begun_ns
    levels = {"p50": 50, "p99": 99, "p99.9": 99.9}
    return {name: float(np.percentile(taken_ns, level)) * 1e-9 for name, level in levels.items()}


def _detector() -> Detector:
    return Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)


def _empty_calls(pieces: list[NDArray[np.int16]]) -> None:
    state, log = fresh_state(RATE_HZ, G_PER_STEP, CODE), empty_log()
    for piece in pieces:
        _nothing(state, piece, TABLES, log, False)


def _kernel_calls(pieces: list[NDArray[np.int16]]) -> None:
    state, log = fresh_state(RATE_HZ, G_PER_STEP, CODE), empty_log()
    for piece in pieces:
        advance(state, piece, log, False)
        log["count"] = 0


def _pushes(pieces: list[NDArray[np.int16]]) -> None:
    detector = _detector()
    for call, piece in enumerate(pieces):
        detector.push(piece, call * SAMPLES)
