"""The movements: one look at each, how much of it, what the sensor sees, and where that is from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from lumbar_server.errors import NotFoundError
from lumbar_server.pages.movements_view import KINDS, OFTEN, movement_view
from lumbar_server.pages.rendering import render
from lumbar_server.programme.catalogue import read_catalogue

router = APIRouter()


@router.get("/movements")
def movements(request: Request) -> Response:
    """Return all movements, by what they are for."""
    catalogue = read_catalogue()
    views = [movement_view(catalogue, one) for one in catalogue.movements.values()]
    kinds = [
        (kind, title, OFTEN[kind], [one for one in views if one.kind is kind])
        for kind, title in KINDS.items()
    ]
    return render(request, "movements.html", kinds=kinds, reviewed_by=catalogue.reviewed_by)


@router.get("/movements/{exercise}")
def movement(request: Request, exercise: Annotated[str, Path(max_length=64)]) -> Response:
    """Return one movement."""
    catalogue = read_catalogue()
    found = catalogue.movements.get(exercise)
    if found is None:
        raise NotFoundError(f"no movement is called {exercise!r}: /movements has them all")
    return render(
        request,
        "movement.html",
        movement=movement_view(catalogue, found),
        reviewed_by=catalogue.reviewed_by,
        reviewed_on=catalogue.reviewed_on,
    )
