"""The month as a calendar: the days on which somebody worked out, in the wearer's time."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lumbar_server.errors import BadRequestError

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FIRST_YEAR, _LAST_YEAR = 1980, 9000
_FARTHEST = timedelta(hours=15)  # no zone is farther from UTC


@dataclass(frozen=True, slots=True)
class Begun:
    """A workout, and when it began."""

    session_id: int
    started_utc: datetime
    time_zone: str  # its wearer's

    @property
    def day(self) -> date:
        """The day on which it began, for its wearer."""
        return self.started_utc.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month."""

    date: date
    session_ids: tuple[int, ...]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month, week by week from Monday; None where a day is of another month."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]

    @property
    def title(self) -> str:
        """Its name: ``November 2026``."""
        return f"{_MONTHS[self.first.month - 1]} {self.first.year}"

    @property
    def before(self) -> str:
        """The month before, as addresses have it."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{next_month(self.first):%Y-%m}"

    @property
    def workouts(self) -> int:
        """How many there were."""
        return sum(len(day.session_ids) for week in self.weeks for day in week if day)


def month_of(first: date, begun: Iterable[Begun], today: date) -> Month:
    """Lay out the month that begins on ``first``."""
    by_day: dict[date, list[int]] = {}
    for one in begun:
        by_day.setdefault(one.day, []).append(one.session_id)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        tuple(
            tuple(
                Day(day, tuple(by_day.get(day, ())), day == today)
                if day.month == first.month
                else None
                for day in week
            )
            for week in weeks
        ),
    )


def read_month(text: str | None, today: date) -> date:
    """Return the first day of a month such as ``2026-11``, of this one without a text."""
    if text is None:
        return today.replace(day=1)
    try:
        first = datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise BadRequestError("month: year and month, such as 2026-11") from error
    if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        raise BadRequestError(f"month: of a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return first


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def start_utc(day: date, time_zone: str) -> datetime:
    """Return when a day begins for a wearer."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def around_utc(first: date) -> tuple[datetime, datetime]:
    """Return an interval that holds the month in every time zone."""
    end = next_month(first)
    return (
        datetime(first.year, first.month, first.day, tzinfo=UTC) - _FARTHEST,
        datetime(end.year, end.month, end.day, tzinfo=UTC) + _FARTHEST,
    )
