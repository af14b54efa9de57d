"""What changed, for companions that keep a copy."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lumbar_server import schemas
from lumbar_server.errors import GoneError
from lumbar_server.field_types import MOST
from lumbar_server.routes.cursor import link_next
from lumbar_server.routes.entity_tags import TaggedRoute
from lumbar_server.routes.request import GONE, Database
from lumbar_server.store import changes

router = APIRouter(tags=["changes"], route_class=TaggedRoute)


@router.get("/changes", summary="What changed since a number", responses=GONE)
def list_changes(
    request: Request,
    response: Response,
    database: Database,
    since: Annotated[
        int, Query(ge=0, le=MOST, description="`next` of the time before; 0 for everything")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many")] = 200,
) -> schemas.ChangePage:
    """Name what is new, different or gone, each once, in the order of its newest change.

    Fetch what is named, keep `next`, and ask again: at once where there is `more`, else later.
    """
    if changes.is_undone(database, since):
        raise GoneError(
            f"since: nothing has the number {since} here, perhaps because an older backup was "
            "restored; forget the copy and begin with 0"
        )
    found = changes.since(database, since, limit + 1)
    items = [schemas.Change(**asdict(one)) for one in found[:limit]]
    following = items[-1].number if items else since
    more = len(found) > limit
    link_next(request, response, since=following if more else None)
    return schemas.ChangePage(items=items, next=following, more=more)
