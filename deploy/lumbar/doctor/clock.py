"""Whether this machine knows what time it is: the gateway's clock dates every workout."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator

from lumbar.doctor.finding import Finding, State
from lumbar.service_settings import is_gateway

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_REMEDY = "synchronise it (timedatectl set-ntp true, or install chrony)"


class _Timex(ctypes.Structure):
    """The beginning of the kernel's ``struct timex``, and room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror_us", ctypes.c_long),
        ("_rest", ctypes.c_byte * 512),
    )


def check_clock() -> Iterator[Finding]:
    """Ask the kernel whether something disciplines the clock."""
    state, largest_error_s = kernel_clock()
    yield clock_finding(state, largest_error_s, gateway=is_gateway())


def kernel_clock() -> tuple[int, float]:
    """Return the state that ``adjtimex`` tells, below 0 where it cannot, and the largest error."""
    if sys.platform != "linux":
        return -1, 0.0
    timex = _Timex()  # modes 0: only look
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
    except (AttributeError, OSError):  # another C library
        return -1, 0.0
    return state, timex.maxerror_us / 1e6


def clock_finding(state: int, largest_error_s: float, *, gateway: bool) -> Finding:
    """Judge what the kernel says; a clock that runs free is a failure of a gateway."""
    if state < 0:
        return Finding("clock", State.NOTE, "nobody can say whether it is synchronised")
    if state == _TIME_ERROR:
        bad = State.FAILED if gateway else State.NOTE
        return Finding("clock", bad, "not synchronised, so times of workouts may be off", _REMEDY)
    return Finding("clock", State.OK, f"synchronised within {1000 * largest_error_s:.0f} ms")
