"""What people set of the programme; who never did has what it comes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select

from lumbar_server import models
from lumbar_server.programme.comfort import AMBER_FROM, RED_FROM
from lumbar_server.store import changes
from lumbar_server.store.upsert import conflict_insert

_SETTINGS = cast(Table, models.ProgrammeSettings.__table__)


@dataclass(frozen=True, slots=True)
class ProgrammeSettings:
    """What somebody set."""

    wearer_id: int
    amber_from: int = AMBER_FROM  # only lower than what it comes with
    red_from: int = RED_FROM
    is_sedentary: bool = False


def of_wearer(connection: Connection, wearer_id: int) -> ProgrammeSettings:
    """Return what somebody set, or what the programme comes with."""
    return find(connection, wearer_id) or ProgrammeSettings(wearer_id)


def find(connection: Connection, wearer_id: int) -> ProgrammeSettings | None:
    """Return what somebody set; None where they never did."""
    row = connection.execute(select(_SETTINGS).where(_SETTINGS.c.wearer_id == wearer_id)).first()
    return None if row is None else ProgrammeSettings(**row._mapping)


def change(
    connection: Connection,
    before: ProgrammeSettings,
    values: Mapping[str, Any],
    now_utc: datetime,
) -> ProgrammeSettings:
    """Change some of it; nothing is written where it is so already."""
    after = replace(before, **values)
    if after != before:
        row = _row(after)
        added = conflict_insert(connection, _SETTINGS).values(row)
        connection.execute(added.on_conflict_do_update(index_elements=["wearer_id"], set_=row))
        changes.note(connection, "wearer", str(before.wearer_id), now_utc)
    return after


def bring(connection: Connection, settings: ProgrammeSettings, now_utc: datetime) -> None:
    """Keep what somebody set elsewhere; whoever set something here keeps that."""
    if find(connection, settings.wearer_id) is None:
        connection.execute(insert(_SETTINGS).values(_row(settings)))
        changes.note(connection, "wearer", str(settings.wearer_id), now_utc)


def forget(connection: Connection, wearer_id: int) -> None:
    """Let somebody have what the programme comes with."""
    connection.execute(delete(_SETTINGS).where(_SETTINGS.c.wearer_id == wearer_id))


def _row(settings: ProgrammeSettings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in ProgrammeSettings.__slots__}
