"""What a page is told of a workout: how level the wearer is, and what nobody saw."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ingested import commit
from lumbar_gateway.messages import IndexRanges, LostSamples
from lumbar_server.ingest import Ingest
from lumbar_server.live_state import describe_state, unseen
from lumbar_signal.events import Exercise, ExerciseSet
from lumbar_sim.activities import BirdDog, Bows, Rest
from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.wearer import Wearer as SimulatedWearer
from lumbar_sim.workout import simulate
from signal_traces import G_PER_STEP, Wearer, programme
from signal_traces import Programme as PlankProgramme
from stream_messages import START_S, PublishedStream

RATE_HZ = 50.0


def states(
    ingest: Ingest,
    wearer: Wearer | NDArray[np.int16],
    *,
    live: bool = True,
    lost: tuple[int, int] = (0, 0),
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield (seconds, state) as half a second after the other arrives."""
    samples = wearer.samples(RATE_HZ) if isinstance(wearer, Wearer) else wearer
    stream = PublishedStream("SIM-1", 0x1234, samples)
    for batch in stream.batches(25, live=live):
        message = (
            LostSamples(stream.stream_id, batch.first_index, batch.end_index, "overwritten")
            if lost[0] <= batch.first_index < lost[1]
            else batch
        )
        (done,) = commit(ingest, message)
        now_s = batch.end_index / RATE_HZ
        yield now_s, describe_state(done, START_S + now_s)


def of_plank(ingest: Ingest, workout: PlankProgramme, *, live: bool) -> list[dict[str, Any]]:
    """Return the states of the seconds in which the plank sags."""
    first_s = workout.plank[1] - 4.0
    told = states(ingest, workout.wearer, live=live)
    return [state for now_s, state in told if first_s < now_s < first_s + 1.5]


def test_a_plank_that_sags_tilts_the_cup(ingest: Ingest) -> None:
    for state in of_plank(ingest, programme(), live=True):
        assert state["level"]["sagittal_deg"] == pytest.approx(-11.0, abs=2.0)
        assert abs(state["level"]["lateral_deg"]) < 2.0


def bird_dogs(range_deg: float) -> NDArray[np.int16]:
    """Return a simulated wearer's samples: standing, bows, then six lifts on hands and knees."""
    standing, all_fours = Rest(Stance.STANDING, 4.0), Rest(Stance.ALL_FOURS, 2.0)
    done = simulate(
        Programme((standing, Bows(3, 50.0, 2.5), standing, all_fours, BirdDog(6, range_deg))),
        wearer=SimulatedWearer(),
        placement=Placement(),
        imu=Imu(),
        sampling_rate_hz=RATE_HZ,
        rng=np.random.default_rng(3),
    ).measurement
    return np.asarray(np.round(done.counts * (done.g_per_step / G_PER_STEP)), np.int16)


def test_a_bird_dog_tilts_the_cup_to_the_one_side_and_the_other(ingest: Ingest) -> None:
    told = [state for _, state in states(ingest, bird_dogs(5.0))]
    tilts = [one["level"]["lateral_deg"] for one in told if one["exercise"] == "bird_dog"]
    assert 3.5 < max(tilts) < 7.0
    assert -7.0 < min(tilts) < -3.5


def test_back_filled_samples_tilt_nothing(ingest: Ingest) -> None:
    assert {state["level"] for state in of_plank(ingest, programme(), live=False)} == {None}


def test_a_bridge_has_no_cup(ingest: Ingest) -> None:
    wearer = Wearer().stand(5.0).bows(3).stand(1.0).lie_down().rest(1.5, 0.5)
    wearer.bridges(3)
    assert {str(state["level"]) for _, state in states(ingest, wearer)} == {"None"}


def test_rest_counts_from_the_last_repetition(ingest: Ingest) -> None:
    wearer = Wearer().stand(5.0).bows(3).stand(1.0).lie_down().rest(1.5, 0.5)
    ends = wearer.bridges(3)
    wearer.rest(6.0)
    told = list(states(ingest, wearer))
    assert told[0][1]["since_set_s"] is None
    now_s, last = told[-1]
    assert last["since_set_s"] == pytest.approx(now_s - ends[-1][2], abs=0.5)


def test_the_first_repetition_of_the_next_set_ends_the_rest(ingest: Ingest) -> None:
    workout = programme()
    told = list(states(ingest, workout.wearer))
    first_s, second_s = workout.cat_cows[0][2], workout.cat_cows[1][2]
    first = [state for now_s, state in told if first_s + 1.0 < now_s < second_s]
    assert {(one["exercise"], one["repetitions"]) for one in first} == {("cat_cow", 1)}
    assert len(first[-1]["sets"]) == 2
    assert max(one["since_set_s"] for one in first) <= second_s - first_s


def test_a_hole_in_a_set_is_asked_about_and_one_before_is_not(ingest: Ingest) -> None:
    wearer = Wearer().stand(40.0).bows(3).stand(1.0).lie_down().rest(1.5, 0.5)
    ends = wearer.bridges(8)
    wearer.rest(3.0)
    lost = (round(ends[3][0] * RATE_HZ), round(ends[4][2] * RATE_HZ))
    (_, last) = list(states(ingest, wearer, lost=lost))[-1]
    (hole,) = last["unseen"]
    assert last["sets"][hole["set"]]["exercise"] == "glute_bridge"
    assert hole["lost_s"] == pytest.approx((lost[1] - lost[0]) / RATE_HZ, abs=1.0)


def a_set(start_s: float, end_s: float) -> ExerciseSet:
    start, end = start_s * RATE_HZ, end_s * RATE_HZ
    return ExerciseSet(Exercise.GLUTE_BRIDGE, start, end, 1.0, 1.0, closed=True)


def test_a_hole_belongs_to_the_set_that_it_is_nearest_to() -> None:
    sets = [a_set(10.0, 30.0), a_set(60.0, 80.0)]
    holes = [(15.0, 20.0), (30.5, 35.0), (42.0, 46.0), (55.0, 59.0), (76.0, 82.0), (120.0, 130.0)]
    lost = IndexRanges((round(start * RATE_HZ), round(end * RATE_HZ)) for start, end in holes)
    found = [(one["start"] / RATE_HZ, one["set"]) for one in unseen(lost, sets, RATE_HZ)]
    assert found == [(15.0, 0), (30.5, 0), (42.0, 0), (55.0, 1), (76.0, 1)]
    short = IndexRanges([(1000, 1100)])
    assert unseen(short, sets, RATE_HZ) == []
