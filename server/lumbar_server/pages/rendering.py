"""Templates and values become a page: durations, fractions and times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).parents[1] / "templates"
_NBSP = "\u00a0"


def render(request: Request, name: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Return the page of template ``name``.

    Parameters
    ----------
    request
        What is answered; the navigation marks its page.
    name
        A file of ``templates/``.
    status_code
        Of the answer.
    values
        What the template shows; text is escaped. Filters: ``duration``, ``clock``, ``percent``,
        ``short_date``,
        and with a wearer's time zone ``local_time``, ``local_date``, ``local_clock``. A page with
        plots puts ``{{ vendored.tag("uplot") }}`` into its head.
    """
    template = _ENVIRONMENT.get_template(name)
    text = template.render(
        path=request.scope["path"],
        navigation=request.app.state.navigation,
        vendored=request.app.state.vendored,
        **values,
    )
    return HTMLResponse(text, status_code=status_code)


def duration(duration_s: float) -> str:
    """Return a duration for people: ``45 s``, ``1:05 min``, ``1:02:05 h``."""
    whole_s = round(duration_s)
    if whole_s < 60:
        return f"{whole_s}{_NBSP}s"
    return f"{clock(whole_s)}{_NBSP}{'min' if whole_s < 3600 else 'h'}"


def clock(position_s: float) -> str:
    """Return a place in a workout: ``1:05``, ``1:02:05``."""
    minutes, seconds = divmod(int(position_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def percent(fraction: float) -> str:
    """Return a fraction as a percentage, rounded down: 100 % is said of the whole only."""
    return f"{int(1000 * fraction + 1e-9) / 10:g}{_NBSP}%"


def local_time(utc: datetime, time_zone: str) -> str:
    """Return date and time in the wearer's zone: ``Tue 24 Nov 2026, 18:05``."""
    return f"{local_date(utc, time_zone)}, {local_clock(utc, time_zone)}"


def local_date(utc: datetime, time_zone: str) -> str:
    """Return the date in the wearer's zone: ``Tue 24 Nov 2026``."""
    local = _local(utc, time_zone)
    weekday, month = _WEEKDAYS[local.weekday()], _MONTHS[local.month - 1]
    return f"{weekday} {local.day} {month} {local.year}"


def short_date(day: date) -> str:
    """Return a day without its year: ``24 Nov``."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def weekday(utc: datetime, time_zone: str) -> str:
    """Return the day of the week in the wearer's zone: ``Tue``."""
    return _WEEKDAYS[_local(utc, time_zone).weekday()]


def local_clock(utc: datetime, time_zone: str) -> str:
    """Return the time of day in the wearer's zone: ``18:05``."""
    return f"{_local(utc, time_zone):%H:%M}"


def _local(utc: datetime, time_zone: str) -> datetime:
    aware = utc if utc.tzinfo is not None else utc.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(time_zone))


# Not the locale's: the pages are in English wherever the server runs.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for one in (duration, clock, percent, local_time, local_date, local_clock, short_date):
        environment.filters[one.__name__] = one
    return environment


_ENVIRONMENT = _environment()
