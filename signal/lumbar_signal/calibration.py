"""Where the body's axes lie in the sensor: x from standing or walking, z from bending forward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import (
    BEND_ALIKE_COS,
    BEND_BACK_COS,
    BEND_LIMIT_COS,
    BEND_MAX_TICKS,
    BEND_OUT_COS,
    BEND_SAGITTAL_COS,
    BENDS_MAX,
    BENDS_NEEDED,
    MOTION_MERGE_TICKS,
    SLIP_COS,
    SLIPS_NEEDED,
    STAND_CONE_COS,
    STAND_TICKS,
    UPRIGHT_CONE_COS,
    WALK_CONE_COS,
    WALK_RMS_G,
    WALK_TICKS,
)
from lumbar_signal.jit import stage
from lumbar_signal.state import Record, State

SOURCES = ("none", "standing", "walking", "bows")
NONE, STANDING, WALKING, BOWS = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Calibration:
    """The body's axes as unit vectors in the sensor's axes, and how they became known."""

    source: str  # "none", "standing", "walking" or "bows": the best that was seen
    x: tuple[float, float, float]
    z: tuple[float, float, float]
    index: int  # of the sample that showed it; 0 for none
    moved: bool  # walking showed that the sensor slipped by more than 8 degrees


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
    """Look at one tick of gravity for a stay upright and for bends."""
    if s.valid == 0:
        s.stay_ticks = 0
        return
    _stay(s, s.sensor_up)
    if s.cal_source != NONE:
        _bend(s, s.sensor_up)


@stage
def _stay(s: Record, unit: NDArray[np.float64]) -> None:
    """Average gravity while the wearer stands still for 3 s or walks for 5 s."""
    walking = 1 if s.accel_power_g2 > WALK_RMS_G * WALK_RMS_G else 0
    total = s.stay_sum
    length = (total[0] * total[0] + total[1] * total[1] + total[2] * total[2]) ** 0.5
    cosine = (total[0] * unit[0] + total[1] * unit[1] + total[2] * unit[2]) / max(length, 1e-9)
    cone = WALK_CONE_COS if walking else STAND_CONE_COS
    upright = abs(unit[0]) > UPRIGHT_CONE_COS
    still = walking or s.tick - s.motion_last > MOTION_MERGE_TICKS
    alike = s.stay_ticks == 0 or (cosine > cone and walking == s.stay_walking)
    if not (upright and still and alike):
        s.stay_ticks = 0
        return
    for axis in range(3):
        total[axis] = unit[axis] + (total[axis] if s.stay_ticks > 0 else 0.0)
    s.stay_walking = walking
    s.stay_ticks += 1
    if s.stay_ticks == (WALK_TICKS if walking else STAND_TICKS):
        _take_upright(s, walking)
        s.stay_ticks = 0


@stage
def _take_upright(s: Record, walking: int) -> None:
    """Use the mean of a stay: the first one, or a walk that contradicts what is in use.

    A first walk overrules a stay that was taken for standing; later walks show a slipped belt.
    """
    total, x = s.stay_sum, s.frame[0]
    length = (total[0] * total[0] + total[1] * total[1] + total[2] * total[2]) ** 0.5
    slipped = total[0] * x[0] + total[1] * x[1] + total[2] * x[2] < SLIP_COS * length
    if s.cal_source == NONE:
        s.cal_source = WALKING if walking else STANDING
    elif not walking:
        return
    elif not slipped:
        s.walked = 1
        s.slip_count = 0
        return
    else:
        s.slip_count += 1
        if s.walked == 1 and s.slip_count < SLIPS_NEEDED:
            return
        s.cal_moved = max(s.cal_moved, s.walked)
        s.cal_source = WALKING
        s.bend_count = 0
    s.walked = max(s.walked, walking)
    s.slip_count = 0
    for axis in range(3):
        s.frame[0, axis] = total[axis] / length
    _set_frame(s, s.frame[2])


@stage
def _bend(s: Record, unit: NDArray[np.float64]) -> None:
    """Follow gravity out of the upright cone and back; its furthest point shows one bend."""
    x = s.frame[0]
    cosine = unit[0] * x[0] + unit[1] * x[1] + unit[2] * x[2]
    if cosine > BEND_BACK_COS:
        if s.bend_ticks > 0 and s.bend_cos < BEND_OUT_COS:
            _take_bend(s)
        s.bend_ticks = 0
        s.bend_cos = 1.0
        return
    if s.bend_ticks < 0:
        return
    s.bend_ticks += 1
    if s.bend_ticks > BEND_MAX_TICKS or cosine < BEND_LIMIT_COS:
        s.bend_ticks = -1
    elif cosine < s.bend_cos:
        s.bend_cos = cosine
        for axis in range(3):
            s.bend_peak[axis] = unit[axis] - cosine * x[axis]


@stage
def _take_bend(s: Record) -> None:
    """Add the direction of a bend to those that agree with it; two of them set z.

    People bend much further forward than back, so the direction is forward whatever way round the
    sensor is worn.
    """
    peak, total, z = s.bend_peak, s.bend_sum, s.frame[2]
    length = (peak[0] * peak[0] + peak[1] * peak[1] + peak[2] * peak[2]) ** 0.5
    along_z = (peak[0] * z[0] + peak[1] * z[1] + peak[2] * z[2]) / length
    if abs(along_z) < BEND_SAGITTAL_COS or s.bend_count >= BENDS_MAX:
        return
    size = (total[0] * total[0] + total[1] * total[1] + total[2] * total[2]) ** 0.5
    dot = peak[0] * total[0] + peak[1] * total[1] + peak[2] * total[2]
    if s.bend_count == 0 or dot < BEND_ALIKE_COS * length * size:
        s.bend_count = 0
    for axis in range(3):
        kept = total[axis] if s.bend_count > 0 else 0.0
        total[axis] = kept + peak[axis] / length
    s.bend_count += 1
    if s.bend_count >= BENDS_NEEDED:
        s.cal_source = BOWS
        _set_frame(s, total)


@stage
def _set_frame(s: Record, forward: NDArray[np.float64]) -> None:
    """Make z of the part of ``forward`` at right angles to x, and y of both."""
    x, y, z = s.frame[0], s.frame[1], s.frame[2]
    dot = x[0] * forward[0] + x[1] * forward[1] + x[2] * forward[2]
    squared = 0.0
    for axis in range(3):
        z[axis] = forward[axis] - dot * x[axis]
        squared += z[axis] * z[axis]
    for axis in range(3):
        z[axis] /= squared**0.5
    y[0] = z[1] * x[2] - z[2] * x[1]
    y[1] = z[2] * x[0] - z[0] * x[2]
    y[2] = z[0] * x[1] - z[1] * x[0]
    s.cal_index = s.next_index - 1
