"""The plan of a day: what is in it, and its sentences."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lumbar_server.programme.movement import Catalogue, Dose, Ladder, Rung
from lumbar_server.programme.past import Choice, PastSession
from lumbar_server.programme.plan import Kind, Length, Plan, PlanLine, Settings, State
from lumbar_server.programme.planning import plan_of
from lumbar_server.programme.screening import Screening
from programme_past import BRIDGE, BUG, LARGER, MONDAY_UTC, full_screening, line, session

USUAL = Settings(amber_from=4, red_from=6, is_sedentary=False)


def plan(
    *past: PastSession,
    day: float = 4.0,
    answers: tuple[Screening, ...] | None = None,
    choices: dict[str, Choice] | None = None,
    settings: Settings = USUAL,
    catalogue: Catalogue = LARGER,
    **said: Any,
) -> Plan:
    usual = {"length": Length.FULL, "before": 2, "was_asked": True, "time_zone": "Europe/Vienna"}
    now_utc: datetime = MONDAY_UTC + timedelta(days=day)
    return plan_of(
        catalogue,
        past,
        (full_screening(day=day - 0.5),) if answers is None else answers,
        settings,
        choices or {},
        now_utc=now_utc,
        **(usual | said),
    )


def of(found: Plan, ladder: str) -> PlanLine:
    return next(one for one in found.lines if one.ladder == ladder)


def names(found: Plan) -> list[str]:
    return [one.ladder for one in found.lines]


def test_first_day_is_a_gentle_strength_session() -> None:
    found = plan()
    assert (found.state, found.kind) == (State.READY, Kind.STRENGTH)
    assert names(found) == [BRIDGE, "bird_dog", "plank", BUG]
    assert {one.rule for one in found.lines} == {"first"}
    assert all(one.why.endswith(".") for one in found.lines)


def test_five_minutes_are_fewer_movements() -> None:
    found = plan(length=Length.FIVE)
    assert 0 < len(found.lines) < len(plan().lines)
    assert found.minutes < plan().minutes


@pytest.mark.parametrize(("hours", "kind"), [(47.99, Kind.MOBILITY), (48.0, Kind.STRENGTH)])
def test_strength_rests_for_48_hours(hours: float, kind: Kind) -> None:
    found = plan(session(2), day=2 + hours / 24)
    assert found.kind is kind
    assert ("strength again from Friday 6 Mar, 18:00" in found.why) == (kind is Kind.MOBILITY)


def test_a_repetition_that_is_held_for_longer_takes_longer() -> None:
    longer = Ladder(
        BRIDGE, tuple(Rung(BRIDGE, "full", Dose(2, 8, s, per_side=False)) for s in (2.0, 10.0)), 0
    )
    catalogue = replace(LARGER, ladders={**LARGER.ladders, BRIDGE: longer})
    short, long = (plan(session(0, line(rung=rung)), catalogue=catalogue) for rung in (0, 1))
    assert (of(short, BRIDGE).repetition_s, of(long, BRIDGE).repetition_s) == (7.0, 15.0)
    assert long.minutes > short.minutes


def test_strength_that_nobody_planned_rests_too() -> None:
    alone = session(3, lines=(), exercises=frozenset({BRIDGE}))
    assert plan(alone, day=4).kind is Kind.MOBILITY


def test_strength_comes_three_times_a_week_at_most() -> None:
    three = (session(0), session(2), session(4))
    assert plan(*three, day=6.0).kind is Kind.MOBILITY
    assert plan(*three, day=7.0).kind is Kind.STRENGTH


def test_after_a_session_it_is_enough_for_half_a_day() -> None:
    found = plan(session(4), day=4.4)
    assert (found.state, found.lines) == (State.REST, ())
    assert plan(session(4), day=4.5).state is State.READY


def test_what_somebody_does_unasked_leaves_room_for_mobility() -> None:
    alone = session(3.9, lines=(), exercises=frozenset({BRIDGE}))
    found = plan(alone)
    assert (found.state, found.kind) == (State.READY, Kind.MOBILITY)


def test_two_movements_go_up_and_the_others_wait() -> None:
    three = line(BRIDGE), line("bird_dog"), line("plank", rung=0)
    found = plan(session(0, *three[1:]), session(1, *three), session(2, line(BRIDGE)), day=5)
    waits, *rising = (of(found, name) for name in (BRIDGE, "bird_dog", "plank"))
    assert [(one.rung, one.change) for one in rising] == [(2, "+1 repetition"), (1, "+5 s")]
    assert rising[0].why == "Two good sessions in a row: +1 repetition."
    assert (waits.rung, waits.change, waits.rule) == (1, None, "waits")
    assert "bird dog and plank go first" in waits.why


def test_nobody_waits_for_ever() -> None:
    rungs = {"bird_dog": 1, "plank": 0, BRIDGE: 1}
    past: list[PastSession] = []
    for day in (7 * week + of_week for week in range(5) for of_week in (0, 2, 4)):
        found = plan(*past, day=day)
        rungs |= {one.ladder: one.rung for one in found.lines if one.ladder in rungs}
        past.append(session(day, *(line(name, rung=rung) for name, rung in rungs.items())))
    assert min(rungs.values()) >= 3


def test_nothing_goes_up_while_a_rule_forbids_it() -> None:
    good = session(0), session(2)
    found = of(plan(*good, before=6), BRIDGE)
    assert (found.rung, found.change, found.rule) == (1, None, "high_before")
    assert "your back is at 6 today" in found.why
    assert "Nothing goes up today: your back is at 6 today." in plan(*good, before=6).held_back


def test_after_red_it_is_one_step_back_and_half_of_everything() -> None:
    red = session(2, line(rung=3), during=6)
    found = plan(session(0, line(rung=3)), red)
    bridge, other = of(found, BRIDGE), of(found, "bird_dog")
    assert (bridge.rung, bridge.dose.sets, bridge.is_reduced) == (2, 1, True)
    assert bridge.why == (
        "A step back, because it went from 2 to 6 (Wednesday 4 Mar); "
        "half of it, because the last time was too much."
    )
    assert (other.rung, other.dose.sets) == (1, 1)


def test_what_was_too_much_is_halved_when_its_turn_comes() -> None:
    red = session(0, line(rung=3), during=6)
    easy = session(1, line("cat_cow"))
    found = of(plan(red, easy, answers=(full_screening(day=1.5),)), BRIDGE)
    assert (found.rung, found.dose.sets, found.rule) == (2, 1, "half")
    assert found.why.endswith("; half of it for once.")


def test_two_reds_pause_and_say_until_when() -> None:
    found = plan(session(0, during=6), session(2, during=6))
    assert (found.state, found.lines) == (State.PAUSED, ())
    assert "until Wednesday 11 Mar, 18:15" in found.why
    assert plan(session(0, during=6), session(2, during=6), day=9.02).state is State.READY


def test_questions_come_before_everything_else() -> None:
    assert plan(answers=()).state is State.SCREENING_DUE
    assert plan(answers=(full_screening("bladder", day=3),)).state is State.EMERGENCY
    assert plan(answers=(full_screening("bones", day=3),)).state is State.LOCKED
    for answers in ((), (full_screening("bones", day=3),), (full_screening("bladder", day=3),)):
        assert plan(answers=answers).lines == ()


def test_who_hardly_moved_has_half_of_it_in_the_first_week() -> None:
    sedentary = Settings(4, 6, is_sedentary=True)
    assert of(plan(settings=sedentary), BRIDGE).dose.sets == 1
    first = session(0, line(is_reduced=True))
    assert of(plan(first, settings=sedentary, day=6.9), BRIDGE).dose.sets == 1
    assert of(plan(first, settings=sedentary, day=7.0), BRIDGE).dose.sets == 2


def test_troubled_wrists_keep_off_hands_and_knees() -> None:
    found = plan(answers=(full_screening("joints", day=3),))
    assert "bird_dog" not in names(found)
    replaced = of(found, BUG)
    assert "In place of bird dog" in replaced.why
    assert names(found).count(BUG) == 1


def test_high_blood_pressure_keeps_holds_short() -> None:
    careful = (full_screening("blood_pressure", day=3),)
    good = [session(day, line("plank", rung=1)) for day in (0, 1, 2, 3)]
    found = of(plan(*good, answers=careful, day=5), "plank")
    assert found.dose.hold_s == 10.0
    assert "allow no more" in found.why
    before = [session(day, line("plank", rung=3)) for day in (0, 2)]
    assert of(plan(*before, answers=careful, day=5), "plank").dose.hold_s == 10.0


def test_choices_of_the_day_are_followed() -> None:
    easier = of(plan(choices={BRIDGE: Choice.EASIER}), BRIDGE)
    assert (easier.form, easier.rung, easier.choice) == ("half", 1, Choice.EASIER)
    skipped = of(plan(choices={BRIDGE: Choice.SKIP}), BRIDGE)
    assert skipped.choice is Choice.SKIP
    assert plan(choices={BRIDGE: Choice.SKIP}).minutes < plan().minutes
    swapped = of(plan(choices={"bird_dog": Choice.SWAP}), BUG)
    assert swapped.choice is Choice.SWAP
    assert swapped.why == "In place of bird dog, as you chose. The first time: a gentle start."


def test_nothing_goes_up_that_was_made_easier() -> None:
    good = session(0), session(2)
    assert of(plan(*good, choices={BRIDGE: Choice.EASIER}), BRIDGE).change is None


def test_choices_are_for_the_line_whoever_stands_in() -> None:
    careful = (full_screening("joints", day=3),)
    found = plan(answers=careful, choices={"bird_dog": Choice.SKIP})
    stand_in = of(found, BUG)
    assert (stand_in.slot, stand_in.choice) == ("bird_dog", Choice.SKIP)
    assert of(plan(choices={"bird_dog": Choice.SWAP}), BUG).slot == "bird_dog"


@pytest.mark.parametrize(("before", "state"), [(6, State.READY), (7, State.SCREENING_DUE)])
def test_a_very_sore_back_is_asked_about_first(before: int, state: State) -> None:
    found = plan(before=before)
    assert found.state is state
    assert (found.why == "Your back is at 7 today: please answer the questions again.") == (
        state is State.SCREENING_DUE
    )


def test_what_was_not_told_is_asked_for_and_assumed() -> None:
    silent = session(0, next_day=None), session(2, next_day=None)
    found = plan(*silent)
    assert found.answer_due == silent[1].id
    assert len(found.assumptions) == 2
    assert "The day after Wednesday 4 Mar was not told" in found.assumptions[1]
    assert plan(session(2, next_day=None), day=2.7).answer_due is None


def test_the_planned_session_is_asked_about_whatever_was_done_since() -> None:
    alone = session(2.5, lines=(), exercises=frozenset({BRIDGE}), next_day=None)
    found = plan(session(2, next_day=None), alone, day=3)
    assert found.answer_due == session(2).id


def test_a_movement_that_was_removed_is_left_out_and_told() -> None:
    less = Catalogue(
        {k: v for k, v in LARGER.movements.items() if k != BRIDGE},
        {k: v for k, v in LARGER.ladders.items() if k != BRIDGE},
        None,
        None,
        "",
    )
    found = plan(session(0), session(2), catalogue=less)
    assert BRIDGE not in names(found)
    assert any("Glute bridge is no longer one of the movements" in one for one in found.assumptions)


def test_a_session_of_a_clock_a_day_ahead_was_just_now() -> None:
    found = plan(session(0), session(5, next_day=None), day=4)
    assert (found.state, found.lines) == (State.REST, ())
    assert "(Saturday 7 Mar)" in found.assumptions[0]
    assert "just now" in found.assumptions[0]


def test_a_session_of_a_wrong_clock_waits_for_its_time() -> None:
    found = plan(session(0), session(2), session(40, during=9), day=4)
    assert found.state is State.READY
    assert of(found, BRIDGE).rule == "rise"
    assert any("a clock was wrong" in one for one in found.assumptions)


def test_order_of_arrival_changes_nothing() -> None:
    past = session(0), session(1, line(BUG)), session(2), session(3, line("bird_dog"))
    assert plan(*past) == plan(*reversed(past))


def test_the_day_is_the_wearers() -> None:
    late = plan(day=4.29)  # 23:57 in London, 00:57 in Vienna
    assert late.day != plan(day=4.29, time_zone="Europe/London").day
