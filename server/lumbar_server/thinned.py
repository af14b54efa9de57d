"""A signal thinned for a plot: the least and the most of each stretch, and the angles of gravity.

Nothing that stands out is lost by it, as it would be if every n-th sample were shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_server.store.samples import Run

SMOOTHING_S = 0.5  # chosen: shorter than any repetition, longer than a footstep's jolt
UNDEFINED_LATERAL_DEG = 75.0  # chosen: beyond, the sagittal angle is mostly noise

Vector = tuple[float, float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """The body's axes in the sensor's: x up along the spine, z out of the back."""

    x: Vector
    z: Vector

    @property
    def rotation(self) -> Floats:
        """What turns rows of the sensor's axes into the body's, shape (3, 3)."""
        x, z = np.array(self.x), np.array(self.z)
        return np.column_stack([x, np.cross(z, x), z])


@dataclass(frozen=True, slots=True)
class Thinned:
    """Columns of a plot; NaN where nothing was received.

    Parameters
    ----------
    index
        The middle of each stretch as a position in the stream, shape (n,).
    low_g, high_g
        The least and the most of each of the body's axes, shape (n, 3).
    sagittal_deg, lateral_deg
        Of smoothed gravity, shape (n,): 0 upright, 90 prone, -90 supine; 90 on the right side.
    """

    index: Floats
    low_g: Floats
    high_g: Floats
    sagittal_deg: Floats
    lateral_deg: Floats


def thinned(
    runs: Iterable[Run],
    first: int,
    end: int,
    *,
    points: int,
    g_per_step: float,
    sampling_rate_hz: float,
    frame: Frame,
) -> Thinned:
    """Return the samples of ``[first, end)`` in at most ``points`` equal stretches."""
    n = max(1, min(points, end - first))
    borders = first + (np.arange(n + 1) * (end - first)) // n
    low, high = np.full((n, 3), np.nan), np.full((n, 3), np.nan)
    gravity = np.full((n, 3), np.nan)
    half = max(1, round(0.5 * SMOOTHING_S * sampling_rate_hz))
    middle = (borders[:-1] + borders[1:]) // 2
    for run in runs:
        body_g = (run.samples[:, :3] * g_per_step) @ frame.rotation
        at = run.first_index
        for stretch, begin, stop in _stretches(borders, at, run.end_index):
            piece = body_g[begin - at : stop - at]
            low[stretch] = np.fmin(low[stretch], piece.min(axis=0))
            high[stretch] = np.fmax(high[stretch], piece.max(axis=0))
        inside = np.flatnonzero((middle >= at) & (middle < run.end_index))
        gravity[inside] = _means(body_g, middle[inside] - at, half)
    sagittal_deg, lateral_deg = _angles_deg(gravity)
    return Thinned((borders[:-1] + borders[1:] - 1) / 2, low, high, sagittal_deg, lateral_deg)


def _stretches(borders: NDArray[np.int64], at: int, end: int) -> Iterable[tuple[int, int, int]]:
    """Yield the number of each stretch that a run has part in, and from where to where."""
    n = int(np.searchsorted(borders, at, side="right")) - 1
    while n < len(borders) - 1 and borders[n] < end:
        begin, stop = max(at, int(borders[n])), min(end, int(borders[n + 1]))
        if begin < stop:
            yield n, begin, stop
        n += 1


def _means(values: Floats, at: NDArray[np.int64], half: int) -> Floats:
    """Return the mean about each row of ``at``, as far as there are samples, shape (n, 3)."""
    sums = np.vstack([np.zeros((1, 3)), np.cumsum(values, axis=0)])
    begin, stop = np.maximum(at - half, 0), np.minimum(at + half + 1, len(values))
    means: Floats = (sums[stop] - sums[begin]) / (stop - begin)[:, None]
    return means


def _angles_deg(gravity: Floats) -> tuple[Floats, Floats]:
    length = np.maximum(np.linalg.norm(gravity, axis=1), 1e-9)
    sagittal_deg = np.degrees(np.arctan2(gravity[:, 2], gravity[:, 0]))
    lateral_deg = np.degrees(np.arcsin(np.clip(gravity[:, 1] / length, -1.0, 1.0)))
    with np.errstate(invalid="ignore"):
        sagittal_deg[np.abs(lateral_deg) > UNDEFINED_LATERAL_DEG] = np.nan
    return sagittal_deg, lateral_deg
