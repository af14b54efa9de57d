"""Takes the converter's samples into the flash log, each at its time by the crystal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lumbar_gateway.profiles.lumbar import TICK_HZ, Channels, StreamDescription
from lumbar_sim.crystal import tick_count, ticks
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.measurement import Measurement


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive samples, just measured."""

    first_index: int
    samples: NDArray[np.int16]  # (n, 3) or (n, 6)


class Recorder:
    """One stream: plays a measurement into the flash log once it is started.

    Parameters
    ----------
    measurement
        What the converter delivers.
    stream_id
        Of the new stream, which is opened in the log at once.
    log
        The flash log.
    """

    def __init__(self, measurement: Measurement, stream_id: int, log: FlashLog) -> None:
        self.measurement = measurement
        self.description = describe(measurement, stream_id)
        self._log = log
        self._start_s: float | None = None  # when sample 0 is taken, by the crystal
        self._next = 0  # position in the measurement
        log.open_stream(self.description)

    @property
    def next_index(self) -> int:
        """The sample that will be measured next; one past the last when there is none."""
        index = self.measurement.index
        return int(index[self._next]) if self._next < len(index) else self.measurement.end_index

    @property
    def finished(self) -> bool:
        """Whether the measurement has been played to its end."""
        return self._next == len(self.measurement.index)

    def record(self, now_s: float) -> list[Run]:
        """Log everything that is due by ``now_s``; returns it, cut where samples are missing."""
        first, end = self._next, self._due(now_s)
        self._next = end
        cuts = np.flatnonzero(np.diff(self.measurement.index[first:end]) != 1) + first + 1
        borders = [first, *cuts.tolist(), end] if end > first else []
        runs = [self._run(a, b) for a, b in pairwise(borders)]
        for run in runs:
            self._log.append(run.first_index, self.ticks_at(run.first_index), run.samples)
        return runs

    def start(self, now_s: float) -> None:
        """Begin with sample 0, or go on and leave unmeasured what was due in the meantime."""
        if self._start_s is None:
            self._start_s = now_s
            self._log.note_start(tick_count(now_s))
        else:
            self._next = self._due(now_s)

    def sampled_s(self, by_s: float) -> float:
        """Return when the newest sample of the time ``by_s`` is there (s); only once started."""
        assert self._start_s is not None
        rate_hz = self.measurement.sampling_rate_hz
        samples = math.floor((by_s - self._start_s) * rate_hz)
        return self._start_s + samples / rate_hz + 1 / TICK_HZ

    def ticks_at(self, index: int) -> int:
        """Return the tick counter at a sample; only once started."""
        assert self._start_s is not None
        return ticks(self._start_s + index / self.measurement.sampling_rate_hz)

    def _due(self, now_s: float) -> int:
        if self._start_s is None:
            return 0
        last = np.floor((now_s - self._start_s) * self.measurement.sampling_rate_hz)
        due = int(np.searchsorted(self.measurement.index, last, side="right"))
        return max(self._next, due)

    def _run(self, first: int, end: int) -> Run:
        return Run(int(self.measurement.index[first]), self.measurement.counts[first:end])


def describe(measurement: Measurement, stream_id: int) -> StreamDescription:
    """Describe a measurement as a stream, in the precision of the profile's float32."""
    gyro = measurement.counts.shape[1] == 6
    return StreamDescription(
        stream_id=stream_id,
        sampling_rate_hz=float(np.float32(measurement.sampling_rate_hz)),
        g_per_step=float(np.float32(measurement.g_per_step)),
        dps_per_step=float(np.float32(measurement.dps_per_step)),
        range_g=measurement.range_g,
        channels=Channels.ACC | Channels.GYRO if gyro else Channels.ACC,
    )
