"""Which workouts the samples of a stream belong to: those that somebody started, else new ones.

It is a function of the stream, what was found in it, who wore the sensor and the sessions that
there are, so it may be done again at any time: after late samples, another fit of the clock, a
newer detector, or a session whose times somebody changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from lumbar_server.clock_grid import GRID_S, index_near
from lumbar_server.roster import Roster
from lumbar_server.store import changes, said, sessions
from lumbar_server.store.sessions import PartRow, SessionKind, SessionRow
from lumbar_server.store.streams import StreamRecord, instant
from lumbar_server.store.wearers import WearerRow
from lumbar_signal.events import ExerciseSet


@dataclass(frozen=True, slots=True)
class Group:
    """Sets with no longer pause between them than a session may have; sample positions."""

    first: int
    end: int


Found = tuple[StreamRecord, Sequence[ExerciseSet]]
"""A stream, and the sets that were found in it."""


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
    connection: Connection, roster: Roster, found: Iterable[Found], now_utc: datetime
) -> None:
    """Bring the sessions up to date with streams."""
    dated = [one for one in found if one[0].started_utc is not None]
    if not dated:
        return
    if changes.wait_for_turn(connection):
        roster.catch_up(connection)
    parts = defaultdict[str, list[PartRow]](list)
    for part in sessions.parts_on(connection, *(record.stream_id for record, _ in dated)):
        parts[part.stream_id].append(part)
    concerned = set[int]()
    for record, sets in dated:
        wearer = roster.wearer_of(connection, record)
        mine = parts[record.stream_id]
        stream = _Followed(connection, record, wearer, mine, concerned, now_utc)
        stream.attach_explicit()
        stream.settle_automatic(sets)
    keys = [str(session_id) for session_id in sorted(concerned)]
    changes.note_all(connection, "session", keys, now_utc)


class _Followed:
    """One stream while its sessions are brought up to date.

    ``concerned`` takes the sessions of which something may be another now, which their own rows
    need not show.
    """

    def __init__(
        self,
        connection: Connection,
        record: StreamRecord,
        wearer: WearerRow,
        parts: Iterable[PartRow],
        concerned: set[int],
        now_utc: datetime,
    ) -> None:
        assert record.clock is not None
        self._connection = connection
        self._record = record
        self._clock = record.clock
        self._wearer_id = wearer.id
        self._quiet_s = wearer.quiet_s
        self._now_utc = now_utc
        self._start_utc = instant(record.clock.wall_s(0))
        self._end_utc = instant(record.clock.wall_s(record.expected_end))
        self._parts = {part.session_id: part for part in parts}
        self._known: dict[int, SessionRow] = {}
        self._concerned = concerned
        concerned.update(self._parts)

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
            if self._session(session_id).kind == SessionKind.EXPLICIT:
                self._drop(session_id)
        self._explicit = [self._parts[key] for key in theirs]

    def settle_automatic(self, sets: Sequence[ExerciseSet]) -> None:
        """Let every group of sets that nobody started a session for have one."""
        assert self._record.sample_format is not None
        found = groups(sets, self._quiet_s * self._record.sample_format.sampling_rate_hz)
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

    def _session_of(self, group: Group, mine: dict[int, PartRow]) -> SessionRow:
        """Return the session of a group: the one it has, one that is not over yet, or a new one."""
        for session_id, part in mine.items():
            if not _shares(part, group):
                continue
            session = self._session(session_id)
            if session.wearer_id == self._wearer_id:
                return session
            if len(sessions.parts_of(self._connection, [session_id])) == 1:
                return session
        start_utc, end_utc = self._span(group)
        quiet = timedelta(seconds=self._quiet_s)
        for session in self._sessions(start_utc - quiet, end_utc + quiet):
            if session.kind == SessionKind.AUTOMATIC and session.id not in self._parts:
                return session
        kind = SessionKind.AUTOMATIC
        return sessions.add(
            self._connection, self._wearer_id, kind, start_utc, end_utc, self._now_utc
        )

    def _let_go(self, session_id: int) -> None:
        """Take the stream from an automatic session in which nothing is found any more."""
        session = self._session(session_id)
        is_only = len(sessions.parts_of(self._connection, [session_id])) == 1
        if is_only and (
            not session.is_untouched or said.of_sessions(self._connection, [session_id])
        ):
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
        self._known[session.id] = sessions.rewrite(self._connection, session, values)

    def _session(self, session_id: int) -> SessionRow:
        known = self._known.get(session_id)
        if known is None:
            known = self._known[session_id] = sessions.one(self._connection, session_id)
        return known

    def _sessions(self, from_utc: datetime, until_utc: datetime) -> list[SessionRow]:
        found = sessions.overlapping(self._connection, self._wearer_id, from_utc, until_utc)
        self._known |= {session.id: session for session in found}
        return found

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
            self._concerned.add(session.id)
        return True

    def _drop(self, session_id: int) -> None:
        sessions.drop_part(self._connection, session_id, self._record.stream_id)
        del self._parts[session_id]


def _shares(part: PartRow, group: Group) -> bool:
    return part.first_index < group.end and (part.end_index is None or group.first < part.end_index)
