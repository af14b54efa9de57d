"""A trace: samples by time, as read from a file and checked."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lumbar.errors import TraceError
from lumbar.time_grid import TimeGrid, fit_time_grid
from lumbar.trace_columns import FIRST_ROW, read_columns

ACC_COLUMNS = ("ax_g", "ay_g", "az_g")
GYRO_COLUMNS = ("gx_dps", "gy_dps", "gz_dps")
MAX_ACC_G = 16.0  # the widest range of the accelerometers that sensors carry
MAX_GYRO_DPS = 2000.0  # and of their gyros
MIN_RATE_HZ, MAX_RATE_HZ = 1.0, 2000.0
_G_IN_MS2 = (8.5, 11.5)  # chosen: a typical magnitude here is 1 g written in m/s²


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Samples in the wearer's frame, with the grid on which they were taken."""

    name: str
    t_s: NDArray[np.float64]  # (n,), increasing
    acc_g: NDArray[np.float64]  # (n, 3)
    gyro_dps: NDArray[np.float64] | None  # (n, 3)
    sampling_rate_hz: float
    index: NDArray[np.int64]  # (n,), from 0; indices left out are a gap

    def time_s(self, position: float) -> float:
        """Return the trace's own time of a fractional sample index, also past the last one."""
        beyond = max(position - float(self.index[-1]), 0.0)
        at_or_after = math.ceil(position)  # whole, as the index: a float would copy all of it
        row = int(np.searchsorted(self.index, at_or_after))
        near = slice(max(row - 1, 0), row + 1)
        within = float(np.interp(position, self.index[near], self.t_s[near]))
        return within + beyond / self.sampling_rate_hz

    def clock_only(self) -> Trace:
        """Return the trace without its values: a day of them is large."""
        return replace(self, acc_g=self.acc_g[:0].copy(), gyro_dps=None)


def read_trace(path: Path) -> Trace:
    """Read CSV (plain or gzip) or Parquet with ``t_s,ax_g,ay_g,az_g[,gx_dps,gy_dps,gz_dps]``.

    Rows are numbered as an editor shows them: the header is row 1.

    Raises
    ------
    TraceError
        One line: the file, what is wrong, the row where there is one, and what to do.
    """
    columns = read_columns(path, required=("t_s", *ACC_COLUMNS), optional=GYRO_COLUMNS)
    for name in columns:
        _check_finite(path, name, columns[name])
    t_s = columns["t_s"]
    grid = _time_grid(path, t_s)
    acc_g = _stacked(columns, ACC_COLUMNS)
    _check_unit(path, acc_g)
    _check_range(path, acc_g, ACC_COLUMNS, MAX_ACC_G, "g")
    gyro_dps = None
    if GYRO_COLUMNS[0] in columns:
        gyro_dps = _stacked(columns, GYRO_COLUMNS)
        _check_range(path, gyro_dps, GYRO_COLUMNS, MAX_GYRO_DPS, "dps")
    return Trace(path.name, t_s, acc_g, gyro_dps, grid.sampling_rate_hz, grid.index)


def _stacked(
    columns: dict[str, NDArray[np.float64]], names: tuple[str, ...]
) -> NDArray[np.float64]:
    """Move columns into one array (n, 3): each goes as it is taken, for a day of them is large."""
    stacked = np.empty((len(names), len(columns[names[0]])))
    for row, name in zip(stacked, names, strict=True):
        row[:] = columns.pop(name)
    return stacked.T


def _check_finite(path: Path, name: str, values: NDArray[np.float64]) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise TraceError(
            f"{path}: {name} is empty or not finite in row {bad[0] + FIRST_ROW} "
            f"({len(bad)} such): leave such rows out, a step in t_s marks the gap"
        )


def _time_grid(path: Path, t_s: NDArray[np.float64]) -> TimeGrid:
    if len(t_s) < 2:
        raise TraceError(f"{path}: only one sample: a trace needs at least two")
    back = np.flatnonzero(np.diff(t_s) <= 0)
    if len(back):
        row, before_s, after_s = back[0] + 1, t_s[back[0]], t_s[back[0] + 1]
        what = "repeats" if before_s == after_s else f"goes back from {before_s:.10g}"
        raise TraceError(
            f"{path}: t_s {what} at {after_s:.10g} s in row {row + FIRST_ROW}: "
            "sort the rows by time and write each sample once"
        )
    median_hz = 1 / float(np.median(np.diff(t_s), overwrite_input=True))
    try:
        grid = fit_time_grid(t_s) if MIN_RATE_HZ / 2 < median_hz < 2 * MAX_RATE_HZ else None
    except ValueError as error:
        raise TraceError(f"{path}: {error}") from None
    rate_hz = grid.sampling_rate_hz if grid else median_hz
    if grid is None or not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise TraceError(
            f"{path}: {rate_hz:.4g} samples a second: t_s must be in seconds, "
            f"at {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g} Hz"
        )
    return grid


def _check_unit(path: Path, acc_g: NDArray[np.float64]) -> None:
    magnitude_g = np.hypot.reduce(acc_g, axis=1)  # hypot: never overflows
    typical = float(np.median(magnitude_g, overwrite_input=True))
    if _G_IN_MS2[0] <= typical <= _G_IN_MS2[1]:
        raise TraceError(
            f"{path}: a typical acceleration is {typical:.2f}, which looks like m/s²: "
            "divide ax_g, ay_g and az_g by 9.80665"
        )


def _check_range(
    path: Path, values: NDArray[np.float64], names: tuple[str, ...], limit: float, unit: str
) -> None:
    if max(values.max(), -values.min()) > limit:
        row, column = np.argwhere(np.abs(values) > limit)[0]
        raise TraceError(
            f"{path}: {names[column]} is {values[row, column]:.4g} {unit} in row "
            f"{row + FIRST_ROW}; the widest sensor range is ±{limit:g} {unit}: "
            "check the unit, or leave the row out"
        )
