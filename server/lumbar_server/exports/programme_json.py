"""What somebody's programme has in the JSON document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from lumbar_server.exports import programme_items as items
from lumbar_server.programme.plan import Kind, Length
from lumbar_server.store import (
    blocks,
    next_days,
    plan_choices,
    prescriptions,
    programme_settings,
    screenings,
    stops,
)
from lumbar_server.store.prescriptions import PrescriptionRow
from lumbar_server.store.screenings import ScreeningKind


def of_wearer(connection: Connection, wearer_id: int) -> dict[str, Any]:
    """Return what is kept of the programme of a wearer beside the sessions."""
    settings = programme_settings.find(connection, wearer_id)
    return {
        "screenings": [
            items.Screening(
                kind=ScreeningKind(one.kind),
                yes=list(one.yes),
                cleared_on=one.cleared_on,
                at_utc=one.at_utc,
            )
            for one in screenings.of_wearer(connection, wearer_id)
        ],
        "choices": [
            items.PlanChoice(day=one.day, ladder=one.ladder, choice=one.choice)
            for one in plan_choices.of_wearer(connection, wearer_id)
        ],
        "programme": settings
        and items.ProgrammeSettings(
            amber_from=settings.amber_from,
            red_from=settings.red_from,
            is_sedentary=settings.is_sedentary,
        ),
    }


def of_session(connection: Connection, session_id: int) -> dict[str, Any]:
    """Return what a session set out to do, and what was said of that."""
    set_out = prescriptions.find(connection, session_id)
    stop = stops.find(connection, session_id)
    next_day = next_days.find(connection, session_id)
    return {
        "prescription": set_out and _prescription(set_out),
        "blocks": [
            items.Block(
                line=one.line,
                exercise=one.exercise,
                begun_utc=one.begun_utc,
                ended_utc=one.ended_utc,
                felt=one.felt,
            )
            for one in blocks.of_session(connection, session_id)
        ],
        "stop": stop
        and items.Stop(reason=stop.reason, discomfort=stop.discomfort, at_utc=stop.at_utc),
        "next_day": next_day
        and items.NextDayAnswer(answer=next_day.answer, at_utc=next_day.at_utc),
    }


def _prescription(row: PrescriptionRow) -> items.Prescription:
    return items.Prescription(
        kind=Kind(row.kind),
        length=Length(row.length),
        lines=[items.Line.model_validate(line) for line in row.lines],
        data_sha256=row.data_sha256,
        made_utc=row.made_utc,
    )
