"""Imported workouts; one that is here already stays, and must not say anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from lumbar_server.errors import ConflictError
from lumbar_server.exports import document
from lumbar_server.imports.contents import Contents
from lumbar_server.imports.programme import Followed, add_followed, followed_by, followed_here
from lumbar_server.record import Correction
from lumbar_server.store import corrections, incoming, sessions, streams
from lumbar_server.store.sessions import PartRow, SessionKind, SessionRow

_SCALES = ("comfort_before", "comfort_during", "comfort_after", "effort")
_COLUMNS = (
    "kind",
    "started_utc",
    "ended_utc",
    "pauses",
    *_SCALES,
    "note",
    "discarded",
)


@dataclass(frozen=True, slots=True)
class _Told:
    """All that is said of a session, wherever it is."""

    columns: Mapping[str, Any]
    parts: tuple[PartRow, ...]  # of session 0
    corrections: tuple[Correction, ...]  # with the id 0
    followed: Followed

    @property
    def is_found(self) -> bool:
        """Whether it follows from the samples alone: nobody has said anything of it."""
        said = {self.columns[name] for name in _SCALES}
        has_words = self.corrections or self.columns["note"] or self.columns["discarded"]
        is_automatic = self.columns["kind"] == SessionKind.AUTOMATIC
        return is_automatic and said == {None} and not has_words and self.followed.is_silent

    def differences(self, other: _Told) -> list[str]:
        found = [name for name in _COLUMNS if self.columns[name] != other.columns[name]]
        found += ["parts"] * (self.parts != other.parts)
        found += ["corrections"] * (self.corrections != other.corrections)
        return found + self.followed.differences(other.followed)


class SessionImport:
    """The sessions of a file, into one transaction."""

    def __init__(
        self,
        connection: Connection,
        contents: Contents,
        wearer_ids: Mapping[str, int],
        newer_streams: Set[str],
        now_utc: datetime,
    ) -> None:
        self._connection = connection
        self._contents = contents
        self._wearer_ids = wearer_ids
        self._newer = newer_streams  # samples came with the file: it knows better what is in them
        self._now_utc = now_utc
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        """Store what is missing; raises ``ConflictError`` where something contradicts."""
        for item in self._contents.items("sessions", document.Session):
            if self._makes_room(item):
                self._add(item)

    def _makes_room(self, item: document.Session) -> bool:
        """Tell whether a session is to be stored; one that was only found gives way to words."""
        brought = _told_by(item)
        if self._was_deleted(brought):
            return False
        wearer_id = self._wearer_ids[item.wearer]
        until_utc = item.ended_utc or self._now_utc
        near = sessions.overlapping(self._connection, wearer_id, item.started_utc, until_utc)
        same = [
            (row, here)
            for row in near
            for here in [self._told_here(row)]
            if _is_same(here, brought)
        ]
        if any(not here.differences(brought) for _, here in same):
            return False
        for row, here in same:
            if brought.is_found and not self._newer >= {part.stream_id for part in brought.parts}:
                return False
            if brought.is_found and not here.is_found:
                return False
            if not here.is_found:
                what = ", ".join(here.differences(brought))
                raise ConflictError(
                    f"the session of {item.wearer} that began {item.started_utc.isoformat()} is "
                    f"here as session {row.id}, and differs: {what}; nothing was imported: delete "
                    "it here to have the file's, or take it out of the file"
                )
            sessions.remove(self._connection, row.id, self._now_utc)
        return True

    def _was_deleted(self, brought: _Told) -> bool:
        """Tell whether somebody deleted here all that a session consists of."""
        here = streams.read(self._connection, [part.stream_id for part in brought.parts])
        return bool(brought.parts) and all(
            here[part.stream_id].forgotten.covers(
                part.first_index, min(_last(part), here[part.stream_id].expected_end)
            )
            and part.first_index < _last(part)
            for part in brought.parts
        )

    def _told_here(self, row: SessionRow) -> _Told:
        parts = sessions.parts_of(self._connection, [row.id])
        said = corrections.of_session(self._connection, row.id)
        return _Told(
            {name: getattr(row, name) for name in _COLUMNS},
            tuple(part._replace(session_id=0) for part in parts),
            tuple(replace(one, id=0) for one in said),
            followed_here(self._connection, row.id),
        )

    def _add(self, item: document.Session) -> None:
        told = _told_by(item)
        row = {
            **told.columns,
            "wearer_id": self._wearer_ids[item.wearer],
            "version": item.version,
        }
        session_id = incoming.add_session(self._connection, row, self._now_utc)
        for part in told.parts:
            sessions.put_part(self._connection, part._replace(session_id=session_id))
        for said in told.corrections:
            corrections.add(self._connection, session_id, said)
        add_followed(self._connection, session_id, told.followed, self._now_utc)
        self.done["sessions"] += 1
        self.done["corrections"] += len(told.corrections)


def _told_by(item: document.Session) -> _Told:
    columns = {name: getattr(item, name) for name in _COLUMNS}
    columns["pauses"] = [list(pause) for pause in item.pauses]
    parts = [PartRow(0, one.stream_id, one.first_index, one.end_index) for one in item.parts]
    said = [
        Correction(
            id=0,
            stream_id=one.stream_id,
            start=one.start,
            end=one.end,
            removed=one.removed,
            exercise=None if one.exercise is None else one.exercise.value,
            repetitions=one.repetitions,
            holds_s=None if one.holds_s is None else tuple(one.holds_s),
            start_s=one.start_s,
            end_s=one.end_s,
            made_utc=one.made_utc,
        )
        for one in item.corrections
    ]
    ordered = tuple(sorted(parts, key=lambda part: part.stream_id))
    return _Told(columns, ordered, tuple(said), followed_by(item))


def _is_same(here: _Told, brought: _Told) -> bool:
    """Tell whether both are of one workout: they began at once, or share samples."""
    if here.columns["started_utc"] == brought.columns["started_utc"]:
        return True
    return any(
        a.stream_id == b.stream_id and _last(a) > b.first_index and _last(b) > a.first_index
        for a in here.parts
        for b in brought.parts
    )


def _last(part: PartRow) -> int:
    return 2**48 if part.end_index is None else part.end_index
