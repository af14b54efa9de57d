"""The day's plan as Today shows it: doses in plain words, and for each state what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lumbar_server.pages import words
from lumbar_server.pages.rendering import duration, local_clock, local_date, weekday
from lumbar_server.pages.vendored import STATIC
from lumbar_server.programme.comfort import NEXT_DAY_FROM, NEXT_DAY_UNTIL
from lumbar_server.programme.movement import Counting, Dose
from lumbar_server.programme.past import Choice, NextDay, PastSession
from lumbar_server.programme.plan import Kind, Length, Plan, PlanLine, State

LENGTHS = ((Length.FULL.value, "Full"), (Length.FIVE.value, "Five minutes"))
CHOICES = (
    (Choice.SWAP.value, "Swap"),
    (Choice.EASIER.value, "Easier"),
    (Choice.SKIP.value, "Skip"),
)
NEXT_DAY = (
    (NextDay.USUAL.value, "Back to usual"),
    (NextDay.BIT_MORE.value, "Still a bit more"),
    (NextDay.WORSE.value, "Clearly worse"),
)
_TITLES = {
    Kind.STRENGTH: "Today: strength and control",
    Kind.MOBILITY: "Today: easy movement",
    Kind.REST: "Today: rest",
}
_BEFORE_A_PLAN = {
    State.SCREENING_DUE: "Today: some questions first",
    State.LOCKED: "Today: see somebody first",
    State.PAUSED: "Today: a pause",
    State.REST: "Today: rest",
}
_NEXT = {
    State.REST: "Tomorrow there is a new plan, and how this session felt shapes it.",
    State.PAUSED: (
        "Keep moving in everyday life, with an easy walk for instance. After that the plan comes "
        "back by itself, a step lower."
    ),
    State.LOCKED: (
        "Nothing is lost by waiting. Once a health professional has said that you may exercise, "
        "say so here, and the plan opens."
    ),
    State.SCREENING_DUE: "It takes two minutes; the plan is there right after.",
}
_CHOSEN = {
    Choice.SWAP: "swapped by your choice",
    Choice.EASIER: "easier by your choice",
    Choice.SKIP: "skipped by your choice",
}
_AFTER = {
    NextDay.USUAL: "felt back to usual the day after",
    NextDay.BIT_MORE: "still felt a bit more the day after",
    NextDay.WORSE: "felt clearly worse the day after",
}


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the plan."""

    slot: str  # what choices are made for
    exercise: str
    name: str
    drawing: str | None  # its address
    dose: str
    form: str
    load: str | None
    change: str | None
    purpose: str
    why: str
    choice: Choice | None
    chosen: str | None
    asks: bool  # the sensor sees little: the person says how many

    @property
    def is_skipped(self) -> bool:
        """Whether it is left out today."""
        return self.choice is Choice.SKIP


@dataclass(frozen=True, slots=True)
class TimeAfter:
    """A session, and how its next day was or is to be told."""

    session_id: int
    when: str
    text: str
    late: str | None  # how an answer counts that comes only now
    answer: NextDay | None
    may_change: bool

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """What may be said."""
        return NEXT_DAY


@dataclass(frozen=True, slots=True)
class TodayView:
    """The page."""

    title: str
    day: str
    day_iso: str
    state: str
    length: str
    minutes: int | None
    why: str
    next: str | None
    lines: tuple[LineView, ...]
    held_back: tuple[str, ...]  # sentences: why nothing goes up
    assumptions: tuple[str, ...]
    next_day: TimeAfter | None
    last: TimeAfter | None

    @property
    def is_emergency(self) -> bool:
        """Whether there is nothing but urgent words."""
        return self.state == State.EMERGENCY.value


