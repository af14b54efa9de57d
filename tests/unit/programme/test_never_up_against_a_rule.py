"""Whatever people answer, nothing progresses while a refusing rule holds."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lumbar_server.programme.choosing import MIN_GAP
from lumbar_server.programme.comfort import Limits, Zone, felt_of
from lumbar_server.programme.past import Choice, DoneLine, Felt, NextDay, PastSession, StopReason
from lumbar_server.programme.plan import Length, Plan, PlanLine, Settings
from lumbar_server.programme.planning import plan_of
from lumbar_server.programme.refusals import refusals
from lumbar_server.programme.screening import Screening
from programme_past import LARGER, MONDAY_UTC

LEVELS = st.none() | st.integers(0, 10)
CALM = st.integers(2, 3)
SHARES = st.sampled_from([None, 0.5, 0.79])
USUAL = Settings(4, 6, is_sedentary=False)


def mostly(usual: st.SearchStrategy[Any], any_other: st.SearchStrategy[Any]) -> Any:
    """Draw what is usual most of the time: else nobody ever progresses."""
    return st.integers(0, 15).flatmap(lambda n: any_other if n == 0 else usual)


@st.composite
def done(draw: st.DrawFn, planned: PlanLine) -> DoneLine:
    return DoneLine(
        ladder=planned.ladder,
        rung=planned.rung,
        exercise=planned.exercise,
        form=planned.form,
        choice=planned.choice,
        is_reduced=planned.is_reduced,
        why=planned.why,
        done_share=draw(mostly(st.just(1.0), st.floats(0.0, 2.0))),
        valid_share=draw(mostly(st.just(1.0), SHARES)),
        in_band_share=draw(mostly(st.just(1.0), SHARES)),
        is_confirmed=draw(mostly(st.just(True), st.booleans())),
        felt=draw(mostly(st.none(), st.sampled_from(Felt))),
    )


@st.composite
def lived(draw: st.DrawFn, plan: Plan, number: int, before: int | None) -> PastSession:
    started_utc = MONDAY_UTC + timedelta(hours=number)
    ended_utc = started_utc + timedelta(minutes=15)
    hours = draw(mostly(st.just(24.0), st.floats(0.0, 60.0)))
    lines = tuple(draw(done(one)) for one in plan.lines)
    return PastSession(
        id=number,
        started_utc=started_utc,
        ended_utc=ended_utc,
        lines=lines,
        exercises=frozenset(one.exercise for one in lines if one.choice is not Choice.SKIP),
        before=before,
        during=draw(mostly(CALM, LEVELS)),
        after=draw(mostly(CALM, LEVELS)),
        next_day=draw(mostly(st.just(NextDay.USUAL), st.none() | st.sampled_from(NextDay))),
        next_day_utc=ended_utc + timedelta(hours=hours),
        stop=draw(mostly(st.none(), st.sampled_from(StopReason))),
        coverage=draw(mostly(st.just(1.0), SHARES)),
        is_calibrated=draw(mostly(st.just(True), st.none() | st.booleans())),
    )


def check(plan: Plan, past: list[PastSession], before: int | None, hour: int) -> None:
    now_utc = MONDAY_UTC + timedelta(hours=hour)
    rises = []
    for one in plan.lines:
        mine = [
            (session, line)
            for session in past
            for line in session.lines
            if line.ladder == one.ladder and line.choice is not Choice.SKIP
        ]
        assert one.why.endswith(".")
        kind = LARGER.movements[one.exercise].kind
        times = [session.started_utc for session in past if one.exercise in session.exercises]
        assert not times or now_utc - times[-1] >= MIN_GAP[kind]
        if not mine or one.rung <= mine[-1][1].rung:
            continue
        rises.append(one)
        session, line = mine[-1]
        assert one.rung == line.rung + 1
        assert felt_of(session, Limits()).zone is Zone.GREEN
        assert line.done_share >= 0.8
        assert all(
            share is None or share >= 0.8 for share in (line.valid_share, line.in_band_share)
        )
        assert (session.coverage or 0.0) >= 0.8
        assert session.is_calibrated
        starts = [other.started_utc for other in past if other.started_utc >= session.started_utc]
        breaks = [later - earlier for earlier, later in pairwise([*starts, now_utc])]
        assert max(breaks) <= timedelta(days=14)
    assert len(rises) <= 2
    if refusals(past, plan.screened, Limits(), before, now_utc, was_asked=True):
        assert rises == []


@settings(max_examples=300)
@given(st.data())
def test_nothing_progresses_while_a_refusing_rule_holds(data: st.DataObject) -> None:
    screenings = [Screening(True, frozenset(), None, MONDAY_UTC)]
    past: list[PastSession] = []
    hour = 0
    for _ in range(data.draw(st.integers(1, 12))):
        hour += data.draw(mostly(st.integers(48, 72), st.integers(1, 400)))
        now_utc = MONDAY_UTC + timedelta(hours=hour)
        if data.draw(mostly(st.just(True), st.booleans())):
            screenings.append(Screening(True, frozenset(), None, now_utc))
        before = data.draw(mostly(CALM, LEVELS))
        choices = data.draw(
            st.dictionaries(st.sampled_from(sorted(LARGER.ladders)), st.sampled_from(Choice))
            if data.draw(st.integers(0, 4)) == 0
            else st.just({})
        )
        plan = plan_of(
            LARGER,
            past,
            screenings,
            USUAL,
            choices,
            length=data.draw(st.sampled_from(Length)),
            before=before,
            was_asked=True,
            time_zone="Europe/Vienna",
            now_utc=now_utc,
        )
        check(plan, past, before, hour)
        if plan.lines:
            past.append(data.draw(lived(plan, hour, before)))
        if past and data.draw(st.integers(0, 9)) == 0:  # an answer is changed afterwards
            n = data.draw(st.integers(0, len(past) - 1))
            past[n] = replace(past[n], next_day=data.draw(st.sampled_from(NextDay)))
