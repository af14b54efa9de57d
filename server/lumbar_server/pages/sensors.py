"""The sensors: found, given to somebody, placed and calibrated; where their samples are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from lumbar_server import workouts
from lumbar_server.errors import NotFoundError
from lumbar_server.live import LiveBoard
from lumbar_server.pages.rendering import render
from lumbar_server.routes.request import Board, Database, Now, Writing, is_simulated
from lumbar_server.store import stream_listing, wearers

router = APIRouter()

_LINKS = {
    "connected": "connected",
    "searching": "out of reach: bring it near, or charge it",
    "gateway offline": "its gateway is offline",
}
_SIGNAL_WORDS = ((-60, 4, "strong"), (-72, 3, "good"), (-84, 2, "fair"), (-128, 1, "weak"))
"""Loudness in dBm from which so many of four bars are shown (chosen: indoors, by experience)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One sensor as the page shows it."""

    sensor_id: str
    simulated: bool
    wearer_id: int
    link: str
    is_connected: bool
    battery_percent: int | None
    signal_dbm: int | None
    bars: int  # of four; 0 where it was not heard
    signal: str
    in_log_s: float  # what still waits, as far as its gateway knows
    at_gateway_s: float
    stored_s: float
    last_stream_utc: datetime | None


@router.get("/sensors")
def list_sensors(request: Request, database: Database, board: Board, now_utc: Now) -> HTMLResponse:
    """Return all sensors that were ever heard; each keeps itself up to date."""
    people = wearers.listed(database)
    return render(
        request,
        "sensors.html",
        sensors=[shown(database, board, row, now_utc) for row in stream_listing.sensors(database)],
        wearers=people,
        zones={one.id: one.time_zone for one in people},
    )


@router.get("/sensors/{sensor_id}/status")
def status(
    request: Request, sensor_id: str, database: Database, board: Board, now_utc: Now
) -> HTMLResponse:
    """Return one sensor's figures, to be put into the page in their place."""
    return render(request, "sensor_status.html", one=_one(database, board, sensor_id, now_utc))


@router.get("/sensors/{sensor_id}")
def place(
    request: Request, sensor_id: str, database: Database, board: Board, now_utc: Now
) -> HTMLResponse:
    """Return how to place and calibrate a sensor, led by voice."""
    return render(request, "calibrate.html", one=_one(database, board, sensor_id, now_utc))


@router.post("/sensors/{sensor_id}/wearer")
def give(
    sensor_id: str, wearer_id: Annotated[int, Form()], database: Writing, now_utc: Now
) -> RedirectResponse:
    """Give a sensor to somebody from now on."""
    workouts.assign(database, sensor_id, wearer_id, now_utc, now_utc)
    return RedirectResponse("/sensors", status_code=303)


def shown(database: Connection, board: LiveBoard, row: Any, now_utc: datetime) -> Shown:
    """Return what is known of a sensor from its gateways and from the database."""
    link = board.link_of(row.sensor_id) or {}
    rate_hz, stored_s = stream_listing.stored_time(database, row.sensor_id)
    bars, words = signal_of(link.get("signal_dbm"))
    worn = wearers.assignments(database, row.sensor_id)
    return Shown(
        sensor_id=row.sensor_id,
        simulated=is_simulated(row.sensor_id),
        wearer_id=wearers.wearer_of(worn, now_utc),
        link=_LINKS.get(link.get("link", ""), "not heard since this program started"),
        is_connected=link.get("link") == "connected",
        battery_percent=link.get("battery_percent"),
        signal_dbm=link.get("signal_dbm"),
        bars=bars,
        signal=words,
        in_log_s=link.get("log_samples", 0) / rate_hz,
        at_gateway_s=link.get("spooled_samples", 0) / rate_hz,
        stored_s=stored_s,
        last_stream_utc=row.last_stream_utc,
    )


def signal_of(signal_dbm: int | None) -> tuple[int, str]:
    """Return how many of four bars, and the word for it."""
    if signal_dbm is None:
        return 0, "not heard"
    return next((bars, word) for least, bars, word in _SIGNAL_WORDS if signal_dbm >= least)


def _one(database: Connection, board: LiveBoard, sensor_id: str, now_utc: datetime) -> Shown:
    for row in stream_listing.sensors(database):
        if row.sensor_id == sensor_id:
            return shown(database, board, row, now_utc)
    raise NotFoundError(f"no sensor {sensor_id}: the sensors page lists all that were heard")
