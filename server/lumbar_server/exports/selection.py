"""What of the record is wanted: one session, everything of a wearer, or all there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from lumbar_gateway.messages import IndexRanges
from lumbar_server.record import SessionRecord
from lumbar_server.store import outgoing, record, sessions, streams, wearers
from lumbar_server.store.sessions import SessionRow
from lumbar_server.store.streams import StreamRecord


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sessions, and with them which samples; everything where both are None."""

    session_id: int | None = None
    wearer_id: int | None = None

    @property
    def name(self) -> str:
        """What a file of it is called, without its ending."""
        if self.session_id is not None:
            return f"lumbar-session-{self.session_id}"
        return "lumbar" if self.wearer_id is None else f"lumbar-wearer-{self.wearer_id}"


@dataclass(frozen=True, slots=True)
class SelectedStream:
    """A stream, and the stretches ``[first, end)`` of it that are wanted."""

    record: StreamRecord
    stretches: tuple[tuple[int, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether all of it is wanted."""
        return self.stretches == ((0, self.record.expected_end),)

    @property
    def kept(self) -> IndexRanges:
        """The samples that go along."""
        found, kept = IndexRanges(), self.record.kept
        for first, end in self.stretches:
            found.update(kept.overlap(first, end))
        return found

    def cut(self) -> StreamRecord:
        """Return the stream as if there were nothing of it but these stretches."""
        if self.is_whole:
            return self.record
        wanted = IndexRanges(self.stretches)
        one = self.record
        lost = _common(one.lost, wanted)
        lost.update(wanted.missing(0, wanted.end))
        return replace(
            one,
            stored=_common(one.stored, wanted),
            lost=lost,
            erased=_common(one.erased, wanted),
            forgotten=_common(one.forgotten, wanted),
            end_index=None if one.end_index is None else wanted.end,
        )


def check(connection: Connection, wanted: Selection) -> None:
    """Raise ``NotFoundError`` where there is no such session or wearer."""
    if wanted.session_id is not None:
        sessions.one(connection, wanted.session_id)
    if wanted.wearer_id is not None:
        wearers.one(connection, wanted.wearer_id)


def rows(connection: Connection, wanted: Selection) -> list[SessionRow]:
    """Return the sessions, discarded ones too, the first begun first."""
    if wanted.session_id is not None:
        return [sessions.one(connection, wanted.session_id)]
    return outgoing.session_rows(connection, wanted.wearer_id)


def records(connection: Connection, wanted: Selection) -> Iterator[SessionRecord]:
    """Yield the sessions that count; a discarded one only where it is asked for by itself."""
    for row in rows(connection, wanted):
        if not row.discarded or wanted.session_id is not None:
            yield record.of(connection, row)


def selected_streams(connection: Connection, wanted: Selection) -> list[SelectedStream]:
    """Return the streams with samples to go along.

    One session has its own stretches. A wearer has the streams of the sensors worn, whole, and
    the stretches of sessions in any other.
    """
    mine = _stretches(connection, wanted)
    known = streams.read(connection, outgoing.stream_ids(connection))
    selected = []
    for one in known.values():
        if wanted == Selection() or _is_worn_by(connection, wanted.wearer_id, one):
            selected.append(SelectedStream(one, ((0, one.expected_end),)))
        elif one.stream_id in mine:
            pairs = tuple(mine[one.stream_id].overlap(0, one.expected_end))
            selected.append(SelectedStream(one, pairs))
    return sorted(selected, key=lambda one: one.record.stream_id)


def _common(ranges: IndexRanges, wanted: IndexRanges) -> IndexRanges:
    return IndexRanges(pair for first, end in wanted for pair in ranges.overlap(first, end))


def _stretches(connection: Connection, wanted: Selection) -> dict[str, IndexRanges]:
    if wanted == Selection():
        return {}
    found: dict[str, IndexRanges] = {}
    for row in rows(connection, wanted):
        for part in sessions.parts_of(connection, [row.id]):
            ranges = found.setdefault(part.stream_id, IndexRanges())
            end = 2**48 if part.end_index is None else part.end_index
            if part.first_index < end:
                ranges.add(part.first_index, end)
    return found


def _is_worn_by(connection: Connection, wearer_id: int | None, one: StreamRecord) -> bool:
    if wearer_id is None or one.started_utc is None:
        return False
    worn = wearers.assignments(connection, one.sensor_id)
    return wearers.wearer_of(worn, one.started_utc) == wearer_id
