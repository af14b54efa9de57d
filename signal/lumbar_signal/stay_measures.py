"""Tick clock: what a stay is measured by: tremor, sway, heaving, turns from side to side."""

from __future__ import annotations

from lumbar_signal.constants import (
    EFFORT_KNOWN_TICKS,
    EFFORT_RATIO,
    ENTRY_TICKS,
    HEAVE_KNOWN_TICKS,
    HOLD_ENTER_TICKS,
    MIN_FLOOR_G2,
    NOD_DEG,
    NODS_HELD,
    RING_MASK,
    SIDE_DEG,
    SPASM_RATIO,
)
from lumbar_signal.eventlog import STAY_MEASURED, entry_of
from lumbar_signal.jit import rare, stage
from lumbar_signal.motion import noise_g2, unrest_g
from lumbar_signal.state import Record

SAGITTAL, LATERAL = 0, 1


@stage
def begin_measures(s: Record) -> None:
    """Forget what the stay before was measured by."""
    s.hold_measured = 0
    s.hold_measured_tick = s.tick - 1
    s.hold_sway_sum_deg = s.hold_sway_squares_deg2 = 0.0
    s.hold_heave_sum_g2 = 0.0
    s.hold_shake_sum_g2 = s.hold_shake_ticks = 0.0
    for angle in (SAGITTAL, LATERAL):
        s.hold_way[angle] = s.hold_turns[angle] = 0
    s.hold_extreme_deg[SAGITTAL], s.hold_extreme_deg[LATERAL] = s.sagittal_deg, s.lateral_deg


@stage
def measure_entry(s: Record, first: int) -> None:
    """Measure the seconds before a stay: who steps up to a wall shows it.

    -1 where nobody saw how it was entered.
    """
    begin = max(first - ENTRY_TICKS, s.tick - s.since_gap, s.tick - RING_MASK)
    s.hold_entry_g = unrest_g(s, begin, first) if first - begin >= ENTRY_TICKS // 2 else -1.0


@stage
def measure_stay(s: Record) -> None:
    """Add this tick's tremor, and what is certain to belong to the stay by now.

    A movement waits until it shows what it was: getting up is no unrest of what was held.
    """
    _add_tremor(s)
    if s.hold_settled == 1:
        moves = s.tick - s.motion_last < HOLD_ENTER_TICKS
        measure_until(s, min(s.tick, s.motion_first - 1) if moves else s.tick)


@stage
def measure_until(s: Record, last: int) -> None:
    """Add the ticks up to ``last`` to the stay."""
    while s.hold_measured_tick < last:
        s.hold_measured_tick += 1
        _add_tick(s, s.hold_measured_tick & RING_MASK)


@stage
def makes_effort(s: Record) -> bool:
    """Say whether the stay shakes more than rest does."""
    rest_g2 = max(noise_g2(s), MIN_FLOOR_G2)
    return bool(s.hold_shake_sum_g2 > EFFORT_RATIO * rest_g2 * s.hold_shake_ticks)


@stage
def effort_middle_g2(s: Record) -> float:
    """Return the level half-way, as a ratio, between the tremor of the stay and that of rest."""
    own_g2 = s.hold_shake_sum_g2 / max(s.hold_shake_ticks, 1.0)
    return float((own_g2 * max(noise_g2(s), MIN_FLOOR_G2)) ** 0.5)


@stage
def _add_tremor(s: Record) -> None:
    """Add this tick's tremor where no movement hides it; a start counts as no more than thrice."""
    if s.shake_ticks == 0:
        return
    known = s.hold_shake_ticks >= EFFORT_KNOWN_TICKS
    own_g2 = s.hold_shake_sum_g2 / s.hold_shake_ticks if known else s.shake_g2
    s.hold_shake_sum_g2 += min(s.tick_shake_g2, SPASM_RATIO * own_g2)
    s.hold_shake_ticks += 1.0


@stage
def _add_tick(s: Record, slot: int) -> None:
    """Add what the ring remembers of a tick."""
    heave_g2 = s.ring_heave_g[slot] * s.ring_heave_g[slot]
    if s.hold_measured >= HEAVE_KNOWN_TICKS:
        heave_g2 = min(heave_g2, SPASM_RATIO * s.hold_heave_sum_g2 / s.hold_measured)
    s.hold_heave_sum_g2 += heave_g2
    off_deg = s.ring_sagittal_deg[slot] - s.hold_sagittal_deg
    s.hold_sway_sum_deg += off_deg
    s.hold_sway_squares_deg2 += off_deg * off_deg
    s.hold_measured += 1
    _count_turn(s, SAGITTAL, s.ring_sagittal_deg[slot], NOD_DEG)
    _count_turn(s, LATERAL, s.ring_lateral_deg[slot], SIDE_DEG)


@stage
def _count_turn(s: Record, angle: int, now_deg: float, least_deg: float) -> None:
    """Count how often an angle turned round by ``least_deg``.

    Lifting one leg, then the other, turns the lateral tilt; repetitions the sagittal angle.
    """
    way = s.hold_way[angle]
    gone_deg = now_deg - s.hold_extreme_deg[angle]
    if way == 0 and abs(gone_deg) > least_deg:
        s.hold_way[angle] = way = 1 if gone_deg > 0.0 else -1
    if way * gone_deg > 0.0:
        s.hold_extreme_deg[angle] = now_deg
    elif way * gone_deg < -least_deg:
        s.hold_way[angle] = -way
        s.hold_extreme_deg[angle] = now_deg
        s.hold_turns[angle] += 1


@stage
def turns_of(s: Record) -> int:
    """Return how often the body turned round, more than who gives way twice does."""
    return int(s.hold_turns[LATERAL] + max(0, s.hold_turns[SAGITTAL] - NODS_HELD))


@rare
def tell_stay(s: Record, end: float, closed: float, log: Record) -> None:
    """Write the stay down as it is measured so far."""
    s.hold_told = s.tick - s.hold_start_tick
    n = max(s.hold_measured, 1)
    sway_deg = s.hold_sway_sum_deg / n
    v = entry_of(log, STAY_MEASURED, s.next_index - 1, 0)
    v[0] = s.hold_start
    v[1] = end
    v[2] = s.hold_sagittal_deg
    v[3] = s.hold_lateral_deg
    v[4] = max(0.0, s.hold_sway_squares_deg2 / n - sway_deg * sway_deg) ** 0.5
    v[5] = (s.hold_heave_sum_g2 / n) ** 0.5
    v[6] = s.hold_shake_sum_g2 / max(s.hold_shake_ticks, 1.0)
    v[7] = noise_g2(s)
    v[8] = s.hold_shake_ticks
    v[9] = closed
    v[10] = 1.0 if s.cal_source > 0 else 0.0
    v[11] = float(turns_of(s))
    v[12] = s.hold_entry_g
