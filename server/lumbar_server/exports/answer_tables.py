"""What was set out and what people said of it, as tables of plain values for CSV and Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from lumbar_server.exports.selection import Selection, rows
from lumbar_server.exports.tables import Kind, Row
from lumbar_server.prescribed_lines import line_of
from lumbar_server.store import blocks, next_days, prescriptions, screenings, stops, wearers


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """A name, columns with their kinds, and the rows of all that is wanted."""

    name: str
    columns: dict[str, Kind]
    rows_in: Callable[[Connection, Selection], Iterator[Row]]


def _shown(connection: Connection, wanted: Selection) -> list[int]:
    is_asked_for = wanted.session_id is not None
    return [row.id for row in rows(connection, wanted) if is_asked_for or not row.discarded]


def _prescribed(connection: Connection, wanted: Selection) -> Iterator[Row]:
    for session_id in _shown(connection, wanted):
        row = prescriptions.find(connection, session_id)
        lines = () if row is None else map(line_of, row.lines)
        for number, line in enumerate(lines):
            yield (
                session_id,
                number,
                line.ladder,
                line.rung,
                line.exercise,
                line.form,
                line.load,
                line.dose.sets,
                line.dose.repetitions,
                line.dose.hold_s,
                line.dose.per_side,
                line.choice,
                line.change,
                line.rule,
                line.why,
            )


def _blocks(connection: Connection, wanted: Selection) -> Iterator[Row]:
    for session_id in _shown(connection, wanted):
        for one in blocks.of_session(connection, session_id):
            yield session_id, one.line, one.exercise, one.begun_utc, one.ended_utc, one.felt


def _answers(connection: Connection, wanted: Selection) -> Iterator[Row]:
    for session_id in _shown(connection, wanted):
        stop = stops.find(connection, session_id)
        if stop is not None:
            yield session_id, "stop", stop.reason, stop.discomfort, stop.at_utc
        next_day = next_days.find(connection, session_id)
        if next_day is not None:
            yield session_id, "next_day", next_day.answer, None, next_day.at_utc


def _screenings(connection: Connection, wanted: Selection) -> Iterator[Row]:
    if wanted.session_id is not None:
        return
    for wearer in wearers.listed(connection):
        if wanted.wearer_id in (None, wearer.id):
            for one in screenings.of_wearer(connection, wearer.id):
                yield wearer.id, one.kind, " ".join(one.yes), str(one.cleared_on or ""), one.at_utc


ANSWER_TABLES = (
    AnswerTable(
        "prescribed",
        {
            "session_id": "integer",
            "line": "integer",
            "ladder": "text",
            "rung": "integer",
            "exercise": "text",
            "form": "text",
            "load": "text",
            "sets": "integer",
            "repetitions": "integer",
            "hold_s": "number",
            "per_side": "boolean",
            "choice": "text",
            "change": "text",
            "rule": "text",
            "why": "text",
        },
        _prescribed,
    ),
    AnswerTable(
        "blocks",
        {
            "session_id": "integer",
            "line": "integer",
            "exercise": "text",
            "begun_utc": "instant",
            "ended_utc": "instant",
            "felt": "text",
        },
        _blocks,
    ),
    AnswerTable(
        "answers",
        {
            "session_id": "integer",
            "question": "text",
            "answer": "text",
            "discomfort": "integer",
            "at_utc": "instant",
        },
        _answers,
    ),
    AnswerTable(
        "screenings",
        {
            "wearer_id": "integer",
            "kind": "text",
            "yes": "text",
            "cleared_on": "text",
            "at_utc": "instant",
        },
        _screenings,
    ),
)
