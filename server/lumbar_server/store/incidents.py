"""What went wrong and somebody should know of: counters, and messages set aside."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select

from lumbar_server import models
from lumbar_server.store.upsert import conflict_insert

_COUNTERS = cast(Table, models.Counter.__table__)
_QUARANTINE = cast(Table, models.QuarantinedMessage.__table__)

KEPT_PER_STREAM = 1000
"""Messages kept in quarantine for each stream; more are only counted (chosen: bounds the disk)."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something to count; ``kind`` is a short word such as ``malformed``."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A message that does not fit what is stored of its stream; ``kind`` as of an incident."""

    kind: str
    sensor_id: str
    stream_id: str
    first_index: int
    n: int
    reason: str
    payload: bytes


def count(connection: Connection, incidents: Sequence[Incident], now_utc: datetime) -> None:
    """Add ``incidents`` to the counters."""
    last = {incident.kind: incident.detail for incident in incidents}
    totals = Counter(incident.kind for incident in incidents)
    for kind, total in totals.items():
        detail = last[kind].replace("\0", "?")[:300]
        added = conflict_insert(connection, _COUNTERS).values(
            kind=kind, total=total, last_utc=now_utc, last_detail=detail
        )
        connection.execute(
            added.on_conflict_do_update(
                index_elements=["kind"],
                set_={
                    "total": _COUNTERS.c.total + total,
                    "last_utc": now_utc,
                    "last_detail": detail,
                },
            )
        )


def quarantine(connection: Connection, found: Contradiction, now_utc: datetime) -> bool:
    """Set a message aside; returns false where the same bytes were set aside before."""
    digest = hashlib.sha256(found.payload).hexdigest()
    kept = select(func.count()).where(_QUARANTINE.c.stream_id == found.stream_id)
    known = select(_QUARANTINE.c.id).where(
        _QUARANTINE.c.sensor_id == found.sensor_id, _QUARANTINE.c.payload_sha256 == digest
    )
    if connection.execute(known).first():
        return False
    if connection.execute(kept).scalar_one() < KEPT_PER_STREAM:
        row = {
            "sensor_id": found.sensor_id,
            "stream_id": found.stream_id,
            "first_index": found.first_index,
            "n": found.n,
            "reason": found.reason[:200],
            "payload_sha256": digest,
            "payload": found.payload,
            "seen_utc": now_utc,
        }
        statement = conflict_insert(connection, _QUARANTINE).on_conflict_do_nothing()
        connection.execute(statement, row)
    return True


def counters(connection: Connection) -> Sequence[Any]:
    """Return all counters."""
    return connection.execute(select(_COUNTERS).order_by(_COUNTERS.c.kind)).all()


def quarantined(connection: Connection, limit: int) -> Sequence[Any]:
    """Return the newest messages in quarantine, without their bytes."""
    columns = [column for column in _QUARANTINE.c if column.name != "payload"]
    query = select(*columns).order_by(_QUARANTINE.c.id.desc()).limit(limit)
    return connection.execute(query).all()


def quarantined_total(connection: Connection) -> int:
    """Return how many messages are in quarantine."""
    return connection.execute(select(func.count()).select_from(_QUARANTINE)).scalar_one()
