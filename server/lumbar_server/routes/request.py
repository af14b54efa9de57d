"""What every route gets from the application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection

from lumbar_server.database import reading
from lumbar_server.live import LiveBoard
from lumbar_server.schemas import Problem


def _connection(request: Request) -> Iterator[Connection]:
    with reading(request.app.state.engine) as connection:
        yield connection


def _board(request: Request) -> LiveBoard:
    board: LiveBoard = request.app.state.board
    return board


Database = Annotated[Connection, Depends(_connection)]
Board = Annotated[LiveBoard, Depends(_board)]

NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "Not stored"}}


def is_simulated(sensor_id: str) -> bool:
    """Tell whether a sensor is one of the simulator's, which names them so."""
    return sensor_id.startswith("SIM-")
