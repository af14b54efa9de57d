"""The forms in which a copy of the record can be had, and a download of any of them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from lumbar_server.database import reading
from lumbar_server.exports.as_csv import export_csv
from lumbar_server.exports.as_json import export_json
from lumbar_server.exports.as_labels import export_labels
from lumbar_server.exports.as_parquet import export_parquet
from lumbar_server.exports.selection import Selection, check

_BLOCK_BYTES = 2**16


class Form(enum.StrEnum):
    """What a copy looks like; ``docs/exports.md`` says what each form loses."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    FIT = "fit"
    LABELS = "labels"


class _Kind(NamedTuple):
    ending: str
    media_type: str
    export: Callable[[Connection, Selection], Iterator[bytes]]


def _export_fit(connection: Connection, wanted: Selection) -> Iterator[bytes]:
    # Its library sets up logging as it is loaded, which is for the program to do.
    from lumbar_server.exports.as_fit import export_fit

    return export_fit(connection, wanted)


_ZIP = "application/zip"
_KINDS = {
    Form.CSV: _Kind(".csv.zip", _ZIP, export_csv),
    Form.PARQUET: _Kind(".parquet.zip", _ZIP, export_parquet),
    Form.FIT: _Kind(".fit.zip", _ZIP, _export_fit),
    Form.LABELS: _Kind(".labels.jsonl", "application/jsonl", export_labels),
}
MEDIA_TYPES = ("application/json", _ZIP, "application/vnd.ant.fit", "application/jsonl")


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is made while it is taken."""

    file_name: str
    media_type: str
    blocks: Iterator[bytes]


def download(engine: Engine, form: Form, wanted: Selection, now_utc: datetime) -> Download:
    """Begin a file; what is wrong at the beginning is raised before its first byte.

    Raises
    ------
    NotFoundError
        Where there is no such session or wearer.
    ConflictError
        Where the form cannot hold the session.
    DatabaseAwayError
        Try again later.
    """
    blocks = _blocks(engine, form, wanted, now_utc)
    first = next(blocks, b"")
    if form is Form.JSON:
        kind = f"{wanted.name}.json", "application/json"
    elif form is Form.FIT and wanted.session_id is not None:
        kind = f"{wanted.name}.fit", "application/vnd.ant.fit"
    else:
        kind = wanted.name + _KINDS[form].ending, _KINDS[form].media_type
    return Download(*kind, chain([first], blocks))


def _blocks(engine: Engine, form: Form, wanted: Selection, now_utc: datetime) -> Iterator[bytes]:
    """Yield the file in blocks of some size; the database stays as it was at the beginning."""
    with reading(engine) as connection:
        check(connection, wanted)
        if form is Form.JSON:
            pieces = export_json(connection, wanted, now_utc)
        else:
            pieces = _KINDS[form].export(connection, wanted)
        block = bytearray()
        for piece in pieces:
            block += piece
            if len(block) >= _BLOCK_BYTES:
                yield bytes(block)
                block.clear()
        yield bytes(block)
