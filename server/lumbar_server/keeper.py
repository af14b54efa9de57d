"""How long samples are kept: announced a day before, then deleted; what was found stays."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from lumbar_server import deletion
from lumbar_server.database import reading, writing
from lumbar_server.file_space import give_back, is_loose
from lumbar_server.retention import KEPT_FOR_GOOD, Retention
from lumbar_server.store import changes, receipts, sizes
from lumbar_server.store.receipts import DeletionKind, Receipt, StreamPart
from lumbar_server.store.streams import StreamRecord, instant

log = logging.getLogger(__name__)

ANNOUNCED = timedelta(hours=24)
"""So long before it is done a deletion can be read of (chosen: somebody looks once a day)."""
LOOK_S = 300.0
"""How often new work is looked for (chosen)."""
SILENT = timedelta(days=30)
"""Nothing more comes of a stream then, whatever it said: a gateway keeps samples for so long."""


class Keeper:
    """Goes on with deletions that were begun, and deletes what is too old or too much.

    Any number of workers may do so side by side.

    Parameters
    ----------
    now_s
        Wall time.
    """

    def __init__(self, engine: Engine, now_s: Callable[[], float], retention: Retention) -> None:
        self._engine = engine
        self._now_s = now_s
        self._retention = retention
        self._looked_s = -LOOK_S
        self._left: list[Receipt] = []
        self._is_giving_back = False

    def step(self) -> None:
        """Do a little of what is due; raises ``DatabaseAwayError``, then nothing was changed."""
        if self._left:
            receipt = deletion.finish(self._engine, self._left[0], self._now_utc, most=1)
            self._left[:1] = [] if receipt.done_utc else [receipt]
            self._is_giving_back |= receipt.done_utc is not None
        elif self._is_giving_back:
            self._is_giving_back = not give_back(self._engine)
        elif abs(self._now_s() - self._looked_s) >= LOOK_S:
            self._looked_s = self._now_s()
            self._look()

    @property
    def _now_utc(self) -> datetime:
        return datetime.fromtimestamp(self._now_s(), UTC)

    def _look(self) -> None:
        for receipt in self._announced_and_due():
            self._begin(receipt)
        with reading(self._engine) as connection:
            self._left = receipts.unfinished(connection)
        self._announce()
        self._is_giving_back |= is_loose(self._engine)

    def _announced_and_due(self) -> list[Receipt]:
        with reading(self._engine) as connection:
            announced = receipts.announced(connection)
        return [receipt for receipt in announced if receipt.due_utc <= self._now_utc]

    def _begin(self, receipt: Receipt) -> None:
        """Delete what was announced and is still to go; the settings may be others by now."""
        with reading(self._engine) as connection:
            still = {record.stream_id for record in due(connection, self._retention, self._now_utc)}
        wanted = still & {part.stream_id for part in receipt.todo}
        if wanted:
            deletion.begin_announced(self._engine, receipt, wanted, self._now_utc)
        else:
            with writing(self._engine) as connection:
                receipts.drop(connection, receipt.id)

    def _announce(self) -> None:
        """Announce what is to go, where nothing is announced already."""
        if self._retention == KEPT_FOR_GOOD:
            return
        now_utc = self._now_utc
        with writing(self._engine) as connection:
            changes.wait_for_turn(connection)
            if receipts.announced(connection):
                return
            found = due(connection, self._retention, now_utc)
            if found:
                receipt = receipts.add(connection, _announcement(found, now_utc))
        if found:
            log.warning(
                "samples of %d streams will be deleted after %s: see the page My data, or raise "
                "LUMBAR_SERVER_KEEP_RAW_DAYS or LUMBAR_SERVER_MAX_DATABASE_BYTES",
                len(found),
                f"{receipt.due_utc:%Y-%m-%d %H:%M} UTC",
            )


def due(connection: Connection, retention: Retention, now_utc: datetime) -> list[StreamRecord]:
    """Return the streams whose samples are too old or too much; none that is still received."""
    found: dict[str, StreamRecord] = {}
    if retention.keep_raw_days is not None:
        before_utc = now_utc - timedelta(days=retention.keep_raw_days)
        old = sizes.streams_with_samples(connection, before_utc)
        found |= {one.stream_id: one for one in old if _is_over(one, before_utc, now_utc)}
    if retention.max_database_bytes is not None:
        over = sizes.of_database(connection).used_bytes - retention.max_database_bytes
        found |= {one.stream_id: one for one in _first_ones(connection, over, now_utc)}
    return list(found.values())


def _is_over(record: StreamRecord, before_utc: datetime, now_utc: datetime) -> bool:
    return _ended(record) < before_utc and _is_complete(record, now_utc)


def _is_complete(record: StreamRecord, now_utc: datetime) -> bool:
    return record.is_settled or _ended(record) < now_utc - SILENT


def _ended(record: StreamRecord) -> datetime:
    assert record.clock is not None  # samples came, so it is known
    return instant(record.clock.wall_s(record.expected_end))


def _first_ones(
    connection: Connection, over_bytes: int, now_utc: datetime
) -> Iterable[StreamRecord]:
    """Yield the oldest streams that are large enough together."""
    if over_bytes <= 0:
        return
    for record in sizes.streams_with_samples(connection, None):
        if over_bytes <= 0:
            return
        if _is_complete(record, now_utc):
            over_bytes -= sizes.samples_bytes(connection, record.stream_id)
            yield record


def _announcement(found: Iterable[StreamRecord], now_utc: datetime) -> Receipt:
    todo = tuple(StreamPart(one.stream_id, tuple(one.kept), one.kept.count) for one in found)
    receipt = Receipt(0, DeletionKind.RETENTION, None, None, None, now_utc, now_utc + ANNOUNCED)
    return replace(receipt, todo=todo)
