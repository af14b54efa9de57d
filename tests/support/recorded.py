"""Sessions as records, without a database: for the pure parts of pages and exports."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lumbar_server.detected import DetectedHold, DetectedRepetition, DetectedSet, TimeView
from lumbar_server.record import Correction, Part, RecordedSet, SessionRecord
from lumbar_server.store.streams import StreamState

BEGUN_UTC = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
STREAM_ID = "00000000000000aa"
WHOLE = Part(
    stream_id=STREAM_ID,
    sensor_id="SIM-1",
    first_index=0,
    end_index=45_000,
    time=TimeView(0.0, 0.02),
    sampling_rate_hz=50.0,
    g_per_step=0.001,
    dps_per_step=0.0,
    channels=3,
    state=StreamState.COMPLETE,
    stored_samples=45_000,
    gaps_s=(),
    erased_s=(),
    quarantined=0,
    analysis_id=1,
    detector_version="0",
    parameters_sha256="0",
    calibration="standing",
    postures=(),
    deviations=(),
)
"""A quarter of an hour of one stream, all of it received."""


def detected(
    exercise: str = "glute_bridge",
    repetitions: int = 5,
    holds_s: tuple[float, ...] = (),
    start_s: float = 60.5,
    range_deg: float = 25.0,
) -> DetectedSet:
    """Return a set of repetitions of 3 s each, then holds; 50 samples a second."""
    reps = [start_s + 3.0 * n for n in range(repetitions)]
    at_s = start_s + 3.0 * repetitions
    holds = []
    for hold_s in holds_s:
        holds.append(DetectedHold(at_s, at_s + hold_s))
        at_s += hold_s
    return DetectedSet(
        stream_id=STREAM_ID,
        start=50.0 * start_s,
        end=50.0 * at_s,
        exercise=exercise,
        told_live=exercise,
        start_s=start_s,
        end_s=at_s,
        confidence=0.95,
        coverage=1.0,
        closed=True,
        repetitions=tuple(DetectedRepetition(t, t + 1, t + 2, range_deg, 0.9) for t in reps),
        holds=tuple(holds),
        deviations=(),
    )


def said(found: DetectedSet | None = None, **values: Any) -> Correction:
    """Return what a wearer says of a set, or of one that nothing was seen of."""
    blank = Correction(7, None, None, None, False, None, None, None, None, None, BEGUN_UTC)
    if found is not None:
        blank = replace(blank, stream_id=found.stream_id, start=found.start, end=found.end)
    return replace(blank, **values)


def session(*sets: RecordedSet, **values: Any) -> SessionRecord:
    """Return a workout of a quarter of an hour in Vienna."""
    whole = SessionRecord(
        id=1,
        wearer_id=1,
        wearer_name="Me",
        time_zone="Europe/Vienna",
        kind="explicit",
        started_utc=BEGUN_UTC,
        ended_utc=BEGUN_UTC + timedelta(minutes=15),
        pauses_s=(),
        comfort_before=None,
        comfort_during=None,
        comfort_after=None,
        effort=None,
        note="",
        discarded=False,
        version=1,
        parts=(),
        sets=sets,
    )
    return replace(whole, **values)
