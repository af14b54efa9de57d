"""From written times to a sampling rate and sample indices.

Times in a file are rounded, so neither one step nor the median step gives the rate: at 60 Hz with
10 ms written, steps are 10 or 20 ms. The mean over all steps that are no gap does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP_PERIODS = 1.5  # a longer step is a gap (docs: the trace format)
_SNAP_FRACTION = 1e-3  # chosen: a rounded grid may differ this much from the mean step
_FINEST_DECIMALS = 6  # times written finer than 1 µs are taken as 1 µs
BLOCK_ROWS = 2**16  # chosen: at once; small beside a day, large beside a call
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
    resolution_s = _resolution_s(t_s)
    period_s = _mean_period_s(np.diff(t_s), resolution_s)
    if (t_s[-1] - t_s[0]) / period_s >= _LAST_INDEX:
        raise ValueError(f"the times span {t_s[-1] - t_s[0]:.0f} s, longer than any recording")
    for candidate_s in _round_periods_s(period_s):
        if _explains(t_s, candidate_s, resolution_s):
            period_s = candidate_s
            break
    else:
        if _is_too_coarse(period_s, resolution_s):
            raise ValueError(
                f"times are written in steps of {resolution_s:g} s, too coarse for "
                f"{1 / period_s:.4g} Hz: write more digits"
            )
    rate_hz = round(1 / period_s, 9)
    return TimeGrid(rate_hz, _index(t_s, period_s))


def _resolution_s(t_s: NDArray[np.float64]) -> float:
    """Return the coarsest decimal step in which all times can have been written."""
    decimals = 0
    for rows in _blocks(t_s):
        since_start = t_s[rows] - t_s[0]
        while decimals < _FINEST_DECIMALS:
            scaled = since_start * 10**decimals
            if np.all(np.abs(scaled - np.rint(scaled)) < 1e-3):
                break
            decimals += 1
    return float(10**-decimals)


def _mean_period_s(steps_s: NDArray[np.float64], resolution_s: float) -> float:
    """Return the mean step without gaps; first tell gaps by the median, which rounding biases."""
    longest_s = GAP_PERIODS * float(np.median(steps_s)) + resolution_s
    for _ in range(3):
        is_gap = steps_s > longest_s
        period_s = float(np.mean(steps_s[~is_gap] if np.any(is_gap) else steps_s))
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


def _explains(t_s: NDArray[np.float64], period_s: float, resolution_s: float) -> bool:
    """Tell whether in each stretch without a gap the grid fits all times to their resolution."""
    allowed_s = resolution_s * (1 + 1e-6) + 8 * np.spacing(np.abs(t_s).max())
    low_s, high_s, before = np.inf, -np.inf, 0  # of the stretch that goes on
    for rows, jumps in _jumps(t_s, period_s):
        index = before + np.cumsum(jumps)
        before = int(index[-1])
        residual_s = t_s[rows] - t_s[0] - index * period_s
        begins = np.flatnonzero(jumps > 1)
        if len(begins) == 0 or begins[0] > 0:
            going_on_s = residual_s[: begins[0] if len(begins) else None]
            low_s, high_s = min(low_s, going_on_s.min()), max(high_s, going_on_s.max())
        if high_s - low_s > allowed_s:
            return False
        if len(begins):
            lows_s = np.minimum.reduceat(residual_s, begins)
            highs_s = np.maximum.reduceat(residual_s, begins)
            if np.any(highs_s - lows_s > allowed_s):
                return False
            low_s, high_s = lows_s[-1], highs_s[-1]
    return True


def _index(t_s: NDArray[np.float64], period_s: float) -> NDArray[np.int64]:
    index = np.empty(len(t_s), np.int64)
    before = 0
    for rows, jumps in _jumps(t_s, period_s):
        index[rows] = before + np.cumsum(jumps)
        before = int(index[rows][-1])
    return index


def _jumps(t_s: NDArray[np.float64], period_s: float) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """Yield, block by block, how far the index is from the row before; 0 for the first."""
    for rows in _blocks(t_s):
        first = max(rows.start - 1, 0)
        periods = np.diff(t_s[first : rows.stop], prepend=[] if rows.start else t_s[:1]) / period_s
        jumps = np.where(periods > GAP_PERIODS, np.rint(periods), 1.0).astype(np.int64)
        if rows.start == 0:
            jumps[0] = 0
        yield rows, jumps


def _blocks(t_s: NDArray[np.float64]) -> Iterator[slice]:
    """Yield the rows in blocks: arrays as long as a day, one for each step, are ten times it."""
    for start in range(0, len(t_s), BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, len(t_s)))
