"""How far the inclination that the detector's calibration gives is from the true one.

True is the plan's, and below 1 Hz what sway and breath add to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lumbar.evidence.detector_axes import DetectorAxes
from lumbar.trace import Trace
from lumbar_sim.motion import up_in_body
from lumbar_sim.workout import SimulatedWorkout

Array = NDArray[np.float64]
_Value = TypeVar("_Value", np.float64, np.bool_)

LOW_PASS_HZ = 1.0  # passes the slow movements of the programme, stops impacts and tremor
_REACH_S = 1.5  # of the filter to either side; a Hamming window's edge is then 1.1 Hz wide
_EVERY_S = 0.5  # chosen: errors closer in time are nearly the same error
_STILL_S, _STILL_DEG = 1.0, 0.5  # still: the plan turns by no more, that long before and after
_TRUTH_HZ = 20.0  # often enough for the sway, and for a plan's turns
_LATERAL_MAX_DEG = 30.0  # further to a side, gravity says little of forward and back


@dataclass(frozen=True, slots=True)
class InclinationErrors:
    """Errors of one session in degrees: detector's less true, every half second after the bows."""

    still_deg: tuple[float, ...]
    moving_deg: tuple[float, ...]


def inclination_errors(
    workout: SimulatedWorkout, trace: Trace, axes: DetectorAxes
) -> InclinationErrors:
    """Compare forward inclination with the true one, both from the wearer's own standing.

    Parameters
    ----------
    workout
        What was done, begun in standing; the belt may not slip.
    trace
        What was measured.
    axes
        As the detector has them at the end.
    """
    step_s = workout.duration_s / (trace.index[-1] + 1)  # true, whatever the crystal says
    reach = round(_REACH_S / step_s)
    every = np.arange(trace.index[-1] + 1)
    felt = _low_passed(
        np.stack([np.interp(every, trace.index, axis) for axis in trace.acc_g.T], axis=1), reach
    )
    truth = _truth(workout)
    at = np.arange(_bows_end(workout, step_s), len(every), max(1, round(_EVERY_S / step_s)))
    at = at[_known(trace, reach)[at] & _nearest(truth.is_sagittal, at * step_s)]
    true_deg, still = (
        _nearest(truth.forward_deg, at * step_s),
        _nearest(truth.is_still, at * step_s),
    )
    error_deg = _wrapped(axes.forward_deg(felt[at]) - true_deg)
    return InclinationErrors(_plain(error_deg[still]), _plain(error_deg[~still]))


@dataclass(frozen=True, slots=True)
class _Truth:
    """At ``_TRUTH_HZ`` from the start, shapes (n,)."""

    forward_deg: Array
    is_still: NDArray[np.bool_]  # the plan turns by next to nothing, before and after
    is_sagittal: NDArray[np.bool_]  # gravity says much of forward and back


def _truth(workout: SimulatedWorkout) -> _Truth:
    t_s = np.arange(0.0, workout.duration_s + 1.0 / _TRUTH_HZ, 1.0 / _TRUTH_HZ)
    plan = workout.motion.planned_up(t_s)
    plan_deg = _inclination_deg(*plan.T[[0, 2]])
    whole_deg = _inclination_deg(*up_in_body(workout.motion.at(t_s)[0]).T[[0, 2]])
    added_deg = _wrapped(whole_deg - plan_deg)[:, np.newaxis]
    swayed_deg = _low_passed(added_deg, round(_REACH_S * _TRUTH_HZ))[:, 0]
    return _Truth(
        forward_deg=plan_deg - plan_deg[0] + swayed_deg,
        is_still=_turn_deg(plan, round(_STILL_S * _TRUTH_HZ)) <= _STILL_DEG,
        is_sagittal=np.hypot(*plan.T[[0, 2]]) > np.cos(np.deg2rad(_LATERAL_MAX_DEG)),
    )


def _turn_deg(up: Array, reach: int) -> Array:
    """Return how far a direction, shape (n, 3), turns about each moment."""
    padded = np.pad(up, ((reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    turn = np.linalg.norm(windows.max(axis=2) - windows.min(axis=2), axis=1)
    return np.asarray(np.rad2deg(turn))


def _nearest(series: NDArray[_Value], t_s: Array) -> NDArray[_Value]:
    """Return the truth's values at some times."""
    return series[np.minimum(np.rint(t_s * _TRUTH_HZ).astype(np.int64), len(series) - 1)]


def _bows_end(workout: SimulatedWorkout, step_s: float) -> int:
    """Return the first sample after the last bow."""
    ends_s = [one.end_s for one in workout.truth.everyday if one.kind == "bowing"]
    return round(max(ends_s, default=0.0) / step_s)


def _low_passed(series: Array, reach: int) -> Array:
    """Return columns, shape (n, k), without what is faster than ``LOW_PASS_HZ``; no delay."""
    at = np.arange(-reach, reach + 1)
    taps = np.sinc(2.0 * LOW_PASS_HZ * _REACH_S / reach * at) * np.hamming(len(at))
    taps /= taps.sum()
    padded = np.pad(series, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, taps, mode="valid") for column in padded.T], axis=1)


def _known(trace: Trace, reach: int) -> NDArray[np.bool_]:
    """Tell at every index whether no sample is missing within the filter's reach."""
    missing = np.ones(trace.index[-1] + 1 + 2 * reach)
    missing[trace.index + reach] = 0.0
    return np.convolve(missing, np.ones(2 * reach + 1), mode="valid") < 0.5


def _inclination_deg(along_x: Array, along_z: Array) -> Array:
    return np.asarray(np.rad2deg(np.arctan2(along_z, along_x)))


def _wrapped(angle_deg: Array) -> Array:
    return (angle_deg + 180.0) % 360.0 - 180.0


def _plain(values: Array) -> tuple[float, ...]:
    return tuple(np.round(values, 3).tolist())
