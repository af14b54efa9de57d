"""Streams that a gateway tells of only after everything of their wearer was deleted."""

from __future__ import annotations

import math
from dataclasses import replace

from sqlalchemy import Connection

from lumbar_gateway.messages import ClockFit, IndexRanges
from lumbar_server.store import receipts, wearers
from lumbar_server.store.streams import StreamRecord, instant

_FARTHEST = 2**48  # no index is beyond


def without_deleted(connection: Connection, record: StreamRecord, fit: ClockFit) -> StreamRecord:
    """Return a stream, of which the first samples come, with what was taken before the deletion.

    When that was is as the gateway knows it now: where it could only presume, the samples count as
    taken when it first heard of them.
    """
    worn = wearers.assignments(connection, record.sensor_id)
    wearer_id = wearers.wearer_of(worn, instant(fit.wall_at_zero_s))
    deleted_utc = receipts.everything_deleted_utc(connection, wearer_id)
    if deleted_utc is None:
        return record
    end = min(_FARTHEST, math.ceil(fit.index(deleted_utc.timestamp())))
    if end <= 0:
        return record
    return replace(record, erased=IndexRanges([(0, end)]), forgotten=IndexRanges([(0, end)]))
