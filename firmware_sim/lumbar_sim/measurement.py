"""What the sensor's converter delivers: the firmware's input, simulated or from a trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Measurement:
    """Counts by sample index; indices that are left out were never measured (a gap).

    The sample with index ``i`` is taken ``i / sampling_rate_hz`` seconds after the start, by the
    sensor's own crystal.
    """

    index: NDArray[np.int64]  # (n,), strictly increasing, starting at 0
    counts: NDArray[np.int16]  # (n, 3) or (n, 6): ax ay az [gx gy gz]
    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float  # 0 where there is no gyro
    range_g: int

    def __post_init__(self) -> None:
        """Refuse shapes and orders that no converter produces."""
        if self.counts.ndim != 2 or self.counts.shape[1] not in (3, 6):
            raise ValueError(f"counts of shape {self.counts.shape}: need (n, 3) or (n, 6)")
        if self.index.shape != (len(self.counts),) or len(self.index) == 0:
            raise ValueError(f"{self.index.shape} indices for {len(self.counts)} samples")
        if self.index[0] != 0 or np.any(np.diff(self.index) <= 0):
            raise ValueError("sample indices must start at 0 and increase")

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return int(self.index[-1]) + 1
