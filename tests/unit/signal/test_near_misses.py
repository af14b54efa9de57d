"""What was measured and did not count is told with the reason."""

import numpy as np
from numpy.typing import NDArray

from lumbar_signal import Detector, Workout
from lumbar_signal.emission_table import MovementRow
from lumbar_signal.events import Exercise, ExerciseSet, Movement, MovementClosed
from lumbar_signal.near_miss import Feature, NearMiss, Reason, near_misses
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0
Found = tuple[list[Movement], list[ExerciseSet]]


def found(samples: NDArray[np.int16], lost: tuple[int, int] | None = None) -> Found:
    """What the detector measures, and the sets, of samples of which some are lost."""
    detector = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    workout = Workout(sampling_rate_hz=RATE_HZ)
    movements = []
    first, last = lost or (len(samples), len(samples))
    for begin, end in ((0, first), (last, len(samples))):
        events = detector.push(samples[begin:end], begin)
        events += detector.flush() if end == len(samples) else []
        workout.add(events, detector.next_index, first_index=begin)
        movements += [one.movement for one in events if isinstance(one, MovementClosed)]
    workout.close()
    return movements, workout.sets


def missed(samples: NDArray[np.int16], lost: tuple[int, int] | None = None) -> list[NearMiss]:
    movements, sets = found(samples, lost)
    return near_misses(movements, sets, sampling_rate_hz=RATE_HZ)


def around(found: list[NearMiss], at_s: float) -> list[NearMiss]:
    return [one for one in found if one.start <= at_s * RATE_HZ <= one.end]


def lying() -> Wearer:
    return Wearer().stand(4.0).lie_down().rest(3.0)


def test_repetition_with_a_gap_in_it_did_not_count_for_that() -> None:
    wearer = lying()
    bridges = wearer.bridges(5)
    start_s, peak_s, _ = bridges[2]
    lost = (int((start_s + 0.5) * RATE_HZ), int((start_s + 1.0) * RATE_HZ))
    (one,) = around(missed(wearer.rest(3.0).samples(RATE_HZ), lost), peak_s)
    assert one.reason is Reason.GAP


def test_one_bridge_alone_is_too_few() -> None:
    wearer = lying()
    ((_, peak_s, _),) = wearer.bridges(1)
    (one,) = around(missed(wearer.rest(30.0).samples(RATE_HZ)), peak_s)
    assert (one.reason, one.likest) == (Reason.FEW, Exercise.GLUTE_BRIDGE)


def test_movement_much_smaller_than_its_set_is_told_with_both_ranges() -> None:
    wearer = lying()
    wearer.bridges(4, range_deg=30.0)
    wearer.rest(3.0)
    ((_, peak_s, _),) = wearer.bridges(1, range_deg=9.0, lift_m=0.03)
    (one,) = around(missed(wearer.rest(30.0).samples(RATE_HZ)), peak_s)
    assert (one.reason, one.likest) == (Reason.SMALL, Exercise.GLUTE_BRIDGE)
    assert one.set_range_deg is not None
    assert 7.0 < one.range_deg < 11.0 < 25.0 < one.set_range_deg


def test_what_counted_is_no_near_miss() -> None:
    wearer = lying()
    bridges = wearer.bridges(5)
    samples = wearer.rest(3.0).samples(RATE_HZ)
    _, sets = found(samples)
    assert [len(one.repetitions) for one in sets] == [5]
    begin, end = bridges[0][0] * RATE_HZ, bridges[-1][2] * RATE_HZ
    assert [one for one in missed(samples) if begin < one.peak < end] == []


def test_way_to_the_floor_is_told_by_what_is_unlike_an_exercise() -> None:
    wearer = lying()
    wearer.bridges(3)
    others = [one for one in missed(wearer.rest(3.0).samples(RATE_HZ)) if one.end < 9.0 * RATE_HZ]
    assert others
    for one in others:
        assert (one.feature is not None) == (one.reason is Reason.UNLIKE)


def test_features_are_the_columns_of_the_table() -> None:
    columns = [name for name in MovementRow.__slots__ if name not in ("exercise", "lanes")]
    assert list(Feature) == columns
