"""A record taken out of one database and brought into another."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from databases import fresh_database
from household import (
    LATER_UTC,
    all_records,
)
from lumbar_server import models
from lumbar_server.database import migrate, open_engine, reading
from lumbar_server.exports.as_json import export_json
from lumbar_server.exports.selection import Selection
from lumbar_server.imports.record_file import import_record
from lumbar_server.record import SessionRecord

Json = dict[str, Any]
NOTHING = {"streams": 0, "samples": 0, "sessions": 0, "corrections": 0, "screenings": 0}


@contextmanager
def another(kind: str, folder: Path) -> Iterator[Engine]:
    (folder / "elsewhere").mkdir()
    with fresh_database(kind, folder / "elsewhere") as url:
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


def exported(engine: Engine, wanted: Selection | None = None) -> bytes:
    with reading(engine) as connection:
        return b"".join(export_json(connection, wanted or Selection(), LATER_UTC))


def brought(engine: Engine, data: bytes | Json) -> dict[str, int]:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return import_record(engine, io.BytesIO(content), LATER_UTC)


def without_ids(one: SessionRecord) -> SessionRecord:
    """Return a session as it is wherever it is."""
    return replace(
        one,
        id=0,
        wearer_id=0,
        parts=tuple(replace(part, analysis_id=None) for part in one.parts),
        sets=tuple(
            replace(each, correction=each.correction and replace(each.correction, id=0))
            for each in one.sets
        ),
    )


def recorded(engine: Engine) -> list[SessionRecord]:
    return [without_ids(one) for one in all_records(engine)]


def changes(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(models.Change)).all())
