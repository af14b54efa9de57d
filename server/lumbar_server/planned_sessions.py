"""Sessions that follow the plan: begun with its lines, led block by block, and answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from lumbar_server import coaching, workouts
from lumbar_server.errors import BadRequestError, ConflictError
from lumbar_server.prescribed_lines import plain_of
from lumbar_server.programme.comfort import NEXT_DAY_FROM
from lumbar_server.programme.movement import Catalogue
from lumbar_server.programme.past import Choice, Felt, NextDay, StopReason
from lumbar_server.programme.plan import Length, Plan, State
from lumbar_server.store import blocks, next_days, prescriptions, screenings, sessions, stops
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.next_days import NextDayRow
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.screenings import ScreeningKind
from lumbar_server.store.sessions import SessionRow
from lumbar_server.store.stops import StopRow


def begin(
    connection: Connection,
    catalogue: Catalogue,
    wearer_id: int,
    length: Length,
    before: int | None,
    now_utc: datetime,
) -> SessionRow:
    """Begin a session with what today's plan sets out; nothing has changed, its wearer says.

    Raises
    ------
    NotFoundError
        There is no such wearer.
    ConflictError
        The plan is not ready, or leaves everything out, or a session is running.
    """
    known = coaching.known_of(connection, wearer_id)
    plan = coaching.plan_for(connection, catalogue, known, length, before, now_utc, was_asked=True)
    _check_ready(plan)
    session = workouts.start(connection, wearer_id, now_utc, None, now_utc)
    session = sessions.change(connection, session, {"comfort_before": before}, now_utc)
    screenings.add(connection, wearer_id, ScreeningKind.LINE, (), None, now_utc)
    row = PrescriptionRow(
        session_id=session.id,
        kind=plan.kind.value,
        length=plan.length.value,
        lines=[plain_of(line) for line in plan.lines],
        data_sha256=catalogue.sha256,
        made_utc=now_utc,
    )
    prescriptions.add(connection, row)
    return session


def _check_ready(plan: Plan) -> None:
    if plan.state is not State.READY:
        raise ConflictError(plan.why)
    if all(line.choice is Choice.SKIP for line in plan.lines):
        raise ConflictError("Everything is left out today: take one of the choices back.")


def begin_block(
    connection: Connection, session: SessionRow, line: int, now_utc: datetime
) -> BlockRow:
    """Begin a line of a session's prescription; the block before ends.

    Raises
    ------
    NotFoundError
        The session follows no plan.
    BadRequestError
        The plan has no such line.
    ConflictError
        The session has ended.
    """
    lines = prescriptions.one(connection, session.id).lines
    workouts.check_running(session)
    if not 0 <= line < len(lines):
        raise BadRequestError(f"line: session {session.id} has the lines 0 to {len(lines) - 1}")
    exercise = lines[line]["exercise"]
    return blocks.begin(connection, session.id, line, exercise, now_utc)


def end_block(
    connection: Connection,
    session: SessionRow,
    block: BlockRow,
    felt: Felt | None,
    now_utc: datetime,
) -> BlockRow:
    """End a block and keep how it felt; of one that has ended only that can change."""
    after = blocks.end(connection, block, felt, now_utc)
    if after.felt is not block.felt:
        sessions.touch(connection, session, now_utc)
    return after


def say_why_stopped(
    connection: Connection,
    session: SessionRow,
    reason: StopReason,
    discomfort: int | None,
    now_utc: datetime,
) -> StopRow:
    """Keep why a session was stopped, instead of what was said before; its block ends."""
    blocks.end_all(connection, session.id, now_utc)
    before = stops.find(connection, session.id)
    if before is not None and (before.reason, before.discomfort) == (reason, discomfort):
        return before
    said = StopRow(session.id, reason, discomfort, now_utc)
    stops.put(connection, said)
    sessions.touch(connection, session, now_utc)
    return said


def say_next_day(
    connection: Connection, session: SessionRow, answer: NextDay, now_utc: datetime
) -> NextDayRow:
    """Keep how the back was the day after, instead of what was said before.

    The same answer sent again stays of when it was first given, if the day had passed by then.
    Raises ``ConflictError`` where the session is running.
    """
    if session.ended_utc is None:
        raise ConflictError(f"session {session.id} is running: stop it, and answer the day after")
    before = next_days.find(connection, session.id)
    is_same = before is not None and before.answer is answer
    if before is not None and is_same and before.at_utc - session.ended_utc >= NEXT_DAY_FROM:
        return before
    said = NextDayRow(session.id, answer, now_utc)
    next_days.put(connection, said)
    sessions.touch(connection, session, now_utc)
    return said
