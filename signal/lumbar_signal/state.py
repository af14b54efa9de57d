"""Everything the detector remembers of one stream: one record, its bytes are a checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import (
    AMPLITUDES,
    GAIN_PRIOR_2,
    GRAVITY_HZ,
    OFFSET_PRIOR_G2,
    PHASE_ONE,
    RING_TICKS,
    SHAKE_HIGH_HZ,
    SHAKE_LOW_HZ,
    SHORT_BREAK_TICKS,
    STATE_VERSION,
    TICK_HZ,
)
from lumbar_signal.exercises import LANES, MONITORS
from lumbar_signal.filters import band_pass, low_pass, low_pass_delay_s, white_noise_gain

State = NDArray[np.void]
# A kernel sees one record of a structured array; numba gives it attributes, typing cannot.
Record = Any

_MONITORS = len(MONITORS)
_CONFIGURATION = [
    ("version", "i8"),
    ("code", "i8"),  # fingerprint of the kernel that may read this record
    ("sampling_rate_hz", "f8"),
    ("g_per_step", "f8"),
    ("sensitivity", "f8"),  # outside exercise: thresholds are divided by it
    ("tick_increment", "i8"),  # of PHASE_ONE, per sample
    ("delay_samples", "f8"),  # of the gravity filter
    ("gravity_section", "f8", (5,)),
    ("shake_section", "f8", (5,)),
    ("shake_noise_gain", "f8"),
]
_CALIBRATION = [
    ("cal_source", "i8"),
    ("cal_index", "i8"),
    ("cal_moved", "i8"),
    ("swapped", "i8"),  # 1: front and back were found the other way round
    ("frame", "f8", (3, 3)),  # rows: body x, y, z in sensor axes
    ("sensor_error", "f8", (6,)),  # what is taken off: gain of three axes, offset in g
    ("error_estimate", "f8", (6,)),
    ("error_spread", "f8", (6, 6)),  # covariance of the estimate
    ("error_told", "i8"),  # 1: what is taken off is not yet what was estimated
    ("error_ticks", "i8"),
    ("error_sum", "f8", (3,)),
    ("stay_ticks", "i8"),
    ("stay_last", "i8"),  # tick at which it was still going on
    ("stay_sum", "f8", (3,)),
    ("stay_up", "f8", (3,)),  # of the latest still stay upright, sensor axes
    ("stands", "i8"),  # stays next to a walk that x is the mean of
    ("walk_ticks", "i8"),
    ("walk_last", "i8"),  # tick of the latest stepping
    ("walk_sum", "f8", (3,)),
    ("walk_up", "f8", (3,)),  # of the latest 5 s of walking, sensor axes
    ("walk_steps", "i8"),
    ("walk_power_g2", "f8"),
    ("walk_rising", "i8"),
    ("walk_near", "i8"),  # 1: the wearer has not leant or stood since
    ("walked", "i8"),  # 1: walking has confirmed x
    ("slip_weight", "i8"),  # of the evidence in a row that the belt has slipped
    ("slip_up", "f8", (3,)),
    ("base_up", "f8", (3,)),  # where bends begin and end, sensor axes
    ("base_far", "i8"),  # 1: far from x
    ("bend_ticks", "i8"),  # 0 upright, -1 spoilt until upright again
    ("bend_cos", "f8"),
    ("bend_peak", "f8", (3,)),
    ("bend_sum", "f8", (3,)),  # forward, sensor axes
    ("bend_count", "i8"),
    ("lean_seen", "i8"),  # 1: a lean has shown which side is the front
    ("ways_down", "i8"),  # to seat or floor: those toward the front less those toward the back
    ("way_open", "i8"),  # 1: the wearer has not been far from upright since the latest stay there
    ("way_front", "f8"),  # the furthest to either side since, as sines
    ("way_back", "f8"),
    ("way_heave_g", "f8"),  # the strongest lift or drop since
    ("bows", "i8"),  # in a row
    ("bow_waits", "i8"),  # 1: back near the base, not yet all the way
    ("near_cos", "f8"),  # how near to the base since the latest bend
    ("bow_sum", "f8", (3,)),
    ("calm_ticks", "i8"),
    ("calm_shake_g2", "f8"),  # the wearer's baseline in 3 to 12 Hz, 0 while unknown
]
_SAMPLE_CLOCK = [
    ("started", "i8"),
    ("segment_start", "i8"),
    ("next_index", "i8"),
    ("missing", "i8"),  # samples of the segment that were never received
    ("phase", "i8"),
    ("gravity_1", "f8", (3,)),  # in counts, behind the poles: the latest, and those before
    ("gravity_2", "f8", (3,)),
    ("gravity_3", "f8", (3,)),
    ("shake_1", "f8", (3,)),
    ("shake_2", "f8", (3,)),
    ("last", "i8", (3,)),
    ("last_step", "i8", (3,)),  # from the one before to it
    ("sum_samples", "i8"),  # since the latest tick; the sums are in counts
    ("sum_norm", "f8"),
    ("sum_shake", "f8"),  # before the gain of the filter
    ("sum_floor", "i8"),
    ("clipped", "i8"),
]
_TICK_CLOCK = [
    ("tick", "i8"),
    ("since_gap", "i8"),  # ticks since the stream's start or last gap
    ("gravity_g", "f8", (3,)),  # low-passed, sensor axes
    ("tick_norm_g", "f8"),  # means over the tick: |a|
    ("tick_shake_g2", "f8"),  # energy in 3 to 12 Hz
    ("tick_floor_g2", "f8"),  # energy of second differences
    ("valid", "i8"),
    ("sensor_up", "f8", (3,)),  # unit gravity, sensor axes
    ("up", "f8", (3,)),  # unit gravity, body axes
    ("sagittal_deg", "f8"),
    ("lateral_deg", "f8"),
    ("turned_sagittal_deg", "f8"),  # by a correction of the frame in this tick
    ("turned_lateral_deg", "f8"),
    ("norm_g", "f8"),  # |a| near 1 Hz, without the sensor's own error
    ("norm_error_g", "f8"),
    ("accel_slow_g", "f8"),
    ("accel_g", "f8"),  # |a| less its slow part
    ("accel_power_g2", "f8"),
    ("shake_ticks", "i8"),  # in the mean below
    ("shake_g2", "f8"),
    ("floor_g2", "f8"),
    ("ring_at", "i8", (RING_TICKS,)),
    ("ring_missing", "i8", (RING_TICKS,)),
    ("ring_sagittal_deg", "f8", (RING_TICKS,)),
    ("ring_lateral_deg", "f8", (RING_TICKS,)),
    ("ring_accel_g", "f8", (RING_TICKS,)),
    ("ring_shake_g2", "f8", (RING_TICKS,)),
    ("ring_heave_g", "f8", (RING_TICKS,)),
    ("ring_up", "f8", (RING_TICKS, 3)),
]
_MOTION = [
    ("motion_first", "i8"),  # ticks of the latest movement
    ("motion_last", "i8"),
    ("heave_last", "i8"),  # tick at which the body was last lifted or lowered
    ("heave_slow_g", "f8"),
    ("heave_g", "f8"),  # low-passed |a| less its slow part
]
_POSTURE = [
    ("posture", "i8"),
    ("posture_next", "i8"),
    ("posture_since", "i8"),
    ("posture_at", "f8"),
    ("posture_seen", "i8"),  # of this tick alone, and where gravity came into it
    ("border_at", "f8"),
]
_REPETITION = np.dtype(
    [
        ("phase", "i8"),
        ("outside", "i8"),  # ticks since gravity was last inside the lane
        ("arrived", "i8"),  # 1: the base is only where the lane was entered
        ("perhaps_top", "i8"),  # 1: the rest on arrival may have been the top of a movement
        ("middle_deg", "f8"),  # of the sides: mean of the latest half minute
        ("entry_deg", "f8"),
        ("entry_tick", "i8"),
        ("base_deg", "f8"),  # rise = direction * angle
        ("base_tick", "i8"),
        ("top_deg", "f8"),
        ("top_tick", "i8"),
        ("low_deg", "f8"),  # least since the top
        ("low_tick", "i8"),
        ("anchor_deg", "f8"),  # where the angle has stayed, and since when
        ("anchor_tick", "i8"),
        ("rested", "i8"),  # 1: it has rested in this lane, there:
        ("rest_deg", "f8"),
        ("closed_tick", "i8"),  # end of the movement before
        ("amplitudes", "f8", (AMPLITUDES,)),
        ("amplitude_count", "i8"),
        ("threshold_deg", "f8"),  # the rise that is a movement
    ]
)
_HOLD = [
    ("hold_open", "i8"),
    ("hold_resumed", "i8"),  # 1: it goes on from the hold before
    ("hold_settled", "i8"),  # 1: its reference is final
    ("hold_told", "i8"),  # ticks it had lasted when it was told last
    ("hold_start", "f8"),
    ("hold_start_tick", "i8"),
    ("hold_ticks", "i8"),  # in the reference
    ("hold_sum_up", "f8", (3,)),
    ("hold_length", "f8"),  # of that sum
    ("hold_sagittal_deg", "f8"),
    ("hold_lateral_deg", "f8"),
    ("hold_out", "i8"),
    ("hold_entry_g", "f8"),
    ("hold_way", "i8", (2,)),  # sagittal, lateral: where the angle goes, its extreme, its turns
    ("hold_extreme_deg", "f8", (2,)),
    ("hold_turns", "i8", (2,)),
    ("hold_drop", "f8"),  # cumulative sums of lost and of new effort, and where they began
    ("hold_drop_tick", "i8"),
    ("hold_rise", "f8"),
    ("hold_rise_tick", "i8"),
    ("hold_shakes", "i8"),  # 1: tremor was seen since the latest movement, which began at:
    ("hold_left_tick", "i8"),
    ("hold_measured", "i8"),  # ticks, and the latest of them
    ("hold_measured_tick", "i8"),
    ("hold_sway_sum_deg", "f8"),
    ("hold_sway_squares_deg2", "f8"),
    ("hold_heave_sum_g2", "f8"),
    ("hold_shake_sum_g2", "f8"),
    ("hold_shake_ticks", "f8"),
    ("hold_before_end", "f8"),
    ("hold_before_tick", "i8"),
    ("hold_before_effort", "i8"),
]
_DEVIATION = [
    ("monitor_phase", "i8", (_MONITORS,)),  # 0 idle, 1 pending, 2 told
    ("monitor_start", "f8", (_MONITORS,)),
    ("monitor_last", "f8", (_MONITORS,)),
    ("monitor_peak_deg", "f8", (_MONITORS,)),
]
STATE_DTYPE = np.dtype(
    [
        *_CONFIGURATION,
        *_CALIBRATION,
        *_SAMPLE_CLOCK,
        *_TICK_CLOCK,
        *_MOTION,
        *_POSTURE,
        ("lane", _REPETITION, (len(LANES),)),
        *_HOLD,
        *_DEVIATION,
    ]
)
_CALIBRATION_FIELDS = [field[0] for field in _CALIBRATION]


def fresh_state(
    sampling_rate_hz: float,
    g_per_step: float,
    code: int,
    sensitivity: float = 1.0,
    in_front: bool = False,
) -> State:
    """Return the state before the first sample, shape (1,): nothing known, sensor worn ideally."""
    state = np.zeros(1, dtype=STATE_DTYPE)
    gravity = low_pass(GRAVITY_HZ, sampling_rate_hz)
    shake = band_pass(SHAKE_LOW_HZ, SHAKE_HIGH_HZ, sampling_rate_hz)
    state["version"] = STATE_VERSION
    state["code"] = code
    state["sampling_rate_hz"] = sampling_rate_hz
    state["g_per_step"] = g_per_step
    state["sensitivity"] = sensitivity
    state["tick_increment"] = round(TICK_HZ / sampling_rate_hz * PHASE_ONE)
    state["delay_samples"] = low_pass_delay_s(GRAVITY_HZ) * sampling_rate_hz
    state["gravity_section"] = (gravity.b0, gravity.b1, gravity.b2, gravity.a1, gravity.a2)
    state["shake_section"] = (shake.b0, shake.b1, shake.b2, shake.a1, shake.a2)
    state["shake_noise_gain"] = white_noise_gain(shake)
    state["frame"] = np.diag([1.0, -1.0, -1.0] if in_front else [1.0, 1.0, 1.0])
    state["error_spread"] = np.diag([GAIN_PRIOR_2] * 3 + [OFFSET_PRIOR_G2] * 3)
    for field in ("posture", "posture_next", "posture_seen"):
        state[field] = -1
    return state


def restarted(state: State) -> State:
    """Return the state for a new segment of the same stream: only the calibration is kept."""
    fresh = np.zeros(1, dtype=STATE_DTYPE)
    for field in [item[0] for item in _CONFIGURATION] + _CALIBRATION_FIELDS:
        fresh[field] = state[field]
    forget_movement(fresh)
    fresh["way_open"] = 0
    for field in ("posture", "posture_next", "posture_seen"):
        fresh[field] = -1
    return fresh


def bridge(state: State, gap: int) -> None:
    """Take a gap of ``gap`` samples, at most 5 s: the index goes on, a repetition in it breaks.

    The filters keep their state, so that the first second after the gap settles towards the new
    direction; nothing is interpolated. What moved in the gap therefore shows as moving at it.
    """
    state["next_index"] += gap
    state["missing"] += gap
    state["phase"] = (state["phase"] + gap * state["tick_increment"]) % PHASE_ONE
    for field in ("since_gap", "shake_ticks", "sum_samples", "clipped"):
        state[field] = 0
    for field in ("sum_norm", "sum_shake", "sum_floor"):
        state[field] = 0.0
    forget_movement(state)


def forget_movement(state: State) -> None:
    """Begin stays, walks and bends afresh: nobody saw what the wearer did meanwhile."""
    for field in (
        "error_ticks",
        "stay_ticks",
        "walk_ticks",
        "walk_steps",
        "walk_near",
        "bows",
        "near_cos",
    ):
        state[field] = 0
    state["stay_last"] = -SHORT_BREAK_TICKS
    state["stay_sum"] = 0.0
    state["walk_sum"] = 0.0
    state["bend_ticks"] = -1
