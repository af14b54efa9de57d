"""After weeks: what was done week by week, and a person's own figures at first and of late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from lumbar_server.pages.progress import movements_of
from lumbar_server.pages.rendering import duration, percent
from lumbar_server.programme.choosing import STRENGTH_A_WEEK
from lumbar_server.programme.past import Choice, NextDay, PastSession
from lumbar_server.record import RecordedSet, SessionRecord

LEAST_VALUES = 4
"""Fewer workouts say nothing about a way (chosen)."""
_COMPARED = 3  # at most so many workouts at first, and of late
_BETTER = 1.05  # chosen: less than a twentieth is no change
_DONE = 0.8  # chosen, as elsewhere: of all that was set out
_DAYS = 7
_PLANKS = ("wall_plank", "forearm_plank")
_LEVEL_MOVEMENTS = ("bird_dog", "glute_bridge", *_PLANKS)
_TILTS = ("roll_left", "roll_right")


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday; of the present one nothing is missed yet."""

    first: date
    done: int
    partly: int
    rested: int  # days without a session, as planned
    missed: int | None
    is_present: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of one workout."""

    session_id: int
    started_utc: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that may get better from workout to workout."""

    id: str
    title: str
    column: str
    axis: str
    values: tuple[Value, ...]
    at_first: float  # the middle one of the first workouts
    of_late: float
    compared: int
    show: Callable[[float], str]

    @property
    def is_better(self) -> bool:
        """Whether it grew by more than chance would have it from one day to the next."""
        return self.of_late > self.at_first * _BETTER

    @property
    def sentence(self) -> str:
        """What became of it."""
        if self.is_better:
            change = f"{self.show(self.at_first)} at first, {self.show(self.of_late)} of late"
        else:
            change = f"about as before: {self.show(self.of_late)} of late"
        return f"{self.title}: {change} (the middle one of {self.compared} workouts)."


def weeks_of(
    past: Sequence[PastSession],
    is_at_rest: Callable[[date], bool],
    time_zone: str,
    today: date,
    most: int,
) -> tuple[Week, ...]:
    """Return the weeks since the first session, the latest first, at most so many.

    Parameters
    ----------
    past
        In order of time.
    is_at_rest
        Tells of a day whether the plan asked for none, because of a pause for instance.
    time_zone
        The wearer's.
    today
        The wearer's day.
    most
        How many weeks.
    """
    zone = ZoneInfo(time_zone)
    by_day: dict[date, list[PastSession]] = {}
    for one in past:
        by_day.setdefault(one.started_utc.astimezone(zone).date(), []).append(one)
    if not by_day:
        return ()
    begun = min(by_day)
    present = today - timedelta(days=today.weekday())
    mondays = [present - timedelta(weeks=n) for n in range(most)]
    return tuple(
        _week(monday, begun, by_day, is_at_rest, today)
        for monday in mondays
        if monday + timedelta(days=_DAYS) > begun
    )


