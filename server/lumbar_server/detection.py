"""The detector of each stream, fed with settled samples in index order.

At a hole it waits until the hole is filled or declared lost, so results need not be taken back.
Its state is never stored: it is rebuilt by replaying the stream, which gives the same bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from sqlalchemy import Connection

from lumbar_gateway.messages import ClockFit, IndexRanges
from lumbar_server import remains
from lumbar_server.prescribed import prescription_of
from lumbar_server.roster import Blocks, Roster
from lumbar_server.store import results, samples
from lumbar_server.store.results import Changes, Findings
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import SampleFormat, StreamRecord
from lumbar_signal import (
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    NOTHING_PRESCRIBED,
    PARAMETERS_SHA256,
    VERSION,
    Calibration,
    Detector,
    Level,
    Workout,
    warm_up,
)
from lumbar_signal.events import Announcement, Exercise
from lumbar_signal.exercises import CUED

SAVE_EVERY_S = 5.0
"""Without events only the ends of what is open move: saved this often (of samples; chosen)."""

__all__ = ["Detections", "StreamDetection", "is_analysed", "warm_up"]


def is_analysed(sample_format: SampleFormat) -> bool:
    """Tell whether the detector takes such samples; others are stored and shown all the same."""
    return MIN_RATE_HZ <= sample_format.sampling_rate_hz <= MAX_RATE_HZ


class StreamDetection:
    """Detector and workout of one stream, and how far they have come.

    Parameters
    ----------
    analysis_id
        Where the results are stored.
    saved
        The results that are stored already.
    past
        What was found where the samples are deleted by now: it stays.
    erased
        Where that is.
    """

    def __init__(
        self,
        sample_format: SampleFormat,
        analysis_id: int,
        saved: Findings,
        past: Findings | None = None,
        erased: IndexRanges | None = None,
    ) -> None:
        self._format = sample_format
        self._past, self._erased = past, erased
        self.analysis_id = analysis_id
        self.saved = saved
        self._told_calibration: str | None = None  # the source that was saved last
        self._prescribed_by: tuple[Blocks, ClockFit | None] = ((), None)
        self._prescription = NOTHING_PRESCRIBED
        self.restart()

    def restart(self, *, in_front: bool = False) -> None:
        """Forget everything but what is stored; ``in_front`` as for ``Detector``."""
        self._in_front = in_front
        rate_hz = self._format.sampling_rate_hz
        self._detector = Detector(
            sampling_rate_hz=rate_hz,
            g_per_step=self._format.g_per_step,
            dps_per_step=self._format.dps_per_step,
            in_front=in_front,
        )
        self.workout = Workout(sampling_rate_hz=rate_hz, prescription=self._prescription)
        self.fed_to = 0
        self.saved_to = 0
        self.flushed = False

    def prescribe(self, blocks: Blocks, clock: ClockFit | None) -> None:
        """Take what the stream's wearer set out to do; start over where that was another thing.

        Whatever begins later than the samples that were seen costs nothing.
        """
        if (blocks, clock) == self._prescribed_by:
            return
        self._prescribed_by = blocks, clock
        self._prescription = prescription_of(blocks, clock) if clock else NOTHING_PRESCRIBED
        if self._prescription.until(self.fed_to) == self.workout.prescription.until(self.fed_to):
            self.workout.prescribe(self._prescription)
        else:
            self.restart(in_front=self._in_front)

    def feed(self, runs: Iterable[Run], settled_end: int) -> list[Announcement]:
        """Push ``runs``, all that is stored from ``fed_to`` up to ``settled_end``."""
        happened: list[Announcement] = []
        for run in runs:
            events = self._detector.push(run.samples, run.first_index)
            happened += self.workout.add(
                events, self._detector.next_index, first_index=run.first_index
            )
        self.fed_to = settled_end
        return happened

    def turn_round(self) -> bool:
        """Start over, once, where the sensor turns out to be worn in front; tell whether it did."""
        if self._in_front or not self._detector.was_swapped:
            return False
        self.restart(in_front=True)
        return True

    @property
    def calibration(self) -> Calibration:
        """How the sensor sits, as far as is known now."""
        return self._detector.calibration

    def level(self, exercise: Exercise | None) -> Level | None:
        """Return how level the wearer is now, in an exercise that is about it; else None."""
        if exercise is Exercise.BIRD_DOG:
            return self._detector.level_on_all_fours
        return self._detector.level_in_hold if exercise in CUED else None

    def flush(self) -> list[Announcement]:
        """Close what is open: the stream is over."""
        events = self._detector.flush()
        announced = self.workout.add(events, self._detector.next_index)
        self.workout.close()
        self.flushed = True
        return announced

    def save(self, changes: Changes) -> None:
        """Add what differs from what is stored to ``changes``."""
        findings = self.findings
        changes.add(self.analysis_id, self.saved, findings)
        self.saved, self.saved_to = findings, self.fed_to
        source = self.calibration.source
        if source != self._told_calibration:
            changes.calibrate(self.analysis_id, source)
            self._told_calibration = source

    @property
    def save_is_due(self) -> bool:
        """Tell whether enough has passed since the last time."""
        return self.fed_to - self.saved_to >= SAVE_EVERY_S * self._format.sampling_rate_hz

    @property
    def findings(self) -> Findings:
        """All that was found so far."""
        workout = self.workout
        found = Findings(tuple(workout.sets), tuple(workout.postures), tuple(workout.deviations))
        if self._past is None or not self._erased:
            return found
        return remains.joined(self._past, remains.outside(found, self._erased))


class Detections:
    """The detections of the streams that one worker is busy with."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._of: dict[str, StreamDetection] = {}
        self._prescribed_at: dict[str, tuple[int, ClockFit | None]] = {}

    def get(self, stream_id: str) -> StreamDetection | None:
        """Return the detection of a stream where one is in memory."""
        return self._of.get(stream_id)

    def drop(self, stream_ids: Iterable[str]) -> None:
        """Forget streams; they are rebuilt from the stored samples when needed again."""
        for stream_id in stream_ids:
            self._of.pop(stream_id, None)
            self._prescribed_at.pop(stream_id, None)

    def advance(
        self, connection: Connection, record: StreamRecord, new: Sequence[Run], changes: Changes
    ) -> list[Announcement]:
        """Detect up to the first open hole; what was found goes to ``changes``.

        ``new`` are the samples that were stored since the last time. A sample that comes after
        its place was passed, because it had been declared lost, starts the stream over, and so
        does another prescription for samples that were passed.
        Returns the new events. On any failure the caller drops the stream.
        """
        form = record.sample_format
        if form is None or not is_analysed(form):
            return []
        detection = self._of.get(record.stream_id)
        if detection is None:
            detection = self._of[record.stream_id] = _open(connection, record, form)
        elif any(detection.flushed or run.first_index < detection.fed_to for run in new):
            detection.restart()
        before = detection.fed_to
        self._prescribe(connection, record, detection)
        runs = _runs(connection, record, form, detection.fed_to, new)
        events = detection.feed(runs, record.settled_end)
        if detection.turn_round():
            runs = _runs(connection, record, form, 0, new)
            events = detection.feed(runs, record.settled_end)
        events = [one for one in events if one.at >= before]
        if record.is_settled and not detection.flushed:
            events += detection.flush()
        if events or detection.flushed or detection.save_is_due:
            detection.save(changes)
        return events

    def _prescribe(
        self, connection: Connection, record: StreamRecord, detection: StreamDetection
    ) -> None:
        """Let a detection know the blocks; while it has seen nothing, its wearer may change."""
        now = self._roster.number, record.clock
        if detection.fed_to == 0 or self._prescribed_at.get(record.stream_id) != now:
            detection.prescribe(self._roster.blocks_of(connection, record), record.clock)
            self._prescribed_at[record.stream_id] = now


