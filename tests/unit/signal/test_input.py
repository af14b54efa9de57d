"""Wrong input is refused by name, value and shape, and changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lumbar_signal
from lumbar_signal import Detector, Workout, analyze
from lumbar_signal.events import Posture

ONES = np.ones((10, 3), dtype=np.int16)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("sampling_rate_hz", 24.9),
        ("sampling_rate_hz", 200.1),
        ("sampling_rate_hz", float("nan")),
        ("g_per_step", 0.0),
        ("g_per_step", float("inf")),
        ("dps_per_step", -1.0),
    ],
)
def test_an_argument_out_of_range_is_named(argument: str, value: float) -> None:
    arguments: dict[str, Any] = {"sampling_rate_hz": 50.0, "g_per_step": 0.001, argument: value}
    with pytest.raises(ValueError, match=f"{argument} is {value}"):
        Detector(**arguments)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.ones((10, 3)), "float64"),
        (np.full((10, 3), np.nan), "float64"),
        (np.ones((10, 3), dtype=np.int32), "int32"),
        ([[1, 2, 3]], "list"),
        (np.ones((10, 4), dtype=np.int16), r"shape \(10, 4\)"),
        (np.ones(3, dtype=np.int16), r"shape \(3,\)"),
    ],
)
def test_samples_of_another_type_or_shape_are_refused(samples: Any, message: str) -> None:
    detector = Detector(sampling_rate_hz=50.0, g_per_step=0.001)
    before = detector.state_bytes
    with pytest.raises(ValueError, match=message):
        detector.push(samples, 0)
    assert detector.state_bytes == before


@pytest.mark.parametrize("first_index", [0, 9, -1])
def test_samples_that_were_taken_are_refused(first_index: int) -> None:
    detector = Detector(sampling_rate_hz=50.0, g_per_step=0.001)
    detector.push(ONES, 0)
    with pytest.raises(ValueError, match=f"first_index is {first_index}, but samples below 10"):
        detector.push(ONES, first_index)
    assert detector.next_index == 10


def test_no_samples_are_no_news() -> None:
    detector = Detector(sampling_rate_hz=50.0, g_per_step=0.001)
    before = detector.state_bytes
    assert detector.push(ONES[:0], 1000) == []
    assert detector.flush() == []
    assert detector.state_bytes == before


@pytest.mark.parametrize(
    "index",
    [
        np.arange(9),
        np.arange(10.0),
        np.zeros(10, dtype=np.int64),
        np.arange(10)[::-1],
        np.arange(-1, 9),
    ],
)
def test_an_index_of_another_shape_or_order_is_refused(index: Any) -> None:
    with pytest.raises(ValueError, match="index"):
        analyze(ONES, index, sampling_rate_hz=50.0, g_per_step=0.001)


def test_an_empty_recording_is_analysed() -> None:
    found = analyze(ONES[:0], None, sampling_rate_hz=50.0, g_per_step=0.001)
    assert (found.samples, found.duration_s, found.coverage, found.sets) == (0, 0.0, 0.0, ())
    now = Workout(sampling_rate_hz=50.0).now
    assert (now.exercise, now.repetitions, now.posture) == (None, 0, Posture.UNKNOWN)


def test_strided_samples_are_read_as_they_are() -> None:
    wide = np.arange(600, dtype=np.int16).reshape(100, 6)
    plain = Detector(sampling_rate_hz=50.0, g_per_step=0.001)
    strided = Detector(sampling_rate_hz=50.0, g_per_step=0.001)
    plain.push(np.ascontiguousarray(wide[::2, :3]), 0)
    strided.push(wide[::2], 0)
    assert strided.state_bytes == plain.state_bytes


def test_every_exported_name_exists() -> None:
    assert all(hasattr(lumbar_signal, name) for name in lumbar_signal.__all__)
    assert len(lumbar_signal.PARAMETERS_SHA256) == 64
