"""The movements of the programme, with their ladders."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from lumbar_server import movement_schemas as schemas
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.movement import Ladder, Movement
from lumbar_server.routes.entity_tags import TaggedRoute

router = APIRouter(tags=["programme"], route_class=TaggedRoute)


@router.get("/programme/movements", summary="All movements")
def movements() -> schemas.Movements:
    """List the movements with their doses, words and sources, and what one sensor sees of them."""
    catalogue = read_catalogue()
    return schemas.Movements(
        reviewed_by=catalogue.reviewed_by,
        reviewed_on=catalogue.reviewed_on,
        data_sha256=catalogue.sha256,
        movements=[
            _answer(movement, catalogue.ladder_of(exercise))
            for exercise, movement in catalogue.movements.items()
        ],
    )


def _answer(movement: Movement, ladder: Ladder) -> schemas.Movement:
    values = asdict(movement) | {"needs": sorted(movement.needs)}
    rungs = [schemas.Rung(**asdict(rung)) for rung in ladder.rungs]
    return schemas.Movement(**values, ladder=ladder.name, start=ladder.start, rungs=rungs)
