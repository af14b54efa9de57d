"""Every rule of a ladder, at its borders."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lumbar_server.programme.comfort import Limits
from lumbar_server.programme.past import Choice, DoneLine, Felt, NextDay, PastSession
from lumbar_server.programme.progression import Move, Standing, standing_of
from programme_past import BRIDGE, BUG, MONDAY_UTC, SMALL, line, session

GOOD = (session(0), session(2))


def standing(
    *past: PastSession, day: float = 4.0, ladder: str = BRIDGE, with_care: bool = False
) -> Standing:
    now_utc: datetime = MONDAY_UTC + timedelta(days=day)
    return standing_of(SMALL.ladders[ladder], SMALL, past, Limits(), now_utc, with_care=with_care)


def test_a_beginner_begins_gently() -> None:
    assert (standing().rung, standing().move) == (1, Move.START)
    assert standing(with_care=True).rung == 0


def test_two_good_sessions_lead_on() -> None:
    assert standing(session(0)).move is Move.SAME
    found = standing(*GOOD)
    assert (found.rung, found.move) == (1, Move.READY)
    assert found.why == "Two good sessions in a row"


def test_with_care_it_takes_three() -> None:
    assert standing(*GOOD, with_care=True).move is Move.SAME
    assert standing(*GOOD, session(3), with_care=True).move is Move.READY


def test_after_a_step_two_more_are_needed() -> None:
    risen = (*GOOD, session(4, line(rung=2)))
    assert (standing(*risen, day=5).rung, standing(*risen, day=5).move) == (2, Move.SAME)
    assert standing(*risen, session(5, line(rung=2)), day=6).move is Move.READY


def test_sessions_without_the_movement_are_no_break() -> None:
    other = session(1, line(BUG))
    assert standing(session(0), other, session(2)).move is Move.READY


@pytest.mark.parametrize(
    ("flaw", "rule"),
    [
        (line(done_share=0.79), "not_all_done"),
        (line(valid_share=0.79), "not_clear"),
        (line(in_band_share=0.79), "out_of_range"),
        (line(is_reduced=True), "was_half"),
        (line(choice=Choice.EASIER), "easier"),
        (line(felt=Felt.TOO_MUCH), "amber"),
    ],
)
def test_a_line_that_was_not_good_is_repeated(flaw: DoneLine, rule: str) -> None:
    found = standing(session(0), session(2, flaw))
    assert (found.rung, found.move, found.rule) == (1, Move.SAME, rule)


@pytest.mark.parametrize(
    "enough",
    [
        line(done_share=0.8, valid_share=0.8, in_band_share=0.8),
        line(valid_share=None, in_band_share=None),
        line(felt=Felt.BIT_MORE),
        line(felt=Felt.SAME),
    ],
)
def test_a_line_at_the_border_is_good(enough: DoneLine) -> None:
    assert standing(session(0), session(2, enough)).move is Move.READY


@pytest.mark.parametrize(
    ("flawed", "rule"),
    [
        (session(2, next_day=None), "not_said"),
        (session(2, before=None), "not_said"),
        (session(2, during=None), "not_said"),
        (session(2, after=None), "not_said"),
        (session(2, coverage=0.79), "not_received"),
        (session(2, coverage=None), "no_sensor"),
        (session(2, is_calibrated=False), "not_calibrated"),
        (session(2, is_calibrated=None), "no_sensor"),
        (session(2, during=4), "amber"),
        (session(2, next_day=NextDay.BIT_MORE), "amber"),
    ],
)
def test_a_session_that_was_not_good_is_repeated(flawed: PastSession, rule: str) -> None:
    found = standing(session(0), flawed)
    assert (found.rung, found.move, found.rule) == (1, Move.SAME, rule)
    assert found.why.startswith("The same again, because ")


def test_four_fifths_received_is_enough() -> None:
    assert standing(session(0), session(2, coverage=0.8)).move is Move.READY


def test_a_flaw_breaks_the_row() -> None:
    flawed = session(2, line(valid_share=0.5))
    assert standing(session(0), flawed, session(3)).move is Move.SAME
    assert standing(session(0), flawed, session(3), session(5), day=7).move is Move.READY


def test_what_the_sensor_hardly_sees_must_be_told() -> None:
    said, silent = line(BUG, is_confirmed=True), line(BUG)
    assert standing(session(0, said), session(2, silent), ladder=BUG).rule == "not_confirmed"
    assert standing(session(0, said), session(2, said), ladder=BUG).move is Move.READY


def test_amber_repeats_and_a_second_steps_back() -> None:
    amber = session(2, during=4)
    assert (standing(session(0), amber).rung, standing(session(0), amber).move) == (1, Move.SAME)
    twice = standing(session(0), amber, session(3, during=4))
    assert (twice.rung, twice.move, twice.rule) == (0, Move.BACK, "second_amber")
    between = standing(amber, session(3), session(5, during=4), day=7)
    assert between.move is Move.SAME


def test_a_back_that_exercise_makes_no_worse_stays_where_it_is() -> None:
    steady = [session(day, before=4, during=4, after=4) for day in (0, 1, 2)]
    found = standing(*steady)
    assert (found.rung, found.move, found.rule) == (1, Move.SAME, "amber")
    assert found.why == "The same again, because your back was at 4"
    after_worse = [session(day, before=3, during=4) for day in (0, 1)]
    assert standing(*after_worse, session(2, before=4, during=4)).move is Move.SAME
    worse = [session(day, before=4, during=5, after=4) for day in (1, 2)]
    assert standing(session(0), *worse).move is Move.BACK


def test_where_one_movement_was_too_much_only_it_counts_as_amber() -> None:
    both = line(felt=Felt.TOO_MUCH), line(BUG, is_confirmed=True)
    twice = [session(day, *both, during=4) for day in (0, 2)]
    assert standing(*twice).move is Move.BACK
    assert standing(*twice, ladder=BUG).move is Move.SAME
    sore_after = [replace(one, next_day=NextDay.BIT_MORE) for one in twice]
    assert standing(*sore_after, ladder=BUG).move is Move.BACK


def test_who_is_ready_waits_since_the_session_that_made_it_so() -> None:
    found = standing(*GOOD, session(3), session(3.5))
    assert found.why == "Four good sessions in a row"
    assert found.since_utc == session(2).started_utc


def test_an_unanswered_day_is_no_amber() -> None:
    found = standing(session(0, next_day=None), session(2, next_day=None))
    assert (found.rung, found.move) == (1, Move.SAME)


@pytest.mark.parametrize(
    "red", [session(2, during=6), session(2, before=0), session(2, next_day=NextDay.WORSE)]
)
def test_red_steps_back_at_once(red: PastSession) -> None:
    found = standing(session(0), red)
    assert (found.rung, found.move, found.rule) == (0, Move.BACK, "red")


def test_there_is_nothing_easier_than_the_easiest() -> None:
    found = standing(session(2, line(rung=0), during=6))
    assert (found.rung, found.move) == (0, Move.SAME)


def test_who_chooses_the_easier_form_twice_has_it() -> None:
    easier = line(choice=Choice.EASIER)
    assert standing(session(0), session(2, easier)).move is Move.SAME
    twice = standing(session(0, easier), session(2, easier))
    assert (twice.rung, twice.rule) == (0, "easier")


def test_what_was_skipped_says_nothing() -> None:
    left_out = line(choice=Choice.SKIP, done_share=0.0)
    assert standing(*GOOD, session(3, left_out)).move is Move.READY


def test_what_stood_in_for_another_counts_like_any() -> None:
    stand_in = line(choice=Choice.SWAP)
    assert standing(session(0), session(2, stand_in)).move is Move.READY


@pytest.mark.parametrize(("days", "rung"), [(30.0, 3), (30.01, 1)])
def test_one_movement_alone_may_rest_for_four_weeks(days: float, rung: int) -> None:
    others = [session(day, line(BUG)) for day in (9, 16, 23)]
    assert standing(session(2, line(rung=3)), *others, day=days).rung == rung


def test_a_break_counts_for_what_comes_back_later_too() -> None:
    back_again = session(22, line(BUG))
    assert standing(session(2, line(rung=3)), back_again, day=24).rung == 1


@pytest.mark.parametrize(("days", "rung"), [(16.0, 3), (16.01, 1)])
def test_after_more_than_two_weeks_it_is_two_steps_back(days: float, rung: int) -> None:
    assert standing(session(2, line(rung=3)), day=days).rung == rung


def test_a_gap_leads_no_further_back_than_the_beginning() -> None:
    assert standing(session(2, line(rung=2)), day=30).rung == 1
    assert standing(session(2, line(rung=1)), day=30).rung == 1
    assert standing(session(2, line(rung=0)), day=30).rung == 0


def test_what_was_done_without_a_plan_closes_a_gap() -> None:
    alone = session(10, line(BUG), exercises=frozenset({BRIDGE}))
    assert standing(session(2, line(rung=3)), alone, day=17).rung == 3


def test_the_last_rung_is_the_goal() -> None:
    found = standing(session(0, line(rung=5)), session(2, line(rung=5)))
    assert (found.rung, found.move, found.rule) == (5, Move.SAME, "goal")


def test_a_rung_that_the_data_no_longer_has_is_the_last_there_is() -> None:
    assert standing(session(0, line(rung=9))).rung == 5


def test_an_answer_that_is_changed_counts_as_if_it_had_always_been_so() -> None:
    assert standing(*GOOD).move is Move.READY
    changed = session(2, next_day=NextDay.WORSE)
    assert standing(session(0), changed).rung == 0
