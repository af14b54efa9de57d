"""The tables and numbers that the detector stands on."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lumbar_signal import PARAMETERS_SHA256, Detector
from lumbar_signal.angle import atan2_deg
from lumbar_signal.constants import RING_TICKS
from lumbar_signal.detector import _NO_SAMPLES
from lumbar_signal.eventlog import empty_log
from lumbar_signal.exercises import DEVIATIONS, LANES, MONITORS, PLACES
from lumbar_signal.filters import band_pass, low_pass, low_pass_delay_s, white_noise_gain
from lumbar_signal.jit import stage
from lumbar_signal.kernel import CODE, advance, fingerprint
from lumbar_signal.state import fresh_state


@pytest.mark.parametrize("table", [LANES, PLACES])
def test_every_band_is_the_right_way_round(table: NDArray[np.void]) -> None:
    names = table.dtype.names
    assert names is not None
    for low in [name for name in names if "low" in name]:
        assert np.all(table[low] < table[low.replace("low", "high")])


def test_every_lane_asks_for_more_than_it_calls_rest() -> None:
    assert np.all(LANES["rest_deg"] < LANES["floor_deg"])
    assert np.all(np.abs(LANES["direction"]) == 1.0)


def test_every_deviation_has_its_monitor_with_hysteresis() -> None:
    assert len(MONITORS) == len(DEVIATIONS)
    assert np.all(MONITORS["off_deg"] < MONITORS["on_deg"])


def test_angles_agree_with_the_mathematics_library() -> None:
    rng = np.random.default_rng(3)
    for y, x in [*rng.normal(size=(2000, 2)), (0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)]:
        assert atan2_deg(y, x) == pytest.approx(np.degrees(np.arctan2(y, x)), abs=2e-6)
    assert atan2_deg(0.0, 0.0) == 0.0


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 200.0])
def test_the_gravity_filter_passes_rest_and_delays_by_what_it_says(rate_hz: float) -> None:
    section = low_pass(1.0, rate_hz)
    b, a = [section.b0, section.b1, section.b2], [1.0, section.a1, section.a2]
    assert np.sum(b) / np.sum(a) == pytest.approx(1.0)
    turn = 2 * np.pi * 0.05 / rate_hz
    response = np.polyval(b[::-1], np.exp(-1j * turn)) / np.polyval(a[::-1], np.exp(-1j * turn))
    assert -np.angle(response) / turn / rate_hz == pytest.approx(low_pass_delay_s(1.0), rel=0.01)
    half_power = 2 * np.pi / rate_hz
    z = np.exp(-1j * half_power)
    assert abs(np.polyval(b[::-1], z) / np.polyval(a[::-1], z)) ** 2 == pytest.approx(0.5, abs=0.02)


def test_the_shake_filter_stops_rest_and_passes_its_middle() -> None:
    section = band_pass(3.0, 12.0, 100.0)
    assert section.b0 + section.b1 + section.b2 == 0.0
    z = np.exp(-2j * np.pi * 6.0 / 100.0)
    response = (section.b0 + section.b2 * z * z) / (1 + section.a1 * z + section.a2 * z * z)
    assert abs(response) == pytest.approx(1.0, abs=0.01)
    assert 0.1 < white_noise_gain(section) < 0.5


def test_a_state_of_other_code_is_refused() -> None:
    state = fresh_state(50.0, 0.001, CODE + 1)
    with pytest.raises(ValueError, match="another version of the detector"):
        advance(state, _NO_SAMPLES, empty_log(), True)


def _gate(limit: float) -> Any:
    """Return a stage that reads a number of its module, as it is after an edit to it."""
    module: dict[str, Any] = {"__name__": "gate", "LIMIT": limit, "stage": stage}
    exec("@stage\ndef gate(x):\n    return x > LIMIT", module)
    return module["gate"]


def test_a_number_of_any_stage_is_part_of_the_code() -> None:
    """Else compiled code would outlive an edit to it."""
    assert fingerprint(_gate(1.0)) == fingerprint(_gate(1.0))
    assert fingerprint(_gate(1.0)) != fingerprint(_gate(2.0))


def test_every_process_finds_the_same_code_and_parameters() -> None:
    """Else compiled code would not be found again, and results would look like new ones."""
    program = (
        "import lumbar_signal; from lumbar_signal.kernel import CODE; "
        "print(CODE, lumbar_signal.PARAMETERS_SHA256)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().split() == [str(CODE), PARAMETERS_SHA256]


def test_the_state_of_one_stream_is_the_latest_41_seconds_and_little_else() -> None:
    """Ten numbers a tick: when, what is missing, angles, direction, |a|, heaving and tremor."""
    state_bytes = Detector(sampling_rate_hz=50.0, g_per_step=0.001).state_bytes
    assert len(state_bytes) - 8 * 10 * RING_TICKS < 4096
