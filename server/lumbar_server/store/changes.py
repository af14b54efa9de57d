"""What changed, in order, for whoever keeps a copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, insert, select, text

from lumbar_server import models

_CHANGES = cast(Table, models.Change.__table__)
_LOCK = 0x6C756D63  # any number that nobody else locks in this database


def wait_for_turn(connection: Connection) -> None:
    """Let one transaction at a time change the record, to the transaction's end.

    So numbers become visible in their order, and nobody finds half of another's work. SQLite has
    only one that writes.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_LOCK))


def note(
    connection: Connection, kind: str, key: str, now_utc: datetime, *, gone: bool = False
) -> None:
    """Note a change within the transaction that makes it."""
    wait_for_turn(connection)
    connection.execute(insert(_CHANGES).values(kind=kind, key=key, gone=gone, at_utc=now_utc))


def since(connection: Connection, number: int, limit: int) -> Sequence[Any]:
    """Return the changes after ``number``, the oldest first."""
    query = select(_CHANGES).where(_CHANGES.c.number > number).order_by(_CHANGES.c.number)
    return connection.execute(query.limit(limit)).all()
