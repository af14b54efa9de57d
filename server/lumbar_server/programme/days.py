"""Days and times as sentences name them, in the wearer's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def named_day(at_utc: datetime, zone: ZoneInfo) -> str:
    """Return a day: ``Sunday 17 May``."""
    local = at_utc.astimezone(zone)
    return f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"


def named_moment(at_utc: datetime, zone: ZoneInfo) -> str:
    """Return a day and a time: ``Wednesday 11 Mar, 18:15``."""
    return f"{named_day(at_utc, zone)}, {at_utc.astimezone(zone):%H:%M}"
