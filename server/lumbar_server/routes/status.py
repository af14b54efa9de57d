"""Health at a glance."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request

from lumbar_server.routes.entity_tags import TaggedRoute
from lumbar_server.routes.request import Database
from lumbar_server.schemas import Counter, Quarantined, Status
from lumbar_server.store import incidents, stream_listing
from lumbar_signal import PARAMETERS_SHA256, VERSION

router = APIRouter(tags=["status"], route_class=TaggedRoute)


@router.get("/status", summary="Health, counters and alarms")
def status(request: Request, database: Database) -> Status:
    """Tell how the server is; `alarms` says in words what needs a person."""
    counters = [Counter.model_validate(dict(row._mapping)) for row in incidents.counters(database)]
    total = incidents.quarantined_total(database)
    broker = _broker(request)
    alarms = list(_alarms(counters, total, broker))
    return Status(
        status="attention" if alarms else "ok",
        alarms=alarms,
        broker=broker,
        detector_version=VERSION,
        parameters_sha256=PARAMETERS_SHA256,
        streams=stream_listing.totals(database),
        counters=counters,
        quarantined_total=total,
        quarantined=[
            Quarantined.model_validate(dict(row._mapping))
            for row in incidents.quarantined(database, 10)
        ],
    )


def _broker(request: Request) -> Literal["connected", "away", "not configured"]:
    feed = request.app.state.feed
    if feed is None:
        return "not configured"
    return "connected" if feed.is_connected else "away"


def _alarms(counters: list[Counter], quarantined: int, broker: str) -> list[str]:
    alarms = []
    if quarantined:
        alarms.append(
            f"{quarantined} messages contradict what is stored of their stream and were set "
            "aside: see `quarantined`; two sensors with one name, or a damaged gateway?"
        )
    refused = sum(one.total for one in counters if one.kind != "contradiction")
    if refused:
        alarms.append(f"{refused} messages could not be read or stored: see `counters`")
    if broker == "away":
        alarms.append("the broker is away: nothing live, new samples wait at the gateways")
    return alarms
