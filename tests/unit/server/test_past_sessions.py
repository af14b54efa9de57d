"""A recorded session as the rules of the programme see it: how much was done, and how it felt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lumbar_server.detected import DetectedSet, DeviationSpan
from lumbar_server.past_sessions import past_of
from lumbar_server.prescribed_lines import line_of, plain_of
from lumbar_server.programme.movement import Counting, Dose
from lumbar_server.programme.past import Choice, DoneLine, Felt, NextDay, PastSession, StopReason
from lumbar_server.programme.plan import PlanLine
from lumbar_server.record import RecordedSet, SessionRecord
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.next_days import NextDayRow
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.stops import StopRow
from recorded import BEGUN_UTC, STREAM_ID, WHOLE, detected, said, session

BRIDGES = PlanLine(
    ladder="glute_bridge",
    slot="glute_bridge",
    rung=1,
    exercise="glute_bridge",
    form="both legs",
    load=None,
    dose=Dose(sets=2, repetitions=8, hold_s=2.0, per_side=False),
    rest_s=60.0,
    repetition_s=5.0,
    counting=Counting.HIGH,
    purpose="Does good.",
    why="The first time: a gentle start.",
    rule="first",
    change=None,
    choice=None,
    is_reduced=False,
)
PLANK = replace(
    BRIDGES,
    ladder="plank",
    slot="plank",
    exercise="wall_plank",
    dose=Dose(sets=2, repetitions=None, hold_s=20.0, per_side=False),
)


def seen(*found: DetectedSet) -> SessionRecord:
    return session(*(RecordedSet(one, None) for one in found), parts=(WHOLE,))


def planned(*lines: PlanLine) -> PrescriptionRow:
    plain = [plain_of(one) for one in lines]
    return PrescriptionRow(1, "strength", "full", plain, "", BEGUN_UTC)


def block(line: int = 0, felt: Felt | None = None, exercise: str = "glute_bridge") -> BlockRow:
    return BlockRow(1, 1, line, exercise, BEGUN_UTC, BEGUN_UTC, felt)


def past(
    record: SessionRecord,
    *lines: PlanLine,
    blocks: tuple[BlockRow, ...] = (),
    stop: StopRow | None = None,
    next_day: NextDayRow | None = None,
) -> PastSession:
    found = past_of(record, planned(*lines) if lines else None, blocks, stop, next_day)
    assert found is not None
    return found


def line_in(record: SessionRecord, line: PlanLine = BRIDGES, **said_of_it: Any) -> DoneLine:
    (found,) = past(record, line, **{"blocks": (block(),), **said_of_it}).lines
    return found


def test_a_line_is_kept_and_read_back_as_it_was() -> None:
    for line in (BRIDGES, replace(PLANK, choice=Choice.EASIER, load="1 kg", change="+5 s")):
        assert line_of(plain_of(line)) == line


def test_what_was_set_out_is_told_with_what_was_done() -> None:
    found = line_in(seen(detected(repetitions=8), detected(repetitions=8, start_s=200.0)))
    assert (found.ladder, found.rung, found.why) == ("glute_bridge", 1, BRIDGES.why)
    assert (found.done_share, found.valid_share, found.in_band_share) == (1.0, 1.0, 1.0)
    assert (found.is_confirmed, found.felt) == (False, None)


@pytest.mark.parametrize(
    ("counts", "share"), [((), 0.0), ((5, 3), 0.5), ((16,), 1.0), ((20,), 1.25)]
)
def test_repetitions_count_by_volume(counts: tuple[int, ...], share: float) -> None:
    sets = [detected(repetitions=n, start_s=60.0 + 100 * i) for i, n in enumerate(counts)]
    assert line_in(seen(*sets)).done_share == share


def test_each_side_is_to_be_done() -> None:
    both = replace(BRIDGES, dose=replace(BRIDGES.dose, per_side=True))
    assert line_in(seen(detected(repetitions=16)), both).done_share == 0.5


@pytest.mark.parametrize(
    ("holds_s", "share"),
    [((), 0.0), ((17.9,), 0.0), ((18.0,), 0.5), ((90.0,), 0.5), ((21.0, 19.0), 1.0)],
)
def test_a_hold_counts_once_if_it_was_nearly_as_long_as_set_out(
    holds_s: tuple[float, ...], share: float
) -> None:
    found = seen(detected("wall_plank", 0, holds_s))
    assert line_in(found, PLANK).done_share == share


def test_other_exercises_do_not_count() -> None:
    assert line_in(seen(detected("cat_cow", 30))).done_share == 0.0


def test_the_wearers_count_comes_before_the_detectors() -> None:
    found = detected(repetitions=4)
    record = session(RecordedSet(found, said(found, repetitions=16)), parts=(WHOLE,))
    line = line_in(record)
    assert (line.done_share, line.valid_share, line.is_confirmed) == (1.0, 1.0, True)


def test_a_set_that_the_wearer_removed_does_not_count() -> None:
    found = detected(repetitions=16)
    removed = session(RecordedSet(found, said(found, removed=True)), parts=(WHOLE,))
    assert line_in(removed).done_share == 0.0


def test_a_set_that_nothing_was_seen_of_counts() -> None:
    told = said(exercise="glute_bridge", repetitions=16, start_s=1.0, end_s=60.0)
    line = line_in(session(RecordedSet(None, told)))
    assert (line.done_share, line.is_confirmed, line.in_band_share) == (1.0, True, None)


def test_another_name_for_a_set_does_not_confirm_its_count() -> None:
    found = detected("cat_cow", repetitions=16)
    renamed = session(RecordedSet(found, said(found, exercise="glute_bridge")), parts=(WHOLE,))
    line = line_in(renamed)
    assert (line.done_share, line.is_confirmed) == (1.0, False)


def test_repetitions_of_little_confidence_are_not_valid() -> None:
    found = detected(repetitions=4)
    some = tuple(replace(one, confidence=0.1 + 0.2 * n) for n, one in enumerate(found.repetitions))
    assert line_in(seen(replace(found, repetitions=some))).valid_share == 0.5


def test_time_outside_the_target_range_counts_once_and_only_within_the_set() -> None:
    found = detected("wall_plank", 0, (20.0,), start_s=100.0)
    outside = tuple(
        DeviationSpan(kind, start_s, end_s, 9.0)
        for kind, start_s, end_s in [
            ("sag", 90.0, 102.0),
            ("roll_left", 101.0, 104.0),
            ("sag", 102.0, 103.0),
            ("pike", 119.0, 130.0),
        ]
    )
    line = line_in(seen(replace(found, deviations=outside)), PLANK)
    assert line.in_band_share == pytest.approx(0.75)


def test_what_was_skipped_was_not_done() -> None:
    line = line_in(seen(detected(repetitions=16)), replace(BRIDGES, choice=Choice.SKIP))
    assert line.done_share == 0.0


def test_a_line_felt_as_its_worst_block() -> None:
    blocks = (block(0, Felt.TOO_MUCH), block(0, Felt.SAME), block(1, Felt.BIT_MORE), block(1))
    lines = past(seen(detected()), BRIDGES, PLANK, BRIDGES, blocks=blocks).lines
    assert [one.felt for one in lines] == [Felt.TOO_MUCH, Felt.BIT_MORE, None]


@pytest.mark.parametrize(
    ("before", "during", "stop", "felt", "worst"),
    [
        (None, None, None, None, None),
        (2, None, None, None, None),
        (2, None, None, Felt.SAME, 2),
        (2, None, None, Felt.BIT_MORE, 3),
        (2, None, None, Felt.TOO_MUCH, 4),
        (9, None, None, Felt.TOO_MUCH, 10),
        (None, None, None, Felt.TOO_MUCH, None),
        (2, 1, None, Felt.BIT_MORE, 3),
        (2, 5, None, Felt.BIT_MORE, 5),
        (2, 3, 7, None, 7),
        (None, 0, None, None, 0),
    ],
)
def test_the_worst_during_is_of_all_that_was_said(
    before: int | None,
    during: int | None,
    stop: int | None,
    felt: Felt | None,
    worst: int | None,
) -> None:
    record = replace(seen(detected()), comfort_before=before, comfort_during=during)
    stopped = None if stop is None else StopRow(1, StopReason.TOO_MUCH, stop, BEGUN_UTC)
    found = past(record, BRIDGES, blocks=(block(0, felt),), stop=stopped)
    assert found.during == worst


def test_the_answers_come_along() -> None:
    later_utc = BEGUN_UTC + timedelta(days=1)
    record = replace(seen(detected()), comfort_before=2, comfort_after=3)
    found = past(
        record,
        stop=StopRow(1, StopReason.LEGS, None, BEGUN_UTC),
        next_day=NextDayRow(1, NextDay.WORSE, later_utc),
    )
    assert (found.before, found.after, found.stop) == (2, 3, StopReason.LEGS)
    assert (found.next_day, found.next_day_utc) == (NextDay.WORSE, later_utc)


def test_what_was_done_without_a_plan_is_known_without_lines() -> None:
    found = past(seen(detected("cat_cow"), detected("unknown", start_s=300.0)))
    assert (found.lines, found.exercises) == ((), frozenset({"cat_cow"}))


def test_a_block_counts_as_done_where_no_sensor_was_worn() -> None:
    found = past(session(), BRIDGES, PLANK, blocks=(block(),))
    assert found.exercises == {"glute_bridge"}
    assert (found.coverage, found.is_calibrated) == (None, None)


@pytest.mark.parametrize(
    ("calibrations", "known"),
    [(("bows",), True), (("none",), False), ((None,), False), (("walking", "none"), True)],
)
def test_a_sensor_is_calibrated_where_it_was_known_how_it_sat_in_the_sets(
    calibrations: tuple[str | None, ...], known: bool
) -> None:
    parts = tuple(
        replace(WHOLE, stream_id=STREAM_ID if n == 0 else f"{n:016x}", calibration=calibration)
        for n, calibration in enumerate(calibrations)
    )
    assert past(replace(seen(detected()), parts=parts)).is_calibrated is known


def test_without_any_set_every_part_must_be_calibrated() -> None:
    parts = (WHOLE, replace(WHOLE, stream_id=f"{1:016x}", calibration="none"))
    assert past(session(parts=parts), BRIDGES, blocks=(block(),)).is_calibrated is False


@pytest.mark.parametrize(
    ("stopped_h", "ended_s"), [(0.5, 1800.0), (2.0, 7200.0), (2.1, 75.5), (23.0, 75.5)]
)
def test_a_session_that_nobody_stopped_ended_with_its_last_movement(
    stopped_h: float, ended_s: float
) -> None:
    stopped_utc = BEGUN_UTC + timedelta(hours=stopped_h)
    found = past(replace(seen(detected()), ended_utc=stopped_utc))
    assert found.ended_utc == BEGUN_UTC + timedelta(seconds=ended_s)


def test_a_block_begun_is_a_movement_too() -> None:
    begun_utc = BEGUN_UTC + timedelta(minutes=20)
    late = replace(block(), begun_utc=begun_utc, ended_utc=begun_utc + timedelta(days=1))
    record = replace(session(), ended_utc=begun_utc + timedelta(days=1))
    assert past(record, BRIDGES, blocks=(late,)).ended_utc == begun_utc


def test_what_runs_or_is_hidden_or_empty_is_no_past() -> None:
    lines = planned(BRIDGES)
    done = seen(detected())
    assert past_of(replace(done, ended_utc=None), lines, [block()], None, None) is None
    assert past_of(replace(done, discarded=True), lines, [block()], None, None) is None
    assert past_of(session(parts=(WHOLE,)), lines, [], None, None) is None
