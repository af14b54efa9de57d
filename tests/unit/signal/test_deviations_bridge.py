"""A hip that drops at the top of a bridge, and what only looks like one."""

from __future__ import annotations

import pytest

from lumbar_signal import Detector
from lumbar_signal.constants import HIP_DROP_DEG
from lumbar_signal.events import Movement, MovementClosed
from lumbar_signal.exercises import ON_BACK
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0


def _lying(lateral_deg: float = 0.0) -> Wearer:
    wearer = Wearer().stand(5.0).bows(3).stand(2.0)
    wearer.lateral_deg = lateral_deg
    return wearer.lie_down().rest(1.5)


def _bridge(
    wearer: Wearer, top_deg: float = 0.0, before_deg: float = 0.0, after_deg: float = 0.0
) -> Wearer:
    """One repetition with the lateral tilt at its base, its top, and its end."""
    wearer.lateral_deg = before_deg
    wearer.move(1.6, -117.0, lateral_deg=0.0, height_m=0.32).move(0.6, lateral_deg=top_deg)
    wearer.rest(0.6).move(0.6, lateral_deg=0.0)
    return wearer.move(1.6, -92.0, lateral_deg=after_deg, height_m=0.1).rest(0.8)


def _bridges(wearer: Wearer) -> list[Movement]:
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    events = detector.push(wearer.rest(3.0).samples(RATE_HZ), 0) + detector.flush()
    closed = [one.movement for one in events if isinstance(one, MovementClosed)]
    return [one for one in closed if one.lane == ON_BACK and one.range_deg > 20.0]


@pytest.mark.parametrize("drop_deg", [-9.0, 9.0])
def test_a_dropped_hip_shows_in_the_repetition_that_has_it(drop_deg: float) -> None:
    wearer = _lying()
    for top_deg in (0.0, drop_deg, 0.0):
        _bridge(wearer, top_deg)
    first, second, third = _bridges(wearer)
    assert second.dropped_deg == pytest.approx(drop_deg, abs=1.5)
    assert max(abs(first.dropped_deg), abs(third.dropped_deg)) < 2.0


def test_lying_askew_is_no_dropped_hip() -> None:
    wearer = _lying(12.0)
    _bridge(wearer, before_deg=12.0)
    _bridge(_bridge(wearer), after_deg=-12.0)
    movements = _bridges(wearer)
    assert len(movements) == 3
    assert max(abs(one.dropped_deg) for one in movements) < HIP_DROP_DEG / 2
