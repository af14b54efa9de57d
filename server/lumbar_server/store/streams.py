"""Streams: what is stored of each, guarded by an optimistic lock."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self, cast

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from lumbar_gateway.messages import ClockFit, ClockSource, IndexRanges, SampleBatch
from lumbar_server import models
from lumbar_server.errors import StreamConflictError
from lumbar_server.store.upsert import insert_missing

_SENSORS = cast(Table, models.Sensor.__table__)
_STREAMS = cast(Table, models.Stream.__table__)
_LAST_WALL_S = 253402300799.0  # the end of the year 9999, the last that a datetime can say


class StreamState(enum.StrEnum):
    """How much of a stream has arrived."""

    RECEIVING = "receiving"
    COMPLETE = "complete"
    COMPLETE_WITH_GAPS = "complete_with_gaps"


@dataclass(frozen=True, slots=True)
class SampleFormat:
    """What the samples of a stream mean; the same for all of them."""

    sampling_rate_hz: float
    g_per_step: float
    dps_per_step: float  # 0 where there is no gyro
    channels: int

    @classmethod
    def of(cls, batch: SampleBatch) -> Self:
        """Return the format that ``batch`` claims."""
        return cls(
            batch.sampling_rate_hz, batch.g_per_step, batch.dps_per_step, batch.samples.shape[1]
        )

    def is_of(self, batch: SampleBatch) -> bool:
        """Tell whether ``batch`` claims this format."""
        return (
            batch.sampling_rate_hz == self.sampling_rate_hz
            and batch.g_per_step == self.g_per_step
            and batch.dps_per_step == self.dps_per_step
            and batch.samples.shape[1] == self.channels
        )


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """A stream as it stands in the database; ``version`` 0 is not yet there."""

    stream_id: str
    sensor_id: str
    version: int = 0
    sample_format: SampleFormat | None = None
    clock: ClockFit | None = None
    stored: IndexRanges = field(default_factory=IndexRanges)
    lost: IndexRanges = field(default_factory=IndexRanges)  # declared lost and not stored
    erased: IndexRanges = field(default_factory=IndexRanges)  # deleted, also what may come late
    forgotten: IndexRanges = field(default_factory=IndexRanges)  # of these, with what was found
    end_index: int | None = None
    quarantined: int = 0

    def fork(self) -> StreamRecord:
        """Return a copy whose ranges may be changed."""
        return replace(
            self,
            stored=self.stored.copy(),
            lost=self.lost.copy(),
            erased=self.erased.copy(),
            forgotten=self.forgotten.copy(),
        )

    @property
    def expected_end(self) -> int:
        """One past the largest index known to exist."""
        return max(self.stored.end, self.lost.end, self.end_index or 0)

    @property
    def kept(self) -> IndexRanges:
        """The samples that can be read: stored, and not deleted since."""
        return self.stored.less(self.erased) if self.erased else self.stored

    @property
    def told(self) -> IndexRanges:
        """What may be told of: all that came, less what is forgotten."""
        return self.stored.less(self.forgotten) if self.forgotten else self.stored

    @property
    def settled_end(self) -> int:
        """Below this, every sample is stored or known to be lost."""
        stored = self.stored.contiguous_end()
        lost = self.lost.contiguous_end(stored)
        while lost > stored:
            stored = self.stored.contiguous_end(lost)
            lost = self.lost.contiguous_end(stored)
        return stored

    @property
    def is_settled(self) -> bool:
        """Tell whether the stream has ended and nothing of it can still come."""
        return self.end_index is not None and self.settled_end >= self.expected_end

    @property
    def state(self) -> StreamState:
        """How much has arrived."""
        if not self.is_settled:
            return StreamState.RECEIVING
        return StreamState.COMPLETE_WITH_GAPS if self.lost else StreamState.COMPLETE

    @property
    def started_utc(self) -> datetime | None:
        """When the first sample was taken that may be told of; None where there is none."""
        told = self.told
        if self.clock is None or not told:
            return None
        return instant(self.clock.wall_s(next(iter(told))[0]))

    @property
    def ended_utc(self) -> datetime | None:
        """When the stream ended; None while samples may still come."""
        if self.clock is None or not self.told or not self.is_settled:
            return None
        return instant(self.clock.wall_s(self.expected_end))

    @property
    def coverage(self) -> float:
        """Fraction of the samples known to exist that came, whether deleted since or not."""
        return self.stored.count / self.expected_end if self.expected_end else 0.0


def instant(wall_s: float) -> datetime:
    """Return a wall time as an instant, the nearest there is where it lies outside the calendar."""
    return datetime.fromtimestamp(min(max(wall_s, 0.0), _LAST_WALL_S), UTC)


def read(connection: Connection, stream_ids: Iterable[str]) -> dict[str, StreamRecord]:
    """Return the streams that exist among ``stream_ids``."""
    query = select(_STREAMS).where(_STREAMS.c.stream_id.in_(list(stream_ids)))
    return {row.stream_id: _record(row) for row in connection.execute(query)}


def lock(connection: Connection, stream_ids: Iterable[str]) -> None:
    """Let nobody else write streams before the transaction's end; SQLite has only one that writes.

    For who changes many at once, and would lose against a worker again and again. Rows that only
    name a stream may still be added: who adds them has the turn that we wait for next.
    """
    if connection.dialect.name == "postgresql":
        mine = select(_STREAMS.c.stream_id).where(_STREAMS.c.stream_id.in_(list(stream_ids)))
        in_order = mine.order_by(_STREAMS.c.stream_id)
        connection.execute(in_order.with_for_update(key_share=True)).all()


def write(connection: Connection, records: Sequence[StreamRecord], now_utc: datetime) -> None:
    """Store new and changed streams; each must be at the version that was read.

    Raises
    ------
    StreamConflictError
        Another transaction has written one of them since.
    """
    new = [record for record in records if record.version == 0]
    changed = [record for record in records if record.version > 0]
    if new:
        sensors = [{"sensor_id": r.sensor_id, "first_seen_utc": now_utc} for r in new]
        insert_missing(connection, _SENSORS, sensors)
        try:
            connection.execute(insert(_STREAMS), [_row(record) for record in new])
        except IntegrityError as error:
            raise StreamConflictError("another worker has just begun a stream") from error
    if changed:
        rows = [
            {**_row(record), "seen_id": record.stream_id, "seen_version": record.version}
            for record in changed
        ]
        if connection.execute(_UPDATE, rows).rowcount != len(rows):
            raise StreamConflictError("another worker has written a stream since it was read")


_UPDATE = update(_STREAMS).where(
    _STREAMS.c.stream_id == bindparam("seen_id"), _STREAMS.c.version == bindparam("seen_version")
)


def _row(record: StreamRecord) -> dict[str, Any]:
    form, clock = record.sample_format, record.clock
    return {
        "stream_id": record.stream_id,
        "sensor_id": record.sensor_id,
        "version": record.version + 1,
        "channels": form.channels if form else None,
        "sampling_rate_hz": form.sampling_rate_hz if form else None,
        "g_per_step": form.g_per_step if form else None,
        "dps_per_step": form.dps_per_step if form else None,
        "wall_at_zero_s": clock.wall_at_zero_s if clock else None,
        "wall_s_per_sample": clock.wall_s_per_sample if clock else None,
        "fit_source": clock.source.name.lower() if clock else None,
        "fit_observed_s": clock.observed_s if clock else None,
        "stored": [list(pair) for pair in record.stored],
        "lost": [list(pair) for pair in record.lost],
        "erased": [list(pair) for pair in record.erased],
        "forgotten": [list(pair) for pair in record.forgotten],
        "end_index": record.end_index,
        "quarantined": record.quarantined,
        "state": record.state.value,
        "coverage": record.coverage,
        "started_utc": record.started_utc,
        "ended_utc": record.ended_utc,
    }


def _record(row: Any) -> StreamRecord:
    form = clock = None
    if row.channels is not None:
        form = SampleFormat(row.sampling_rate_hz, row.g_per_step, row.dps_per_step, row.channels)
        clock = ClockFit(
            row.wall_at_zero_s,
            row.wall_s_per_sample,
            ClockSource[row.fit_source.upper()],
            row.fit_observed_s,
        )
    return StreamRecord(
        stream_id=row.stream_id,
        sensor_id=row.sensor_id,
        version=row.version,
        sample_format=form,
        clock=clock,
        stored=IndexRanges((start, end) for start, end in row.stored),
        lost=IndexRanges((start, end) for start, end in row.lost),
        erased=IndexRanges((start, end) for start, end in row.erased),
        forgotten=IndexRanges((start, end) for start, end in row.forgotten),
        end_index=row.end_index,
        quarantined=row.quarantined,
    )
