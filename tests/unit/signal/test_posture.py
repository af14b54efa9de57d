"""The posture is told by the direction of gravity: its borders, its changes and what is unseen."""

from __future__ import annotations

import numpy as np
import pytest

from lumbar_signal import analyze
from lumbar_signal.events import Posture
from lumbar_signal.exercises import POSTURES
from lumbar_signal.posture import posture_of
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0


def _posture(sagittal_deg: float, lateral_deg: float) -> Posture:
    sagittal, lateral = np.radians([sagittal_deg, lateral_deg])
    x, z = np.cos(lateral) * np.cos(sagittal), np.cos(lateral) * np.sin(sagittal)
    return POSTURES[posture_of(float(x), float(np.sin(lateral)), float(z))]


@pytest.mark.parametrize(
    ("sagittal_deg", "lateral_deg", "posture"),
    [
        (19.0, 0.0, Posture.UPRIGHT),
        (21.0, 0.0, Posture.LEANING_FORWARD),
        (59.0, 0.0, Posture.LEANING_FORWARD),
        (61.0, 0.0, Posture.PRONE),
        (134.0, 0.0, Posture.PRONE),
        (136.0, 0.0, Posture.INVERTED),
        (-44.0, 0.0, Posture.UPRIGHT),
        (-46.0, 0.0, Posture.SUPINE),
        (-134.0, 0.0, Posture.SUPINE),
        (-136.0, 0.0, Posture.INVERTED),
        (0.0, 44.0, Posture.UPRIGHT),
        (0.0, 46.0, Posture.RIGHT_SIDE),
        (90.0, 46.0, Posture.RIGHT_SIDE),
        (-90.0, -46.0, Posture.LEFT_SIDE),
        (40.0, 20.0, Posture.LEANING_FORWARD),
    ],
)
def test_each_direction_has_its_posture(
    sagittal_deg: float, lateral_deg: float, posture: Posture
) -> None:
    assert _posture(sagittal_deg, lateral_deg) == posture


def test_a_change_is_told_when_gravity_passes_the_border() -> None:
    wearer = Wearer().stand(6.0).move(2.0, 40.0).rest(5.0)  # through 20 degrees half-way
    analysis = analyze(
        wearer.samples(RATE_HZ), None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP
    )
    upright, leaning = analysis.postures
    assert (upright.posture, leaning.posture) == (Posture.UPRIGHT, Posture.LEANING_FORWARD)
    assert leaning.start / RATE_HZ == pytest.approx(7.0, abs=0.1)


@pytest.mark.parametrize("stood_s", [6.0, 6.03, 6.06])
def test_a_border_is_passed_between_two_ticks(stood_s: float) -> None:
    """Ticks are 80 ms apart."""
    wearer = Wearer().stand(stood_s).move(2.0, 40.0).rest(5.0)
    analysis = analyze(
        wearer.samples(RATE_HZ), None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP
    )
    assert analysis.postures[1].start / RATE_HZ == pytest.approx(stood_s + 1.0, abs=0.025)


def test_without_gravity_the_posture_is_unknown() -> None:
    samples = Wearer().stand(10.0).samples(RATE_HZ)
    samples[250:] = 0
    analysis = analyze(samples, None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    assert [one.posture for one in analysis.postures] == [Posture.UPRIGHT, Posture.UNKNOWN]
