import json
from pathlib import Path

import numpy as np
import pytest

from json_schema import violations
from lumbar.analysis_document import Document, analysis_document
from lumbar.errors import TraceError
from lumbar.quantisation import quantise
from lumbar.trace import Trace, read_trace
from lumbar_signal.calibration import SOURCES
from lumbar_signal.events import DeviationKind, Exercise, Posture
from trace_files import write_workout_csv

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "analysis.schema.json").read_text())


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return read_trace(write_workout_csv(tmp_path_factory.mktemp("trace") / "workout.csv"))


def all_times_s(value: object, name: str = "") -> list[float]:
    """Every clock time in a document, in order; durations and ages are not clock times."""
    if isinstance(value, dict):
        return [t for key, inner in value.items() for t in all_times_s(inner, key)]
    if isinstance(value, list):
        return [t for inner in value for t in all_times_s(inner)]
    return [value] if name in ("start_s", "peak_s", "end_s") and isinstance(value, float) else []


def moved(trace: Trace, t_s: np.ndarray) -> Document:
    return analysis_document(
        Trace(trace.name, t_s, trace.acc_g, trace.gyro_dps, trace.sampling_rate_hz, trace.index)
    )


def test_document_keeps_to_its_schema(trace: Trace) -> None:
    document = analysis_document(trace)
    assert document["sets"]
    assert violations(document, SCHEMA, SCHEMA) == []
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_schema_names_what_the_detector_can_say() -> None:
    definitions = SCHEMA["$defs"]
    postures = SCHEMA["properties"]["postures"]["items"]["properties"]["posture"]
    sources = SCHEMA["properties"]["calibration"]["properties"]["source"]
    assert definitions["set"]["properties"]["exercise"]["enum"] == list(Exercise)
    assert definitions["deviation"]["properties"]["kind"]["enum"] == list(DeviationKind)
    assert postures["enum"] == list(Posture)
    assert sorted(sources["enum"]) == sorted(SOURCES)


def test_schema_refuses_what_is_not_in_it(trace: Trace) -> None:
    document = analysis_document(trace)
    document["recording"]["coverage"] = 1.5
    document["surprise"] = True
    del document["postures"][0]["start_s"]
    assert sorted(violations(document, SCHEMA, SCHEMA)) == [
        "$.postures[0].start_s is missing",
        "$.recording.coverage is 1.5, beyond maximum 1",
        "$.surprise is not in the schema",
    ]


def test_times_are_those_of_the_trace(trace: Trace) -> None:
    here = all_times_s(analysis_document(trace))
    later = all_times_s(moved(trace, trace.t_s + 1000.0))
    assert later == pytest.approx([t + 1000.0 for t in here], abs=2e-4)


def test_times_follow_a_clock_that_runs_unevenly(trace: Trace) -> None:
    slowed = trace.t_s + 0.01 * np.sin(trace.t_s / 3)
    here = np.array(all_times_s(analysis_document(trace)))
    there = np.array(all_times_s(moved(trace, slowed)))
    inside = here <= trace.t_s[-1]
    expected = np.interp(here, trace.t_s, slowed)
    np.testing.assert_allclose(there[inside], expected[inside], atol=2e-4)


def test_missing_samples_lower_the_coverage(trace: Trace) -> None:
    kept = (trace.index < 500) | (trace.index >= 800)
    assert trace.gyro_dps is not None
    holed = Trace(
        trace.name,
        trace.t_s[kept],
        trace.acc_g[kept],
        trace.gyro_dps[kept],
        trace.sampling_rate_hz,
        trace.index[kept],
    )
    recording = analysis_document(holed)["recording"]
    assert recording["samples"] == len(trace.t_s) - 300
    assert recording["coverage"] == pytest.approx(1 - 300 / len(trace.t_s), abs=1e-4)
    assert recording["duration_s"] == pytest.approx(60, abs=1)


def test_uncalibrated_trace_has_no_age() -> None:
    lying = np.tile([0.0, 0.0, -1.0], (500, 1))
    index = np.arange(500)
    calibration = analysis_document(Trace("lying", index / 50, lying, None, 50.0, index))[
        "calibration"
    ]
    assert calibration["source"] == "none"
    assert calibration["age_s"] is None


@pytest.mark.parametrize("rate_hz", [12.5, 800.0])
def test_rate_the_detector_does_not_take_is_told(rate_hz: float) -> None:
    index = np.arange(100)
    acc_g = np.tile([1.0, 0.0, 0.0], (100, 1))
    with pytest.raises(TraceError, match=f"{rate_hz:g} Hz can be stored and shown, not analysed"):
        analysis_document(Trace("odd", index / rate_hz, acc_g, None, rate_hz, index))


def test_counts_and_the_clock_are_enough(trace: Trace) -> None:
    clock = trace.clock_only()
    assert clock.acc_g.nbytes == 0
    assert analysis_document(clock, measured=quantise(trace)) == analysis_document(trace)
