"""``lumbar.analysis/1``: what the detector found in a trace, on the trace's own clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lumbar.errors import TraceError
from lumbar.quantisation import quantise
from lumbar.trace import Trace
from lumbar_signal import (
    MAX_RATE_HZ,
    MIN_RATE_HZ,
    PARAMETERS_SHA256,
    VERSION,
    Analysis,
    Prescription,
    analyze,
)
from lumbar_signal.events import Deviation, Exercise, ExerciseSet, Hold, PostureInterval, Repetition
from lumbar_sim.measurement import Measurement

SCHEMA = "lumbar.analysis/1"
_TIME_DECIMALS, _ANGLE_DECIMALS, _FRACTION_DECIMALS = 4, 2, 4  # chosen: far below what is resolved

Document = dict[str, Any]


def analysis_document(
    trace: Trace, prescribed: Exercise | None = None, *, measured: Measurement | None = None
) -> Document:
    """Analyse a trace and write down the result; the schema is ``docs/analysis.schema.json``.

    With its counts given as ``measured``, the trace is asked for its clock only. Raises
    ``TraceError`` at a rate that the detector does not take.
    """
    if not MIN_RATE_HZ <= trace.sampling_rate_hz <= MAX_RATE_HZ:
        raise TraceError(
            f"{trace.name}: {trace.sampling_rate_hz:g} Hz can be stored and shown, not analysed: "
            f"record at {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g} Hz"
        )
    measured = measured or quantise(trace)
    found = analyze(
        measured.counts,
        measured.index,
        sampling_rate_hz=measured.sampling_rate_hz,
        g_per_step=measured.g_per_step,
        dps_per_step=measured.dps_per_step,
        prescription=Prescription.throughout(prescribed),
    )
    return {
        "schema": SCHEMA,
        "analyzer": {"version": VERSION, "parameters_sha256": PARAMETERS_SHA256},
        "recording": _recording(found),
        "calibration": _calibration(trace, found),
        "sets": [_set(trace, one) for one in found.sets],
        "postures": [_posture(trace, one) for one in found.postures],
        "deviations": _deviations(trace, found.deviations),
    }


def _recording(found: Analysis) -> Document:
    return {
        "samples": found.samples,
        "sampling_rate_hz": found.sampling_rate_hz,
        "duration_s": round(found.duration_s, _TIME_DECIMALS),
        "coverage": round(found.coverage, _FRACTION_DECIMALS),
    }


def _calibration(trace: Trace, found: Analysis) -> Document:
    calibration = found.calibration
    known = calibration.source != "none"
    age_s = trace.time_s(float(trace.index[-1])) - trace.time_s(calibration.index)
    return {
        "source": calibration.source,
        "x": [round(v, 6) for v in calibration.x],
        "z": [round(v, 6) for v in calibration.z],
        "age_s": round(age_s, _TIME_DECIMALS) if known else None,
        "moved": calibration.moved,
    }


def _set(trace: Trace, one: ExerciseSet) -> Document:
    return {
        "exercise": str(one.exercise),
        **_interval(trace, one),
        "confidence": round(one.confidence, _FRACTION_DECIMALS),
        "coverage": round(one.coverage, _FRACTION_DECIMALS),
        "repetitions": [_repetition(trace, each) for each in one.repetitions],
        "holds": [_hold(trace, each) for each in one.holds],
        "deviations": _deviations(trace, one.deviations),
    }


def _repetition(trace: Trace, one: Repetition) -> Document:
    return {
        "start_s": _time(trace, one.start),
        "peak_s": _time(trace, one.peak),
        "end_s": _time(trace, one.end),
        "range_deg": round(one.range_deg, _ANGLE_DECIMALS),
        "confidence": round(one.confidence, _FRACTION_DECIMALS),
    }


def _hold(trace: Trace, one: Hold) -> Document:
    times = _interval(trace, one)
    return {**times, "duration_s": round(times["end_s"] - times["start_s"], _TIME_DECIMALS)}


def _posture(trace: Trace, one: PostureInterval) -> Document:
    return {"posture": str(one.posture), **_interval(trace, one)}


def _deviations(trace: Trace, many: Sequence[Deviation]) -> list[Document]:
    return [
        {
            "kind": str(one.kind),
            **_interval(trace, one),
            "peak_deg": round(one.peak_deg, _ANGLE_DECIMALS),
        }
        for one in many
    ]


def _interval(trace: Trace, one: ExerciseSet | Hold | PostureInterval | Deviation) -> Document:
    return {"start_s": _time(trace, one.start), "end_s": _time(trace, one.end)}


def _time(trace: Trace, position: float) -> float:
    return round(trace.time_s(position), _TIME_DECIMALS)
