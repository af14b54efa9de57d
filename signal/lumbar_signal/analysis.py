"""A whole recording at once: the same path as live."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.calibration import Calibration
from lumbar_signal.detector import Detector
from lumbar_signal.events import Deviation, ExerciseSet, PostureInterval
from lumbar_signal.prescription import NOTHING_PRESCRIBED, Prescription
from lumbar_signal.workout import Workout

BLOCK_SAMPLES = 2**14  # chosen: minutes, so that a first look ends soon after the first bends
Index = range | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a recording shows; positions are sample indices."""

    sets: tuple[ExerciseSet, ...]
    postures: tuple[PostureInterval, ...]
    deviations: tuple[Deviation, ...]  # outside sets
    calibration: Calibration
    samples: int  # that were received
    sampling_rate_hz: float
    duration_s: float  # from the first to the last sample, gaps included
    coverage: float  # received share of the indices in between


def analyze(
    samples: NDArray[np.int16],
    index: NDArray[np.int64] | None,
    *,
    sampling_rate_hz: float,
    g_per_step: float,
    dps_per_step: float = 0.0,
    prescription: Prescription = NOTHING_PRESCRIBED,
    sensitivity: float = 1.0,
) -> Analysis:
    """Analyse a recording; again from its start where the first bends show the sensor in front.

    Parameters
    ----------
    samples
        Shape (n, 3) or (n, 6), int16 counts.
    index
        Sample index of each row, shape (n,), strictly increasing; ``None`` for 0, 1, 2, ...
    sampling_rate_hz, g_per_step, dps_per_step, sensitivity
        As for ``Detector``.
    prescription
        As for ``Workout``.

    Raises
    ------
    ValueError
        As ``Detector``; and for an index of another shape or order.
    """
    at: Index = range(len(samples)) if index is None else _checked(index, samples)

    def found(*, in_front: bool) -> tuple[Detector, Workout]:
        detector = Detector(
            sampling_rate_hz=sampling_rate_hz,
            g_per_step=g_per_step,
            dps_per_step=dps_per_step,
            sensitivity=sensitivity,
            in_front=in_front,
        )
        workout = Workout(sampling_rate_hz=sampling_rate_hz, prescription=prescription)
        _take(detector, workout, samples, at, in_front=in_front)
        return detector, workout

    detector, workout = found(in_front=False)
    if detector.was_swapped:
        detector, workout = found(in_front=True)
    span = int(at[-1] - at[0]) + 1 if len(at) else 0
    return Analysis(
        sets=tuple(workout.sets),
        postures=tuple(workout.postures),
        deviations=tuple(workout.deviations),
        calibration=detector.calibration,
        samples=len(samples),
        sampling_rate_hz=sampling_rate_hz,
        duration_s=span / sampling_rate_hz,
        coverage=len(samples) / span if span else 0.0,
    )


def _take(
    detector: Detector,
    workout: Workout,
    samples: NDArray[np.int16],
    at: Index,
    *,
    in_front: bool,
) -> None:
    """Let both see all samples, or so many as show that they must begin anew, in front."""
    detector.push(samples[:0], 0)  # refuses what is no samples at all
    for start, stop in _blocks(at):
        first = int(at[start])
        events = detector.push(samples[start:stop], first)
        workout.add(events, detector.next_index, first_index=first)
        if detector.was_swapped and not in_front:
            return
    workout.add(detector.flush(), detector.next_index)
    workout.close()


def _checked(index: NDArray[np.int64], samples: NDArray[np.int16]) -> NDArray[np.int64]:
    if index.shape != (len(samples),) or index.dtype.kind not in "iu":
        raise ValueError(
            f"index is {index.dtype} of shape {index.shape}: need whole numbers, ({len(samples)},)"
        )
    if len(index) and (index[0] < 0 or np.any(index[1:] <= index[:-1])):
        raise ValueError("index must be 0 or more and increase")
    return index


def _blocks(index: Index) -> Iterator[tuple[int, int]]:
    """Yield the stretches cut into blocks; where they are cut makes no difference to the result."""
    for start, stop in _stretches(index):
        for row in range(start, stop, BLOCK_SAMPLES):
            yield row, min(row + BLOCK_SAMPLES, stop)


def _stretches(index: Index) -> Iterator[tuple[int, int]]:
    """Yield the first row and one past the last of every stretch without a gap.

    By bisection: differences would need more memory than the samples.
    """
    start = 0
    while start < len(index):
        missing = int(index[start]) - start
        stop = bisect(range(len(index)), missing, lo=start, key=lambda row: int(index[row]) - row)
        yield start, stop
        start = stop
