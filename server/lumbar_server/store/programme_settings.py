"""What people set of the programme; who never did has what it comes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, select

from lumbar_server import models
from lumbar_server.store import changes
from lumbar_server.store.upsert import conflict_insert

_SETTINGS = cast(Table, models.ProgrammeSettings.__table__)

AMBER_FROM = 4
RED_FROM = 6
"""Discomfort during a session from which on it is not green, and red (companion's 3.2)."""


@dataclass(frozen=True, slots=True)
class ProgrammeSettings:
    """What somebody set."""

    wearer_id: int
    amber_from: int = AMBER_FROM  # only lower than what it comes with
    red_from: int = RED_FROM
    is_sedentary: bool = False
    remind_after_min: int | None = None  # of sitting; None: not at all


def of_wearer(connection: Connection, wearer_id: int) -> ProgrammeSettings:
    """Return what somebody set."""
    row = connection.execute(select(_SETTINGS).where(_SETTINGS.c.wearer_id == wearer_id)).first()
    return ProgrammeSettings(wearer_id) if row is None else ProgrammeSettings(**row._mapping)


def change(
    connection: Connection,
    before: ProgrammeSettings,
    values: Mapping[str, Any],
    now_utc: datetime,
) -> ProgrammeSettings:
    """Change some of it; nothing is written where it is so already."""
    after = replace(before, **values)
    if after != before:
        row = {name: getattr(after, name) for name in ProgrammeSettings.__slots__}
        added = conflict_insert(connection, _SETTINGS).values(row)
        connection.execute(added.on_conflict_do_update(index_elements=["wearer_id"], set_=row))
        changes.note(connection, "wearer", str(before.wearer_id), now_utc)
    return after


def forget(connection: Connection, wearer_id: int) -> None:
    """Let somebody have what the programme comes with."""
    connection.execute(delete(_SETTINGS).where(_SETTINGS.c.wearer_id == wearer_id))
