"""What the wearer says of a workout as a whole, from the summary's forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from lumbar_server.errors import BadRequestError
from lumbar_server.pages.forms import first, instant_of, whole
from lumbar_server.pages.summary_view import answers_of
from lumbar_server.record import SessionRecord

_MOST_NOTE = 2000
_SCALES = ("comfort_before", "comfort_during", "comfort_after", "effort")
_FORMS = {
    "felt": _SCALES,
    "note": ("note",),
    "times": ("started", "ended", "stop"),
    "kept": ("discarded",),
}

Fields = Mapping[str, Sequence[str]]


def answer_form(form: Fields) -> str:
    """Return which of the summary's forms was sent; raises ``BadRequestError``."""
    about = [name for name, fields in _FORMS.items() if form.keys() & set(fields)]
    if len(about) != 1:
        raise BadRequestError("send one of the forms of the page: " + ", ".join(_FORMS))
    return about[0]


def answers_from(form: Fields, session: SessionRecord) -> dict[str, Any]:
    """Return the columns that a form changes; raises ``BadRequestError``."""
    values: dict[str, Any] = {}
    for name in _SCALES:
        text = first(form, name)
        if text is not None:
            values[name] = whole(text, name, 10) if text else None
    note, discarded = first(form, "note"), first(form, "discarded")
    if note is not None:
        if len(note) > _MOST_NOTE:
            raise BadRequestError(f"note: at most {_MOST_NOTE} characters")
        values["note"] = note.replace("\r\n", "\n")
    if discarded is not None:
        values["discarded"] = bool(whole(discarded, "discarded", 1))
    return values | _times(form, session)


def _times(form: Fields, session: SessionRecord) -> dict[str, datetime]:
    """Return the times that were changed; those that were sent as they are stay as exact."""
    shown = answers_of(session)
    values = {}
    for name, at_utc, shown_text in (
        ("started", session.started_utc, shown.started_local),
        ("ended", session.ended_utc, shown.ended_local),
    ):
        text = first(form, name)
        if text and text != shown_text:
            near_utc = at_utc or session.started_utc
            values[f"{name}_utc"] = instant_of(text, session.time_zone, near_utc)
    return values