def today_view(
    plan: Plan,
    past: Sequence[PastSession],
    time_zone: str,
    now_utc: datetime,
) -> TodayView:
    """Return what the page shows.

    Parameters
    ----------
    plan
        Of the day.
    past
        In order of time.
    time_zone
        The wearer's.
    now_utc
        When the page is drawn.
    """
    has_plan = plan.state is State.READY
    asked = next((one for one in past if one.id == plan.answer_due), None)
    last = next((one for one in reversed(past) if one.lines), None)
    return TodayView(
        title=_TITLES[plan.kind] if has_plan else _BEFORE_A_PLAN.get(plan.state, "Today"),
        day=local_date(now_utc, time_zone),
        day_iso=plan.day.isoformat(),
        state=plan.state.value,
        length=plan.length.value,
        minutes=plan.minutes if has_plan else None,
        why=plan.why,
        next=_NEXT.get(plan.state),
        lines=tuple(map(line_view, plan.lines)) if has_plan else (),
        held_back=plan.held_back if has_plan else (),
        assumptions=plan.assumptions,
        next_day=None if asked is None else _time_after(asked, time_zone, now_utc),
        last=None if last is None else _time_after(last, time_zone, now_utc),
    )


def under_way(view: TodayView, set_out: Sequence[PlanLine], minutes: int) -> TodayView:
    """Return the page while a planned session runs: the lines as they were set out, unchangeable.

    ``set_out`` is what the session began with, and ``minutes`` how long that takes.
    """
    return replace(
        view,
        title="Today: under way",
        state="under_way",
        minutes=minutes,
        why="This is what was set out when you pressed Start.",
        next=None,
        lines=tuple(map(line_view, set_out)),
        held_back=(),
    )


def line_view(line: PlanLine) -> LineView:
    """Return a line of the plan as it is shown."""
    return LineView(
        slot=line.slot,
        exercise=line.exercise,
        name=words.exercise(line.exercise),
        drawing=drawing_of(line.exercise),
        dose=dose_text(line.dose),
        form=line.form,
        load=line.load,
        change=line.change,
        purpose=line.purpose,
        why=line.why,
        choice=line.choice,
        chosen=_chosen(line),
        asks=line.counting is Counting.ASK,
    )


def _chosen(line: PlanLine) -> str | None:
    if line.choice is Choice.SWAP and line.ladder == line.slot:
        return "nothing else suits today"
    return None if line.choice is None else _CHOSEN[line.choice]


def dose_text(dose: Dose) -> str:
    """Return how much: ``2 × 8``, ``3 × 15 s``, ``2 × 5, each held 5 s, each side``."""
    hold = None if dose.hold_s is None else duration(dose.hold_s)
    if dose.repetitions is None:
        parts = [f"{dose.sets} × {hold}"]
    else:
        parts = [f"{dose.sets} × {dose.repetitions}"]
        if hold is not None:
            parts.append(f"each held {hold}")
    if dose.per_side:
        parts.append("each side")
    return ", ".join(parts).replace(" × ", "\u00a0×\u00a0")


def drawing_of(exercise: str) -> str | None:
    """Return the address of a movement's drawing; None where there is none."""
    path = f"movements/{exercise}.svg"
    return f"/static/{path}" if (STATIC / path).is_file() else None


def _time_after(session: PastSession, time_zone: str, now_utc: datetime) -> TimeAfter:
    day = weekday(session.started_utc, time_zone)
    since = now_utc - session.ended_utc
    late = None
    if session.next_day is None and since > NEXT_DAY_UNTIL:
        until = local_clock(session.ended_utc + NEXT_DAY_UNTIL, time_zone)
        until_day = weekday(session.ended_utc + NEXT_DAY_UNTIL, time_zone)
        late = (
            f"Best told by {until_day} {until}. It still helps: “a bit more” and “worse” count in "
            "full, “back to usual” told so late keeps things as they are."
        )
    said = (
        "not told yet how the day after was" if since >= NEXT_DAY_FROM else "the day after counts"
    )
    felt = said if session.next_day is None else _AFTER[session.next_day]
    return TimeAfter(
        session_id=session.id,
        when=day,
        text=f"{day}, {felt}.",
        late=late,
        answer=session.next_day,
        may_change=session.next_day is not None,
    )
