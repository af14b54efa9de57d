"""The movements and the plan of this version fit together."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.choosing import template
from lumbar_server.programme.movement import Kind, Need
from lumbar_server.programme.past import Choice
from lumbar_server.programme.plan import Length, Plan, Settings, State
from lumbar_server.programme.planning import plan_of
from lumbar_server.programme.screening import questions
from programme_past import MONDAY_UTC, full_screening

REAL = read_catalogue()
CAUTIONS = [one.id for one in questions() if one.caution is not None]


def first_plan(
    *yes: str, length: Length = Length.FULL, choices: Mapping[str, Choice] | None = None
) -> Plan:
    """Return the plan of somebody who begins today."""
    return plan_of(
        REAL,
        [],
        [full_screening(*yes)],
        Settings(4, 6, is_sedentary=False),
        choices or {},
        length=length,
        before=2,
        was_asked=True,
        time_zone="UTC",
        now_utc=MONDAY_UTC + timedelta(hours=1),
    )


def test_the_plan_names_ladders_that_are_there_and_leaves_none_out() -> None:
    data = template()
    in_lines = {name for lines in data.lines.values() for names in lines for name in names}
    assert in_lines == set(REAL.ladders)
    swaps = {name for names in data.swaps.values() for name in names} | set(data.swaps)
    assert swaps <= set(REAL.ladders)


@pytest.mark.parametrize(("length", "most_min"), [(Length.FULL, 20), (Length.FIVE, 8)])
def test_a_beginner_starts_where_the_ladders_say(length: Length, most_min: int) -> None:
    plan = first_plan(length=length)
    assert plan.state is State.READY
    assert 0 < plan.minutes <= most_min
    for line in plan.lines:
        ladder = REAL.ladders[line.ladder]
        assert line.rung == ladder.start
        assert line.dose == ladder.rungs[ladder.start].dose
        assert line.repetition_s == REAL.movements[line.exercise].repetition_s


def test_a_beginner_may_choose_what_is_easier() -> None:
    plan = first_plan(choices=dict.fromkeys(REAL.ladders, Choice.EASIER))
    for line in plan.lines:
        ladder = REAL.ladders[line.ladder]
        assert line.form == ladder.rungs[ladder.start - 1].form


@pytest.mark.parametrize("caution", CAUTIONS)
def test_whoever_has_to_take_care_still_has_something_to_do(caution: str) -> None:
    for length in Length:
        plan = first_plan(caution, length=length)
        assert plan.state is State.READY
        assert plan.lines


def test_sore_joints_leave_out_what_rests_on_them() -> None:
    plan = first_plan("joints")
    spared = {Need.ALL_FOURS, Need.KNEELING, Need.ON_FOREARMS}
    assert not any(REAL.movements[line.exercise].needs & spared for line in plan.lines)


def test_strength_has_its_rungs_of_repetitions() -> None:
    for exercise, movement in REAL.movements.items():
        if movement.kind is Kind.STRENGTH:
            rungs = REAL.ladder_of(exercise).rungs
            assert all(8 <= (rung.dose.repetitions or 0) <= 12 for rung in rungs)
