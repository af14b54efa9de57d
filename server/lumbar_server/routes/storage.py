"""What is stored and how large it is."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import Connection

from lumbar_server.deletion_schemas import OnItsWay, Storage, WearerStorage
from lumbar_server.live import LiveBoard
from lumbar_server.retention import Retention
from lumbar_server.routes.entity_tags import TaggedRoute
from lumbar_server.routes.request import Board, Database, Now
from lumbar_server.store import sizes, stream_listing, wearers
from lumbar_server.store.sizes import WearerSize

router = APIRouter(tags=["deletions"], route_class=TaggedRoute)


@router.get("/storage", summary="What is stored")
def storage(request: Request, database: Database, board: Board, now_utc: Now) -> Storage:
    """Return how much is stored of whom, of what kind, and what is still on its way."""
    return stored(database, board, request.app.state.retention, now_utc)


def stored(
    database: Connection, board: LiveBoard, retention: Retention, now_utc: datetime
) -> Storage:
    """Gather what is stored."""
    size = sizes.of_database(database)
    return Storage(
        wearers=[_wearer(one) for one in sizes.of_wearers(database)],
        on_its_way=_on_its_way(database, board, now_utc),
        database_bytes=size.used_bytes,
        database_free_bytes=size.free_bytes,
        keep_raw_days=retention.keep_raw_days,
        max_database_bytes=retention.max_database_bytes,
    )


def _wearer(one: WearerSize) -> WearerStorage:
    return WearerStorage(
        wearer_id=one.wearer.id,
        wearer=one.wearer.name,
        sessions=one.sessions,
        corrections=one.corrections,
        answers=one.answers,
        sets=one.sets,
        streams=one.streams,
        samples=one.samples,
        samples_s=round(one.samples_s, 3),
        samples_bytes=one.samples_bytes,
        erased_samples=one.erased_samples,
        messages=one.messages,
        messages_bytes=one.messages_bytes,
    )


def _on_its_way(connection: Connection, board: LiveBoard, now_utc: datetime) -> list[OnItsWay]:
    found = []
    for row in stream_listing.sensors(connection):
        link = board.link_of(row.sensor_id)
        if link is not None:
            worn = wearers.assignments(connection, row.sensor_id)
            found.append(
                OnItsWay(
                    sensor_id=row.sensor_id,
                    wearer_id=wearers.wearer_of(worn, now_utc),
                    spooled_samples=link["spooled_samples"],
                    log_samples=link["log_samples"],
                )
            )
    return found
