"""Which workouts the samples of a stream belong to: those that somebody started, else new ones.

It is a function of the stream, what was found in it, who wore the sensor and the sessions that
there are, so it may be done again at any time: after late samples, another fit of the clock, a
newer detector, or a session whose times somebody changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from lumbar_server.clock_grid import GRID_S, index_near
from lumbar_server.store import changes, sessions, wearers
from lumbar_server.store.sessions import PartRow, SessionKind, SessionRow
from lumbar_server.store.streams import StreamRecord, instant
from lumbar_signal.events import ExerciseSet


@dataclass(frozen=True, slots=True)
class Group:
    """Sets with no longer pause between them than a session may have; sample positions."""

    first: int
    end: int


def groups(sets: Sequence[ExerciseSet], quiet_samples: float) -> list[Group]:
    """Gather sets, which are in order, into workouts."""
    found: list[Group] = []
    for one in sets:
        first, end = max(0, int(one.start)), int(one.end) + 1
        if found and first - found[-1].end <= quiet_samples:
            found[-1] = Group(found[-1].first, max(end, found[-1].end))
        else:
            found.append(Group(first, end))
    return found


def follow(
    connection: Connection, record: StreamRecord, sets: Sequence[ExerciseSet], now_utc: datetime
) -> None:
    """Bring the sessions up to date with a stream."""
    if record.clock is None or record.started_utc is None or record.sample_format is None:
        return
    changes.wait_for_turn(connection)
    worn = wearers.assignments(connection, record.sensor_id)
    wearer = wearers.one(connection, wearers.wearer_of(worn, record.started_utc))
    stream = _Followed(connection, record, wearer.id, wearer.quiet_s, now_utc)
    stream.attach_explicit()
    stream.settle_automatic(groups(sets, wearer.quiet_s * record.sample_format.sampling_rate_hz))
    stream.note_changes()


class _Followed:
    """One stream while its sessions are brought up to date."""

    def __init__(
        self,
        connection: Connection,
        record: StreamRecord,
        wearer_id: int,
        quiet_s: float,
        now_utc: datetime,
    ) -> None:
        assert record.clock is not None
        self._connection = connection
        self._record = record
        self._clock = record.clock
        self._wearer_id = wearer_id
        self._quiet = timedelta(seconds=quiet_s)
        self._now_utc = now_utc
        self._start_utc = instant(record.clock.wall_s(0))
        self._end_utc = instant(record.clock.wall_s(record.expected_end))
        self._parts = {
            part.session_id: part for part in sessions.parts_on(connection, record.stream_id)
        }
        self._concerned = set(self._parts)  # sessions of which something may be another now

    def attach_explicit(self) -> None:
        """Let each session that somebody started have its stretch of the stream."""
        theirs = {
            session.id
            for session in self._sessions(self._start_utc, self._end_utc)
            if session.kind == SessionKind.EXPLICIT
            for part in [self._stretch(session)]
            if self._put(session, part)
        }
        for session_id in self._parts.keys() - theirs:
            if sessions.one(self._connection, session_id).kind == SessionKind.EXPLICIT:
                self._drop(session_id)
        self._explicit = [self._parts[key] for key in theirs]

    def settle_automatic(self, found: Sequence[Group]) -> None:
        """Let every group that nobody started a session for have one."""
        left = {key: part for key, part in self._parts.items() if part not in self._explicit}
        for group in found:
            if any(_shares(part, group) for part in self._explicit):
                continue
            session = self._session_of(group, left)
            left.pop(session.id, None)
            self._put(session, PartRow(session.id, self._record.stream_id, group.first, group.end))
            self._last_over_parts(session, self._wearer_id)
        for session_id in left:
            self._let_go(session_id)

    def note_changes(self) -> None:
        """Note that the sessions of the stream changed, which their own rows need not show."""
        keys = [str(session_id) for session_id in sorted(self._concerned | self._parts.keys())]
        changes.note_all(self._connection, "session", keys, self._now_utc)

    def _session_of(self, group: Group, mine: dict[int, PartRow]) -> SessionRow:
        """Return the session of a group: the one it has, one that is not over yet, or a new one."""
        for session_id, part in mine.items():
            if not _shares(part, group):
                continue
            session = sessions.one(self._connection, session_id)
            if session.wearer_id == self._wearer_id:
                return session
            if len(sessions.parts_of(self._connection, [session_id])) == 1:
                return session
        start_utc, end_utc = self._span(group)
        for session in self._sessions(start_utc - self._quiet, end_utc + self._quiet):
            if session.kind == SessionKind.AUTOMATIC and session.id not in self._parts:
                return session
        kind = SessionKind.AUTOMATIC
        return sessions.add(
            self._connection, self._wearer_id, kind, start_utc, end_utc, self._now_utc
        )

    def _let_go(self, session_id: int) -> None:
        """Take the stream from an automatic session in which nothing is found any more."""
        session = sessions.one(self._connection, session_id)
        is_only = len(sessions.parts_of(self._connection, [session_id])) == 1
        if is_only and not session.is_untouched:
            return  # somebody said something of it
        self._drop(session_id)
        if is_only:
            sessions.remove(self._connection, session_id, self._now_utc)
            self._concerned.discard(session_id)
        else:
            self._last_over_parts(session, session.wearer_id)

    def _last_over_parts(self, session: SessionRow, wearer_id: int) -> None:
        """Let an automatic session last from the first of its parts to the last."""
        start_utc, end_utc = session.started_utc, session.started_utc
        spans = sessions.spans_s(self._connection, session.id)
        if spans:
            start_utc = instant(min(start_s for start_s, _ in spans))
            end_utc = instant(max(end_s for _, end_s in spans))
        if abs(start_utc - session.started_utc) < timedelta(seconds=GRID_S):
            start_utc = session.started_utc
        values = {"wearer_id": wearer_id, "started_utc": start_utc, "ended_utc": end_utc}
        sessions.change(self._connection, session, values, self._now_utc)

    def _sessions(self, from_utc: datetime, until_utc: datetime) -> list[SessionRow]:
        return sessions.overlapping(self._connection, self._wearer_id, from_utc, until_utc)

    def _stretch(self, session: SessionRow) -> PartRow:
        first = index_near(self._clock, session.started_utc)
        end = None
        if session.ended_utc is not None:
            end = max(first, index_near(self._clock, session.ended_utc))
        return PartRow(session.id, self._record.stream_id, first, end)

    def _span(self, group: Group) -> tuple[datetime, datetime]:
        return instant(self._clock.wall_s(group.first)), instant(self._clock.wall_s(group.end))

    def _put(self, session: SessionRow, part: PartRow) -> bool:
        if self._parts.get(session.id) != part:
            sessions.put_part(self._connection, part)
            self._parts[session.id] = part
        return True

    def _drop(self, session_id: int) -> None:
        sessions.drop_part(self._connection, session_id, self._record.stream_id)
        del self._parts[session_id]


def _shares(part: PartRow, group: Group) -> bool:
    return part.first_index < group.end and (part.end_index is None or group.first < part.end_index)
