"""The two angles of gravity that people read, for pictures only.

The detector works on the direction itself; these angles say nothing where it runs along an axis.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar.trace import Trace

_SMOOTHING_S = 0.5  # chosen: shorter than any repetition, longer than a footstep's jolt
_UNDEFINED_LATERAL_DEG = 75.0  # chosen: beyond, the sagittal angle is mostly noise


def body_angles_deg(
    trace: Trace, calibration: dict[str, Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sagittal and the lateral angle of smoothed gravity, each (n,) in degrees.

    Parameters
    ----------
    calibration
        The part of that name of ``lumbar.analysis/1``: the body's x and z in the sensor's axes.

    Returns
    -------
    sagittal, lateral
        ``atan2(az, ax)``: 0 upright, 90 prone, -90 supine; NaN near lying on a side. And
        ``asin(ay)``: 90 on the right side, -90 on the left.
    """
    x, z = np.array(calibration["x"]), np.array(calibration["z"])
    body_g = _smoothed(trace) @ np.column_stack([x, np.cross(z, x), z])
    body_g /= np.maximum(np.linalg.norm(body_g, axis=1, keepdims=True), 1e-9)
    sagittal_deg = np.degrees(np.arctan2(body_g[:, 2], body_g[:, 0]))
    lateral_deg = np.degrees(np.arcsin(np.clip(body_g[:, 1], -1.0, 1.0)))
    sagittal_deg[np.abs(lateral_deg) > _UNDEFINED_LATERAL_DEG] = np.nan
    _break_where_it_wraps(sagittal_deg)
    return sagittal_deg, lateral_deg


def _smoothed(trace: Trace) -> NDArray[np.float64]:
    """Average over a centred window, never across a gap."""
    window = np.ones(max(round(_SMOOTHING_S * trace.sampling_rate_hz), 1))
    smoothed = np.empty_like(trace.acc_g)
    borders = [0, *(np.flatnonzero(np.diff(trace.index) > 1) + 1).tolist(), len(trace.index)]
    for start, stop in pairwise(borders):
        weight = _centred(np.ones(stop - start), window)
        for axis in range(3):
            smoothed[start:stop, axis] = _centred(trace.acc_g[start:stop, axis], window) / weight
    return smoothed


def _centred(values: NDArray[np.float64], window: NDArray[np.float64]) -> NDArray[np.float64]:
    start = (len(window) - 1) // 2
    return np.convolve(values, window)[start : start + len(values)]


def _break_where_it_wraps(angle_deg: NDArray[np.float64]) -> None:
    """Blank the sample where the angle jumps from one end of the circle to the other."""
    with np.errstate(invalid="ignore"):
        angle_deg[1:][np.abs(np.diff(angle_deg)) > 180] = np.nan
