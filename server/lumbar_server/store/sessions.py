"""Sessions: one workout each, derived from the record of its stream."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self, cast

from sqlalchemy import Connection, Select, Table, bindparam, func, select, update

from lumbar_server import models
from lumbar_server.store.streams import StreamRecord
from lumbar_server.store.upsert import insert_missing

_SENSORS = cast(Table, models.Sensor.__table__)
_SESSIONS = cast(Table, models.Session.__table__)
_STREAMS = cast(Table, models.Stream.__table__)
_ANALYSES = cast(Table, models.Analysis.__table__)


class SessionState(enum.StrEnum):
    """How much of a session has arrived."""

    RECEIVING = "receiving"
    COMPLETE = "complete"
    COMPLETE_WITH_GAPS = "complete_with_gaps"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a session's row says; a pure function of the stream's record."""

    stream_id: str
    sensor_id: str
    started_utc: datetime
    ended_utc: datetime | None
    state: SessionState
    coverage: float
    analysis_id: int | None

    @classmethod
    def of(cls, record: StreamRecord, analysis_id: int | None) -> Self | None:
        """Return the facts, or None while no sample has arrived."""
        if record.clock is None or not record.stored:
            return None
        state, ended_utc = SessionState.RECEIVING, None
        if record.is_settled:
            whole = not record.lost
            state = SessionState.COMPLETE if whole else SessionState.COMPLETE_WITH_GAPS
            ended_utc = _instant(record.clock.wall_s(record.expected_end))
        first = next(iter(record.stored))[0]
        return cls(
            record.stream_id,
            record.sensor_id,
            _instant(record.clock.wall_s(first)),
            ended_utc,
            state,
            record.coverage,
            analysis_id,
        )


def _instant(wall_s: float) -> datetime:
    return datetime.fromtimestamp(min(max(wall_s, 0.0), _LAST_WALL_S), UTC)


_LAST_WALL_S = 253402300799.0  # the end of the year 9999, the last that a datetime can say


def write(connection: Connection, facts: Sequence[SessionFacts]) -> None:
    """Insert or update the sessions of ``facts``."""
    rows = [
        {
            "of_stream": one.stream_id,
            "started_utc": one.started_utc,
            "ended_utc": one.ended_utc,
            "state": one.state.value,
            "coverage": one.coverage,
            "analysis_id": one.analysis_id,
        }
        for one in facts
    ]
    change = update(_SESSIONS).where(_SESSIONS.c.stream_id == bindparam("of_stream"))
    if connection.execute(change, rows).rowcount == len(rows):
        return
    new = [
        {
            "stream_id": row.pop("of_stream"),
            "sensor_id": one.sensor_id,
            **row,
        }
        for one, row in zip(facts, rows, strict=True)
    ]
    insert_missing(connection, _SESSIONS, new)


def sensors(connection: Connection) -> Sequence[Any]:
    """Return all sensors with their newest session's id and start."""
    newest = (
        select(_SESSIONS.c.sensor_id, func.max(_SESSIONS.c.started_utc).label("last_session_utc"))
        .group_by(_SESSIONS.c.sensor_id)
        .subquery()
    )
    query = (
        select(_SENSORS, newest.c.last_session_utc)
        .outerjoin(newest, newest.c.sensor_id == _SENSORS.c.sensor_id)
        .order_by(_SENSORS.c.sensor_id)
    )
    return connection.execute(query).all()


def _joined() -> Select[Any]:
    return (
        select(
            _SESSIONS,
            _STREAMS.c.channels,
            _STREAMS.c.sampling_rate_hz,
            _STREAMS.c.g_per_step,
            _STREAMS.c.dps_per_step,
            _STREAMS.c.wall_at_zero_s,
            _STREAMS.c.wall_s_per_sample,
            _STREAMS.c.stored,
            _STREAMS.c.lost,
            _STREAMS.c.end_index,
            _STREAMS.c.quarantined,
            _ANALYSES.c.detector_version,
            _ANALYSES.c.parameters_sha256,
        )
        .join(_STREAMS, _STREAMS.c.stream_id == _SESSIONS.c.stream_id)
        .outerjoin(_ANALYSES, _ANALYSES.c.id == _SESSIONS.c.analysis_id)
    )


def newest(
    connection: Connection, sensor_id: str | None, before_id: int | None, limit: int
) -> Sequence[Any]:
    """Return sessions, newest first, each with its stream and analysis."""
    query = _joined().order_by(_SESSIONS.c.id.desc()).limit(limit)
    if sensor_id is not None:
        query = query.where(_SESSIONS.c.sensor_id == sensor_id)
    if before_id is not None:
        query = query.where(_SESSIONS.c.id < before_id)
    return connection.execute(query).all()


def one(connection: Connection, session_id: int) -> Any | None:
    """Return one session with its stream and analysis, or None."""
    return connection.execute(_joined().where(_SESSIONS.c.id == session_id)).first()


def of_stream(connection: Connection, stream_id: str) -> Any | None:
    """Return a stream's session with stream and analysis, or None while it has none."""
    return connection.execute(_joined().where(_SESSIONS.c.stream_id == stream_id)).first()


def unanalysed(
    connection: Connection, lowest_rate_hz: float, highest_rate_hz: float
) -> Sequence[Any]:
    """Return stream and sensor of the sessions that have no analysis, though their rate allows."""
    query = _joined().where(
        _SESSIONS.c.analysis_id.is_(None),
        _STREAMS.c.sampling_rate_hz.between(lowest_rate_hz, highest_rate_hz),
    )
    return connection.execute(query).all()


def totals(connection: Connection) -> dict[str, int]:
    """Return the number of sessions in each state."""
    query = select(_SESSIONS.c.state, func.count()).group_by(_SESSIONS.c.state)
    return {state: number for state, number in connection.execute(query)}
