"""The programme as the API says it."""

from __future__ import annotations

from dataclasses import asdict

from lumbar_server import programme_schemas as schemas
from lumbar_server.prescribed_lines import line_of
from lumbar_server.programme.decisions import Decision
from lumbar_server.programme.movement import Catalogue
from lumbar_server.programme.plan import Kind, Length, Plan, PlanLine
from lumbar_server.programme.screening import Screened
from lumbar_server.store.blocks import BlockRow
from lumbar_server.store.prescriptions import PrescriptionRow


def plan_answer(wearer_id: int, plan: Plan, catalogue: Catalogue) -> schemas.Plan:
    """Return the plan of a wearer."""
    return schemas.Plan(
        wearer_id=wearer_id,
        day=plan.day,
        state=plan.state,
        kind=plan.kind,
        length=plan.length,
        minutes=plan.minutes,
        why=plan.why,
        lines=[_line(one, catalogue) for one in plan.lines],
        level=plan.screened.level,
        full_screening_due=plan.screened.full_is_due,
        cautions=sorted(plan.screened.cautions),
        held_back=list(plan.held_back),
        next_strength_utc=plan.next_strength_utc,
        next_day_of=plan.answer_due,
        assumptions=list(plan.assumptions),
        reviewed_by=catalogue.reviewed_by,
    )


def screened_answer(wearer_id: int, screened: Screened) -> schemas.Screened:
    """Return where somebody stands."""
    return schemas.Screened(
        wearer_id=wearer_id,
        level=screened.level,
        full_screening_due=screened.full_is_due,
        cautions=sorted(screened.cautions),
        why=screened.why,
    )


def prescription_answer(
    row: PrescriptionRow, blocks: list[BlockRow], catalogue: Catalogue
) -> schemas.Prescription:
    """Return what a session set out to do."""
    return schemas.Prescription(
        session_id=row.session_id,
        kind=Kind(row.kind),
        length=Length(row.length),
        made_utc=row.made_utc,
        data_sha256=row.data_sha256,
        reviewed_by=catalogue.reviewed_by,
        lines=[_line(line_of(plain), catalogue) for plain in row.lines],
        blocks=[block_answer(one) for one in blocks],
    )


def block_answer(block: BlockRow) -> schemas.Block:
    """Return a block."""
    return schemas.Block(**asdict(block))


def decision_answer(decision: Decision, catalogue: Catalogue) -> schemas.Decision:
    """Return what changed the plan."""
    values = asdict(decision)
    return schemas.Decision(name=_name(values.pop("exercise"), catalogue), **values)


def _line(line: PlanLine, catalogue: Catalogue) -> schemas.Line:
    """Return a line with what is known of its movement now, if it is still one."""
    movement = catalogue.movements.get(line.exercise)
    return schemas.Line(
        **asdict(line),
        name=_name(line.exercise, catalogue),
        lies_on_sensor=movement is not None and movement.lies_on_sensor,
        say={} if movement is None else dict(movement.say),
        cues=[] if movement is None else list(movement.cues),
    )


def _name(exercise: str, catalogue: Catalogue) -> str:
    movement = catalogue.movements.get(exercise)
    return exercise.replace("_", " ").capitalize() if movement is None else movement.name
