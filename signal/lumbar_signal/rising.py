"""Whether a set face down rises from lying, or goes about the middle of all fours.

Gravity alone shows a lift of the chest and cat-cow alike. Where the body rests before the set and
after it does not: who rises lies at the base of each repetition, quietly, and needs no change of
place; cat-cow begins and ends on all fours, half its range away, and lying is another place.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from lumbar_signal.elementary import HALF_LN_2PI, exp, ln
from lumbar_signal.emission import SIDE_TICKS
from lumbar_signal.events import Movement, Stay

Side = tuple[float, float]  # log odds by a rest, and of the movement next to it to be a repetition

NEXT_S = 8.0  # between a rest and the set: repetitions too small to see may lie there
PAUSE_S = 4.0  # shorter is a pause between two repetitions
WAIT_S = 6.5  # who is slow stays for 2 to 6 s at the arched end

# The angle from a rest to the base, each a normal: of lying, which shifts by some degrees; of all
# fours, the middle of the range; of anything else. A share of the range widens the first two.
LIES_DEG, LIES_SHARE = 3.5, 0.07
MIDDLE, MIDDLE_DEG, MIDDLE_SHARE = 0.48, 3.0, 0.1
ELSEWHERE_DEG, ELSEWHERE = 15.0, 0.3  # share of cat-cow that rests neither here nor there

# What else tells lying: where it tells nothing, and by how much the log odds change from there.
PASSAGE_G, PER_LN_PASSAGE = 0.026, 3.0  # lowering the chest 2 to 15 mg, changing place 25 to 180
WAY_S, PER_S_BEFORE, PER_S_AFTER = 2.2, 2.0, 1.0  # to change place and begin takes longer
EFFORT_G, PER_LN_EFFORT = 0.01, 4.0  # of tremor: on all fours 9 to 20 mg, lying less than 10
SWAY_SHARE, PER_LN_SWAY = 0.155, 4.0  # of the range: one that hides a repetition sways by 0.25
LN_TURNING, PER_LN_TURNING = -1.0, 2.0  # against a bird dog's: who lies turns once in a while
FLOOR_G, NOISE_SHARE = 0.002, 0.3  # breath and heart, and what is uncertain of the noise

# A movement unlike the others only led to the rest, or from it: half-done ones are common, rough
# ones are not.
ALIKE, SIZE_STEP, ROUGH_STEP = 1.5, 0.5, 0.25  # log odds; deviations of ln of size and of roughness
LEAST = -3.0  # no rest speaks more for cat-cow: wearers differ from the model


def log_odds_of_rising(moves: Sequence[Movement], stays: Sequence[Stay], rate: float) -> float:
    """Return the log odds that a set rises from lying, by the rest before it and that after it.

    Zero where neither was seen.
    """
    sides = [*_before(moves, stays, rate), *_after(moves, stays, rate)]
    if len(sides) > 1 and all(told > 0.0 for told, _ in sides):
        return sum(told for told, _ in sides)
    return sum(min(told, max(0.0, alike)) for told, alike in sides)


def _before(moves: Sequence[Movement], stays: Sequence[Stay], rate: float) -> list[Side]:
    """Return what the latest rest before the set tells, if there was one."""
    first = moves[0]
    rests = [
        one
        for one in stays
        if min(one.end, first.start) - one.start >= PAUSE_S * rate
        and first.start - NEXT_S * rate < one.end <= first.end + PAUSE_S * rate
        and _tells(one, moves, rate)
    ]
    if not rests:
        return []
    rest = max(rests, key=lambda one: one.end)
    direct = PER_S_BEFORE * (WAY_S - max(0.0, first.start - rest.end) / rate)
    return [(_told(rest, moves, direct), _alikeness(first, moves[1:]))]


def _after(moves: Sequence[Movement], stays: Sequence[Stay], rate: float) -> list[Side]:
    """Return what the first rest after the set tells, if there was one."""
    last = moves[-1]
    rests = [
        one
        for one in stays
        if one.end - max(one.start, last.end) >= PAUSE_S * rate
        and last.start - PAUSE_S * rate <= one.start < last.end + NEXT_S * rate
        and _tells(one, moves, rate)
    ]
    if not rests:
        return []
    rest = min(rests, key=lambda one: one.start)
    late_s = max(0.0, (rest.start - last.end) / rate - WAY_S)
    direct = _smoothness(rest) - PER_S_AFTER * late_s
    return [(_told(rest, moves, direct), _alikeness(last, moves[:-1]))]


def _tells(rest: Stay, moves: Sequence[Movement], rate: float) -> bool:
    """Tell whether a rest is more than a wait at the base between two repetitions."""
    return rest.end - rest.start >= WAIT_S * rate or _nearness(rest, moves) < 0.0


def _told(rest: Stay, moves: Sequence[Movement], direct: float) -> float:
    """Return the log odds of lying by a rest and the way between it and the set.

    It is as good as the weakest of what speaks for lying; only the angle speaks for all fours.
    """
    near = _nearness(rest, moves)
    if near < 0.0:
        return max(LEAST, near)
    return max(0.0, min(near, direct, _calm(rest), _stillness(rest, moves)))


def _nearness(rest: Stay, moves: Sequence[Movement]) -> float:
    """Return the log odds of lying at the base by the angle alone."""
    base_deg = median(one.base_deg for one in moves)
    range_deg = median(one.range_deg for one in moves)
    off_deg = base_deg - rest.sagittal_deg
    lies = _density(off_deg, 0.0, LIES_DEG, LIES_SHARE * range_deg)
    middle = _density(off_deg, MIDDLE * range_deg, MIDDLE_DEG, MIDDLE_SHARE * range_deg)
    elsewhere = _density(off_deg, 0.0, ELSEWHERE_DEG, 0.0)
    return ln(lies / ((1.0 - ELSEWHERE) * middle + ELSEWHERE * elsewhere))


def _stillness(rest: Stay, moves: Sequence[Movement]) -> float:
    """Return the log odds that a rest hides no repetition of the set."""
    most_deg = SWAY_SHARE * median(one.range_deg for one in moves)
    return PER_LN_SWAY * ln((most_deg + 0.1) / (rest.sagittal_sway_deg + 0.1))


def _calm(rest: Stay) -> float:
    """Return the log odds of lying against a hold on all fours by tremor and turning."""
    effort_g = max(0.0, rest.shake_g2 - rest.noise_g2) ** 0.5
    floor_g = FLOOR_G + NOISE_SHARE * rest.noise_g2**0.5
    tremor = PER_LN_EFFORT * ln((EFFORT_G + floor_g) / (effort_g + floor_g))
    turning = (max(0.0, rest.turns - 1.0) + 0.5) / (rest.shake_ticks / SIDE_TICKS + 0.5)
    return tremor + PER_LN_TURNING * (LN_TURNING - ln(turning))


def _smoothness(rest: Stay) -> float:
    """Return the log odds that no change of place led to a rest; zero where none saw how."""
    if rest.entry_g < 0.0:
        return 0.0
    return PER_LN_PASSAGE * ln((PASSAGE_G + FLOOR_G) / (rest.entry_g + FLOOR_G))


def _alikeness(one: Movement, others: Sequence[Movement]) -> float:
    """Return the log odds that a movement is one more of the others, not a change of place."""
    if not others:
        return 0.0
    size = ln((one.range_deg + 0.1) / (median(other.range_deg for other in others) + 0.1))
    pace = ln((one.duration_s + 0.1) / (median(other.duration_s for other in others) + 0.1))
    accel_g = median(other.accel_g for other in others)
    rougher = max(0.0, ln((one.accel_g + FLOOR_G) / (accel_g + FLOOR_G)))
    squares = (size * size + pace * pace) / (SIZE_STEP * SIZE_STEP)
    return ALIKE - 0.5 * (squares + rougher * rougher / (ROUGH_STEP * ROUGH_STEP))


def _density(x: float, mean: float, deviation: float, more: float) -> float:
    """Return a normal's density, of two deviations together."""
    variance = deviation * deviation + more * more
    squares = (x - mean) * (x - mean) / variance + ln(variance)
    return exp(max(-700.0, -0.5 * squares - HALF_LN_2PI))
