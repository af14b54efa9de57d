"""Blocks of a guided session, and what the detector finds where it knows of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from lumbar_gateway.messages import ClockFit, ClockSource
from lumbar_server.database import writing
from lumbar_server.store import blocks, sessions
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.results import Findings
from lumbar_server.store.sessions import SessionKind
from lumbar_signal import Prescription, analyze
from stream_messages import START_S, PublishedStream
from synthetic_bridge import G_PER_STEP, RATE_HZ

START_UTC = datetime.fromtimestamp(START_S, UTC)
CLOCK = ClockFit(START_S, 1 / RATE_HZ, ClockSource.OBSERVED, 3600.0)
"""Of the streams of these tests."""


def after(seconds: float) -> datetime:
    """Return a moment after the streams of ``stream_messages`` begin."""
    return START_UTC + timedelta(seconds=seconds)


def block(exercise: str, begun_s: float, ended_s: float | None = None) -> BlockRow:
    """Return a block, seconds after the streams begin."""
    ended_utc = None if ended_s is None else after(ended_s)
    return BlockRow(1, 1, 0, exercise, after(begun_s), ended_utc, None)


def begin_session(connection: Connection, wearer_id: int = 1, *, at_s: float = -60.0) -> int:
    """Begin a session that somebody started; returns its id."""
    kind = SessionKind.EXPLICIT
    return sessions.add(connection, wearer_id, kind, after(at_s), None, after(at_s)).id


def add_block(
    connection: Connection,
    session_id: int,
    exercise: str = "glute_bridge",
    begun_s: float = 0.0,
    ended_s: float | None = None,
) -> BlockRow:
    """Keep a block, seconds after the streams begin."""
    begun = replace(block(exercise, begun_s, ended_s), session_id=session_id)
    return blocks.add(connection, begun, START_UTC)


def guide(
    engine: Engine,
    *lines: tuple[str, float, float | None],
    wearer_id: int = 1,
) -> int:
    """Let a wearer's session have blocks: exercise, begun and ended; returns the session."""
    with writing(engine) as connection:
        session_id = begin_session(connection, wearer_id)
        for exercise, begun_s, ended_s in lines:
            add_block(connection, session_id, exercise, begun_s, ended_s)
    return session_id


def found_with(stream: PublishedStream, prescription: Prescription) -> Findings:
    """What the detector finds in one go."""
    found = analyze(
        stream.samples,
        None,
        sampling_rate_hz=stream.rate_hz,
        g_per_step=G_PER_STEP,
        prescription=prescription,
    )
    return Findings(found.sets, found.postures, found.deviations)
