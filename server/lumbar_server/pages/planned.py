"""What all pages of the programme share: whose it is, who has reviewed it, and whom to call."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import Connection

from lumbar_server.errors import BadRequestError
from lumbar_server.pages.forms import Form, first, whole
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.emergency import emergency_number
from lumbar_server.programme.plan import Length
from lumbar_server.store import wearers
from lumbar_server.store.wearers import WearerRow

WearerId = Annotated[int | None, Query(ge=1, lt=2**63)]
_MOST_ID = 999_999_999


def shown_with(database: Connection, wearer_id: int | None) -> dict[str, Any]:
    """Return what the templates show beside their own; the first wearer where none is chosen."""
    everybody = wearers.listed(database)
    chosen = everybody[0] if wearer_id is None else wearers.one(database, wearer_id)
    return {
        "chosen": chosen,
        "wearers": everybody,
        "emergency": emergency_number(chosen.time_zone),
        "reviewed_by": read_catalogue().reviewed_by,
    }


def wearer_of(database: Connection, form: Form) -> WearerRow:
    """Return whose form it is; raises ``BadRequestError`` and ``NotFoundError``."""
    return wearers.one(database, number(form, "wearer", _MOST_ID))


def number(form: Form, name: str, most: int) -> int:
    """Return a whole number that a form has to have; raises ``BadRequestError``."""
    return whole(first(form, name) or "", name, most)


def length_of(form: Form) -> Length:
    """Return how much time there is; raises ``BadRequestError``."""
    try:
        return Length(first(form, "length") or Length.FULL)
    except ValueError as error:
        raise BadRequestError("length: full or five") from error


def today_path(wearer_id: int, length: Length = Length.FULL, place: str = "") -> str:
    """Return the address of somebody's Today."""
    return f"/today?wearer={wearer_id}&length={length}{place}"
