"""How level the wearer is now: in a hold against its start, on all fours against the middle."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumbar_signal import Detector, Level
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0
SMOOTHED_DEG = 1.5  # tremor, breath and the filter


def detector_at(wearer: Wearer, cuts: list[int] | None = None) -> Detector:
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    samples = wearer.samples(RATE_HZ)
    borders = sorted({0, len(samples), *(cut % len(samples) for cut in cuts or [])})
    for start, stop in itertools.pairwise(borders):
        detector.push(samples[start:stop], start)
    return detector


def calibrated() -> Wearer:
    return Wearer().stand(5.0).bows(3).stand(2.0)


def in_plank(sagittal_deg: float, lateral_deg: float) -> Wearer:
    """Hold a plank for 10 s and come out of line."""
    wearer = calibrated().get_down().move(1.0, 82.0, height_m=0.25)
    start = wearer.now_s
    wearer.rest(10.0).move(1.0, 82.0 + sagittal_deg, lateral_deg=lateral_deg).rest(1.0)
    wearer.tremors.append((start, wearer.now_s, 0.02, 0.02))
    return wearer


@pytest.mark.parametrize(
    ("sagittal_deg", "lateral_deg"), [(0.0, 0.0), (-6.0, 0.0), (6.0, 0.0), (0.0, 7.0), (0.0, -7.0)]
)
def test_a_plank_is_compared_with_its_own_start(sagittal_deg: float, lateral_deg: float) -> None:
    level = detector_at(in_plank(sagittal_deg, lateral_deg)).level_in_hold
    assert level is not None
    assert level.sagittal_deg == pytest.approx(sagittal_deg, abs=SMOOTHED_DEG)
    assert level.lateral_deg == pytest.approx(lateral_deg, abs=SMOOTHED_DEG)


def on_all_fours(belt_deg: float, *lifts_deg: float) -> Wearer:
    """Lift one leg after the other, and hold the last one."""
    wearer = calibrated().move(0.5, lateral_deg=belt_deg).get_down().move(1.0, 76.0).rest(2.0)
    for lift_deg in lifts_deg[:-1]:
        wearer.move(1.2, lateral_deg=belt_deg + lift_deg).rest(3.0)
        wearer.move(1.2, lateral_deg=belt_deg).rest(1.0)
    return wearer.move(1.2, lateral_deg=belt_deg + lifts_deg[-1]).rest(3.0)


@pytest.mark.parametrize("belt_deg", [0.0, 4.0])
@pytest.mark.parametrize(
    "lifts_deg",
    [(6.0,), (9.0,), (6.0, -6.0), (6.0, -9.0), 3 * (-6.0, 6.0), 5 * (5.0, -5.0), (4.0, 4.0, -4.0)],
)
def test_on_all_fours_the_rest_between_both_sides_is_level(
    lifts_deg: tuple[float, ...], belt_deg: float
) -> None:
    """However the belt sits: a leg that stays lifted is a tilt, not a new level."""
    level = detector_at(on_all_fours(belt_deg, *lifts_deg)).level_on_all_fours
    assert level is not None
    assert level.lateral_deg == pytest.approx(lifts_deg[-1], abs=SMOOTHED_DEG)


def test_who_walks_keeps_no_level() -> None:
    detector = detector_at(calibrated().walk(6.0))
    assert (detector.level_in_hold, detector.level_on_all_fours) == (None, None)
    fresh = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    assert (fresh.level_in_hold, fresh.level_on_all_fours) == (None, None)


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 2500), max_size=40))
def test_the_level_does_not_depend_on_the_cut_into_calls(cuts: list[int]) -> None:
    wearer = in_plank(-6.0, 2.0)
    whole, cut = detector_at(wearer), detector_at(wearer, cuts)

    def levels(detector: Detector) -> tuple[Level | None, Level | None, bytes]:
        return detector.level_in_hold, detector.level_on_all_fours, detector.state_bytes

    assert levels(cut) == levels(whole)
