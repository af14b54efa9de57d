"""Departures from upright standing outside exercise, and how sensitive the wearer wants them."""

from __future__ import annotations

import numpy as np
import pytest

from lumbar_signal import Detector, analyze
from lumbar_signal.detector import _NO_SAMPLES
from lumbar_signal.events import DeviationEnded, DeviationKind, DeviationStarted, Event
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0
FLEXION, SLOUCH, LEAN = (
    DeviationKind.SUSTAINED_FLEXION,
    DeviationKind.SLOUCH,
    DeviationKind.LATERAL_LEAN,
)


def _events(wearer: Wearer, sensitivity: float = 1.0) -> list[Event]:
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP, sensitivity=sensitivity)
    return detector.push(wearer.samples(RATE_HZ), 0) + detector.flush()


def _cues(wearer: Wearer, sensitivity: float = 1.0) -> list[DeviationKind]:
    events = _events(wearer, sensitivity)
    return [one.kind for one in events if isinstance(one, DeviationStarted) and not one.in_hold]


def _staying(sagittal_deg: float, lateral_deg: float, stay_s: float) -> Wearer:
    """Stand, bow, walk, and stay somewhere; then stand again."""
    wearer = Wearer().stand(5.0).bows(3).stand(2.0)
    wearer.move(1.5, sagittal_deg, lateral_deg=lateral_deg).rest(stay_s)
    return wearer.move(1.5, 0.0, lateral_deg=0.0).stand(4.0)


@pytest.mark.parametrize(
    ("kind", "sagittal_deg", "lateral_deg", "dwell_s"),
    [(FLEXION, 26.0, 0.0, 20.0), (SLOUCH, -14.0, 0.0, 30.0), (LEAN, 0.0, -12.0, 15.0)],
)
def test_a_posture_is_told_once_it_has_lasted_for_its_dwell(
    kind: DeviationKind, sagittal_deg: float, lateral_deg: float, dwell_s: float
) -> None:
    assert _cues(_staying(sagittal_deg, lateral_deg, dwell_s - 3.0)) == []
    assert _cues(_staying(sagittal_deg, lateral_deg, dwell_s + 3.0)) == [kind]


@pytest.mark.parametrize(
    ("kind", "sagittal_deg", "lateral_deg"),
    [(FLEXION, 15.0, 0.0), (SLOUCH, -9.0, 0.0), (LEAN, 0.0, 7.5)],
)
def test_who_wants_to_hear_sooner_does(
    kind: DeviationKind, sagittal_deg: float, lateral_deg: float
) -> None:
    wearer = _staying(sagittal_deg, lateral_deg, 40.0)
    assert _cues(wearer) == []
    assert _cues(wearer, sensitivity=1.5) == [kind]


def test_who_wants_to_hear_less_does() -> None:
    wearer = _staying(26.0, 0.0, 40.0)
    assert _cues(wearer) == [FLEXION]
    assert _cues(wearer, sensitivity=0.6) == []


def test_sensitivity_changes_nothing_in_a_hold() -> None:
    wearer = Wearer().stand(5.0).bows(3).stand(2.0)
    wearer.plank(25.0, tremor_g=0.02, dips=[(10.0, 5.0, -9.0), (18.0, 5.0, -4.0)])
    told = [
        [one for one in _events(wearer, sensitivity) if isinstance(one, DeviationEnded)]
        for sensitivity in (0.5, 1.0, 2.0)
    ]
    assert told[0] == told[1] == told[2]
    assert [one.deviation.kind for one in told[0]] == [DeviationKind.SAG]


@pytest.mark.parametrize("sensitivity", [0.0, 0.49, 2.01, -1.0, float("nan"), float("inf")])
def test_a_sensitivity_out_of_range_is_refused_by_name(sensitivity: float) -> None:
    with pytest.raises(ValueError, match=r"sensitivity is .*: need 0\.5 to 2\.0"):
        Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP, sensitivity=sensitivity)
    with pytest.raises(ValueError, match="sensitivity is"):
        analyze(
            _NO_SAMPLES,
            None,
            sampling_rate_hz=RATE_HZ,
            g_per_step=G_PER_STEP,
            sensitivity=sensitivity,
        )


def test_sensitivity_outlives_a_new_segment_and_any_cutting() -> None:
    samples = _staying(15.0, 0.0, 40.0).samples(RATE_HZ)
    ways = []
    for step in (len(samples), 37):
        detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP, sensitivity=1.5)
        events = detector.push(samples[:700], 0)  # 14 s: calibrated
        for first in range(0, len(samples), step):
            events += detector.push(samples[first : first + step], first + 1300)
        ways.append((events + detector.flush(), detector.state_bytes))
    assert ways[0] == ways[1]
    assert [one.kind for one in ways[0][0] if isinstance(one, DeviationStarted)] == [FLEXION]


def test_a_slipped_belt_is_not_told_as_a_lean_for_ever() -> None:
    """It slips by 14 degrees to the side; standing and walking show where upright is now."""
    before = Wearer().stand(5.0).bows(3).stand(5.0)
    for _ in range(2):
        before.walk(15.0).stand(8.0)
    after = Wearer().stand(20.0)
    for _ in range(8):
        after.walk(15.0).stand(8.0)
    after.stand(60.0)
    slipped = after.samples(RATE_HZ, mount_deg=(0.0, 0.0, 14.0))
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    events = detector.push(np.concatenate([before.samples(RATE_HZ), slipped]), 0)
    assert detector.calibration.moved
    (ended,) = [one for one in events if isinstance(one, DeviationEnded)]
    assert ended.deviation.kind == LEAN
    assert ended.at <= detector.calibration.index
    assert [one.kind for one in events if isinstance(one, DeviationStarted)] == [LEAN]
