"""What every route gets from the application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection

from lumbar_server.database import reading, writing
from lumbar_server.live import LiveBoard
from lumbar_server.schemas import Problem
from lumbar_server.simulated import is_simulated as is_simulated
from lumbar_server.store import changes


def _connection(request: Request) -> Iterator[Connection]:
    with reading(request.app.state.engine) as connection:
        yield connection


def _board(request: Request) -> LiveBoard:
    board: LiveBoard = request.app.state.board
    return board


def _writing(request: Request) -> Iterator[Connection]:
    with writing(request.app.state.engine) as connection:
        changes.wait_for_turn(connection)  # before anything is read that a change rests on
        yield connection


def _now_utc(request: Request) -> datetime:
    return datetime.fromtimestamp(request.app.state.now_s(), UTC)


Database = Annotated[Connection, Depends(_connection)]
Writing = Annotated[Connection, Depends(_writing, scope="function")]  # commits before the answer
Now = Annotated[datetime, Depends(_now_utc)]
Board = Annotated[LiveBoard, Depends(_board)]

Responses = dict[int | str, dict[str, Any]]
NOT_FOUND: Responses = {
    400: {"model": Problem, "description": "Makes no sense by itself"},
    404: {"model": Problem, "description": "Not stored"},
}
CONFLICT: Responses = {
    **NOT_FOUND,
    409: {"model": Problem, "description": "Contradicts what is stored"},
}
UNCHANGED: Responses = {
    **NOT_FOUND,
    412: {"model": Problem, "description": "Somebody else has changed it since"},
}
GONE: Responses = {410: {"model": Problem, "description": "No longer there: begin anew"}}
