"""How many answers people have given to the programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import cast

from sqlalchemy import ColumnElement, Connection, Table, func, select

from lumbar_server import models

_SESSIONS = cast(Table, models.Session.__table__)
_BLOCKS = cast(Table, models.Block.__table__)
_OF_SESSIONS = tuple(
    cast(Table, model.__table__) for model in (models.Block, models.Stop, models.NextDay)
)
_OF_WEARERS = tuple(cast(Table, model.__table__) for model in (models.Screening, models.PlanChoice))


def of_sessions(connection: Connection, session_ids: Collection[int]) -> int:
    """Return how many answers there are about sessions: blocks, stops and days after."""
    return sum(
        connection.execute(
            select(func.count()).where(table.c.session_id.in_(session_ids), *_answered(table))
        ).scalar_one()
        for table in _OF_SESSIONS
    )


def beside_sessions(connection: Connection, wearer_id: int) -> int:
    """Return how many answers a wearer has given before sessions: screenings and choices."""
    return sum(
        connection.execute(select(func.count()).where(table.c.wearer_id == wearer_id)).scalar_one()
        for table in _OF_WEARERS
    )


def by_wearer(connection: Connection) -> Counter[int]:
    """Return how many answers each wearer has given in all."""
    found: Counter[int] = Counter()
    for table in _OF_WEARERS:
        query = select(table.c.wearer_id, func.count()).group_by(table.c.wearer_id)
        found.update({wearer_id: n for wearer_id, n in connection.execute(query)})
    for table in _OF_SESSIONS:
        query = (
            select(_SESSIONS.c.wearer_id, func.count())
            .join_from(table, _SESSIONS, table.c.session_id == _SESSIONS.c.id)
            .where(*_answered(table))
            .group_by(_SESSIONS.c.wearer_id)
        )
        found.update({wearer_id: n for wearer_id, n in connection.execute(query)})
    return found


def _answered(table: Table) -> list[ColumnElement[bool]]:
    """Return what makes a row an answer: a block is one once somebody said how it felt."""
    return [_BLOCKS.c.felt.is_not(None)] if table is _BLOCKS else []
