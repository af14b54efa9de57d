"""Wearers: who is of the household, and who wore which sensor when."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Response

from lumbar_server import workouts
from lumbar_server.field_types import MOST, SensorId
from lumbar_server.routes.entity_tags import IfMatch, TaggedRoute, check_version, version_tag
from lumbar_server.routes.json_bodies import OnlyJson
from lumbar_server.routes.once import Once
from lumbar_server.routes.request import (
    CONFLICT,
    GONE,
    NOT_FOUND,
    UNCHANGED,
    Database,
    Now,
    Writing,
)
from lumbar_server.session_schemas import (
    Assignment,
    NewAssignment,
    NewWearer,
    Wearer,
    WearerChange,
)
from lumbar_server.store import wearers
from lumbar_server.store.wearers import WearerRow

router = APIRouter(tags=["wearers"], route_class=TaggedRoute, dependencies=[OnlyJson])

WearerId = Annotated[int, Path(ge=1, le=MOST, description="From the list of wearers")]


@router.get("/wearers", summary="All wearers")
def list_wearers(database: Database) -> list[Wearer]:
    """List the people of the household; the first one has every sensor nobody was given."""
    return [Wearer(**asdict(one)) for one in wearers.listed(database)]


@router.post("/wearers", summary="Add a wearer", status_code=201, responses={**CONFLICT, **GONE})
def add(new: NewWearer, database: Writing, now_utc: Now, once: Once, response: Response) -> Wearer:
    """Add a person of the household."""
    row = wearers.add(database, **new.model_dump(), now_utc=now_utc)
    headers = {"Location": f"/api/v1/wearers/{row.id}", **version_tag(row.version)}
    return once.created(response, Wearer(**asdict(row)), headers)


@router.get("/wearers/{wearer_id}", summary="One wearer", responses=NOT_FOUND)
def wearer(wearer_id: WearerId, database: Database, response: Response) -> Wearer:
    """Return a person of the household."""
    return _answer(wearers.one(database, wearer_id), response)


@router.patch(
    "/wearers/{wearer_id}", summary="Change a wearer", responses={**CONFLICT, **UNCHANGED}
)
def change(
    wearer_id: WearerId,
    new: WearerChange,
    database: Writing,
    now_utc: Now,
    response: Response,
    if_match: IfMatch = None,
) -> Wearer:
    """Change name, time zone, or when an automatic session is over."""
    check_version(f"wearer {wearer_id}", wearers.one(database, wearer_id).version, if_match)
    values = {name: value for name, value in new.model_dump().items() if value is not None}
    return _answer(wearers.change(database, wearer_id, values, now_utc), response)


@router.get("/assignments", summary="Who wore which sensor when")
def list_assignments(database: Database, sensor_id: SensorId | None = None) -> list[Assignment]:
    """List what was given to whom, in order of time."""
    return [Assignment(**asdict(one)) for one in wearers.assignments(database, sensor_id)]


@router.post(
    "/assignments",
    summary="Give a sensor to a wearer",
    status_code=201,
    responses={**NOT_FOUND, **GONE},
)
def assign(
    new: NewAssignment, database: Writing, now_utc: Now, once: Once, response: Response
) -> Assignment:
    """Give a sensor to somebody from a moment on; whoever had it gives it back then."""
    done = workouts.assign(database, new.sensor_id, new.wearer_id, new.from_utc or now_utc, now_utc)
    return once.created(response, Assignment(**asdict(done)))


def _answer(row: WearerRow, response: Response) -> Wearer:
    response.headers.update(version_tag(row.version))
    return Wearer(**asdict(row))
