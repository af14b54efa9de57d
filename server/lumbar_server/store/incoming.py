"""Rows that come with a copy of the record, as they were elsewhere but for their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, func, insert, select

from lumbar_server import models
from lumbar_server.store import changes
from lumbar_server.store.bulk_insert import insert_rows
from lumbar_server.store.outgoing import Stretch
from lumbar_server.store.samples import Codec
from lumbar_server.store.upsert import insert_missing

_WEARERS = cast(Table, models.Wearer.__table__)
_ASSIGNMENTS = cast(Table, models.Assignment.__table__)
_SENSORS = cast(Table, models.Sensor.__table__)
_STREAMS = cast(Table, models.Stream.__table__)
_SESSIONS = cast(Table, models.Session.__table__)
_SCREENINGS = cast(Table, models.Screening.__table__)
_SETTINGS = cast(Table, models.ProgrammeSettings.__table__)
_CHUNKS = cast(Table, models.Chunk.__table__)
_BOOTS = cast(Table, models.GatewayBoot.__table__)


def is_untouched(connection: Connection) -> bool:
    """Tell whether nobody has used this database yet."""
    used = (_STREAMS, _SESSIONS, _ASSIGNMENTS, _SCREENINGS, _SETTINGS)
    if any(connection.execute(select(table).limit(1)).first() for table in used):
        return False
    return connection.execute(select(_WEARERS.c.version)).scalars().all() == [1]


def add_sensors(connection: Connection, seen_utc: Mapping[str, datetime]) -> None:
    """Store the sensors that are not known yet."""
    rows = [{"sensor_id": key, "first_seen_utc": at_utc} for key, at_utc in seen_utc.items()]
    if rows:
        insert_missing(connection, _SENSORS, rows)


def add_wall_offsets(connection: Connection, wall_offset_s: Mapping[int, float]) -> None:
    """Store the wall clocks of runs of gateways that are not known yet."""
    rows = [
        {"gateway_boot": boot, "wall_offset_s": offset_s}
        for boot, offset_s in sorted(wall_offset_s.items())
    ]
    if rows:
        insert_missing(connection, _BOOTS, rows)


def add_assignment(
    connection: Connection,
    sensor_id: str,
    wearer_id: int,
    from_utc: datetime,
    until_utc: datetime | None,
    now_utc: datetime,
) -> None:
    """Store who wore a sensor for a time in which nobody else did."""
    row = {
        "sensor_id": sensor_id,
        "wearer_id": wearer_id,
        "from_utc": from_utc,
        "until_utc": until_utc,
    }
    connection.execute(insert(_ASSIGNMENTS).values(row))
    changes.note(connection, "sensor", sensor_id, now_utc)


def add_session(connection: Connection, row: Mapping[str, Any], now_utc: datetime) -> int:
    """Store a session; returns its id here."""
    key = connection.execute(insert(_SESSIONS).values(dict(row))).inserted_primary_key
    assert key is not None
    changes.note(connection, "session", str(key[0]), now_utc)
    return int(key[0])


def add_samples(connection: Connection, stream_id: str, found: Sequence[Stretch]) -> None:
    """Store samples of which nothing is stored yet, a row for each of their sources."""
    rows = []
    for stretch in found:
        at = 0
        for source in stretch.sources:
            counts = stretch.samples[at : at + source.n]
            rows.append(
                {
                    "stream_id": stream_id,
                    "first_index": stretch.first_index + at,
                    "n": source.n,
                    "live": source.live,
                    "gateway_boot": source.gateway_boot,
                    "observations": source.packets,
                    "data": counts.astype("<i2", copy=False).tobytes(),
                    "codec": int(Codec.RAW),
                }
            )
            at += source.n
    if rows:
        insert_rows(connection, _CHUNKS, rows)


def wearer_names(connection: Connection) -> dict[str, int]:
    """Return the ids of all wearers by name."""
    return {name: key for key, name in connection.execute(select(_WEARERS.c.id, _WEARERS.c.name))}


def first_started_utc(connection: Connection, sensor_id: str) -> datetime | None:
    """Return when the first stream of a sensor began; None where nothing of it is stored."""
    query = select(func.min(_STREAMS.c.started_utc)).where(_STREAMS.c.sensor_id == sensor_id)
    first: datetime | None = connection.scalar(query)
    return first
