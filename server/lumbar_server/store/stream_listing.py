"""Streams as they are listed: each with its sensor, its clock and its newest analysis."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Select, Table, and_, func, or_, select

from lumbar_gateway.messages import IndexRanges
from lumbar_server import models

_SENSORS = cast(Table, models.Sensor.__table__)
_STREAMS = cast(Table, models.Stream.__table__)
_ANALYSES = cast(Table, models.Analysis.__table__)


class StreamKey(NamedTuple):
    """Where a stream stands in the list."""

    started_utc: datetime
    stream_id: str


def _analysed() -> Select[Any]:
    each = _ANALYSES.alias()
    newest = (
        select(func.max(each.c.id)).where(each.c.stream_id == _STREAMS.c.stream_id)
    ).scalar_subquery()
    return (
        select(
            _STREAMS,
            _ANALYSES.c.id.label("analysis_id"),
            _ANALYSES.c.detector_version,
            _ANALYSES.c.parameters_sha256,
            _ANALYSES.c.calibration,
        )
        .select_from(_STREAMS)
        .outerjoin(_ANALYSES, _ANALYSES.c.id == newest)
        .where(_STREAMS.c.started_utc.is_not(None))
    )


def kept(row: Any) -> IndexRanges:
    """Return the samples of a listed stream that can be read."""
    stored, erased = (
        IndexRanges((start, end) for start, end in ranges) for ranges in (row.stored, row.erased)
    )
    return stored.less(erased)


def newest(
    connection: Connection, sensor_id: str | None, before: StreamKey | None, limit: int
) -> Sequence[Any]:
    """Return streams of which samples have arrived, the last begun first."""
    started, key = _STREAMS.c.started_utc, _STREAMS.c.stream_id
    query = _analysed().order_by(started.desc(), key.desc()).limit(limit)
    if sensor_id is not None:
        query = query.where(_STREAMS.c.sensor_id == sensor_id)
    if before is not None:
        earlier = started < before.started_utc
        same = and_(started == before.started_utc, key < before.stream_id)
        query = query.where(or_(earlier, same))
    return connection.execute(query).all()


def one(connection: Connection, stream_id: str) -> Any | None:
    """Return a stream of which samples have arrived, or None."""
    return connection.execute(_analysed().where(_STREAMS.c.stream_id == stream_id)).first()


def some(connection: Connection, stream_ids: Collection[str]) -> dict[str, Any]:
    """Return those of the streams of which samples have arrived, by their ids."""
    query = _analysed().where(_STREAMS.c.stream_id.in_(stream_ids))
    return {row.stream_id: row for row in connection.execute(query)}


def overlapping(connection: Connection, from_utc: datetime, until_utc: datetime) -> list[str]:
    """Return the ids of the streams that share time with an interval."""
    ended = _STREAMS.c.ended_utc
    query = (
        select(_STREAMS.c.stream_id)
        .where(_STREAMS.c.started_utc <= until_utc, or_(ended.is_(None), ended >= from_utc))
        .order_by(_STREAMS.c.stream_id)
    )
    return list(connection.scalars(query))


def unanalysed(
    connection: Connection, lowest_rate_hz: float, highest_rate_hz: float
) -> Sequence[Any]:
    """Return the streams that have no analysis, though their rate allows."""
    rate_hz = _STREAMS.c.sampling_rate_hz
    query = _analysed().where(
        _ANALYSES.c.id.is_(None), rate_hz.between(lowest_rate_hz, highest_rate_hz)
    )
    return connection.execute(query).all()


def totals(connection: Connection) -> dict[str, int]:
    """Return the number of streams in each state."""
    query = (
        select(_STREAMS.c.state, func.count())
        .where(_STREAMS.c.started_utc.is_not(None))
        .group_by(_STREAMS.c.state)
    )
    return {state: number for state, number in connection.execute(query)}


def stored_time(connection: Connection, sensor_id: str) -> tuple[float, float]:
    """Return the newest sampling rate of a sensor, 1 where unknown, and how many s are stored."""
    mine = _STREAMS.c.sensor_id == sensor_id
    columns = _STREAMS.c.sampling_rate_hz, _STREAMS.c.stored, _STREAMS.c.erased
    query = select(*columns).where(mine, _STREAMS.c.sampling_rate_hz.is_not(None))
    rows = connection.execute(query.order_by(_STREAMS.c.started_utc)).all()
    stored_s = sum(kept(row).count / row.sampling_rate_hz for row in rows)
    return (rows[-1].sampling_rate_hz if rows else 1.0), stored_s


def sensors(connection: Connection) -> Sequence[Any]:
    """Return all sensors with the start of their newest stream."""
    newest_of = (
        select(_STREAMS.c.sensor_id, func.max(_STREAMS.c.started_utc).label("last_stream_utc"))
        .group_by(_STREAMS.c.sensor_id)
        .subquery()
    )
    query = (
        select(_SENSORS, newest_of.c.last_stream_utc)
        .outerjoin(newest_of, newest_of.c.sensor_id == _SENSORS.c.sensor_id)
        .order_by(_SENSORS.c.sensor_id)
    )
    return connection.execute(query).all()
