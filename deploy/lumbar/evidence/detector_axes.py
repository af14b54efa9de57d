"""How the detector, at a trace's end, turns what the sensor measures into the body's axes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar.quantisation import quantise
from lumbar.trace import Trace
from lumbar_signal import Detector
from lumbar_signal.state import STATE_DTYPE

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DetectorAxes:
    """What is taken off a measurement, and the body's axes in the sensor's; shapes (3,)."""

    x: Array
    z: Array
    gain: Array  # a reading is 1 + gain times what acts
    offset_g: Array

    def forward_deg(self, acc_g: Array) -> Array:
        """Return the forward inclination that measurements of gravity, shape (n, 3), show."""
        gravity = (acc_g - self.offset_g) / (1.0 + self.gain)
        return np.asarray(np.rad2deg(np.arctan2(gravity @ self.z, gravity @ self.x)))


def detector_axes(trace: Trace) -> DetectorAxes | None:
    """Run the detector over a trace; None where it has found no axes."""
    measured = quantise(trace)
    detector = Detector(sampling_rate_hz=measured.sampling_rate_hz, g_per_step=measured.g_per_step)
    borders = [0, *(np.flatnonzero(np.diff(measured.index) != 1) + 1).tolist()]
    for start, stop in itertools.pairwise([*borders, len(measured.index)]):
        detector.push(measured.counts[start:stop], int(measured.index[start]))
    found = detector.calibration
    if found.source == "none":
        return None
    (state,) = np.frombuffer(detector.state_bytes, STATE_DTYPE)
    taken_off = state["sensor_error"]
    return DetectorAxes(
        np.array(found.x), np.array(found.z), gain=taken_off[:3], offset_g=taken_off[3:]
    )
