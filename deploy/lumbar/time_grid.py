"""From written times to a sampling rate and sample indices.

Times in a file are rounded, so neither one step nor the median step gives the rate: at 60 Hz with
10 ms written, steps are 10 or 20 ms. The mean over all steps that are no gap does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP_PERIODS = 1.5  # a longer step is a gap (docs: the trace format)
_SNAP_FRACTION = 1e-3  # chosen: a rounded grid may differ this much from the mean step
_FINEST_DECIMALS = 6  # times written finer than 1 µs are taken as 1 µs
_LAST_INDEX = 2**32  # a sensor's index is a u32


@dataclass(frozen=True, slots=True, eq=False)
class TimeGrid:
    """When samples were taken: ``index`` (n,) on a grid of ``sampling_rate_hz``."""

    sampling_rate_hz: float
    index: NDArray[np.int64]


def fit_time_grid(t_s: NDArray[np.float64]) -> TimeGrid:
    """Find the rate behind ``t_s`` and count the samples, leaving out those in gaps.

    Parameters
    ----------
    t_s
        Shape (n,), n at least 2, finite and increasing.

    Returns
    -------
    TimeGrid
        The rate is the mean step's, or a round one within 0.1 % of it (whole Hz, quarter Hz, or
        whole milliseconds a sample) where that grid explains every time to the resolution in which
        it was written. The index starts at 0; a step of more than 1.5 periods is a gap, over which
        the index jumps by the nearest whole number of periods.

    Raises
    ------
    ValueError
        Where the times span more samples than a sensor can number, or are written too coarsely to
        tell one sample from a gap.
    """
    steps_s = np.diff(t_s)
    resolution_s = _resolution_s(t_s)
    period_s = _mean_period_s(steps_s, resolution_s)
    if (t_s[-1] - t_s[0]) / period_s >= _LAST_INDEX:
        raise ValueError(f"the times span {t_s[-1] - t_s[0]:.0f} s, longer than any recording")
    for candidate_s in _round_periods_s(period_s):
        if _explains(t_s, steps_s, candidate_s, resolution_s):
            period_s = candidate_s
            break
    else:
        if _is_too_coarse(period_s, resolution_s):
            raise ValueError(
                f"times are written in steps of {resolution_s:g} s, too coarse for "
                f"{1 / period_s:.4g} Hz: write more digits"
            )
    rate_hz = round(1 / period_s, 9)
    return TimeGrid(rate_hz, _index(steps_s, period_s))


def _resolution_s(t_s: NDArray[np.float64]) -> float:
    """Return the coarsest decimal step in which all times can have been written."""
    since_start = t_s - t_s[0]
    for decimals in range(_FINEST_DECIMALS):
        scaled = since_start * 10**decimals
        if np.all(np.abs(scaled - np.rint(scaled)) < 1e-3):
            return float(10**-decimals)
    return float(10**-_FINEST_DECIMALS)


def _mean_period_s(steps_s: NDArray[np.float64], resolution_s: float) -> float:
    """Return the mean step without gaps; first tell gaps by the median, which rounding biases."""
    longest_s = GAP_PERIODS * float(np.median(steps_s)) + resolution_s
    for _ in range(3):
        period_s = float(np.mean(steps_s[steps_s <= longest_s]))
        longest_s = GAP_PERIODS * period_s
    return period_s


def _is_too_coarse(period_s: float, resolution_s: float) -> bool:
    """Tell whether rounding can make one period look like a gap, or a gap of two like none."""
    longest_one_s = np.ceil(period_s / resolution_s - 1e-6) * resolution_s
    shortest_two_s = np.floor(2 * period_s / resolution_s + 1e-6) * resolution_s
    return bool(longest_one_s > GAP_PERIODS * period_s or shortest_two_s < GAP_PERIODS * period_s)


def _round_periods_s(period_s: float) -> list[float]:
    """Return the round rates' periods within 0.1 % of ``period_s``, the roundest first."""
    rate_hz = 1 / period_s
    candidates = [
        1 / max(round(rate_hz), 1),
        4 / max(round(4 * rate_hz), 1),
        max(round(1000 * period_s), 1) / 1000,
    ]
    return [c for c in candidates if abs(c / period_s - 1) <= _SNAP_FRACTION]


def _explains(
    t_s: NDArray[np.float64],
    steps_s: NDArray[np.float64],
    period_s: float,
    resolution_s: float,
) -> bool:
    """Tell whether in each stretch without a gap the grid fits all times to their resolution."""
    residual_s = t_s - t_s[0] - _index(steps_s, period_s) * period_s
    starts = np.r_[0, np.flatnonzero(steps_s > GAP_PERIODS * period_s) + 1]
    spread_s = np.maximum.reduceat(residual_s, starts) - np.minimum.reduceat(residual_s, starts)
    slack_s = 8 * np.spacing(np.abs(t_s).max())
    return bool(np.all(spread_s <= resolution_s * (1 + 1e-6) + slack_s))


def _index(steps_s: NDArray[np.float64], period_s: float) -> NDArray[np.int64]:
    periods = steps_s / period_s
    jumps = np.where(periods > GAP_PERIODS, np.rint(periods), 1.0)
    return np.concatenate(([0], np.cumsum(jumps.astype(np.int64))))
