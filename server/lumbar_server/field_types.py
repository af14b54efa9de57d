"""Values that the HTTP API takes: what a database cannot keep is refused, saying what would do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no NUL in a text


def _written(value: Any) -> Any:
    if isinstance(value, str) and not _RFC_3339.fullmatch(value):
        raise ValueError("write a time with its zone, such as 2026-03-01T17:30:00Z")
    if not isinstance(value, str | datetime):
        raise ValueError("write a time as text, such as 2026-03-01T17:30:00Z")
    return value


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


def _no_other_type(value: Any) -> Any:
    if isinstance(value, str | bool):
        raise ValueError("write a number, not a text and not true or false")
    return value


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("use a name of the IANA database, such as Europe/Vienna")
    return name


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=NO_NUL)]
Name = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=60,
        strip_whitespace=True,
        pattern=r"^[^\x00]*[^\s\x00][^\x00]*$",
    ),
]
Zone = Annotated[
    str,
    AfterValidator(_known_zone),
    WithJsonSchema({"type": "string", "format": "iana-time-zone", "maxLength": 64}),
]
SensorId = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
]
MOST = 2**53 - 1
"""Ids and numbers end here: JSON's numbers are exact so far, in JavaScript too."""
Number = BeforeValidator(_no_other_type)
Flag = Annotated[bool, Strict()]
Key = Annotated[int, Field(ge=1, le=MOST), Number]
TenScale = Annotated[int, Field(ge=0, le=10), Number]
Seconds = Annotated[float, Field(ge=-86_400, le=31 * 86_400, allow_inf_nan=False), Number]
Duration = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False), Number]
Quiet = Annotated[float, Field(ge=30, le=86_400, allow_inf_nan=False), Number]
Position = Annotated[float, Field(ge=0, le=2**48, allow_inf_nan=False), Number]
Count = Annotated[int, Field(ge=0, le=10_000), Number]
StreamId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{16}$")]
