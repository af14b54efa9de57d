"""Tick clock: the posture, by where gravity points, with hysteresis and dwell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import (
    BORDER_HALVINGS,
    LEANING_COS,
    POSTURE_DWELL_TICKS,
    POSTURE_MARGIN,
    RING_MASK,
    TICK_HZ,
    UPRIGHT_COS,
)
from lumbar_signal.eventlog import POSTURE_CHANGED, write
from lumbar_signal.events import Posture
from lumbar_signal.exercises import POSTURES
from lumbar_signal.jit import rare, stage
from lumbar_signal.state import Record

UPRIGHT = POSTURES.index(Posture.UPRIGHT)
LEANING_FORWARD = POSTURES.index(Posture.LEANING_FORWARD)
SUPINE = POSTURES.index(Posture.SUPINE)
PRONE = POSTURES.index(Posture.PRONE)
LEFT_SIDE = POSTURES.index(Posture.LEFT_SIDE)
RIGHT_SIDE = POSTURES.index(Posture.RIGHT_SIDE)
INVERTED = POSTURES.index(Posture.INVERTED)
UNKNOWN = POSTURES.index(Posture.UNKNOWN)

# Unit vectors in body axes; leaning forward half-way between 20 and 60 degrees.
_MIDDLES = {
    UPRIGHT: (1.0, 0.0, 0.0),
    LEANING_FORWARD: (0.7660444431189780, 0.0, 0.6427876096865393),
    SUPINE: (0.0, 0.0, -1.0),
    PRONE: (0.0, 0.0, 1.0),
    LEFT_SIDE: (0.0, -1.0, 0.0),
    RIGHT_SIDE: (0.0, 1.0, 0.0),
    INVERTED: (-1.0, 0.0, 0.0),
    UNKNOWN: (0.0, 0.0, 0.0),
}
MIDDLES = tuple(_MIDDLES[posture] for posture in range(len(POSTURES)))


@stage
def posture_of(x: float, y: float, z: float) -> int:
    """Return the posture for the direction of gravity, a unit vector in body axes.

    Upright within 20 degrees of standing; leaning forward up to 60 degrees, where that is more
    forward than sideways; elsewhere the nearest of the six directions of the axes.
    """
    if x >= UPRIGHT_COS:
        return UPRIGHT
    if x >= LEANING_COS and z > abs(y):
        return LEANING_FORWARD
    largest = max(abs(x), abs(y), abs(z))
    if abs(y) == largest:
        return RIGHT_SIDE if y > 0.0 else LEFT_SIDE
    if abs(z) == largest:
        return PRONE if z > 0.0 else SUPINE
    return UPRIGHT if x > 0.0 else INVERTED


@stage
def _still_fits(posture: int, up: NDArray[np.float64]) -> bool:
    """Say whether a direction a little nearer to the middle of the posture has it."""
    middle = MIDDLES[posture]
    x = up[0] + POSTURE_MARGIN * middle[0]
    y = up[1] + POSTURE_MARGIN * middle[1]
    z = up[2] + POSTURE_MARGIN * middle[2]
    norm = (x * x + y * y + z * z) ** 0.5
    return posture_of(x / norm, y / norm, z / norm) == posture


@rare
def _border_at(s: Record, seen: int) -> float:
    """Return where gravity came into a posture since the tick before, by bisection."""
    last = s.ring_up[(s.tick - 1) & RING_MASK]
    outside, inside = 0.0, 1.0
    for _ in range(BORDER_HALVINGS):
        middle = 0.5 * (outside + inside)
        x = last[0] + middle * (s.up[0] - last[0])
        y = last[1] + middle * (s.up[1] - last[1])
        z = last[2] + middle * (s.up[2] - last[2])
        norm = (x * x + y * y + z * z) ** 0.5
        if seen == UNKNOWN or posture_of(x / norm, y / norm, z / norm) == seen:
            inside = middle
        else:
            outside = middle
    ago = (1.0 - 0.5 * (outside + inside)) * s.sampling_rate_hz / TICK_HZ
    return float(s.next_index - 1 - s.delay_samples - ago)


@stage
def follow_posture(s: Record, log: Record) -> None:
    """Tell a posture once it has lasted for 0.2 s; its start is where gravity passed its border."""
    seen = UNKNOWN
    if s.valid == 1:
        seen = posture_of(s.up[0], s.up[1], s.up[2])
    if seen != s.posture_seen:
        s.posture_seen = seen
        s.border_at = max(_border_at(s, seen), s.segment_start)
    if seen != UNKNOWN:
        may_stay = s.posture >= 0 and s.posture not in (UNKNOWN, seen)
        if may_stay and _still_fits(s.posture, s.up):
            seen = s.posture
    if seen != s.posture_next:
        s.posture_next = seen
        s.posture_since = s.tick
        s.posture_at = s.border_at
    if seen != s.posture and s.tick - s.posture_since >= POSTURE_DWELL_TICKS:
        start = s.posture_at if s.posture >= 0 else float(s.segment_start)
        s.posture = seen
        write(log, POSTURE_CHANGED, s.next_index - 1, seen, start, 0.0, 0.0, 0.0, 0.0)
