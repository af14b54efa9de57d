"""What to do today, and why: one pure function of the past, the answers and the data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lumbar_server.programme.choosing import choose, next_strength, template
from lumbar_server.programme.comfort import NEXT_DAY_FROM, Limits, Zone, felt_of
from lumbar_server.programme.days import named_day, named_moment
from lumbar_server.programme.movement import Catalogue
from lumbar_server.programme.past import Choice, PastSession
from lumbar_server.programme.plan import Kind, Length, Plan, PlanLine, Settings, State
from lumbar_server.programme.progression import standing_of
from lumbar_server.programme.refusals import is_unanswered, paused_until, refusals
from lumbar_server.programme.screening import Level, Screened, Screening, screened
from lumbar_server.programme.setting_out import Circumstances, set_out

CLOCK_TOLERANCE = timedelta(minutes=5)
"""What is later than now by more was written by a wrong clock (chosen)."""
STRONG = 7
"""From here on somebody is to see a health professional first, see ``screening.toml``."""
WRONG_CLOCK = timedelta(days=2)
"""A session that lies ahead by no more was done just now (chosen: a day, and a zone)."""
BETWEEN_SESSIONS = timedelta(hours=12)
FIRST_WEEK = timedelta(days=7)
GETTING_READY_S = 20.0  # chosen: from one movement to the next


def plan_of(
    catalogue: Catalogue,
    past: Sequence[PastSession],
    screenings: Sequence[Screening],
    settings: Settings,
    choices: Mapping[str, Choice],
    *,
    length: Length,
    before: int | None,
    was_asked: bool,
    time_zone: str,
    now_utc: datetime,
) -> Plan:
    """Return the plan of a wearer.

    Parameters
    ----------
    catalogue
        The data.
    past, screenings
        All that was done and answered, in any order.
    settings
        What the wearer chose for good.
    choices
        What the wearer chose for today, by ladder.
    length
        How much time there is.
    before
        How the back is now, 0 to 10; None where that was not said.
    was_asked
        Whether that was asked by now: who does not answer goes no step on.
    time_zone
        Of the wearer, in the IANA database.
    now_utc
        When the session would be.
    """
    limits = Limits(settings.amber_from, settings.red_from)
    known = sorted(
        (one for one in past if one.started_utc <= now_utc + CLOCK_TOLERANCE),
        key=lambda one: (one.started_utc, one.id),
    )
    ahead = [one for one in past if one.started_utc > now_utc + CLOCK_TOLERANCE]
    recent = [*known, *(_just_now(one, now_utc) for one in ahead if _may_be_now(one, now_utc))]
    stand = screened(screenings, known, limits, now_utc)
    strength_utc = next_strength(catalogue, recent, now_utc)
    zone = ZoneInfo(time_zone)
    pause_utc = paused_until(recent, limits)
    is_paused = pause_utc is not None and now_utc < pause_utc
    if before is not None and before >= STRONG and not stand.full_is_due:
        why = f"Your back is at {before} today: please answer the questions again."
        stand = replace(stand, full_is_due=True, why=why)
    state = _state(stand, recent, now_utc, is_paused=is_paused)
    kind = _kind(state, strength_utc)
    lines: tuple[PlanLine, ...] = ()
    held_back = refusals(recent, stand, limits, before, now_utc, was_asked=was_asked)
    if state is State.READY:
        with_care = stand.level is Level.CARE
        given = Circumstances(
            catalogue,
            {
                name: standing_of(ladder, catalogue, known, limits, now_utc, with_care=with_care)
                for name, ladder in catalogue.ladders.items()
            },
            stand.cautions,
            held_back,
            _why_reduced(known, limits, settings, now_utc),
            zone,
        )
        places = template().lines[length, kind]
        chosen = choose(places, catalogue, recent, stand.cautions, choices, now_utc)
        lines = set_out(chosen, given)
    return Plan(
        day=now_utc.astimezone(zone).date(),
        state=state,
        kind=kind,
        length=length,
        lines=lines,
        minutes=minutes_of(lines),
        why=_why(state, kind, stand, pause_utc, strength_utc, zone),
        screened=stand,
        held_back=tuple(f"Nothing goes up today: {one.why}." for one in held_back),
        next_strength_utc=strength_utc,
        answer_due=_answer_due(known, now_utc),
        assumptions=tuple(_assumptions(catalogue, ahead, known, now_utc, zone)),
    )


def _may_be_now(session: PastSession, now_utc: datetime) -> bool:
    return session.started_utc - now_utc <= WRONG_CLOCK


def _just_now(session: PastSession, now_utc: datetime) -> PastSession:
    """Return a session that a wrong clock put ahead of now, as carefully as can be."""
    return replace(session, started_utc=now_utc, ended_utc=now_utc)


def minutes_of(lines: Sequence[PlanLine]) -> int:
    """Return how long lines take, rounded up; what is skipped takes no time."""
    return math.ceil(sum(_seconds(one) for one in lines if one.choice is not Choice.SKIP) / 60)


def _seconds(line: PlanLine) -> float:
    dose = line.dose
    each_s = dose.hold_s or 0.0
    if dose.repetitions is not None:
        each_s = dose.repetitions * (line.repetition_s or 0.0)
    rests = dose.sets - 1
    return GETTING_READY_S + dose.sets * dose.sides * each_s + rests * line.rest_s


def _state(
    stand: Screened, past: Sequence[PastSession], now_utc: datetime, *, is_paused: bool
) -> State:
    if stand.level is Level.EMERGENCY:
        return State.EMERGENCY
    if stand.full_is_due:
        return State.SCREENING_DUE
    if stand.level is Level.SEE:
        return State.LOCKED
    if is_paused:
        return State.PAUSED
    planned = [one.started_utc for one in past if one.lines]
    if planned and now_utc - planned[-1] < BETWEEN_SESSIONS:
        return State.REST
    return State.READY


def _kind(state: State, strength_utc: datetime | None) -> Kind:
    if state is not State.READY:
        return Kind.REST
    return Kind.STRENGTH if strength_utc is None else Kind.MOBILITY


def _why_reduced(
    past: Sequence[PastSession], limits: Limits, settings: Settings, now_utc: datetime
) -> str | None:
    if past and felt_of(past[-1], limits).zone is Zone.RED:
        return "half of it, because the last time was too much"
    planned = [one.started_utc for one in past if one.lines]
    if settings.is_sedentary and (not planned or now_utc - planned[0] < FIRST_WEEK):
        return "half of it in the first week"
    return None


def _why(
    state: State,
    kind: Kind,
    stand: Screened,
    pause_utc: datetime | None,
    strength_utc: datetime | None,
    zone: ZoneInfo,
) -> str:
    if state in (State.EMERGENCY, State.SCREENING_DUE, State.LOCKED):
        return stand.why
    if state is State.PAUSED and pause_utc is not None:
        return (
            f"Twice within a week it was too much, so the plan rests until "
            f"{named_moment(pause_utc, zone)}. Ask a health professional what suits you."
        )
    if state is State.REST:
        return "That is enough for now. Keep moving: an easy walk is better than lying down."
    if kind is Kind.STRENGTH:
        return "Strength and control today."
    assert strength_utc is not None
    return f"Mobility today: strength again from {named_moment(strength_utc, zone)}."


def _answer_due(past: Sequence[PastSession], now_utc: datetime) -> int | None:
    """Return the latest planned session where its next day has come and was not told."""
    latest = next((one for one in reversed(past) if one.lines), None)
    if latest is None or latest.next_day is not None:
        return None
    return latest.id if now_utc - latest.ended_utc >= NEXT_DAY_FROM else None


def _assumptions(
    catalogue: Catalogue,
    ahead: Sequence[PastSession],
    known: Sequence[PastSession],
    now_utc: datetime,
    zone: ZoneInfo,
) -> Iterator[str]:
    """Yield what the plan took to be so because it was not told, or told oddly."""
    for one in ahead:
        taken = "it counts as just now" if _may_be_now(one, now_utc) else "it is left out"
        day = named_day(one.started_utc, zone)
        yield f"A session lies ahead ({day}), so a clock was wrong: {taken}."
    missing = {
        line.exercise
        for one in known
        for line in one.lines
        if line.exercise not in catalogue.movements
    }
    for exercise in sorted(missing):
        name = exercise.replace("_", " ").capitalize()
        yield f"{name} is no longer one of the movements: what was done of it stays in the record."
    planned = [one for one in known if one.lines]
    silent = [one for one in planned[-2:] if is_unanswered(one, known, now_utc)]
    for one in silent:
        day = named_day(one.started_utc, zone)
        yield f"The day after {day} was not told: it counts as not known, not as good."
