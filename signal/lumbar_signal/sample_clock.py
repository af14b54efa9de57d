"""Sample clock: scale a sample, low-pass it to gravity, add up its energies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import FULL_SCALE
from lumbar_signal.jit import stage
from lumbar_signal.state import Record


@stage
def prime(s: Record, counts: NDArray[np.int16]) -> None:
    """Let the filters begin as if the first sample, shape (3+,), had lasted for ever."""
    for axis in range(3):
        x = counts[axis] * s.g_per_step
        s.gravity_1[axis] = (1.0 - s.gravity_section[0]) * x
        s.gravity_2[axis] = (s.gravity_section[2] - s.gravity_section[4]) * x
        s.shake_1[axis] = -s.shake_section[0] * x
        s.shake_2[axis] = -s.shake_section[0] * x
        s.last[axis] = x
        s.last_but_one[axis] = x


@stage
def take_sample(s: Record, counts: NDArray[np.int16]) -> None:
    """Advance all filters by one sample of shape (3+,)."""
    squared = shake = floor = 0.0
    for axis in range(3):
        count = counts[axis]
        if count >= FULL_SCALE or count <= -FULL_SCALE:
            s.clipped += 1
        x = count * s.g_per_step
        squared += x * x
        y = s.gravity_section[0] * x + s.gravity_1[axis]
        s.gravity_1[axis] = s.gravity_section[1] * x - s.gravity_section[3] * y + s.gravity_2[axis]
        s.gravity_2[axis] = s.gravity_section[2] * x - s.gravity_section[4] * y
        s.gravity_g[axis] = y
        band = s.shake_section[0] * x + s.shake_1[axis]
        s.shake_1[axis] = s.shake_2[axis] - s.shake_section[3] * band
        s.shake_2[axis] = s.shake_section[2] * x - s.shake_section[4] * band
        shake += band * band
        bend = x - 2.0 * s.last[axis] + s.last_but_one[axis]
        floor += bend * bend
        s.last_but_one[axis] = s.last[axis]
        s.last[axis] = x
    s.sum_norm += squared**0.5
    s.sum_shake += shake
    s.sum_floor += floor
    s.sum_samples += 1
    s.next_index += 1