def _open(connection: Connection, record: StreamRecord, form: SampleFormat) -> StreamDetection:
    past = None
    if record.erased:
        past = remains.within(results.newest(connection, record.stream_id), record.erased)
    analysis_id = results.open_analysis(connection, record.stream_id, VERSION, PARAMETERS_SHA256)
    saved = results.read(connection, analysis_id)
    return StreamDetection(form, analysis_id, saved, past, record.erased)


def _runs(
    connection: Connection, record: StreamRecord, form: SampleFormat, first: int, new: Sequence[Run]
) -> Iterator[Run]:
    end = record.settled_end
    fresh = sorted((run for run in new if first <= run.first_index), key=lambda r: r.first_index)
    inside = [run for run in fresh if run.end_index <= end]
    wanted = record.kept.overlap(first, end)
    if sum(len(run.samples) for run in inside) == sum(stop - start for start, stop in wanted):
        return _joined(inside)
    if not record.erased:
        wanted = [(first, end)]
    return (
        run
        for start, stop in wanted
        for run in samples.read(connection, record.stream_id, form.channels, start, stop)
    )


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield neighbours as one run: to call the detector costs more than the samples of a message.

    The detector gives the same bits however they are cut.
    """
    parts: list[Run] = []
    for run in runs:
        if parts and run.first_index != parts[-1].end_index:
            yield _as_one(parts)
            parts = []
        parts.append(run)
    if parts:
        yield _as_one(parts)


def _as_one(parts: Sequence[Run]) -> Run:
    if len(parts) == 1:
        return parts[0]
    return Run(parts[0].first_index, np.concatenate([part.samples for part in parts]))
