"""What the detector found: written as the difference to what is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

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


def discard(connection: Connection, stream_id: str, version: str, parameters: str) -> None:
    """Delete this detector's analysis of the stream, if there is one."""
    query = select(_ANALYSES.c.id).filter_by(
        stream_id=stream_id, detector_version=version, parameters_sha256=parameters
    )
    for analysis_id in connection.scalars(query).all():
        for table in (_SETS, _POSTURES, _POSTURE_DEVIATIONS):
            connection.execute(delete(table).where(table.c.analysis_id == analysis_id))
        connection.execute(delete(_ANALYSES).where(_ANALYSES.c.id == analysis_id))


def read(connection: Connection, analysis_id: int) -> Findings:
    """Return what is stored of an analysis."""
    return read_all(connection, [analysis_id])[analysis_id]


def read_all(connection: Connection, analysis_ids: Sequence[int]) -> dict[int, Findings]:
    """Return what is stored of analyses, by their ids."""
    repetitions = _parts(connection, _REPETITIONS, Repetition, analysis_ids)
    holds = _parts(connection, _HOLDS, Hold, analysis_ids)
    deviations = _parts(connection, _SET_DEVIATIONS, Deviation, analysis_ids)
    sets: dict[int, list[ExerciseSet]] = {}
    for row in _ordered(connection, _SETS, analysis_ids):
        key = row.analysis_id, row.ordinal
        one = ExerciseSet(
            exercise=Exercise(row.exercise),
            start=row.start,
            end=row.end,
            confidence=row.confidence,
            coverage=row.coverage,
            closed=row.closed,
            told_live=None if row.told_live is None else Exercise(row.told_live),
            repetitions=tuple(repetitions.get(key, ())),
            holds=tuple(holds.get(key, ())),
            deviations=tuple(deviations.get(key, ())),
        )
        sets.setdefault(row.analysis_id, []).append(one)
    postures = _listed(connection, _POSTURES, PostureInterval, analysis_ids)
    outside = _listed(connection, _POSTURE_DEVIATIONS, Deviation, analysis_ids)
    return {
        key: Findings(
            tuple(sets.get(key, ())), tuple(postures.get(key, ())), tuple(outside.get(key, ()))
        )
        for key in analysis_ids
    }


def analyses(connection: Connection, stream_id: str) -> list[int]:
    """Return the analyses of a stream, the newest last."""
    query = select(_ANALYSES.c.id).where(_ANALYSES.c.stream_id == stream_id)
    return list(connection.scalars(query.order_by(_ANALYSES.c.id)))


def newest(connection: Connection, stream_id: str) -> Findings:
    """Return what a stream's newest analysis found; nothing where there is none."""
    mine = analyses(connection, stream_id)
    return read(connection, mine[-1]) if mine else Findings()


def newest_sets(connection: Connection, stream_id: str) -> tuple[ExerciseSet, ...]:
    """Return the sets of a stream's newest analysis; none where there is none."""
    return newest(connection, stream_id).sets


