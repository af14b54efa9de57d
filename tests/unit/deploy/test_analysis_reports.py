"""Rows, tables and pictures of an analysis."""

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from lumbar.analysis_document import Document
from lumbar.analysis_rows import COLUMNS, analysis_rows
from lumbar.analysis_tables import clock, print_tables
from lumbar.body_angles import body_angles_deg
from lumbar.plot import POSTURE_COLOURS, plot_analysis
from lumbar.trace import Trace
from lumbar_signal.events import Posture

UNCALIBRATED = {"source": "none", "x": [1, 0, 0], "z": [0, 0, 1], "age_s": None, "moved": False}


@pytest.fixture
def document() -> Document:
    repetition = {"range_deg": 24.5, "confidence": 0.9}
    return {
        "schema": "lumbar.analysis/1",
        "recording": {"samples": 500, "sampling_rate_hz": 50.0, "duration_s": 10, "coverage": 1.0},
        "calibration": UNCALIBRATED,
        "sets": [
            {
                "exercise": "glute_bridge",
                "start_s": 1.0,
                "end_s": 4.0,
                "confidence": 0.8,
                "coverage": 1.0,
                "repetitions": [
                    {"start_s": 1.0, "peak_s": 1.5, "end_s": 2.0, **repetition},
                    {"start_s": 2.5, "peak_s": 3.0, "end_s": 4.0, **repetition, "range_deg": 31.2},
                ],
                "holds": [],
                "deviations": [],
            },
            {
                "exercise": "forearm_plank",
                "start_s": 5.0,
                "end_s": 9.0,
                "confidence": 0.7,
                "coverage": 1.0,
                "repetitions": [],
                "holds": [{"start_s": 5.0, "end_s": 9.0, "duration_s": 4.0}],
                "deviations": [{"kind": "sag", "start_s": 6.0, "end_s": 7.0, "peak_deg": 11.4}],
            },
        ],
        "postures": [
            {"posture": "supine", "start_s": 0.0, "end_s": 4.5},
            {"posture": "prone", "start_s": 4.5, "end_s": 10.0},
        ],
        "deviations": [{"kind": "slouch", "start_s": 9.2, "end_s": 10.0, "peak_deg": 15.0}],
    }


def trace_of(acc_g: np.ndarray, index: np.ndarray | None = None) -> Trace:
    index = np.arange(len(acc_g)) if index is None else index
    return Trace("trace.csv", index / 50, acc_g, None, 50.0, index)


def direction(angle_deg: np.ndarray) -> np.ndarray:
    angle = np.radians(angle_deg)
    return np.column_stack([np.cos(angle), np.zeros_like(angle), np.sin(angle)])


def test_rows_hold_every_repetition_and_hold(document: Document) -> None:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in analysis_rows("a.csv", document)]
    assert [(row["set"], row["kind"], row["number"]) for row in rows] == [
        (1, "repetition", 1),
        (1, "repetition", 2),
        (2, "hold", 1),
    ]
    assert rows[1]["duration_s"] == 1.5
    assert rows[2]["peak_s"] is None


def test_table_tells_sets_deviations_and_postures(document: Document) -> None:
    text = StringIO()
    print_tables(Console(file=text, width=80), "[odd] name.csv", document)
    shown = text.getvalue()
    for expected in (
        "[odd] name.csv  0:10.0 at 50 Hz, 100.0% received, not calibrated",
        "24 to 31°",
        "forearm plank: sag 11° at 0:06.0",
        "Outside exercise: slouch 15° at 0:09.2",
        "Postures: prone 0:05.5, supine 0:04.5",
    ):
        assert expected in shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00.0"),
        (59.96, "1:00.0"),
        (125.3, "2:05.3"),
        (3725.3, "1:02:05.3"),
        (-1.5, "-0:01.5"),
    ],
)
def test_clock_is_read_as_minutes_and_hours(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_angles_follow_a_forward_bend() -> None:
    bend_deg = 45 - 45 * np.cos(np.arange(1000) / 50)
    sagittal_deg, lateral_deg = body_angles_deg(trace_of(direction(bend_deg)), UNCALIBRATED)
    np.testing.assert_allclose(sagittal_deg[50:-50], bend_deg[50:-50], atol=1.0)
    np.testing.assert_allclose(lateral_deg, 0, atol=1e-9)


def test_angles_are_those_of_the_body_not_of_the_sensor() -> None:
    upside_down = {**UNCALIBRATED, "source": "bows", "x": [-1, 0, 0], "z": [0, 0, 1]}
    prone = np.tile([0.0, 0.0, 1.0], (100, 1))
    right_side = np.tile([0.0, -1.0, 0.0], (100, 1))
    assert body_angles_deg(trace_of(prone), upside_down)[0] == pytest.approx(90.0)
    sagittal_deg, lateral_deg = body_angles_deg(trace_of(right_side), upside_down)
    assert lateral_deg == pytest.approx(90.0)
    assert np.isnan(sagittal_deg).all()


def test_smoothing_does_not_reach_across_a_gap() -> None:
    index = np.r_[0:100, 400:500]
    acc_g = np.where(index[:, None] < 200, [1.0, 0.0, 0.0], [0.0, 0.0, 1.0])
    sagittal_deg, _ = body_angles_deg(trace_of(acc_g, index), UNCALIBRATED)
    np.testing.assert_allclose(sagittal_deg, np.where(index < 200, 0.0, 90.0), atol=1e-9)


def test_picture_is_drawn_of_a_trace_with_a_gap(document: Document, tmp_path: Path) -> None:
    index = np.r_[0:200, 300:500]
    path = tmp_path / "trace.png"
    plot_analysis(trace_of(direction(np.linspace(-180, 180, 400)), index), document, path)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_every_posture_has_a_colour() -> None:
    assert set(POSTURE_COLOURS) == set(Posture)
