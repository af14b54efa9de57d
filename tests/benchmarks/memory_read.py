"""How fast this machine reads memory: no analysis of so many bytes can be quicker."""

import numba
import numpy as np
from interleaved import Contestant
from numpy.typing import NDArray

BYTES = 2**28  # chosen: far more than any cache


@numba.njit("i8(i8[::1])", boundscheck=False)
def _sum(words: NDArray[np.int64]) -> int:
    total = 0
    for word in words:
        total += word
    return total


def memory_reader() -> Contestant:
    """Return a contestant that reads memory in order; its unit is a byte."""
    words = np.ones(BYTES // 8, dtype=np.int64)
    return Contestant("read memory", lambda: _sum(words), BYTES)
