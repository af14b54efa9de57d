"""The cut of the stream into calls leaves no trace: same events, same bytes of state."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lumbar_signal import Detector, Workout, analyze
from lumbar_signal.analysis import BLOCK_SAMPLES
from lumbar_signal.events import Event
from signal_traces import G_PER_STEP, programme

RATE_HZ = 31.25


@functools.cache
def _samples() -> NDArray[np.int16]:
    return programme().wearer.samples(RATE_HZ)


@functools.cache
def _index(gap_s: float) -> NDArray[np.int64]:
    """Sample indices with gaps in a bridge, in the plank and in the rest after it."""
    index = np.arange(len(_samples()), dtype=np.int64)
    for at_s in (24.5, 41.0, 54.0):
        index[int(at_s * RATE_HZ) :] += int(gap_s * RATE_HZ)
    return index


def _run(index: NDArray[np.int64], cuts: list[int]) -> tuple[list[Event], bytes]:
    """Push the rows between cuts; rows on both sides of a gap never share a call."""
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    gaps = (np.flatnonzero(np.diff(index) != 1) + 1).tolist()
    borders = sorted([0, *gaps, *cuts, len(index)])
    events: list[Event] = []
    for start, stop in itertools.pairwise(borders):
        first = int(index[start]) if stop > start else detector.next_index
        events += detector.push(_samples()[start:stop], first)
    before = detector.state_bytes
    return events + detector.flush(), before


@functools.cache
def _whole(gap_s: float) -> tuple[list[Event], bytes]:
    return _run(_index(gap_s), [])


@settings(max_examples=60)
@given(
    cuts=st.lists(st.integers(0, 2500), max_size=60),
    gap_s=st.sampled_from([0.0, 0.1, 3.0, 10.0]),
)
def test_any_chunking_gives_the_same_events_and_the_same_bytes(
    cuts: list[int], gap_s: float
) -> None:
    assert _run(_index(gap_s), cuts) == _whole(gap_s)


def test_one_sample_at_a_time_gives_the_same_events_and_the_same_bytes() -> None:
    assert _run(_index(0.0), list(range(1, len(_samples())))) == _whole(0.0)


def test_a_full_event_log_loses_nothing() -> None:
    """A day of turning over says far more than the log holds, in one call as in many."""
    turning = np.tile(
        np.repeat(np.array([[0, 0, 4096], [0, 0, -4096]], np.int16), 80, axis=0), (200, 1)
    )
    whole = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP).push(turning, 0)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    parts = [
        event
        for start in range(0, len(turning), 100)
        for event in detector.push(turning[start : start + 100], start)
    ]
    assert len(whole) > 300
    assert whole == parts


@pytest.mark.parametrize("gap_s", [0.0, 0.1, 3.0, 10.0])
def test_an_analysis_equals_the_live_stream(gap_s: float) -> None:
    index = _index(gap_s)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    workout = Workout(sampling_rate_hz=RATE_HZ)
    done = 0
    while done < len(index):
        stop = done + 1
        while stop < len(index) and stop < done + 7 and index[stop] == index[stop - 1] + 1:
            stop += 1
        events = detector.push(_samples()[done:stop], int(index[done]))
        workout.add(events, detector.next_index, first_index=int(index[done]))
        done = stop
    workout.add(detector.flush(), detector.next_index)
    workout.close()
    whole = analyze(_samples(), index, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    assert list(whole.sets) == workout.sets
    assert list(whole.postures) == workout.postures
    assert list(whole.deviations) == workout.deviations
    assert whole.calibration == detector.calibration


def test_gyro_columns_change_nothing() -> None:
    with_gyro = np.hstack([_samples(), np.full_like(_samples(), 77)])
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP, dps_per_step=0.07)
    assert detector.push(with_gyro, 0) + detector.flush() == _whole(0.0)[0]


@pytest.mark.parametrize("lost", [0, 900])
def test_recording_longer_than_a_block_is_analysed_as_in_one_call(lost: int) -> None:
    samples = programme(plank_s=60.0, count=12).wearer.samples(200.0)
    assert len(samples) > 3 * BLOCK_SAMPLES / 2
    start = BLOCK_SAMPLES + 100 if lost else len(samples)
    index = np.delete(np.arange(len(samples)), np.arange(start, start + lost) if lost else [])
    detector = Detector(sampling_rate_hz=200.0, g_per_step=G_PER_STEP)
    workout = Workout(sampling_rate_hz=200.0)
    for rows in np.split(index, np.flatnonzero(np.diff(index) > 1) + 1):
        events = detector.push(samples[rows], int(rows[0]))
        workout.add(events, detector.next_index, first_index=int(rows[0]))
    workout.add(detector.flush(), detector.next_index)
    workout.close()
    found = analyze(samples[index], index, sampling_rate_hz=200.0, g_per_step=G_PER_STEP)
    assert found.sets == tuple(workout.sets)
    assert found.postures == tuple(workout.postures)
    assert found.deviations == tuple(workout.deviations)
    assert found.calibration == detector.calibration
