"""When a movement counts: on arrival, without a pause, with a long top, with a hesitation."""

from __future__ import annotations

import numpy as np
import pytest

from lumbar_signal import analyze
from lumbar_signal.constants import RING_TICKS
from lumbar_signal.detector import Detector
from lumbar_signal.eventlog import empty_log
from lumbar_signal.events import Exercise, ExerciseSet, MovementClosed
from lumbar_signal.exercises import FACE_DOWN, LANES, ON_BACK
from lumbar_signal.kernel import CODE
from lumbar_signal.movement import tell_movement
from lumbar_signal.state import fresh_state
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0


def _only_set(wearer: Wearer) -> ExerciseSet:
    found = analyze(wearer.samples(RATE_HZ), None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    (one,) = found.sets
    assert one.exercise == Exercise.GLUTE_BRIDGE
    return one


def _on_the_back() -> Wearer:
    return Wearer().stand(4.0).lie_down()


def test_a_first_repetition_right_on_arrival_counts() -> None:
    wearer = _on_the_back()
    times = wearer.bridges(4)
    found = _only_set(wearer.rest(2.0))
    peaks = [one.peak / RATE_HZ for one in found.repetitions]
    assert peaks == pytest.approx([peak for _, peak, _ in times], abs=0.3)


@pytest.mark.parametrize("before_deg", [-80.0, -86.0])
def test_a_first_repetition_right_after_moving_on_the_floor_counts(before_deg: float) -> None:
    wearer = _on_the_back().move(1.0, before_deg).rest(12.0, breath_deg=1.5).move(1.2, -98.0)
    wearer.rest(0.4)
    times = wearer.bridges(4, range_deg=20.0)
    found = _only_set(wearer.rest(2.0))
    starts = [one.start / RATE_HZ for one in found.repetitions]
    assert starts == pytest.approx([start for start, _, _ in times], abs=0.3)
    assert found.repetitions[0].range_deg == pytest.approx(20.0, abs=3.0)


def test_repetitions_without_any_pause_count() -> None:
    wearer = _on_the_back().rest(2.0)
    wearer.bridges(8, period_s=3.0, hold_s=0.0, pause_s=0.0)
    assert len(_only_set(wearer.rest(2.0)).repetitions) == 8


def test_a_repetition_that_is_held_for_10_seconds_counts_once() -> None:
    wearer = _on_the_back().rest(2.0)
    times = wearer.bridges(3, period_s=13.0, hold_s=10.0)
    found = _only_set(wearer.rest(2.0))
    ends = [one.end / RATE_HZ for one in found.repetitions]
    assert ends == pytest.approx([end for _, _, end in times], abs=0.4)


def test_a_hesitation_on_the_way_up_counts_once() -> None:
    wearer = _on_the_back().rest(2.0)
    for _ in range(4):
        wearer.move(1.0, -104.0, height_m=0.2).rest(0.6).move(1.0, -117.0, height_m=0.32)
        wearer.rest(0.8).move(1.5, -92.0, height_m=0.1).rest(0.6)
    assert len(_only_set(wearer.rest(2.0)).repetitions) == 4


def test_a_hesitation_on_the_way_down_counts_once() -> None:
    wearer = _on_the_back().rest(2.0)
    for _ in range(4):
        wearer.move(1.5, -117.0, height_m=0.32).rest(0.8).move(0.8, -104.0, height_m=0.2)
        wearer.rest(0.5).move(0.8, -92.0, height_m=0.1).rest(0.8)
    assert len(_only_set(wearer.rest(2.0)).repetitions) == 4


@pytest.mark.parametrize("breath_deg", [0.6, 1.2])
@pytest.mark.parametrize("short_by_deg", [0.0, 4.0])
def test_a_movement_closes_soon_after_it_stops(short_by_deg: float, breath_deg: float) -> None:
    """Breath keeps the body from resting, and the base was a little lower."""
    wearer = _on_the_back().rest(3.0, breath_deg=breath_deg).move(1.5, -117.0, height_m=0.32)
    wearer.rest(0.8).move(1.5, -92.0 - short_by_deg, height_m=0.1)
    wearer.rest(6.0, breath_deg=breath_deg)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    closed = [
        (event.at - event.movement.end) / RATE_HZ
        for event in detector.push(wearer.samples(RATE_HZ), 0)
        if isinstance(event, MovementClosed) and event.movement.lane == ON_BACK
    ]
    assert len(closed) == 1
    assert closed[0] < 1.0


def test_who_still_rolls_onto_the_back_is_not_askew_at_the_top() -> None:
    wearer = _on_the_back().rest(3.0).move(1.0, -92.0, lateral_deg=35.0).rest(3.0)
    wearer.move(1.0, -92.0, lateral_deg=3.0).move(1.5, -117.0, 0.0, 0.32).rest(1.0)
    wearer.move(1.5, -92.0, 0.0, 0.1)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    bridge = [
        event.movement
        for event in detector.push(wearer.rest(2.0).samples(RATE_HZ), 0)
        if isinstance(event, MovementClosed) and event.movement.lane == ON_BACK
    ][-1]
    assert abs(bridge.rolled_deg) < 1.0


@pytest.mark.parametrize("period_s", [1.6, 2.0, 4.0])
def test_the_lift_is_measured_however_fast_the_bridge(period_s: float) -> None:
    wearer = _on_the_back().rest(3.0)
    wearer.bridges(5, period_s=period_s, hold_s=0.1 * period_s, pause_s=0.2)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    found = [
        event.movement
        for event in detector.push(wearer.rest(2.0).samples(RATE_HZ), 0)
        if isinstance(event, MovementClosed) and event.movement.lane == ON_BACK
    ]
    assert [0.5 * (one.rise_m + one.fall_m) for one in found] == pytest.approx([0.22] * 5, abs=0.08)


def test_half_repetitions_among_whole_ones_count() -> None:
    wearer = _on_the_back().rest(2.0)
    wearer.bridges(3)
    wearer.bridges(1, range_deg=12.0, lift_m=0.11)
    wearer.bridges(2)
    assert len(_only_set(wearer.rest(2.0)).repetitions) == 6


def test_hinges_after_the_bows_of_calibration_are_a_set_of_their_own() -> None:
    wearer = Wearer().stand(5.0).bows(3).stand(5.0).bows(8, period_s=4.0, depth_deg=55.0)
    found = analyze(
        wearer.stand(2.0).samples(RATE_HZ),
        None,
        sampling_rate_hz=RATE_HZ,
        g_per_step=G_PER_STEP,
    )
    (hinges,) = found.sets
    assert hinges.exercise == Exercise.MODIFIED_DEADLIFT
    assert len(hinges.repetitions) == 8


def test_a_sensor_that_is_not_known_yet_feigns_a_rise_and_says_so() -> None:
    """Gains that differ by 7 % make slow turns on all fours look like lifting the pelvis."""
    wearer = Wearer().stand(5.0).bows(3).stand(3.0).move(3.0, 92.0).rest(3.0)
    for _ in range(4):
        wearer.move(3.0, 62.0).move(3.0, 92.0)
    counts = wearer.rest(4.0).samples(RATE_HZ).astype(float)
    askew = np.round(counts * np.array([1.035, 1.0, 0.965])).astype(np.int16)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    events = [*detector.push(askew, 0), *detector.flush()]
    turns = [
        one.movement
        for one in events
        if isinstance(one, MovementClosed) and one.movement.lane == FACE_DOWN
    ]
    assert len(turns) == 4
    for turn in turns:
        lift_m = abs(0.5 * (turn.rise_m + turn.fall_m))
        assert lift_m > 0.03
        assert turn.lift_error_m > 0.4 * lift_m
        assert turn.length_error_g > 0.004


@pytest.mark.parametrize("seed", range(4))
def test_every_movement_begins_before_its_peak_and_ends_after_it(seed: int) -> None:
    """Also where somebody fidgets and creeps about for longer than is remembered."""
    rng = np.random.default_rng(seed)
    wearer = _on_the_back()
    for _ in range(120):
        wearer.move(rng.choice([0.8, 2.0, 6.0, 25.0]), rng.uniform(-112.0, -85.0))
        wearer.rest(rng.choice([0.1, 0.1, 3.0, 18.0]), breath_deg=1.5)
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    events = [*detector.push(wearer.samples(RATE_HZ, seed=seed), 0), *detector.flush()]
    moves = [one.movement for one in events if isinstance(one, MovementClosed)]
    assert len(moves) > 15
    assert all(one.start <= one.peak <= one.end for one in moves)


def test_what_began_longer_ago_than_is_remembered_is_no_movement() -> None:
    state, log = fresh_state(RATE_HZ, G_PER_STEP, CODE)[0], empty_log()[0]
    state["tick"] = 4 * RING_TICKS
    state["next_index"] = 16 * RING_TICKS + 1
    rep = state["lane"][ON_BACK]
    rep["base_tick"], rep["base_deg"] = 2 * RING_TICKS, 90.0
    rep["top_tick"], rep["top_deg"] = 4 * RING_TICKS - 100, 115.0
    told = tell_movement(state, LANES[ON_BACK], rep, ON_BACK, 90.0, 4 * RING_TICKS - 10, log)
    assert not told
    assert log["count"] == 0
