"""Answers to requests that made something, kept for those who send the same once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import cast

from sqlalchemy import Connection, Table, delete, insert, select, update

from lumbar_server import models

_ANSWERS = cast(Table, models.Answer.__table__)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer, and the request that it was for."""

    key: str  # the client's own
    request_sha256: str
    status: int  # GONE where what it was about was deleted since
    headers: Mapping[str, str]
    body: str
    made_utc: datetime


def find(connection: Connection, key: str) -> KeptAnswer | None:
    """Return what was answered under a key."""
    row = connection.execute(select(_ANSWERS).where(_ANSWERS.c.key == key)).first()
    return None if row is None else KeptAnswer(**row._mapping)


def keep(connection: Connection, answer: KeptAnswer) -> None:
    """Keep an answer, within the transaction that made what it is about."""
    connection.execute(insert(_ANSWERS).values(asdict(answer)))


def unsay_session(connection: Connection, session_id: int) -> None:
    """Keep nothing of the answers that show a session but that they were given."""
    _unsay(connection, f'{{"id":{session_id},"wearer_id":')
    _unsay(connection, f'{{"session_id":{session_id},')


def unsay_wearer(connection: Connection, wearer_id: int) -> None:
    """Keep nothing of the answers that show a wearer but that they were given."""
    _unsay(connection, f'{{"id":{wearer_id},"name":')
    _unsay(connection, f'{{"wearer_id":{wearer_id},')


def _unsay(connection: Connection, beginning: str) -> None:
    shows_it = _ANSWERS.c.body.startswith(beginning)
    values = {"status": HTTPStatus.GONE, "headers": {}, "body": ""}
    connection.execute(update(_ANSWERS).where(shows_it).values(values))


def forget(connection: Connection, before_utc: datetime) -> None:
    """Delete the answers that were given before then."""
    connection.execute(delete(_ANSWERS).where(_ANSWERS.c.made_utc < before_utc))