class Changes:
    """Rows to delete and to insert, of any number of analyses; written all at once."""

    def __init__(self) -> None:
        self._calibrations: list[dict[str, Any]] = []
        self._deletes: dict[Table, list[dict[str, Any]]] = {}
        self._inserts: dict[Table, list[dict[str, Any]]] = {}

    def add(self, analysis_id: int, before: Findings, after: Findings) -> None:
        """Change what is stored, ``before``, into ``after``."""
        for ordinal in _changed(before.sets, after.sets):
            if ordinal < len(before.sets):
                self._delete(_SETS, analysis_id, ordinal)  # its parts go with it
            if ordinal < len(after.sets):
                self._insert_set(analysis_id, ordinal, after.sets[ordinal])
        self._add_list(_POSTURES, analysis_id, before.postures, after.postures)
        self._add_list(_POSTURE_DEVIATIONS, analysis_id, before.deviations, after.deviations)

    def calibrate(self, analysis_id: int, source: str) -> None:
        """Say how it became known how the sensor sits."""
        self._calibrations.append({"of_analysis": analysis_id, "source": source})

    def write(self, connection: Connection) -> None:
        """Delete, then insert; sets before their parts."""
        if self._calibrations:
            connection.execute(_CALIBRATE, self._calibrations)
        for table, keys in self._deletes.items():
            connection.execute(_DELETE[table], keys)
        for table in sorted(self._inserts, key=lambda table: table is not _SETS):
            connection.execute(insert(table), self._inserts[table])

    def _insert_set(self, analysis_id: int, ordinal: int, found: ExerciseSet) -> None:
        key = {"analysis_id": analysis_id, "ordinal": ordinal}
        self._insert(_SETS, key | {name: getattr(found, name) for name in _SET_COLUMNS})
        for table, parts in (
            (_REPETITIONS, found.repetitions),
            (_HOLDS, found.holds),
            (_SET_DEVIATIONS, found.deviations),
        ):
            for i, part in enumerate(parts):
                part_key = {"analysis_id": analysis_id, "set_ordinal": ordinal, "ordinal": i}
                self._insert(table, part_key | _columns(part))

    def _add_list(
        self, table: Table, analysis_id: int, before: Sequence[Any], after: Sequence[Any]
    ) -> None:
        for ordinal in _changed(before, after):
            if ordinal < len(before):
                self._delete(table, analysis_id, ordinal)
            if ordinal < len(after):
                key = {"analysis_id": analysis_id, "ordinal": ordinal}
                self._insert(table, key | _columns(after[ordinal]))

    def _delete(self, table: Table, analysis_id: int, ordinal: int) -> None:
        key = {"of_analysis": analysis_id, "at_ordinal": ordinal}
        self._deletes.setdefault(table, []).append(key)

    def _insert(self, table: Table, row: dict[str, Any]) -> None:
        self._inserts.setdefault(table, []).append(row)


_CALIBRATE = (
    update(_ANALYSES)
    .where(_ANALYSES.c.id == bindparam("of_analysis"))
    .values(calibration=bindparam("source"))
)
_DELETE = {
    table: delete(table).where(
        table.c.analysis_id == bindparam("of_analysis"), table.c.ordinal == bindparam("at_ordinal")
    )
    for table in (_SETS, _POSTURES, _POSTURE_DEVIATIONS)
}
_SET_COLUMNS = [column.name for column in _SETS.c if not column.primary_key]


def _changed(before: Sequence[Any], after: Sequence[Any]) -> list[int]:
    same = min(len(before), len(after))
    changed = [i for i in range(same) if before[i] is not after[i] and before[i] != after[i]]
    return changed + list(range(same, max(len(before), len(after))))


def _columns(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _ordered(connection: Connection, table: Table, analysis_ids: Sequence[int]) -> Sequence[Any]:
    mine = select(table).where(table.c.analysis_id.in_(analysis_ids))
    return connection.execute(mine.order_by(table.c.analysis_id, table.c.ordinal)).all()


def _listed(
    connection: Connection, table: Table, kind: type[Any], analysis_ids: Sequence[int]
) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    value_of = _reader(kind)
    for row in _ordered(connection, table, analysis_ids):
        found.setdefault(row.analysis_id, []).append(value_of(row))
    return found


def _parts(
    connection: Connection, table: Table, kind: type[Any], analysis_ids: Sequence[int]
) -> dict[tuple[int, int], list[Any]]:
    """Return parts of sets by analysis and set."""
    parts: dict[tuple[int, int], list[Any]] = {}
    value_of = _reader(kind)
    for row in _ordered(connection, table, analysis_ids):
        parts.setdefault((row.analysis_id, row.set_ordinal), []).append(value_of(row))
    return parts


def _reader(kind: type[Any]) -> Callable[[Any], Any]:
    """Return what makes a value of a row; in years of record there are many."""
    names = [field.name for field in fields(kind)]
    columns = attrgetter(*names)
    name_of = _NAMES.get(kind)
    if name_of is None:
        return lambda row: kind(*columns(row))
    return lambda row: kind(name_of(columns(row)[0]), *columns(row)[1:])


_NAMES: dict[type[Any], Callable[[str], Any]] = {Deviation: DeviationKind, PostureInterval: Posture}
"""Where the first field is a name out of some."""
