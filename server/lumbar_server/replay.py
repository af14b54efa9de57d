"""A stretch of a stream seen again by the detector, for a page that asks; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lumbar_server.detection import is_analysed
from lumbar_server.prescribed import prescription_of
from lumbar_server.record import Part
from lumbar_server.roster import Roster
from lumbar_server.store import samples, streams
from lumbar_server.store.streams import SampleFormat
from lumbar_signal import Calibration, Detector, Prescription, Workout
from lumbar_signal.events import ExerciseSet, Movement, MovementClosed
from lumbar_signal.near_miss import NearMiss, near_misses

MOST_S = 86_400.0
"""So much before the end is looked at again (chosen: a day, as long as a sensor is worn)."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What the detector of now makes of a part; positions in samples of the stream."""

    calibration: Calibration
    movements: tuple[Movement, ...]
    sets: tuple[ExerciseSet, ...]
    sampling_rate_hz: float

    def near_misses(self, start: float, end: float) -> list[NearMiss]:
        """Return what did not count between two positions, and why."""
        within = [one for one in self.movements if one.start < end and start < one.end]
        return near_misses(within, self.sets, sampling_rate_hz=self.sampling_rate_hz)


def replay(connection: Connection, part: Part) -> Replay | None:
    """Look at a part again, with what came before it; None where its rate does not suit."""
    form = SampleFormat(part.sampling_rate_hz, part.g_per_step, part.dps_per_step, part.channels)
    if not is_analysed(form):
        return None
    first = max(0, part.end_index - int(MOST_S * part.sampling_rate_hz))
    runs = list(samples.read(connection, part.stream_id, part.channels, first, part.end_index))
    prescription = _prescription(connection, part.stream_id)
    found, was_swapped = _seen(form, runs, prescription, in_front=False)
    if was_swapped:
        found, _ = _seen(form, runs, prescription, in_front=True)
    return found


def _prescription(connection: Connection, stream_id: str) -> Prescription:
    record = streams.read(connection, [stream_id])[stream_id]
    assert record.clock is not None  # it has a part, so it has a date
    return prescription_of(Roster().blocks_of(connection, record), record.clock)


def _seen(
    form: SampleFormat,
    runs: Sequence[samples.Run],
    prescription: Prescription,
    *,
    in_front: bool,
) -> tuple[Replay, bool]:
    rate_hz = form.sampling_rate_hz
    detector = Detector(
        sampling_rate_hz=rate_hz,
        g_per_step=form.g_per_step,
        dps_per_step=form.dps_per_step,
        in_front=in_front,
    )
    workout = Workout(sampling_rate_hz=rate_hz, prescription=prescription)
    events = []
    for run in runs:
        happened = detector.push(run.samples, run.first_index)
        workout.add(happened, detector.next_index, first_index=run.first_index)
        events += happened
    happened = detector.flush()
    workout.add(happened, detector.next_index)
    workout.close()
    movements = tuple(
        one.movement for one in [*events, *happened] if isinstance(one, MovementClosed)
    )
    found = Replay(detector.calibration, movements, tuple(workout.sets), rate_hz)
    return found, detector.was_swapped
