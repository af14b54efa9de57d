"""Where the body's axes lie in the sensor: x from standing or walking, z from bending forward.

Nobody walks sitting: walking tells standing from all other ways to be upright, and who stays
still before leaning or sitting down again stands. That mean is x. Until the first walk x is that
of the first still stay, or of the one that three bows began from. A bend shows z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.angle import dot
from lumbar_signal.bending import (
    BOW,
    LEAN,
    begin_way,
    follow_bend,
    goes_down,
    sat_down,
    went_one_way,
)
from lumbar_signal.constants import (
    BEND_BACK_COS,
    BENDS_NEEDED,
    BOWS_NEEDED,
    FORWARD_SLIP_COS,
    FORWARD_WALK_MOST,
    FORWARD_WALK_WEIGHT,
    GUESS_TICKS,
    SHORT_BREAK_TICKS,
    SLIP_ALIKE_COS,
    SLIP_WEIGHT,
    STAIRS_COS,
    STAND_SLIP_COS,
    STAND_WALK_COS,
    STAND_WEIGHT,
    STANDS_MAX,
    STAY_TICKS,
    UPRIGHT_CONE_COS,
    WALK_SLIP_COS,
    WALK_TICKS,
    WALK_WEIGHT,
    WAYS_NEEDED,
)
from lumbar_signal.frame import turn_frame
from lumbar_signal.jit import rare, stage
from lumbar_signal.sensor_error import follow_sensor_error
from lumbar_signal.standing import follow_stay
from lumbar_signal.state import Record, State
from lumbar_signal.walking import follow_walk

SOURCES = ("none", "standing", "walking", "bows")
NONE, STANDING, WALKING, BOWS = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """The body's axes as unit vectors in the sensor's axes, and how they became known."""

    source: str  # "none", "standing", "walking" or "bows": the best that was seen
    x: tuple[float, float, float]
    z: tuple[float, float, float]
    index: int  # of the sample that showed it; 0 for none
    moved: bool  # the sensor has slipped on the body by more than 6 degrees


def calibration_of(state: State) -> Calibration:
    """Read the calibration out of a state."""
    s = state[0]
    x, z = (tuple(float(v) for v in s["frame"][row]) for row in (0, 2))
    return Calibration(
        SOURCES[int(s["cal_source"])],
        (x[0], x[1], x[2]),
        (z[0], z[1], z[2]),
        int(s["cal_index"]),
        bool(s["cal_moved"]),
    )


@stage
def calibrate(s: Record) -> None:
    """Look at one tick of gravity for a stay upright, for walking and for bends."""
    follow_sensor_error(s)
    if s.cal_source == NONE and s.tick == GUESS_TICKS and abs(s.sensor_up[0]) > UPRIGHT_CONE_COS:
        turn_frame(s, s.sensor_up, s.frame[2])
    if follow_walk(s):
        _walked(s)
    if follow_stay(s):
        _stayed(s)
        _begin_bends(s)
    if s.cal_source != NONE and s.valid == 1:
        if s.base_far == 0 and s.bend_ticks == 0:
            _keep(s.base_up, s.frame[0])
        bend = follow_bend(s)
        if bend == LEAN:
            _leant(s)
        elif bend == BOW:
            _bowed(s)
        if goes_down(s) and s.base_far == 0 and went_one_way(s):
            _went_down(s, 1 if dot(s.bend_peak, s.frame[2]) > 0.0 else -1)


@rare
def _walked(s: Record) -> None:
    """Compare x with 5 s of walking, and with a stay just before it."""
    if s.tick - WALK_TICKS - s.stay_last < SHORT_BREAK_TICKS:
        s.stay_last = -SHORT_BREAK_TICKS
        if dot(s.stay_up, s.walk_up) > STAND_WALK_COS:
            _stood(s)
    cosine = dot(s.walk_up, s.frame[0])
    if cosine > WALK_SLIP_COS:
        s.walked = 1
        s.slip_weight = 0
    elif s.cal_source == NONE or (s.walked == 0 and s.stands == 0 and cosine < STAIRS_COS):
        s.cal_source = WALKING
        s.walked = 1
        _set_x(s, s.walk_up)
    else:
        _suspect_walk(s, cosine)


@stage
def _suspect_walk(s: Record, cosine: float) -> None:
    """Weigh a walk that is far from x; up the stairs everybody leans forward."""
    forward = dot(s.walk_up, s.frame[2]) > 0.7 * (1.0 - cosine * cosine) ** 0.5
    if not forward:
        _suspect(s, s.walk_up, WALK_WEIGHT)
    elif s.walked == 0 and s.stands == 0:
        _suspect(s, s.walk_up, FORWARD_WALK_WEIGHT)
        if s.walked == 0:
            _meet(s, s.walk_up)
    elif cosine < FORWARD_SLIP_COS:
        _suspect(s, s.walk_up, min(FORWARD_WALK_WEIGHT, FORWARD_WALK_MOST - s.slip_weight))


@stage
def _meet(s: Record, up: NDArray[np.float64]) -> None:
    """Set x half-way between what may have been sitting and what may be stairs."""
    middle = np.empty(3)
    for axis in range(3):
        middle[axis] = s.frame[0, axis] + up[axis]
    _set_x(s, middle)


@rare
def _stayed(s: Record) -> None:
    """Use a still stay: the first one, and each just after a walk."""
    if s.cal_source == NONE:
        s.cal_source = STANDING
        _set_x(s, s.stay_up)
    soon = s.tick - STAY_TICKS - s.walk_last < SHORT_BREAK_TICKS
    if s.walk_near == 1 and soon and dot(s.stay_up, s.walk_up) > STAND_WALK_COS:
        s.walk_near = 0
        _stood(s)
    elif s.bend_count >= BENDS_NEEDED:
        _set_x(s, s.frame[0])


@stage
def _stood(s: Record) -> None:
    """Take the latest stay for standing: refine x by it, unless that shows a slip."""
    stay, x = s.stay_up, s.frame[0]
    if s.stands > 0 and dot(stay, x) < STAND_SLIP_COS:
        _suspect(s, stay, STAND_WEIGHT)
        return
    s.slip_weight = 0
    s.stands = min(s.stands + 1, STANDS_MAX)
    mean = np.empty(3)
    for axis in range(3):
        mean[axis] = x[axis] + (stay[axis] - x[axis]) / s.stands
    _set_x(s, mean)


@stage
def _suspect(s: Record, up: NDArray[np.float64], weight: int) -> None:
    """Add the weight of a walk or a stand to those before that agree upon another x."""
    if dot(up, s.slip_up) < SLIP_ALIKE_COS:
        s.slip_weight = 0
    s.slip_weight += max(weight, 0)
    _keep(s.slip_up, up)
    if s.slip_weight >= SLIP_WEIGHT:
        s.slip_weight = 0
        if s.walked == 1 or s.stands > 0:
            s.cal_moved = 1
        s.cal_source = max(s.cal_source, WALKING)
        s.walked = 1
        s.stands = 1 if weight == STAND_WEIGHT else 0
        _set_x(s, up)


@rare
def _begin_bends(s: Record) -> None:
    """Let bends begin from x; from a stay far from it while nothing has confirmed x."""
    s.base_far = 0
    if dot(s.stay_up, s.frame[0]) < BEND_BACK_COS:
        if s.walked == 1 or s.stands > 0:
            return
        s.base_far = 1
        _keep(s.base_up, s.stay_up)
    s.bend_ticks = 0
    s.bend_cos = 1.0
    s.bows = 0
    s.near_cos = 1.0
    _went_down(s, sat_down(s))
    begin_way(s)


@rare
def _leant(s: Record) -> None:
    """Let the first lean show which side is the front."""
    if s.base_far == 0 and s.bend_count == 0 and went_one_way(s):
        s.lean_seen = 1
        if dot(s.bend_peak, s.frame[2]) < 0.0:
            turn_frame(s, s.frame[0], -s.frame[2])


@stage
def _went_down(s: Record, way: int) -> None:
    """Let ways down to seat or floor show the front: 1 as it is taken, -1 opposite, 0 neither.

    People lean forward on the way down, but some squat upright or drop back into a chair, and
    most wear the sensor behind: it takes two ways down, or one after a walk, to turn it round.
    """
    if s.lean_seen == 1 or s.bend_count > 0:
        return
    s.ways_down += way * (WAYS_NEEDED if s.walked == 1 else 1)
    if s.ways_down <= -WAYS_NEEDED:
        turn_frame(s, s.frame[0], -s.frame[2])
    if s.ways_down > 0 or s.ways_down <= -WAYS_NEEDED:
        s.lean_seen = 1


@rare
def _bowed(s: Record) -> None:
    """Use a bow: the second sets z; three in a row from a stay set x and z."""
    if s.base_far == 0 and s.bend_count >= BENDS_NEEDED and dot(s.bow_sum, s.bend_sum) < 0.0:
        return
    if s.bows >= BOWS_NEEDED and s.walked == 0:
        s.cal_source = BOWS
        s.stands = 1
        _keep(s.bend_sum, s.bow_sum)
        s.bend_count = s.bows
        turn_frame(s, s.base_up, s.bow_sum)
        s.base_far = 0
    elif s.base_far == 0 and s.bend_count == BENDS_NEEDED:
        s.cal_source = BOWS
        turn_frame(s, s.frame[0], s.bend_sum)


@stage
def _set_x(s: Record, x: NDArray[np.float64]) -> None:
    """Set x, and z by the bends so far."""
    if s.bend_count >= BENDS_NEEDED:
        turn_frame(s, x, s.bend_sum)
    else:
        turn_frame(s, x, s.frame[2])
    s.base_far = 0


@stage
def _keep(kept: NDArray[np.float64], v: NDArray[np.float64]) -> None:
    """Copy a vector; numba compiles an assignment of a slice ten times as long."""
    for axis in range(3):
        kept[axis] = v[axis]
