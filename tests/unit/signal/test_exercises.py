"""Each exercise by itself: counts, times and cues."""

from __future__ import annotations

import numpy as np
import pytest

from lumbar_signal import Prescription, analyze
from lumbar_signal.events import (
    Announcement,
    DeviationKind,
    DeviationStarted,
    Exercise,
    ExerciseSet,
    HoldEnded,
    RepetitionCounted,
)
from signal_traces import G_PER_STEP, Wearer, announced

RATE_HZ = 50.0


def _sets(wearer: Wearer, prescribed: Exercise | None = None) -> tuple[ExerciseSet, ...]:
    return analyze(
        wearer.samples(RATE_HZ),
        None,
        sampling_rate_hz=RATE_HZ,
        g_per_step=G_PER_STEP,
        prescription=Prescription.throughout(prescribed),
    ).sets


def _told(wearer: Wearer) -> list[Announcement]:
    return announced(wearer.samples(RATE_HZ))


@pytest.mark.parametrize("count", [2, 5, 12])
@pytest.mark.parametrize("period_s", [3.0, 6.0])
def test_every_bridge_is_counted(count: int, period_s: float) -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(count, period_s)
    (bridges,) = _sets(wearer.rest(2.0))
    assert bridges.exercise == Exercise.GLUTE_BRIDGE
    assert len(bridges.repetitions) == count


def test_bridges_held_for_five_seconds_are_counted() -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    times = wearer.bridges(4, period_s=9.0, hold_s=5.0)
    (bridges,) = _sets(wearer.rest(2.0))
    peaks = [one.peak / RATE_HZ for one in bridges.repetitions]
    assert peaks == pytest.approx([peak for _, peak, _ in times], abs=0.3)


def test_bridges_are_counted_in_a_trace_that_begins_lying() -> None:
    wearer = Wearer(sagittal_deg=-92.0, height_m=0.1).rest(1.0)
    wearer.bridges(3)
    (bridges,) = _sets(wearer.rest(1.0))
    assert len(bridges.repetitions) == 3


def test_lying_back_in_two_stages_is_no_part_of_the_first_bridge() -> None:
    wearer = Wearer().stand(4.0).move(1.0, 30.0, height_m=0.6).move(1.6, -72.0, height_m=0.12)
    wearer.rest(0.8).move(0.8, -93.0).rest(0.9)
    times = wearer.bridges(3)
    (bridges,) = _sets(wearer.rest(1.0))
    starts = [one.start / RATE_HZ for one in bridges.repetitions]
    assert starts == pytest.approx([start for start, _, _ in times], abs=0.3)
    assert [one.range_deg for one in bridges.repetitions] == pytest.approx([25.0] * 3, abs=2.0)


@pytest.mark.parametrize("period_s", [4.0, 5.0, 8.0])
def test_every_cat_cow_is_counted(period_s: float) -> None:
    wearer = Wearer(sagittal_deg=80.0, height_m=0.5).rest(2.0)
    wearer.cat_cows(6, period_s)
    (cat_cows,) = _sets(wearer.rest(1.0))
    assert cat_cows.exercise == Exercise.CAT_COW
    assert len(cat_cows.repetitions) == 6


def test_a_repetition_is_told_within_0_8_seconds_of_its_end() -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(6, period_s=3.0, pause_s=0.0)
    wearer.rest(1.0)
    told = [event for event in _told(wearer) if isinstance(event, RepetitionCounted)]
    assert [event.exercise for event in told] == [Exercise.GLUTE_BRIDGE] * 6
    for event in told:
        assert 0.0 <= event.at - event.repetition.end <= 0.8 * RATE_HZ


def test_one_bridge_is_a_set_only_where_it_was_prescribed() -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(1)
    wearer.rest(2.0)
    assert _sets(wearer) == ()
    (bridge,) = _sets(wearer, prescribed=Exercise.GLUTE_BRIDGE)
    assert len(bridge.repetitions) == 1


def test_bridges_more_than_20_seconds_apart_are_two_sets() -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(3)
    wearer.rest(25.0, breath_deg=1.0)
    wearer.bridges(2)
    assert [len(one.repetitions) for one in _sets(wearer.rest(1.0))] == [3, 2]


@pytest.mark.parametrize("seconds", [8.0, 30.0, 120.0])
def test_a_plank_is_timed(seconds: float) -> None:
    wearer = Wearer().stand(5.0).lie_down().rest(2.0).turn_to_all_fours().rest(1.0)
    truth = wearer.plank(seconds)
    (plank,) = _sets(wearer.lie_prone(6.0))
    assert plank.exercise == Exercise.FOREARM_PLANK
    (hold,) = plank.holds
    assert (hold.start / RATE_HZ, hold.end / RATE_HZ) == pytest.approx(truth, abs=1.0)
    assert plank.deviations == ()


