"""Whose the imported workouts are: wearers by their names, and who wore which sensor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection

from lumbar_server.errors import ConflictError
from lumbar_server.exports import document
from lumbar_server.imports.contents import Contents
from lumbar_server.store import incoming, wearers
from lumbar_server.store.wearers import FIRST_WEARER, AssignmentRow

_LONG_AGO_UTC = datetime(1970, 1, 1, tzinfo=UTC)


def bring_wearers(connection: Connection, contents: Contents, now_utc: datetime) -> dict[str, int]:
    """Return the ids that the file's wearers have here, by name; adds those who are missing.

    Who is known by name stays as here. In an untouched database the file's first wearer becomes
    the first one.
    """
    untouched = incoming.is_untouched(connection)
    ids = {}
    for name, one in contents.wearers.items():
        known = incoming.wearer_names(connection)
        values = {"name": name, "time_zone": one.time_zone, "quiet_s": one.quiet_s}
        if untouched and one.is_first:
            if _differs(connection, values):
                wearers.change(connection, FIRST_WEARER, values, now_utc)
            ids[name] = FIRST_WEARER
        elif name in known:
            ids[name] = known[name]
        else:
            added = wearers.add(connection, name, one.time_zone, one.quiet_s, now_utc)
            ids[name] = added.id
    return ids


def _differs(connection: Connection, values: Mapping[str, object]) -> bool:
    first = wearers.one(connection, FIRST_WEARER)
    return any(getattr(first, name) != value for name, value in values.items())


def bring_assignments(
    connection: Connection, contents: Contents, ids: Mapping[str, int], now_utc: datetime
) -> None:
    """Let sensors be worn by those who wore them; raises ``ConflictError``."""
    new_sensors = [
        sensor_id
        for sensor_id in contents.sensors
        if incoming.first_started_utc(connection, sensor_id) is None
        and not wearers.assignments(connection, sensor_id)
    ]
    for one in contents.assignments:
        _assign(connection, one, ids[one.wearer], now_utc)
    first = next((one.name for one in contents.wearers.values() if one.is_first), None)
    if first is not None and ids[first] != FIRST_WEARER:
        for sensor_id in new_sensors:
            _keep_with(connection, sensor_id, ids[first], now_utc)


def _assign(
    connection: Connection, one: document.Assignment, wearer_id: int, now_utc: datetime
) -> None:
    here = wearers.assignments(connection, one.sensor_id)
    if any(each.wearer_id == wearer_id and each.from_utc == one.from_utc for each in here):
        return
    taken = next((each for each in here if _overlap(each, one)), None)
    if taken is not None:
        raise ConflictError(
            f"sensor {one.sensor_id} was worn by {one.wearer} from {one.from_utc.isoformat()} in "
            f"the file, here by {wearers.one(connection, taken.wearer_id).name} from "
            f"{taken.from_utc.isoformat()}: nothing was imported; give it to {one.wearer} here, or "
            "import into another database"
        )
    incoming.add_assignment(
        connection, one.sensor_id, wearer_id, one.from_utc, one.until_utc, now_utc
    )


def _overlap(here: AssignmentRow, one: document.Assignment) -> bool:
    ends_before = here.until_utc is not None and here.until_utc <= one.from_utc
    begins_after = one.until_utc is not None and one.until_utc <= here.from_utc
    return not ends_before and not begins_after


def _keep_with(connection: Connection, sensor_id: str, wearer_id: int, now_utc: datetime) -> None:
    """Say of a sensor that it is this wearer's for all the time that nobody else has it.

    Elsewhere that went without saying; here it would be the first wearer's.
    """
    from_utc = _LONG_AGO_UTC
    for each in wearers.assignments(connection, sensor_id):
        if from_utc < each.from_utc:
            until_utc = each.from_utc
            incoming.add_assignment(connection, sensor_id, wearer_id, from_utc, until_utc, now_utc)
        if each.until_utc is None:
            return
        from_utc = each.until_utc
    incoming.add_assignment(connection, sensor_id, wearer_id, from_utc, None, now_utc)
