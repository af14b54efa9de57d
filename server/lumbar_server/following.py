"""When sessions and companions hear of a stream: when it says something else, not at each message.

Of a stream that is being received only its beginning and what is found in it are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy import Connection

from lumbar_gateway.messages import ClockFit, IndexRanges
from lumbar_server.follow import Found, follow
from lumbar_server.roster import Roster
from lumbar_server.store import changes
from lumbar_server.store.streams import StreamRecord
from lumbar_signal.events import ExerciseSet

GROWN = 1.5
"""An open set is told again when it has grown so much, so that its middle stays in its session."""


class _Settled(NamedTuple):
    stored: IndexRanges
    lost: IndexRanges
    clock: ClockFit | None


class _Told(NamedTuple):
    is_dated: bool
    quarantined: int
    settled: _Settled | None  # None while more may come

    @classmethod
    def of(cls, record: StreamRecord) -> Self:
        settled = None
        if record.is_settled:
            settled = _Settled(record.stored.copy(), record.lost.copy(), record.clock)
        return cls(record.started_utc is not None, record.quarantined, settled)


class Following:
    """What of the streams at hand was told already."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._told: dict[str, tuple[_Told, tuple[ExerciseSet, ...]]] = {}

    def update(
        self,
        connection: Connection,
        found: Iterable[tuple[StreamRecord, tuple[ExerciseSet, ...]]],
        now_utc: datetime,
    ) -> None:
        """Bring sessions and changes up to date with streams and the sets found in them."""
        news: list[Found] = []
        others: list[StreamRecord] = []
        for record, sets in found:
            now = _Told.of(record)
            before, sets_before = self._told.get(record.stream_id, (None, ()))
            if now == before and not _is_news(sets, sets_before, is_last=record.is_settled):
                continue
            if now != before and now.is_dated:
                others.append(record)
            news.append((record, sets))
            self._told[record.stream_id] = now, sets
        note_streams(connection, others, now_utc)
        follow(connection, self._roster, news, now_utc)

    def drop(self, stream_ids: Iterable[str]) -> None:
        """Forget streams; what is told of them next is told whether it is new or not."""
        for stream_id in stream_ids:
            self._told.pop(stream_id, None)


def _is_news(
    now: tuple[ExerciseSet, ...], before: tuple[ExerciseSet, ...], *, is_last: bool
) -> bool:
    """Tell whether sets are others than before; one that only grows is news now and then."""
    if is_last or len(now) != len(before):
        return now != before
    return any(
        one != other
        and (
            one.closed
            or one.exercise != other.exercise
            or one.start != other.start
            or one.end - one.start > GROWN * (other.end - other.start)
        )
        for one, other in zip(now, before, strict=True)
    )


def note_streams(
    connection: Connection, records: Sequence[StreamRecord], now_utc: datetime
) -> None:
    """Note that streams are others, and so is what their sensors did last."""
    changes.note_all(connection, "stream", [one.stream_id for one in records], now_utc)
    sensors = dict.fromkeys(one.sensor_id for one in records)
    changes.note_all(connection, "sensor", list(sensors), now_utc)
