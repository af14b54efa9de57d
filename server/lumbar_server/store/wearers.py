"""Wearers, and who wore which sensor when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, cast

from sqlalchemy import Connection, Table, insert, or_, select, update

from lumbar_server import models
from lumbar_server.errors import ConflictError, NotFoundError
from lumbar_server.store import changes

_WEARERS = cast(Table, models.Wearer.__table__)
_ASSIGNMENTS = cast(Table, models.Assignment.__table__)
_SESSIONS = cast(Table, models.Session.__table__)

FIRST_WEARER = 1
"""Whose the sensors are that nobody was given; always there."""
QUIET_S = 300.0
"""Without a set for so long an automatic session is over (chosen: longer than any rest)."""


@dataclass(frozen=True, slots=True)
class WearerRow:
    """A person of the household."""

    id: int
    name: str
    time_zone: str  # of the IANA database
    quiet_s: float
    version: int
    created_utc: datetime


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A sensor given to a wearer, ``until_utc`` None for good."""

    id: int
    sensor_id: str
    wearer_id: int
    from_utc: datetime
    until_utc: datetime | None


def listed(connection: Connection) -> list[WearerRow]:
    """Return all wearers in the order in which they came."""
    query = select(_WEARERS).order_by(_WEARERS.c.id)
    return [WearerRow(**row._mapping) for row in connection.execute(query)]


def one(connection: Connection, wearer_id: int) -> WearerRow:
    """Return a wearer; raises ``NotFoundError``."""
    row = connection.execute(select(_WEARERS).where(_WEARERS.c.id == wearer_id)).first()
    if row is None:
        raise NotFoundError(f"no wearer {wearer_id}: GET /api/v1/wearers lists all there are")
    return WearerRow(**row._mapping)


def add(
    connection: Connection, name: str, time_zone: str, quiet_s: float, now_utc: datetime
) -> WearerRow:
    """Add a wearer; raises ``ConflictError`` where the name is taken."""
    _check_free(connection, name, None)
    row: dict[str, Any] = {
        "name": name,
        "time_zone": time_zone,
        "quiet_s": quiet_s,
        "version": 1,
        "created_utc": now_utc,
    }
    key = connection.execute(insert(_WEARERS).values(row)).inserted_primary_key
    assert key is not None
    changes.note(connection, "wearer", str(key[0]), now_utc)
    return WearerRow(id=key[0], **row)


def change(
    connection: Connection, wearer_id: int, values: Mapping[str, Any], now_utc: datetime
) -> WearerRow:
    """Change some of a wearer's columns; raises ``NotFoundError`` and ``ConflictError``."""
    before = one(connection, wearer_id)
    if "name" in values:
        _check_free(connection, values["name"], wearer_id)
    row = {**values, "version": before.version + 1}
    connection.execute(update(_WEARERS).where(_WEARERS.c.id == wearer_id).values(row))
    changes.note(connection, "wearer", str(wearer_id), now_utc)
    if values.keys() & {"name", "time_zone"}:  # a session says whose it is
        mine = select(_SESSIONS.c.id).where(_SESSIONS.c.wearer_id == wearer_id)
        keys = [str(key) for key in connection.scalars(mine.order_by(_SESSIONS.c.id))]
        changes.note_all(connection, "session", keys, now_utc)
    return one(connection, wearer_id)


def make_nameless(connection: Connection, wearer_id: int, now_utc: datetime) -> None:
    """Put a name that tells nothing in the place of a wearer's."""
    taken = {row.name for row in listed(connection) if row.id != wearer_id}
    names = (f"Wearer {number}" for number in count(wearer_id))
    name = next(name for name in names if name not in taken)
    change(connection, wearer_id, {"name": name}, now_utc)


def _check_free(connection: Connection, name: str, own_id: int | None) -> None:
    query = select(_WEARERS.c.id).where(_WEARERS.c.name == name, _WEARERS.c.id != (own_id or 0))
    if connection.execute(query).first():
        raise ConflictError(f"there is a wearer called {name} already: choose another name")


def assignments(connection: Connection, sensor_id: str | None = None) -> list[AssignmentRow]:
    """Return who was given which sensor, in order of time."""
    query = select(_ASSIGNMENTS).order_by(_ASSIGNMENTS.c.from_utc, _ASSIGNMENTS.c.id)
    if sensor_id is not None:
        query = query.where(_ASSIGNMENTS.c.sensor_id == sensor_id)
    return [AssignmentRow(**row._mapping) for row in connection.execute(query)]


def assign(
    connection: Connection, sensor_id: str, wearer_id: int, from_utc: datetime, now_utc: datetime
) -> AssignmentRow:
    """Give a sensor to a wearer from a moment on; whoever had it gives it back then.

    Raises
    ------
    NotFoundError
        Where there is no such wearer or sensor.
    """
    one(connection, wearer_id)
    _check_sensor(connection, sensor_id)
    open_ones = or_(_ASSIGNMENTS.c.until_utc.is_(None), _ASSIGNMENTS.c.until_utc > from_utc)
    mine = _ASSIGNMENTS.c.sensor_id == sensor_id
    connection.execute(
        update(_ASSIGNMENTS)
        .where(mine, open_ones, _ASSIGNMENTS.c.from_utc < from_utc)
        .values(until_utc=from_utc)
    )
    later = select(_ASSIGNMENTS.c.from_utc).where(mine, _ASSIGNMENTS.c.from_utc > from_utc)
    until_utc = connection.scalars(later.order_by(_ASSIGNMENTS.c.from_utc)).first()
    same = mine, _ASSIGNMENTS.c.from_utc == from_utc
    connection.execute(_ASSIGNMENTS.delete().where(*same))
    row: dict[str, Any] = {
        "sensor_id": sensor_id,
        "wearer_id": wearer_id,
        "from_utc": from_utc,
        "until_utc": until_utc,
    }
    key = connection.execute(insert(_ASSIGNMENTS).values(row)).inserted_primary_key
    assert key is not None
    changes.note(connection, "sensor", sensor_id, now_utc)
    return AssignmentRow(id=key[0], **row)


def wearer_of(worn: Sequence[AssignmentRow], at_utc: datetime) -> int:
    """Return who wore a sensor at a moment, by its assignments."""
    for assignment in reversed(worn):
        ended = assignment.until_utc is not None and assignment.until_utc <= at_utc
        if assignment.from_utc <= at_utc and not ended:
            return assignment.wearer_id
    return FIRST_WEARER


def _check_sensor(connection: Connection, sensor_id: str) -> None:
    sensors = cast(Table, models.Sensor.__table__)
    if not connection.execute(select(sensors).where(sensors.c.sensor_id == sensor_id)).first():
        raise NotFoundError(f"no sensor {sensor_id}: GET /api/v1/sensors lists all that were heard")