def _week(
    monday: date,
    begun: date,
    by_day: dict[date, list[PastSession]],
    is_at_rest: Callable[[date], bool],
    today: date,
) -> Week:
    days = [monday + timedelta(days=n) for n in range(_DAYS)]
    days = [day for day in days if begun <= day <= today]
    sessions = [one for day in days for one in by_day.get(day, ())]
    done = sum(_is_done(one) for one in sessions)
    free = sum(day not in by_day for day in days)
    is_present = monday + timedelta(days=_DAYS) > today
    asked = sum(day in by_day or not is_at_rest(day) for day in days)
    missed = max(0, min(free, STRENGTH_A_WEEK * asked // _DAYS - len(sessions)))
    return Week(
        first=monday,
        done=done,
        partly=len(sessions) - done,
        rested=free if is_present else free - missed,
        missed=None if is_present else missed,
        is_present=is_present,
    )


def _is_done(session: PastSession) -> bool:
    """Tell whether it was done but for a little; what was left out by choice asks for nothing."""
    wanted = (line for line in session.lines if line.choice is not Choice.SKIP)
    shares = [min(1.0, line.done_share) for line in wanted]
    return not shares or sum(shares) / len(shares) >= _DONE


def figures_of(records: Sequence[SessionRecord]) -> tuple[Figure, ...]:
    """Return the figures of which there are enough, those that got better first."""
    movements = {one.exercise: one.amounts for one in movements_of(records)}
    holds: dict[int, Value] = {}
    for exercise in _PLANKS:
        for one in movements.get(exercise, ()):
            before = holds.get(one.session_id)
            if one.longest_hold_s and (before is None or before.value < one.longest_hold_s):
                holds[one.session_id] = Value(one.session_id, one.started_utc, one.longest_hold_s)
    ranges = [
        Value(one.session_id, one.started_utc, one.range_deg)
        for one in movements.get("glute_bridge", ())
        if one.range_deg is not None
    ]
    found = [
        _figure("plank", "Longest plank", "Longest hold, s", "s", holds.values(), duration),
        _figure("bridge", "Range of the bridge", "Range, °", "deg", ranges, _degrees),
        _figure("level", "Time with level hips", "Level, %", "percent", _level(records), _percent),
    ]
    enough = [one for one in found if one is not None]
    return tuple(sorted(enough, key=lambda one: not one.is_better))


def _figure(
    id: str,
    title: str,
    column: str,
    axis: str,
    values: Iterable[Value],
    show: Callable[[float], str],
) -> Figure | None:
    ordered = tuple(sorted(values, key=lambda one: one.started_utc))
    if len(ordered) < LEAST_VALUES:
        return None
    compared = min(_COMPARED, len(ordered) // 2)
    at_first = median(one.value for one in ordered[:compared])
    of_late = median(one.value for one in ordered[-compared:])
    return Figure(id, title, column, axis, ordered, at_first, of_late, compared, show)


def _degrees(value: float) -> str:
    return f"{value:.0f}°"


def _percent(value: float) -> str:
    return percent(round(value) / 100)


def _level(records: Iterable[SessionRecord]) -> list[Value]:
    """Return of each workout for how much of its sets the hips were level, in per cent."""
    values = []
    for session in records:
        sets = [one for one in session.done if one.exercise in _LEVEL_MOVEMENTS]
        lasted_s = sum(one.detected.end_s - one.detected.start_s for one in sets if one.detected)
        if lasted_s > 0.0:
            tilted_s = sum(map(_tilted_s, sets))
            share = max(0.0, 1.0 - tilted_s / lasted_s)
            values.append(Value(session.id, session.started_utc, 100.0 * share))
    return values


def _tilted_s(one: RecordedSet) -> float:
    if one.detected is None:
        return 0.0
    found = one.detected.deviations
    return sum(each.end_s - each.start_s for each in found if each.kind in _TILTS)


def change_text(before: str, after: str) -> str:
    """Return what a line was and what it became, without what both have: ``2 × 8 → 2 × 9``."""
    was, became = before.split(", "), after.split(", ")
    both = set(was[1:]) & set(became[1:])
    texts = (", ".join(one for one in parts if one not in both) for parts in (was, became))
    return " → ".join(text.replace(" x ", "\u00a0×\u00a0") for text in texts)


def told_of(answers: Sequence[Answers]) -> str:
    """Return how often it was back to usual, of the days after that were told."""
    told = sum(one.usual + one.bit_more + one.worse for one in answers)
    if told == 0:
        return "Nothing was told of the days after yet: Today asks."
    usual = sum(one.usual for one in answers)
    unsaid = sum(one.unsaid for one in answers)
    rest = f"; {unsaid} not told" if unsaid else ""
    return f"Back to usual after {usual} of {told} sessions that you told of{rest}."


@dataclass(frozen=True, slots=True)
class Answers:
    """How the days after were, by week."""

    first_utc: datetime
    first: date
    usual: int
    bit_more: int
    worse: int
    unsaid: int


def answers_of(
    past: Sequence[PastSession], weeks: Sequence[Week], time_zone: str
) -> tuple[Answers, ...]:
    """Return the answers of each week that had sessions, the earliest first."""
    zone = ZoneInfo(time_zone)
    found = []
    for week in reversed(weeks):
        until = week.first + timedelta(days=_DAYS)
        said = [
            one.next_day
            for one in past
            if week.first <= one.started_utc.astimezone(zone).date() < until
        ]
        if said:
            counts = (said.count(one) for one in (*NextDay, None))
            midnight = datetime.combine(week.first, datetime.min.time(), zone)
            found.append(Answers(midnight, week.first, *counts))
    return tuple(found)
