"""What a person does with a session: start, pause, stop, change, correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from lumbar_server.errors import BadRequestError, ChangedMeanwhileError, ConflictError
from lumbar_server.follow import follow
from lumbar_server.record import Correction
from lumbar_server.roster import Roster
from lumbar_server.store import (
    blocks,
    corrections,
    record,
    results,
    sessions,
    stream_listing,
    streams,
    wearers,
)
from lumbar_server.store.sessions import SessionKind, SessionRow, Wanted
from lumbar_server.store.wearers import AssignmentRow

_EARLIEST_YEAR = 1980  # no sensor of ours is older; also keeps arithmetic within the calendar
_LATEST_YEAR = 9000


def start(
    connection: Connection,
    wearer_id: int,
    started_utc: datetime,
    ended_utc: datetime | None,
    now_utc: datetime,
) -> SessionRow:
    """Begin a session of a wearer, or record one that is over.

    Raises
    ------
    ConflictError
        Where one of the wearer's is running.
    NotFoundError
        Where there is no such wearer.
    """
    wearer = wearers.one(connection, wearer_id)
    _check_span(started_utc, ended_utc)
    running = sessions.newest(connection, Wanted(wearer_id, is_running=True), None, 1)
    if running and ended_utc is None:
        raise ConflictError(
            f"session {running[0].id} of {wearer.name} is running: stop it, or go on with it"
        )
    kind = SessionKind.EXPLICIT
    session = sessions.add(connection, wearer_id, kind, started_utc, ended_utc, now_utc)
    _follow_all(connection, session, session, now_utc)
    return session


def pause(connection: Connection, session: SessionRow, now_utc: datetime) -> SessionRow:
    """Stop counting for a while; nothing happens where it is paused. Raises ``ConflictError``."""
    check_running(session)
    if is_paused(session):
        return session
    pauses = [*session.pauses, [now_utc.timestamp(), None]]
    return sessions.change(connection, session, {"pauses": pauses}, now_utc)


def resume(connection: Connection, session: SessionRow, now_utc: datetime) -> SessionRow:
    """Go on; nothing happens where it is not paused. Raises ``ConflictError``."""
    check_running(session)
    values = {"pauses": _closed(session.pauses, now_utc)}
    return sessions.change(connection, session, values, now_utc)


def stop(connection: Connection, session: SessionRow, now_utc: datetime) -> SessionRow:
    """End a session; nothing happens where it has ended."""
    if session.ended_utc is not None:
        return session
    ended_utc = max(now_utc, session.started_utc)
    values = {"ended_utc": ended_utc, "pauses": _closed(session.pauses, now_utc)}
    after = sessions.change(connection, session, values, now_utc)
    blocks.end_all(connection, session.id, ended_utc)
    _follow_all(connection, session, after, now_utc)
    return after


def change(
    connection: Connection, session: SessionRow, values: Mapping[str, Any], now_utc: datetime
) -> SessionRow:
    """Change columns of a session; whoever sets its times makes it theirs."""
    if not values.keys() & {"started_utc", "ended_utc"}:
        return sessions.change(connection, session, values, now_utc)
    ended_utc = values.get("ended_utc", session.ended_utc)
    _check_span(values.get("started_utc", session.started_utc), ended_utc)
    if ended_utc is None and session.ended_utc is not None:
        raise BadRequestError("ended_utc: a session that has ended does not run again")
    values = {**values, "kind": SessionKind.EXPLICIT.value}
    after = sessions.change(connection, session, values, now_utc)
    if after.ended_utc is not None:
        blocks.end_all(connection, session.id, after.ended_utc)
    _follow_all(connection, session, after, now_utc)
    return after


def correct(
    connection: Connection, session: SessionRow, said: Correction, now_utc: datetime
) -> Correction:
    """Keep what a wearer says of a set.

    Raises ``BadRequestError`` where it does not say which set, or what of it.
    """
    if said.start_s is not None and said.end_s is not None and said.end_s < said.start_s:
        raise BadRequestError("end_s: a set cannot end before it begins")
    if said.stream_id is None:
        if said.exercise is None or said.start_s is None or said.end_s is None:
            raise BadRequestError(
                "a set that nothing was seen of needs exercise, start_s and end_s; "
                "any other needs stream_id, start_index and end_index as `detected` gives them"
            )
        said = replace(said, start=None, end=None)
    else:
        _check_position(connection, session, said)
    kept = corrections.add(connection, session.id, said)
    sessions.touch(connection, session, now_utc)
    return kept


def take_back(
    connection: Connection, session: SessionRow, correction_id: int, now_utc: datetime
) -> None:
    """Let what was detected count again; raises ``NotFoundError``."""
    corrections.remove(connection, session.id, correction_id)
    sessions.touch(connection, session, now_utc)


def assign(
    connection: Connection, sensor_id: str, wearer_id: int, from_utc: datetime, now_utc: datetime
) -> AssignmentRow:
    """Give a sensor to a wearer from a moment on; its workouts since then become theirs."""
    _check_span(from_utc, None)
    done = wearers.assign(connection, sensor_id, wearer_id, from_utc, now_utc)
    _follow_between(connection, from_utc, done.until_utc or now_utc, now_utc)
    return done


def check_unchanged(session: SessionRow, seen_version: int | None) -> None:
    """Refuse to change what somebody else has changed; raises ``ChangedMeanwhileError``."""
    if seen_version is not None and seen_version != session.version:
        raise ChangedMeanwhileError(
            f"session {session.id} has changed since: read it again, then change it"
        )


def check_running(session: SessionRow) -> None:
    """Refuse to go on with what has ended; raises ``ConflictError``."""
    if session.ended_utc is not None:
        raise ConflictError(f"session {session.id} has ended: start another one")


def is_paused(session: SessionRow) -> bool:
    """Tell whether a session is paused at the moment."""
    return bool(session.pauses) and session.pauses[-1][1] is None


def _check_span(started_utc: datetime, ended_utc: datetime | None) -> None:
    for at_utc in (started_utc, ended_utc):
        if at_utc is not None and not _EARLIEST_YEAR <= at_utc.year <= _LATEST_YEAR:
            raise BadRequestError(f"{at_utc.isoformat()} cannot be the time of a workout")
    if ended_utc is not None and ended_utc < started_utc:
        raise BadRequestError("ended_utc: a session cannot end before it begins")


def _check_position(connection: Connection, session: SessionRow, said: Correction) -> None:
    if said.start is None or said.end is None or said.end < said.start:
        raise BadRequestError("a set of a stream needs start_index and a later end_index")
    mine = {part.stream_id for part in record.of(connection, session).parts}
    if said.stream_id not in mine:
        raise BadRequestError(f"stream_id: session {session.id} has nothing of {said.stream_id}")


def _closed(pauses: list[list[float | None]], now_utc: datetime) -> list[list[float | None]]:
    now_s = now_utc.timestamp()
    return [[start_s, now_s if end_s is None else end_s] for start_s, end_s in pauses]


def _follow_all(
    connection: Connection, before: SessionRow, after: SessionRow, now_utc: datetime
) -> None:
    """Bring every stream up to date that shares time with the session as it was or is."""
    from_utc = min(before.started_utc, after.started_utc)
    until_utc = max(before.ended_utc or now_utc, after.ended_utc or now_utc)
    _follow_between(connection, from_utc, until_utc, now_utc)


def _follow_between(
    connection: Connection, from_utc: datetime, until_utc: datetime, now_utc: datetime
) -> None:
    keys = stream_listing.overlapping(connection, from_utc, until_utc)
    found = [
        (stream, results.newest_sets(connection, stream_id))
        for stream_id, stream in streams.read(connection, keys).items()
    ]
    follow(connection, Roster(), found, now_utc)
