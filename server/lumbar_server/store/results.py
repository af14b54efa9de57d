"""What the detector found: written as the difference to what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, insert, select

from lumbar_server import models
from lumbar_server.store.upsert import insert_missing
from lumbar_signal.events import (
    Deviation,
    DeviationKind,
    Exercise,
    ExerciseSet,
    Hold,
    Posture,
    PostureInterval,
    Repetition,
)

_ANALYSES = cast(Table, models.Analysis.__table__)
_SETS = cast(Table, models.Set.__table__)
_REPETITIONS = cast(Table, models.Repetition.__table__)
_HOLDS = cast(Table, models.Hold.__table__)
_SET_DEVIATIONS = cast(Table, models.SetDeviation.__table__)
_POSTURES = cast(Table, models.PostureInterval.__table__)
_POSTURE_DEVIATIONS = cast(Table, models.PostureDeviation.__table__)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in one stream, in order; positions in samples of the stream."""

    sets: tuple[ExerciseSet, ...] = ()
    postures: tuple[PostureInterval, ...] = ()
    deviations: tuple[Deviation, ...] = ()  # outside exercise


def open_analysis(connection: Connection, stream_id: str, version: str, parameters: str) -> int:
    """Return the id of this detector's analysis of the stream; begins it where there is none."""
    key = {
        "stream_id": stream_id,
        "detector_version": version,
        "parameters_sha256": parameters,
    }
    query = select(_ANALYSES.c.id).filter_by(**key)
    known = connection.execute(query).scalar()
    if known is None:
        insert_missing(connection, _ANALYSES, [key])
        known = connection.execute(query).scalar_one()
    return int(known)


def read(connection: Connection, analysis_id: int) -> Findings:
    """Return what is stored of an analysis."""
    repetitions = _parts(connection, _REPETITIONS, Repetition, analysis_id)
    holds = _parts(connection, _HOLDS, Hold, analysis_id)
    deviations = _parts(connection, _SET_DEVIATIONS, Deviation, analysis_id)
    sets = [
        ExerciseSet(
            exercise=Exercise(row.exercise),
            start=row.start,
            end=row.end,
            confidence=row.confidence,
            coverage=row.coverage,
            closed=row.closed,
            repetitions=tuple(repetitions.get(row.ordinal, ())),
            holds=tuple(holds.get(row.ordinal, ())),
            deviations=tuple(deviations.get(row.ordinal, ())),
        )
        for row in _ordered(connection, _SETS, analysis_id)
    ]
    return Findings(
        tuple(sets),
        tuple(_value(PostureInterval, r) for r in _ordered(connection, _POSTURES, analysis_id)),
        tuple(_value(Deviation, r) for r in _ordered(connection, _POSTURE_DEVIATIONS, analysis_id)),
    )


def write(connection: Connection, analysis_id: int, before: Findings, after: Findings) -> None:
    """Change what is stored, ``before``, into ``after``."""
    for ordinal in _changed(before.sets, after.sets):
        _delete(connection, _SETS, analysis_id, ordinal)  # its parts go with it
        if ordinal < len(after.sets):
            _insert_set(connection, analysis_id, ordinal, after.sets[ordinal])
    _write_list(connection, _POSTURES, analysis_id, before.postures, after.postures)
    _write_list(connection, _POSTURE_DEVIATIONS, analysis_id, before.deviations, after.deviations)


def _insert_set(connection: Connection, analysis_id: int, ordinal: int, found: ExerciseSet) -> None:
    row = {c.name: getattr(found, c.name) for c in _SETS.c if hasattr(found, c.name)}
    connection.execute(insert(_SETS), {"analysis_id": analysis_id, "ordinal": ordinal, **row})
    key = {"analysis_id": analysis_id, "set_ordinal": ordinal}
    for table, parts in (
        (_REPETITIONS, found.repetitions),
        (_HOLDS, found.holds),
        (_SET_DEVIATIONS, found.deviations),
    ):
        rows = [{**key, "ordinal": i, **_columns(part)} for i, part in enumerate(parts)]
        if rows:
            connection.execute(insert(table), rows)


def _write_list(
    connection: Connection,
    table: Table,
    analysis_id: int,
    before: Sequence[Any],
    after: Sequence[Any],
) -> None:
    for ordinal in _changed(before, after):
        if ordinal < len(before):
            _delete(connection, table, analysis_id, ordinal)
        if ordinal < len(after):
            row = {"analysis_id": analysis_id, "ordinal": ordinal, **_columns(after[ordinal])}
            connection.execute(insert(table), row)


def _changed(before: Sequence[Any], after: Sequence[Any]) -> list[int]:
    same = min(len(before), len(after))
    changed = [i for i in range(same) if before[i] is not after[i] and before[i] != after[i]]
    return changed + list(range(same, max(len(before), len(after))))


def _delete(connection: Connection, table: Table, analysis_id: int, ordinal: int) -> None:
    connection.execute(
        delete(table).where(table.c.analysis_id == analysis_id, table.c.ordinal == ordinal)
    )


def _columns(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _ordered(connection: Connection, table: Table, analysis_id: int) -> Sequence[Any]:
    query = select(table).where(table.c.analysis_id == analysis_id).order_by(table.c.ordinal)
    return connection.execute(query).all()


def _parts(
    connection: Connection, table: Table, kind: type[Any], analysis_id: int
) -> dict[int, list[Any]]:
    parts: dict[int, list[Any]] = {}
    for row in _ordered(connection, table, analysis_id):
        parts.setdefault(row.set_ordinal, []).append(_value(kind, row))
    return parts


def _value(kind: type[Any], row: Any) -> Any:
    values = {field.name: getattr(row, field.name) for field in fields(kind)}
    if kind is Deviation:
        values["kind"] = DeviationKind(values["kind"])
    if kind is PostureInterval:
        values["posture"] = Posture(values["posture"])
    return kind(**values)
