"""The sample clock's means of a tick, beside the same filters written out plainly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lumbar_signal.constants import GRAVITY_HZ, SHAKE_HIGH_HZ, SHAKE_LOW_HZ, TICK_HZ
from lumbar_signal.eventlog import empty_log
from lumbar_signal.filters import Section, band_pass, low_pass
from lumbar_signal.kernel import CODE, advance
from lumbar_signal.state import fresh_state

G_PER_STEP = 1 / 4096


def _counts(seconds: float, rate_hz: float) -> NDArray[np.int16]:
    """Return a turning, shaking sensor's counts, and noise, shape (n, 3)."""
    t_s = np.arange(int(seconds * rate_hz))[:, np.newaxis] / rate_hz
    turning = 3000.0 * np.cos(0.7 * t_s + np.array([0.0, 1.0, 2.0]))
    shaking = 200.0 * np.sin(2.0 * np.pi * 6.0 * t_s)
    noise = np.random.default_rng(1).normal(0.0, 20.0, (len(t_s), 3))
    counts: NDArray[np.int16] = np.round(turning + shaking + noise).astype(np.int16)
    return counts


def _filtered(section: Section, x: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Filter from rest at the first value, by the difference equation."""
    gain = (section.b0 + section.b1 + section.b2) / (1.0 + section.a1 + section.a2)
    before = [x[0], x[0], gain * x[0], gain * x[0]]
    out = np.empty_like(x)
    for n, now in enumerate(x):
        x_1, x_2, y_1, y_2 = before
        zeros = section.b0 * now + section.b1 * x_1 + section.b2 * x_2
        out[n] = zeros - section.a1 * y_1 - section.a2 * y_2
        before = [now, x_1, out[n], y_1]
    return out


@pytest.mark.parametrize("rate_hz", [25.0, 100.0, 200.0])
def test_a_tick_holds_the_means_of_its_samples(rate_hz: float) -> None:
    state = fresh_state(rate_hz, G_PER_STEP, CODE)
    counts = _counts(20.0, rate_hz)
    advance(state, counts, empty_log(), False)
    samples = round(rate_hz / TICK_HZ)
    assert state["tick"][0] == len(counts) // samples
    acc_g = counts[: len(counts) // samples * samples] * G_PER_STEP
    gravity_g = _filtered(low_pass(GRAVITY_HZ, rate_hz), acc_g)[-1]
    shake_g = _filtered(band_pass(SHAKE_LOW_HZ, SHAKE_HIGH_HZ, rate_hz), acc_g)[-samples:]
    bends_g = np.diff(acc_g, 2, axis=0)[-samples:]
    assert state["gravity_g"][0] == pytest.approx(gravity_g, abs=1e-9)
    norms_g = np.linalg.norm(acc_g[-samples:], axis=1)
    assert state["tick_norm_g"][0] == pytest.approx(norms_g.mean(), rel=1e-9)
    assert state["tick_shake_g2"][0] == pytest.approx(np.square(shake_g).sum() / samples, rel=1e-9)
    assert state["tick_floor_g2"][0] == pytest.approx(np.square(bends_g).sum() / samples, rel=1e-9)
