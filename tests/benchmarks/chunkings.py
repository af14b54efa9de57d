"""Streaming equals batch: short traces cut at random give the same events and bytes of state."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar.simulated_script import Script
from lumbar_signal import Detector, Workout
from lumbar_signal.events import Event
from lumbar_sim.imu import Imu
from lumbar_sim.measurement import Measurement
from lumbar_sim.placement import Placement
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate

CHUNKINGS = 10_000
MOST_CUTS = 400  # about as many calls as a minute has notifications
# Exercise, its dose, rate in Hz, and gaps an hour: every stage of the detector has work.
TRACES = (
    ("forearm_plank", {"hold_s": 15.0}, 25.0, 0.0),
    ("wall_plank", {"hold_s": 15.0}, 31.25, 120.0),
    ("glute_bridge", {"repetitions": 5}, 50.0, 0.0),
    ("cat_cow", {"repetitions": 5}, 26.0, 120.0),
    ("modified_deadlift", {"repetitions": 5}, 31.25, 0.0),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a run of the detector leaves behind."""

    events: list[Event]
    state_before_flush: bytes
    state: bytes
    workout: str


@dataclass(frozen=True, slots=True)
class Chunked:
    """One trace, cut in many ways."""

    name: str
    samples: int
    chunkings: int
    calls: int
    differing: int


def chunkings(number: int = CHUNKINGS) -> Iterator[Chunked]:
    """Cut each trace in its share of ``number`` ways and compare with one call per stretch."""
    rng = np.random.default_rng(1)
    each = number // len(TRACES)
    for name, dose, rate_hz, gaps_per_hour in TRACES:
        measured = _measured(Script(exercise=name, **dose), rate_hz, gaps_per_hour)
        whole = _outcome(measured, [])
        calls = differing = 0
        for _ in range(each):
            cuts = _cuts(len(measured.index), rng)
            calls += len(cuts) + 1
            differing += _outcome(measured, cuts) != whole
        yield Chunked(
            f"{name} at {rate_hz:g} Hz" + (", with gaps" if gaps_per_hour else ""),
            samples=len(measured.index),
            chunkings=each,
            calls=calls,
            differing=differing,
        )


def _measured(script: Script, rate_hz: float, gaps_per_hour: float) -> Measurement:
    rng = np.random.default_rng(1)
    return simulate(
        script.programme_for(rng),
        wearer=Wearer(),
        placement=Placement(),
        imu=Imu(gyro=False, gaps_per_hour=gaps_per_hour),
        sampling_rate_hz=rate_hz,
        rng=rng,
    ).measurement


def _cuts(samples: int, rng: np.random.Generator) -> list[int]:
    """Draw one to ``MOST_CUTS`` places, few as often as many; some calls have no sample."""
    number = int(np.exp(rng.uniform(0.0, np.log(MOST_CUTS))))
    return np.sort(rng.integers(0, samples, number)).tolist()


def _outcome(measured: Measurement, cuts: Sequence[int]) -> Outcome:
    detector = Detector(sampling_rate_hz=measured.sampling_rate_hz, g_per_step=measured.g_per_step)
    workout = Workout(sampling_rate_hz=measured.sampling_rate_hz)
    events: list[Event] = []
    for start, stop in itertools.pairwise(_borders(measured.index, cuts)):
        first = int(measured.index[start]) if stop > start else detector.next_index
        new = detector.push(measured.counts[start:stop], first)
        workout.add(new, detector.next_index, first_index=first)
        events += new
    before = detector.state_bytes
    new = detector.flush()
    workout.add(new, detector.next_index)
    workout.close()
    told = repr((workout.sets, workout.postures, workout.deviations))
    return Outcome(events + new, before, detector.state_bytes, told)


def _borders(index: NDArray[np.int64], cuts: Sequence[int]) -> list[int]:
    """Cut at the gaps, where every call must end, and where it was drawn."""
    gaps = (np.flatnonzero(np.diff(index) != 1) + 1).tolist()
    return sorted([0, *gaps, *cuts, len(index)])
