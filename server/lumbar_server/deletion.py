"""Deleting on purpose: nothing of it can be read, comes back, or is found again.

First, in one transaction, everything is marked: what is to go can no longer be read or arrive
late, what was found in it is gone or stays for good, and a receipt says what is left to do. Then
the samples themselves go, some at a time; whoever finds an unfinished receipt goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from lumbar_gateway.messages import IndexRanges
from lumbar_server.database import writing
from lumbar_server.errors import (
    BadRequestError,
    ConflictError,
    DatabaseAwayError,
    StreamConflictError,
)
from lumbar_server.marking import Marking, taken_before
from lumbar_server.store import (
    answers,
    erasing,
    plan_choices,
    programme_settings,
    receipts,
    said,
    screenings,
    sessions,
    streams,
    wearers,
    worn,
)
from lumbar_server.store.receipts import DeletionKind, Receipt
from lumbar_server.store.sessions import SessionRow

CHUNKS_AT_ONCE = 500
"""Deleted in one transaction, so that nobody waits long (chosen; measured: 5 ms, compact 0.1 s)."""
MAX_ATTEMPTS = 20
_EARLIEST_YEAR, _LATEST_YEAR = 1980, 9000  # keeps arithmetic within the calendar


def delete_session(
    engine: Engine,
    session_id: int,
    now_utc: datetime,
    check: Callable[[SessionRow], None] = lambda _: None,
) -> Receipt:
    """Delete a session with its samples, what was found in them, and what its wearer said.

    Samples that another session also consists of stay with that one.

    Parameters
    ----------
    check
        Shown the session; may refuse by raising.

    Raises
    ------
    NotFoundError
        There is no such session.
    ConflictError
        It is running.
    """

    def begin(connection: Connection) -> Receipt:
        session = sessions.one(connection, session_id)
        check(session)
        if session.ended_utc is None:
            raise ConflictError(f"session {session_id} is running: stop it, then delete it")
        marking = Marking(connection, now_utc)
        marking.lock(None, [session_id])
        marking.forget_sessions([session_id])
        asked = _asked(DeletionKind.SESSION, now_utc, session.wearer_id)
        return marking.store(replace(asked, session_id=session_id))

    return finish(engine, _until_no_conflict(engine, begin), now_utc)


def delete_raw(
    engine: Engine, wearer_id: int, before_utc: datetime | None, now_utc: datetime
) -> Receipt:
    """Delete a wearer's samples, those taken before a moment or all; what was found stays.

    What was taken until now and is still on its way is not kept either.
    Raises ``NotFoundError`` where there is no such wearer, ``BadRequestError`` for another age.
    """
    return finish(engine, mark_raw(engine, wearer_id, before_utc, now_utc), now_utc)


def mark_raw(
    engine: Engine, wearer_id: int, before_utc: datetime | None, now_utc: datetime
) -> Receipt:
    """Begin ``delete_raw``: from then on the samples cannot be read."""
    if before_utc is not None and not _EARLIEST_YEAR <= before_utc.year <= _LATEST_YEAR:
        raise BadRequestError(f"before_utc: no sample was taken near {before_utc.isoformat()}")

    def begin(connection: Connection) -> Receipt:
        wearers.one(connection, wearer_id)
        marking = Marking(connection, now_utc)
        marking.lock(wearer_id, [])
        for record in worn.streams_of(connection, wearer_id):
            marking.erase(record, taken_before(connection, record, before_utc, now_utc))
        asked = _asked(DeletionKind.RAW, now_utc, wearer_id)
        return marking.store(replace(asked, before_utc=before_utc))

    return _until_no_conflict(engine, begin)


def delete_everything(engine: Engine, wearer_id: int, now_utc: datetime) -> Receipt:
    """Delete all that is stored of a wearer, also the name.

    Who has which sensor stays, so that what comes next is not taken for somebody else's.
    Raises ``NotFoundError`` where there is no such wearer.
    """

    def begin(connection: Connection) -> Receipt:
        wearers.one(connection, wearer_id)
        marking = Marking(connection, now_utc)
        mine = sessions.all_of(connection, wearer_id)
        marking.lock(wearer_id, mine)
        theirs = worn.streams_of(connection, wearer_id)
        marking.forget_sessions(mine)
        for record in theirs:
            marking.forget(record, taken_before(connection, record, None, now_utc))
        asked = _asked(DeletionKind.EVERYTHING, now_utc, wearer_id)
        answered = said.beside_sessions(connection, wearer_id)
        receipt = marking.store(replace(asked, answers=answered))
        for answers_of in (screenings, plan_choices, programme_settings):
            answers_of.forget(connection, wearer_id)
        wearers.make_nameless(connection, wearer_id, now_utc)
        answers.unsay_wearer(connection, wearer_id)
        return receipt

    return finish(engine, _until_no_conflict(engine, begin), now_utc)


def begin_announced(
    engine: Engine, receipt: Receipt, stream_ids: Iterable[str], now_utc: datetime
) -> Receipt:
    """Begin an announced deletion of whole streams' samples; what was found stays."""
    wanted = sorted(stream_ids)

    def begin(connection: Connection) -> Receipt:
        asked = receipts.locked(connection, receipt.id)
        if asked.begun_utc is not None:
            return asked  # another worker was faster
        marking = Marking(connection, now_utc)
        streams.lock(connection, wanted)
        for record in streams.read(connection, wanted).values():
            marking.erase(record, IndexRanges([(0, max(1, record.expected_end))]))
        return marking.store(replace(asked, begun_utc=now_utc))

    return _until_no_conflict(engine, begin)


