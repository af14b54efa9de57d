"""Tick clock: the direction that a stay keeps, and when the body has arrived at it."""

from __future__ import annotations

from lumbar_signal.angle import dot, length_of
from lumbar_signal.constants import (
    ARRIVED_CHORD,
    ARRIVED_SHARE,
    HOLD_CONE_OUT_COS,
    HOLD_ENTER_TICKS,
    HOLD_REFERENCE_TICKS,
    HOLD_SETTLED_TICKS,
    OUT_TICKS,
    RING_MASK,
    SETTLED_CHORD,
    WAY_TICKS,
)
from lumbar_signal.frame import angles_deg
from lumbar_signal.jit import rare, stage
from lumbar_signal.state import Record


@stage
def refer_from(s: Record, first: int) -> None:
    """Make the reference of the ticks from ``first`` to this one."""
    s.hold_ticks = 0
    for axis in range(3):
        s.hold_sum_up[axis] = 0.0
    for tick in range(first, s.tick + 1):
        _add(s, s.ring_up[tick & RING_MASK])
    _aim(s)


@stage
def follow_reference(s: Record) -> None:
    """Wait until the body has arrived, then let the reference grow to 3 s."""
    if s.hold_settled == 0:
        settle(s)
    elif s.hold_ticks < HOLD_REFERENCE_TICKS:
        _add(s, s.up)
        _aim(s)


@rare
def settle(s: Record) -> None:
    """Let the stay begin where the body arrived, once its latest two seconds are alike."""
    first = s.hold_start_tick
    creeps = _halves_apart2(s) > SETTLED_CHORD * SETTLED_CHORD
    if creeps and s.tick - first < HOLD_SETTLED_TICKS:
        return
    s.hold_settled = 1
    refer_from(s, s.tick - HOLD_ENTER_TICKS + 1)
    tick = _arrival(s, first)
    if tick != first:
        s.hold_start_tick = tick
        s.hold_start = float(s.ring_at[tick & RING_MASK] - s.delay_samples)


@stage
def _arrival(s: Record, first: int) -> int:
    """Return the tick from ``first`` on at which the body is near the reference."""
    whole = _off_reference2(s, first)
    near = max(ARRIVED_CHORD * ARRIVED_CHORD, ARRIVED_SHARE * ARRIVED_SHARE * whole)
    tick = first
    while tick < s.tick and _off_reference2(s, tick) > near:
        tick += 1
    return int(tick)


@stage
def departure(s: Record, last: int) -> int:
    """Return the tick after ``last`` at which a tenth of the way out is done."""
    before = s.ring_up[(last - 1) & RING_MASK]
    whole = chord2(before, s.ring_up[min(s.tick, last + OUT_TICKS) & RING_MASK])
    tick = last
    while tick < min(s.tick, last + WAY_TICKS) and (
        chord2(before, s.ring_up[tick & RING_MASK]) < ARRIVED_SHARE * ARRIVED_SHARE * whole
    ):
        tick += 1
    return int(tick)


@stage
def chord2(u: Record, v: Record) -> float:
    """Return the squared distance of two unit vectors."""
    total = 0.0
    for axis in range(3):
        step = u[axis] - v[axis]
        total += step * step
    return total


@stage
def is_in_cone(s: Record) -> bool:
    """Say whether gravity is near the stay's reference."""
    return bool(dot(s.hold_sum_up, s.up) > HOLD_CONE_OUT_COS * s.hold_length)


@stage
def _halves_apart2(s: Record) -> float:
    """Return the squared distance of the mean directions of the latest second and that before."""
    half = HOLD_ENTER_TICKS // 2
    squared = 0.0
    for axis in range(3):
        step = 0.0
        for k in range(half):
            step += s.ring_up[(s.tick - k) & RING_MASK, axis]
            step -= s.ring_up[(s.tick - half - k) & RING_MASK, axis]
        squared += step * step
    return squared / (half * half)


@stage
def _off_reference2(s: Record, tick: int) -> float:
    """Return the squared distance between a tick's direction and the stay's reference."""
    total, length = s.hold_sum_up, s.hold_length
    up = s.ring_up[tick & RING_MASK]
    squared = 0.0
    for axis in range(3):
        step = up[axis] - total[axis] / length
        squared += step * step
    return squared


@stage
def _add(s: Record, up: Record) -> None:
    for axis in range(3):
        s.hold_sum_up[axis] += up[axis]
    s.hold_ticks += 1


@stage
def _aim(s: Record) -> None:
    """Bring the reference's length and angles up to its sum."""
    x, y, z = s.hold_sum_up[0], s.hold_sum_up[1], s.hold_sum_up[2]
    s.hold_length = length_of(s.hold_sum_up)
    s.hold_sagittal_deg, s.hold_lateral_deg = angles_deg(x, y, z)
