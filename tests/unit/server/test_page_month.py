"""The calendar: a workout is on the day on which its wearer began it."""

from datetime import UTC, date, datetime

import pytest

from lumbar_server.errors import BadRequestError
from lumbar_server.pages.month import (
    Begun,
    Month,
    around_utc,
    month_of,
    next_month,
    read_month,
    start_utc,
)

OCTOBER = date(2026, 10, 1)
LATE_UTC = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)


def days(month: Month) -> dict[int, tuple[int, ...]]:
    found = [day for week in month.weeks for day in week if day is not None]
    return {day.date.day: day.session_ids for day in found if day.session_ids}


def test_workout_is_on_the_wearers_own_day() -> None:
    begun = [Begun(1, LATE_UTC, "Europe/Vienna"), Begun(2, LATE_UTC, "America/New_York")]
    assert days(month_of(OCTOBER, begun, OCTOBER)) == {25: (1,), 24: (2,)}


def test_workout_of_a_neighbouring_month_is_not_shown() -> None:
    begun = [Begun(1, datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "Europe/Vienna")]
    month = month_of(OCTOBER, begun, OCTOBER)
    assert days(month) == {}
    assert month.workouts == 0


def test_interval_of_a_month_holds_it_in_every_zone() -> None:
    from_utc, until_utc = around_utc(OCTOBER)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Vienna"):
        assert from_utc <= start_utc(OCTOBER, zone)
        assert until_utc >= start_utc(next_month(OCTOBER), zone)


def test_weeks_begin_on_monday_and_lack_the_days_of_other_months() -> None:
    month = month_of(OCTOBER, [], date(2026, 10, 25))
    assert [day and day.date.day for day in month.weeks[0]] == [None, None, None, 1, 2, 3, 4]
    assert [day.date.day for week in month.weeks for day in week if day and day.is_today] == [25]
    assert (month.title, month.before, month.after) == ("October 2026", "2026-09", "2026-11")


def test_days_are_as_long_as_the_clocks_make_them() -> None:
    def hours(day: int, month: int) -> float:
        starts = [start_utc(date(2026, month, one), "Europe/Vienna") for one in (day, day + 1)]
        return (starts[1] - starts[0]).total_seconds() / 3600

    assert (hours(25, 10), hours(29, 3), hours(1, 10)) == (25.0, 23.0, 24.0)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "0001-01", "9999-12", "x"])
def test_month_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="month"):
        read_month(text, OCTOBER)


def test_month_of_today_is_shown_without_another() -> None:
    assert read_month(None, date(2026, 10, 25)) == OCTOBER
    assert read_month("2026-02", OCTOBER) == date(2026, 2, 1)
