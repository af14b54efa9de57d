"""Results as a zip of CSV files, one a table; for spreadsheets, so cells cannot be formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from lumbar_server.exports.answer_tables import ANSWER_TABLES, AnswerTable
from lumbar_server.exports.selection import Selection, records
from lumbar_server.exports.tables import TABLES, ResultTable
from lumbar_server.exports.zip_flow import zipped

_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
"""What text in a cell may not begin with: spreadsheets take most of these for a formula's start
(https://owasp.org/www-community/attacks/CSV_Injection); the last, so that all come back."""

_ALL: tuple[ResultTable | AnswerTable, ...] = (*TABLES, *ANSWER_TABLES)


def export_csv(connection: Connection, wanted: Selection) -> Iterator[bytes]:
    """Yield the zip."""
    with TemporaryDirectory(prefix="lumbar-") as folder:
        paths = [Path(folder) / f"{table.name}.csv" for table in _ALL]
        _write(connection, wanted, paths)
        yield from zipped(paths, packed=False)


def cell(value: object) -> str:
    """Return a value as it stands in a cell; nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_ACTIVE) else value
    return repr(value)


def _write(connection: Connection, wanted: Selection, paths: list[Path]) -> None:
    with ExitStack() as opened:
        writers = []
        for table, path in zip(_ALL, paths, strict=True):
            file = opened.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers.append(csv.writer(file))
            writers[-1].writerow(table.columns)
        for one in records(connection, wanted):
            for results, writer in zip(TABLES, writers, strict=False):
                writer.writerows([cell(value) for value in row] for row in results.rows_of(one))
        for said, writer in zip(ANSWER_TABLES, writers[len(TABLES) :], strict=True):
            rows = said.rows_in(connection, wanted)
            writer.writerows([cell(value) for value in row] for row in rows)
