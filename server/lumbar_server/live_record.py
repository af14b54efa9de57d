"""Tells the live pages when the record changed: another page may have paused the session."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import Engine

from lumbar_server.database import reading
from lumbar_server.errors import DatabaseAwayError
from lumbar_server.live import LiveBoard
from lumbar_server.store import changes

PERIOD_S = 1.0
"""How often the database is asked while somebody looks on (chosen: as often as a state comes)."""


async def follow_record(board: LiveBoard, engine: Engine) -> None:
    """Work until cancelled; a database that is away tells nothing."""
    while True:
        await asyncio.sleep(PERIOD_S)
        if board.has_viewers:
            with suppress(DatabaseAwayError):
                board.record(await asyncio.to_thread(_newest_change, engine))


def _newest_change(engine: Engine) -> int:
    with reading(engine) as connection:
        return changes.newest_number(connection, "session")