def test_a_trace_that_begins_in_a_plank_shows_it_where_it_was_prescribed() -> None:
    """Else nobody knows how the sensor is worn, and the back may be the front."""
    wearer = Wearer(sagittal_deg=82.0, height_m=0.25)
    wearer.plank(20.0)
    wearer.stand_up().stand(3.0)
    assert _sets(wearer) == ()
    (plank,) = _sets(wearer, prescribed=Exercise.FOREARM_PLANK)
    assert plank.exercise == Exercise.FOREARM_PLANK


@pytest.mark.parametrize(
    ("change_deg", "kind"), [(-9.0, DeviationKind.SAG), (9.0, DeviationKind.PIKE)]
)
def test_a_sag_or_pike_of_9_degrees_is_told_within_2_5_seconds(
    change_deg: float, kind: DeviationKind
) -> None:
    wearer = Wearer().stand(5.0)
    start, _ = wearer.plank(25.0, dips=[(10.0, 5.0, change_deg)])
    (told,) = [one for one in _told(wearer.stand_up()) if isinstance(one, DeviationStarted)]
    assert told.kind == kind
    assert told.in_hold
    assert 0.0 < told.at / RATE_HZ - (start + 10.0) <= 2.5


@pytest.mark.parametrize("change_deg", [-4.0, 4.0])
def test_a_sag_or_pike_of_4_degrees_is_not_told(change_deg: float) -> None:
    wearer = Wearer().stand(5.0)
    wearer.plank(25.0, dips=[(8.0, 5.0, change_deg), (16.0, 5.0, change_deg)])
    assert not [one for one in _told(wearer.stand_up()) if isinstance(one, DeviationStarted)]


def test_a_roll_to_the_left_is_told_as_one() -> None:
    wearer = Wearer().stand(5.0)
    start, _ = wearer.plank(10.0)
    wearer.tremors[-1] = (start, start + 26.0, 0.012, 0.012)
    wearer.move(0.8, lateral_deg=-9.0).rest(4.0).move(0.8, lateral_deg=0.0).rest(10.4)
    (plank,) = _sets(wearer.stand_up())
    assert [one.kind for one in plank.deviations] == [DeviationKind.ROLL_LEFT]


def test_short_sag_does_not_end_the_plank() -> None:
    wearer = Wearer().stand(5.0)
    wearer.plank(25.0, dips=[(8.0, 2.0, -14.0), (16.0, 2.0, -14.0)])
    (plank,) = _sets(wearer.stand_up())
    assert len(plank.holds) == 1


def test_a_plank_that_is_broken_for_a_second_and_caught_again_is_one() -> None:
    wearer = Wearer().stand(5.0)
    start, end = wearer.plank(25.0, dips=[(12.0, 2.8, -24.0)])
    (plank,) = _sets(wearer.stand_up())
    (hold,) = plank.holds
    assert (hold.start / RATE_HZ, hold.end / RATE_HZ) == pytest.approx((start, end), abs=1.0)


def test_a_plank_ends_where_the_lowering_began() -> None:
    wearer = Wearer().stand(5.0)
    truth = wearer.plank(20.0)
    wearer.move(2.5, 92.0, height_m=0.08).rest(15.0, breath_deg=1.0)
    (plank,) = _sets(wearer)
    assert (plank.start / RATE_HZ, plank.end / RATE_HZ) == pytest.approx(truth, abs=0.8)


def test_lying_down_from_a_plank_is_not_told_as_a_pike() -> None:
    wearer = Wearer().stand(5.0)
    wearer.plank(15.0)
    events = _told(wearer.lie_prone(10.0))
    assert [event for event in events if isinstance(event, HoldEnded)]
    assert not [event for event in events if isinstance(event, DeviationStarted)]


def test_a_wall_plank_is_found() -> None:
    wearer = Wearer().stand(5.0).bows().stand(2.0).move(1.5, 28.0)
    start = wearer.now_s
    wearer.tremors.append((start, start + 15.0, 0.012, 0.015))
    wearer.rest(15.0).move(1.5, 0.0).stand(3.0)
    for prescribed in (None, Exercise.WALL_PLANK):
        (wall,) = _sets(wearer, prescribed)
        assert wall.exercise == Exercise.WALL_PLANK
        times = (wall.start / RATE_HZ, wall.end / RATE_HZ)
        assert np.allclose(times, (start, start + 15.0), atol=1.0)
