"""From a trace's values to a converter's counts: what a sensor would have delivered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lumbar.trace import Trace
from lumbar_sim.measurement import Measurement

ACC_RANGES_G = (2, 4, 8, 16)
GYRO_RANGES_DPS = (125, 250, 500, 1000, 2000)
_FULL_SCALE = 32768  # counts of a signed 16-bit converter at its range
_BLOCK_ROWS = 2**16  # chosen: at once; a day of float64 would be four times its counts


def quantise(trace: Trace) -> Measurement:
    """Return the trace in int16 counts of the narrowest range that holds it.

    Replayed through the simulated sensor or analysed at once, a trace is the same counts. Each is
    within half a step of the file's value, save that a value at the very end of the widest range
    (16 g, 2000 dps) is one step lower.
    """
    acc_range_g = _narrowest(trace.acc_g, ACC_RANGES_G)
    axes = trace.acc_g.shape[1] * (1 if trace.gyro_dps is None else 2)
    counts = np.empty((len(trace.acc_g), axes), np.int16)
    _fill(counts[:, :3], trace.acc_g, acc_range_g)
    dps_per_step = 0.0
    if trace.gyro_dps is not None:
        gyro_range_dps = _narrowest(trace.gyro_dps, GYRO_RANGES_DPS)
        _fill(counts[:, 3:], trace.gyro_dps, gyro_range_dps)
        dps_per_step = gyro_range_dps / _FULL_SCALE
    return Measurement(
        index=trace.index,
        counts=counts,
        sampling_rate_hz=trace.sampling_rate_hz,
        g_per_step=acc_range_g / _FULL_SCALE,
        dps_per_step=dps_per_step,
        range_g=acc_range_g,
    )


def _narrowest(values: NDArray[np.float64], ranges: tuple[int, ...]) -> int:
    low, high = float(values.min()), float(values.max())
    for full_range in ranges:
        step = full_range / _FULL_SCALE
        if round(low / step) >= -_FULL_SCALE and round(high / step) < _FULL_SCALE:
            return full_range
    return ranges[-1]


def _fill(counts: NDArray[np.int16], values: NDArray[np.float64], full_range: int) -> None:
    for start in range(0, len(values), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        steps = np.rint(values[block] * (_FULL_SCALE / full_range))
        counts[block] = np.clip(steps, -_FULL_SCALE, _FULL_SCALE - 1)
