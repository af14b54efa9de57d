"""The programme of a wearer: questions, today's plan, choices, decisions and settings."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from lumbar_server import coaching, planned_sessions
from lumbar_server import programme_schemas as schemas
from lumbar_server.errors import BadRequestError
from lumbar_server.problems import problem_answer
from lumbar_server.programme.catalogue import read_catalogue
from lumbar_server.programme.plan import Length
from lumbar_server.programme.screening import ANY_CHANGE, questions
from lumbar_server.routes.entity_tags import TaggedRoute, version_tag
from lumbar_server.routes.json_bodies import OnlyJson
from lumbar_server.routes.once import Once
from lumbar_server.routes.programme_view import decision_answer, plan_answer, screened_answer
from lumbar_server.routes.request import CONFLICT, GONE, NOT_FOUND, Database, Now, Writing
from lumbar_server.routes.session_view import detail_of
from lumbar_server.routes.wearers import WearerId
from lumbar_server.session_schemas import SessionDetail
from lumbar_server.store import programme_settings, record, wearers
from lumbar_server.store.screenings import ScreeningKind

router = APIRouter(tags=["programme"], route_class=TaggedRoute, dependencies=[OnlyJson])

Ladder = Annotated[str, Path(pattern="^[a-z0-9_]{1,40}$", description="Of a line of the plan")]
Before = Annotated[
    int | None, Query(ge=0, le=10, description="How the back is now; left out: not asked yet")
]


@router.get("/programme/questions", summary="The questions before exercise")
def list_questions() -> list[schemas.Question]:
    """List all questions, the urgent ones first."""
    return [schemas.Question(id=one.id, level=one.level, text=one.text) for one in questions()]


@router.get("/wearers/{wearer_id}/plan", summary="What to do today", responses=NOT_FOUND)
def plan(
    wearer_id: WearerId,
    database: Database,
    now_utc: Now,
    length: Length = Length.FULL,
    comfort_before: Before = None,
) -> schemas.Plan:
    """Work out the plan of a wearer's day; each line says why it is there."""
    catalogue = read_catalogue()
    known = coaching.known_of(database, wearer_id)
    found = coaching.plan_for(
        database, catalogue, known, length, comfort_before, now_utc, was_asked=False
    )
    return plan_answer(wearer_id, found, catalogue)


@router.put(
    "/wearers/{wearer_id}/plan/{day}/choices/{ladder}",
    summary="Choose for a line of the plan",
    responses=NOT_FOUND,
)
def choose(
    wearer_id: WearerId,
    day: Annotated[date, Path(description="The wearer's own day")],
    ladder: Ladder,
    new: schemas.NewChoice,
    database: Writing,
    now_utc: Now,
) -> schemas.ChosenLine:
    """Have a line easier, left out, or another in its place; null takes that back."""
    coaching.choose(database, read_catalogue(), wearer_id, day, ladder, new.choice, now_utc)
    return schemas.ChosenLine(wearer_id=wearer_id, day=day, ladder=ladder, choice=new.choice)


@router.post(
    "/wearers/{wearer_id}/screenings",
    summary="Answer the questions before exercise",
    status_code=201,
    responses={**NOT_FOUND, **GONE},
)
def screen(
    wearer_id: WearerId,
    new: schemas.NewScreening,
    database: Writing,
    now_utc: Now,
    once: Once,
    response: Response,
) -> schemas.Screened:
    """Keep answers, and say what they ask for; older answers stay in the record."""
    told = coaching.screen(database, wearer_id, new.kind, new.yes, new.cleared_on, now_utc)
    return once.created(response, screened_answer(wearer_id, told))


@router.post(
    "/wearers/{wearer_id}/planned-sessions",
    summary="Begin what today's plan sets out",
    status_code=201,
    response_model=SessionDetail,
    responses={**CONFLICT, **GONE},
)
def begin(
    wearer_id: WearerId,
    new: schemas.NewPlannedSession,
    request: Request,
    database: Writing,
    now_utc: Now,
    once: Once,
    response: Response,
) -> SessionDetail | Response:
    """Begin a session with the plan's lines; why not, where it is not ready or anything changed."""
    if new.any_change:
        # Answered, not raised: what was said is to be kept.
        kind = ScreeningKind.LINE
        told = coaching.screen(database, wearer_id, kind, [ANY_CHANGE], None, now_utc)
        return problem_answer(request, 409, told.why)
    row = planned_sessions.begin(
        database, read_catalogue(), wearer_id, new.length, new.comfort_before, now_utc
    )
    headers = {"Location": f"/api/v1/sessions/{row.id}", **version_tag(row.version)}
    return once.created(response, detail_of(record.of(database, row)), headers)


@router.get(
    "/wearers/{wearer_id}/programme/decisions",
    summary="What changed the plan, and why",
    responses=NOT_FOUND,
)
def decisions(wearer_id: WearerId, database: Database) -> list[schemas.Decision]:
    """List every line that was another than the time before, the first first."""
    catalogue = read_catalogue()
    found = coaching.decisions(database, wearer_id)
    return [decision_answer(one, catalogue) for one in found]


@router.get(
    "/wearers/{wearer_id}/programme/settings",
    summary="What somebody set of the programme",
    responses=NOT_FOUND,
)
def settings(wearer_id: WearerId, database: Database) -> schemas.Settings:
    """Return thresholds, and whether the first week is a gentle one."""
    wearers.one(database, wearer_id)
    return schemas.Settings(**asdict(programme_settings.of_wearer(database, wearer_id)))


@router.patch(
    "/wearers/{wearer_id}/programme/settings",
    summary="Change the programme's settings",
    responses=NOT_FOUND,
)
def change_settings(
    wearer_id: WearerId, new: schemas.SettingsChange, database: Writing, now_utc: Now
) -> schemas.Settings:
    """Lower thresholds, or begin with half in the first week."""
    values = new.model_dump(exclude_unset=True)
    for name in ("amber_from", "red_from", "is_sedentary"):
        if name in values and values[name] is None:
            raise BadRequestError(f"{name}: cannot be null; leave it out to keep it")
    after = coaching.change_settings(database, wearer_id, values, now_utc)
    return schemas.Settings(**asdict(after))