@dataclass(frozen=True, slots=True)
class Doomed:
    """How much would go."""

    sessions: int
    samples: int
    samples_s: float


def doomed(
    connection: Connection,
    wearer_id: int,
    session: SessionRow | None,
    before_utc: datetime | None,
    is_everything: bool,
    now_utc: datetime,
) -> Doomed:
    """Return how much a deletion would delete, so that somebody can think again."""
    marking = Marking(connection, now_utc)
    if session is not None:
        marking.forget_sessions([session.id])
    else:
        if is_everything:
            marking.forget_sessions(sessions.all_of(connection, wearer_id))
        for record in worn.streams_of(connection, wearer_id):
            marking.erase(record, taken_before(connection, record, before_utc, now_utc))
    return Doomed(marking.sessions, *marking.samples)


def finish(engine: Engine, receipt: Receipt, now_utc: datetime, most: int = 200) -> Receipt:
    """Go on with a deletion that has begun, in at most so many transactions."""
    for _ in range(most):
        if receipt.done_utc is not None:
            break
        with writing(engine) as connection:
            receipt = _step(connection, receipts.locked(connection, receipt.id), now_utc)
    return receipt


def _step(connection: Connection, receipt: Receipt, now_utc: datetime) -> Receipt:
    if receipt.todo:
        part = receipt.todo[0]
        record = streams.read(connection, [part.stream_id])[part.stream_id]
        freed = erasing.Freed()
        if record.sample_format is not None:
            channels, ranges = record.sample_format.channels, IndexRanges(part.ranges)
            freed = erasing.samples(connection, part.stream_id, channels, ranges, CHUNKS_AT_ONCE)
        part = replace(part, samples=part.samples + freed.samples)
        done = () if freed.chunks else (part,)
        receipt = replace(
            receipt,
            samples=receipt.samples + freed.samples,
            bytes=receipt.bytes + freed.bytes,
            streams=receipt.streams + done,
            todo=receipt.todo[1:] if done else (part, *receipt.todo[1:]),
        )
    if not receipt.todo:
        receipt = replace(receipt, done_utc=now_utc)
    receipts.change(connection, receipt)
    return receipt


def _asked(kind: DeletionKind, now_utc: datetime, wearer_id: int) -> Receipt:
    return Receipt(0, kind, wearer_id, None, None, now_utc, now_utc, begun_utc=now_utc)


def _until_no_conflict(engine: Engine, begin: Callable[[Connection], Receipt]) -> Receipt:
    """Try until no worker writes one of the streams at the same time."""
    attempt = 1
    while True:
        try:
            with writing(engine) as connection:
                return begin(connection)
        except StreamConflictError as error:
            if attempt == MAX_ATTEMPTS:
                raise DatabaseAwayError(f"{error}, every time: try again later") from error
            attempt += 1
