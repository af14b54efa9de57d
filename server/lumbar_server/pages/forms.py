"""Forms that a page sends, with and without a script: fields by name, all of them text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from lumbar_server.errors import BadRequestError, ChangedMeanwhileError

_MOST_BYTES = 65_536  # chosen: no form of ours is a tenth of it
_MOST_FIELDS = 200
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2}(?:\.\d{1,3})?)", re.ASCII)


async def _form(request: Request) -> Mapping[str, Sequence[str]]:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise BadRequestError(f"a form has at most {_MOST_BYTES} bytes: send less")
    try:
        text = body.decode("utf-8")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BadRequestError("send the form as the page has it") from error
    if any("\0" in value for values in fields.values() for value in values):
        raise BadRequestError("text must not contain NUL")
    return fields


Form = Annotated[Mapping[str, Sequence[str]], Depends(_form)]


def first(form: Mapping[str, Sequence[str]], name: str) -> str | None:
    """Return a field's text without blanks around it; None where it was not sent."""
    values = form.get(name)
    return None if not values else values[0].strip()


def whole(text: str, name: str, most: int) -> int:
    """Return a whole number from 0 to ``most``; raises ``BadRequestError``."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most):
        raise BadRequestError(f"{name}: a whole number from 0 to {most}, please")
    return int(text)


def seconds(text: str, name: str) -> float:
    """Return a duration of at most a day in seconds: ``12``, ``12.5``, ``1:05``."""
    found = re.fullmatch(r"\d{1,5}(\.\d{1,3})?", text, re.ASCII)
    duration_s = float(text) if found else position_s(text, name)
    if duration_s > 86_400:
        raise BadRequestError(f"{name}: at most a day, please")
    return duration_s


def position_s(text: str, name: str) -> float:
    """Return a place in a workout in seconds: ``1:05`` or ``1:02:05``."""
    found = _CLOCK.fullmatch(text)
    if found is None or float(found[3]) >= 60 or (found[1] and int(found[2]) >= 60):
        raise BadRequestError(f"{name}: minutes and seconds into the workout, such as 1:05")
    return 3600.0 * int(found[1] or 0) + 60.0 * int(found[2]) + float(found[3])


def instant_of(text: str, time_zone: str, near_utc: datetime) -> datetime:
    """Return the instant of a local date and time, as ``datetime-local`` sends them.

    Where clocks are put back an hour comes twice: the one nearer to ``near_utc`` is meant. Where
    they are put forward an hour is left out: its times are taken as those an hour later.
    """
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError("time: date and time, such as 2026-11-24T18:05") from error
    if local.tzinfo is not None or not 1980 <= local.year <= 9000:
        raise BadRequestError("time: a date and time of the wearer, such as 2026-11-24T18:05")
    zone = ZoneInfo(time_zone)
    both = [local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    real = [one for one in both if one.astimezone(zone).replace(tzinfo=None) == local]
    return min(real or both[:1], key=lambda one: abs(one - near_utc))


def tag_of(*values: object) -> str:
    """Return a short text that changes with what is shown, to be sent back with a change."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def check_seen(form: Mapping[str, Sequence[str]], now: str) -> None:
    """Refuse a change of what looks otherwise by now; raises ``ChangedMeanwhileError``."""
    if first(form, "seen") != now:
        raise ChangedMeanwhileError(
            "This has changed since the page was drawn, perhaps on another device. "
            "Load the page again, then change it."
        )
