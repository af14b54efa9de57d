"""What people choose for the lines of a day's plan before they begin: swap, easier, skip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, select

from lumbar_server import models
from lumbar_server.programme.past import Choice
from lumbar_server.store import changes
from lumbar_server.store.upsert import conflict_insert

_CHOICES = cast(Table, models.PlanChoice.__table__)


@dataclass(frozen=True, slots=True)
class PlanChoiceRow:
    """What was chosen for a ladder's line on one of the wearer's own days."""

    wearer_id: int
    day: date
    ladder: str
    choice: Choice


def put(connection: Connection, chosen: PlanChoiceRow, now_utc: datetime) -> None:
    """Keep a choice, instead of the one before."""
    row = {name: getattr(chosen, name) for name in PlanChoiceRow.__slots__}
    row["choice"] = chosen.choice.value
    added = conflict_insert(connection, _CHOICES).values(row)
    key = ["wearer_id", "day", "ladder"]
    connection.execute(added.on_conflict_do_update(index_elements=key, set_=row))
    changes.note(connection, "wearer", str(chosen.wearer_id), now_utc)


def take_back(
    connection: Connection, wearer_id: int, day: date, ladder: str, now_utc: datetime
) -> None:
    """Let the plan have its line as it comes."""
    mine = _CHOICES.c.wearer_id == wearer_id, _CHOICES.c.day == day, _CHOICES.c.ladder == ladder
    if connection.execute(delete(_CHOICES).where(*mine)).rowcount:
        changes.note(connection, "wearer", str(wearer_id), now_utc)


def of_day(connection: Connection, wearer_id: int, day: date) -> dict[str, Choice]:
    """Return what somebody chose for a day, by ladder."""
    mine = _CHOICES.c.wearer_id == wearer_id, _CHOICES.c.day == day
    rows = connection.execute(select(_CHOICES).where(*mine).order_by(_CHOICES.c.ladder))
    return {row.ladder: Choice(row.choice) for row in rows}


def of_wearer(connection: Connection, wearer_id: int) -> list[PlanChoiceRow]:
    """Return everything that somebody chose, the first day first."""
    query = select(_CHOICES).where(_CHOICES.c.wearer_id == wearer_id)
    rows = connection.execute(query.order_by(_CHOICES.c.day, _CHOICES.c.ladder))
    return [_chosen(row) for row in rows]


def forget(connection: Connection, wearer_id: int) -> None:
    """Delete everything that somebody chose."""
    connection.execute(delete(_CHOICES).where(_CHOICES.c.wearer_id == wearer_id))


def _chosen(row: Any) -> PlanChoiceRow:
    return PlanChoiceRow(**{**row._mapping, "choice": Choice(row.choice)})
