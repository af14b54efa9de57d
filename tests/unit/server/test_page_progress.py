"""Progress: each movement from workout to workout, the wearer's word first."""

from dataclasses import replace
from datetime import timedelta

from lumbar_server.pages.progress import comfort_of, movements_of
from lumbar_server.record import RecordedSet
from recorded import BEGUN_UTC, detected, said, session


def test_movement_is_followed_by_what_counts() -> None:
    found = detected(repetitions=5)
    first = session(RecordedSet(found, None), RecordedSet(detected(repetitions=3), None))
    second = session(
        RecordedSet(found, said(found, repetitions=9)),
        RecordedSet(detected(start_s=200.0), said(removed=True)),
        id=2,
        started_utc=BEGUN_UTC + timedelta(days=2),
    )
    (bridge,) = movements_of([first, second])
    assert [(one.session_id, one.repetitions) for one in bridge.amounts] == [(1, 8), (2, 9)]
    assert [one.range_deg for one in bridge.amounts] == [25.0, 25.0]
    assert (bridge.has_repetitions, bridge.has_holds, bridge.best_hold) == (True, False, None)


def test_longest_hold_is_found_with_its_day() -> None:
    days = [timedelta(days=day) for day in range(3)]
    holds_s = [(10.0, 30.0), (45.0,), (20.0,)]
    records = [
        session(RecordedSet(detected("wall_plank", 0, each), None), started_utc=BEGUN_UTC + day)
        for day, each in zip(days, holds_s, strict=True)
    ]
    (plank,) = movements_of(records)
    assert plank.best_hold is not None
    assert (plank.best_hold.longest_hold_s, plank.best_hold.started_utc) == (
        45.0,
        BEGUN_UTC + days[1],
    )
    assert plank.amounts[0].range_deg is None


def test_set_that_nobody_saw_counts_without_a_range() -> None:
    own = said(exercise="dead_bug", repetitions=10, start_s=0.0, end_s=30.0)
    (dead_bug,) = movements_of([session(RecordedSet(None, own))])
    assert dead_bug.amounts[0].repetitions == 10
    assert not dead_bug.has_range


def test_comfort_is_of_workouts_of_which_something_was_said() -> None:
    felt = session(comfort_before=2, effort=0)
    (only,) = comfort_of([session(), felt, replace(felt, comfort_before=None, effort=None)])
    assert (only.before, only.after, only.effort) == (2, None, 0)
