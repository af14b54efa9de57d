"""Sensors that were ever heard."""

from __future__ import annotations

from fastapi import APIRouter

from lumbar_server.routes.entity_tags import TaggedRoute
from lumbar_server.routes.request import Board, Database, is_simulated
from lumbar_server.schemas import Sensor
from lumbar_server.store import stream_listing

router = APIRouter(tags=["sensors"], route_class=TaggedRoute)


@router.get("/sensors", summary="All sensors")
def sensors(database: Database, board: Board) -> list[Sensor]:
    """List the sensors by name, with what their gateways last said of them."""
    found = []
    for row in stream_listing.sensors(database):
        link = board.link_of(row.sensor_id) or {}
        found.append(
            Sensor(
                sensor_id=row.sensor_id,
                simulated=is_simulated(row.sensor_id),
                first_seen_utc=row.first_seen_utc,
                last_stream_utc=row.last_stream_utc,
                link=link.get("link"),
                battery_percent=link.get("battery_percent"),
            )
        )
    return found
