"""Whose streams are whose: a stream is of the one who wore its sensor when it began."""

from __future__ import annotations

from collections import defaultdict
from typing import cast

from sqlalchemy import Connection, Table, select

from lumbar_server import models
from lumbar_server.store import streams, wearers
from lumbar_server.store.streams import StreamRecord
from lumbar_server.store.wearers import AssignmentRow

_STREAMS = cast(Table, models.Stream.__table__)


def wearers_of_streams(connection: Connection) -> dict[str, int]:
    """Return the wearer of every stream of which samples have arrived."""
    worn = defaultdict[str, list[AssignmentRow]](list)
    for assignment in wearers.assignments(connection):
        worn[assignment.sensor_id].append(assignment)
    query = select(_STREAMS.c.stream_id, _STREAMS.c.sensor_id, _STREAMS.c.started_utc).where(
        _STREAMS.c.started_utc.is_not(None)
    )
    return {
        stream_id: wearers.wearer_of(worn[sensor_id], started_utc)
        for stream_id, sensor_id, started_utc in connection.execute(query)
    }


def of_wearer(connection: Connection, wearer_id: int) -> list[str]:
    """Return the ids of a wearer's streams of which samples have arrived, in order."""
    whose = wearers_of_streams(connection)
    return sorted(key for key, wearer in whose.items() if wearer == wearer_id)


def streams_of(connection: Connection, wearer_id: int) -> list[StreamRecord]:
    """Return a wearer's streams of which samples have arrived."""
    return list(streams.read(connection, of_wearer(connection, wearer_id)).values())
