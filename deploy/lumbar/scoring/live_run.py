"""Runs the detector as it runs live, and writes down when each repetition and cue was told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lumbar.quantisation import quantise
from lumbar.scoring.live_log import LiveCount, LiveCue, LiveEvent
from lumbar.trace import Trace
from lumbar_signal import Detector, Prescription, Workout
from lumbar_signal.events import Announcement, DeviationStarted, Exercise, RepetitionCounted

NOTIFICATION_S = 0.1  # docs/gatt-profile.md: samples are notified at least this often


def live_run(trace: Trace, *, prescribed: Exercise | None = None) -> Iterator[LiveEvent]:
    """Feed a trace notification by notification; yield counts and cues in the order of telling.

    Each is told with the last sample of the notification that showed it: what radio, gateway
    and server add is not in it. Raises ``ValueError`` at a rate that the detector does not take.
    """
    measured = quantise(trace)
    detector = Detector(
        sampling_rate_hz=measured.sampling_rate_hz,
        g_per_step=measured.g_per_step,
        dps_per_step=measured.dps_per_step,
    )
    workout = Workout(
        sampling_rate_hz=measured.sampling_rate_hz,
        prescription=Prescription.throughout(prescribed),
    )
    for start, stop in _notifications(measured.index, measured.sampling_rate_hz):
        events = detector.push(measured.counts[start:stop], int(measured.index[start]))
        told = workout.add(events, detector.next_index)
        yield from _told(trace, told, float(measured.index[stop - 1]))
    told = workout.add(detector.flush(), detector.next_index)
    yield from _told(trace, told, float(trace.index[-1]))


def _notifications(index: NDArray[np.int64], sampling_rate_hz: float) -> Iterator[tuple[int, int]]:
    """Cut at gaps and after at most ``NOTIFICATION_S``."""
    most = max(1, int(NOTIFICATION_S * sampling_rate_hz))
    borders = [0, *(np.flatnonzero(np.diff(index) != 1) + 1).tolist(), len(index)]
    for first, end in itertools.pairwise(borders):
        for start in range(first, end, most):
            yield start, min(start + most, end)


def _told(trace: Trace, events: list[Announcement], told_at: float) -> Iterator[LiveEvent]:
    """Yield what a wearer hears of events that were told with the sample at ``told_at``."""
    for event in events:
        if isinstance(event, RepetitionCounted):
            yield LiveCount(
                start_s=trace.time_s(event.repetition.start),
                end_s=trace.time_s(event.repetition.end),
                type="repetition_counted",
                trace=trace.name,
                at_s=trace.time_s(told_at),
                exercise=event.exercise.value,
            )
        elif isinstance(event, DeviationStarted) and event.in_hold:
            yield LiveCue(
                type="deviation_started",
                trace=trace.name,
                at_s=trace.time_s(told_at),
                kind=event.kind.value,
                start_s=trace.time_s(event.start),
            )
