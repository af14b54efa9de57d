"""Marking what is to go: from then on it cannot be read, and what comes late is not kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from lumbar_gateway.messages import IndexRanges
from lumbar_server.errors import StreamConflictError
from lumbar_server.store import (
    answers,
    changes,
    corrections,
    erasing,
    receipts,
    results,
    said,
    sessions,
    streams,
    worn,
)
from lumbar_server.store.receipts import Receipt, StreamPart
from lumbar_server.store.sessions import PartRow
from lumbar_server.store.streams import StreamRecord
from lumbar_signal.events import ExerciseSet

_FARTHEST = 2**48  # no index is beyond


class Marking:
    """What is to go, gathered stream by stream, then stored with a receipt."""

    def __init__(self, connection: Connection, now_utc: datetime) -> None:
        self._connection = connection
        self._now_utc = now_utc
        self._records: dict[str, StreamRecord] = {}
        self._gone: dict[str, IndexRanges] = {}
        self._forgotten: dict[str, IndexRanges] = {}
        self._session_ids: list[int] = []
        self._parts: list[PartRow] = []

    def lock(self, wearer_id: int | None, session_ids: Sequence[int]) -> None:
        """Let nobody else write what may go; to be called once, before anything is read."""
        keys = {part.stream_id for part in sessions.parts_of(self._connection, session_ids)}
        if wearer_id is not None:
            keys.update(worn.of_wearer(self._connection, wearer_id))
        streams.lock(self._connection, keys)

    def erase(self, record: StreamRecord, ranges: IndexRanges) -> None:
        """Let samples go; what was found in them stays."""
        if ranges.less(record.erased):
            self._records.setdefault(record.stream_id, record)
            self._gone.setdefault(record.stream_id, IndexRanges()).update(ranges)

    def forget(self, record: StreamRecord, ranges: IndexRanges) -> None:
        """Let samples go with all that was found in them."""
        if ranges.less(record.forgotten):
            self._records.setdefault(record.stream_id, record)
            self._gone.setdefault(record.stream_id, IndexRanges()).update(ranges)
            self._forgotten.setdefault(record.stream_id, IndexRanges()).update(ranges)

    def forget_sessions(self, session_ids: Sequence[int]) -> None:
        """Let sessions go, with their samples that no other session consists of."""
        self._session_ids = list(session_ids)
        self._parts = sessions.parts_of(self._connection, session_ids)
        stream_ids = sorted({part.stream_id for part in self._parts})
        records = streams.read(self._connection, stream_ids)
        for stream_id in stream_ids:
            record = records[stream_id]
            sets = results.newest_sets(self._connection, stream_id)
            mine, others = IndexRanges(), IndexRanges()
            for part in sessions.parts_on(self._connection, stream_id):
                taken = mine if part.session_id in self._session_ids else others
                taken.update(_stretch(part, record.expected_end, sets))
            self.forget(record, mine.less(others))

    @property
    def sessions(self) -> int:
        """How many sessions would go."""
        return len(self._session_ids)

    @property
    def samples(self) -> tuple[int, float]:
        """How many samples would go, and how many seconds they are."""
        n, n_s = 0, 0.0
        for stream_id, gone in self._gone.items():
            record = self._records[stream_id]
            mine = record.kept.count - record.kept.less(gone).count
            n += mine
            if record.sample_format is not None:
                n_s += mine / record.sample_format.sampling_rate_hz
        return n, n_s

    def store(self, receipt: Receipt) -> Receipt:
        """Mark all of it; returns the receipt, stored, with what is left to do.

        Raises
        ------
        StreamConflictError
            Somebody has changed a stream or a session since it was read.
        """
        receipt = self._mark_streams(receipt)
        changes.wait_for_turn(self._connection)
        if sessions.parts_of(self._connection, self._session_ids) != self._parts:
            raise StreamConflictError("a session has changed since it was read")
        mine = corrections.of_sessions(self._connection, self._session_ids)
        corrected = sum(map(len, mine.values()))
        answered = said.of_sessions(self._connection, self._session_ids)
        for session_id in self._session_ids:
            sessions.remove(self._connection, session_id, self._now_utc)
            answers.unsay_session(self._connection, session_id)
        for stream_id in self._gone:
            self._note(stream_id)
        todo = [StreamPart(key, tuple(gone)) for key, gone in sorted(self._gone.items())]
        receipt = replace(
            receipt,
            sessions=len(self._session_ids),
            corrections=corrected,
            answers=receipt.answers + answered,
            todo=tuple(todo),
        )
        if receipt.id:
            receipts.change(self._connection, receipt)
            return receipt
        return receipts.add(self._connection, receipt)

    def _mark_streams(self, receipt: Receipt) -> Receipt:
        sets = messages = 0
        marked = []
        for stream_id, gone in sorted(self._gone.items()):
            record = self._records[stream_id].fork()
            forgotten = self._forgotten.get(stream_id, IndexRanges())
            record.erased.update(gone)
            record.forgotten.update(forgotten)
            removed = erasing.messages(self._connection, stream_id, gone)
            record = replace(record, quarantined=max(0, record.quarantined - removed))
            self._records[stream_id] = record
            marked.append(record)
            messages += removed
        streams.write(self._connection, marked, self._now_utc)
        # Only now: from here on no worker writes what it finds there.
        for stream_id, forgotten in sorted(self._forgotten.items()):
            sets += erasing.findings(self._connection, stream_id, forgotten)
        return replace(receipt, sets=sets, messages=messages)

    def _note(self, stream_id: str) -> None:
        for part in sessions.parts_on(self._connection, stream_id):
            left = sessions.one(self._connection, part.session_id)
            sessions.touch(self._connection, left, self._now_utc)
        is_gone = self._records[stream_id].started_utc is None
        changes.note(self._connection, "stream", stream_id, self._now_utc, gone=is_gone)


def taken_before(
    connection: Connection, record: StreamRecord, before_utc: datetime | None, now_utc: datetime
) -> IndexRanges:
    """Return what of a stream was taken before a moment; no set is cut in two."""
    assert record.clock is not None  # samples came, so it is known
    end = record.expected_end
    if not record.is_settled:
        end = max(end, min(_FARTHEST, math.ceil(record.clock.index(now_utc.timestamp()))))
    if before_utc is not None:
        end = min(end, max(0, int(record.clock.index(before_utc.timestamp()))))
        for one in results.newest_sets(connection, record.stream_id):
            if one.start < end < one.end:
                end = max(0, int(one.start))
    return IndexRanges([(0, end)] if end else [])


def _stretch(part: PartRow, stream_end: int, sets: Sequence[ExerciseSet]) -> IndexRanges:
    """Return the stretch of a part and all of the sets whose middle lies in it."""
    first, end = part.first_index, stream_end if part.end_index is None else part.end_index
    stretch = IndexRanges([(first, end)] if first < end else [])
    for one in sets:
        if first <= (one.start + one.end) / 2 < end:
            stretch.add(max(0, int(one.start)), int(one.end) + 1)
    return stretch
