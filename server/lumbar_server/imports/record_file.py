"""A ``lumbar.record/1`` file into a database: all of it or nothing, and twice is as once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Engine

from lumbar_server.database import writing
from lumbar_server.errors import DatabaseAwayError, StreamConflictError
from lumbar_server.imports import people
from lumbar_server.imports.contents import Contents, read_contents
from lumbar_server.imports.programme import bring_programme
from lumbar_server.imports.sessions import SessionImport
from lumbar_server.imports.streams import StreamImport
from lumbar_server.store import changes, incoming

_ATTEMPTS = 5  # against a worker that stores the same streams (chosen: never seen above 1)


def import_record(engine: Engine, file: BinaryIO, now_utc: datetime) -> dict[str, int]:
    """Store what the file has and the database has not; returns how much of each that was.

    Parameters
    ----------
    file
        Can be sought in; is read several times, a piece at a time.

    Raises
    ------
    BadRequestError
        The file is none of ours, damaged or cut off.
    ConflictError
        It says something else than the database; nothing was stored.
    DatabaseAwayError
        Nothing was stored; try again later.
    """
    contents = read_contents(file)
    for _ in range(_ATTEMPTS):
        try:
            return _store(engine, contents, now_utc)
        except StreamConflictError:
            continue
    raise DatabaseAwayError("samples of the same streams arrive at the moment: try again later")


def _store(engine: Engine, contents: Contents, now_utc: datetime) -> dict[str, int]:
    with writing(engine) as connection:
        changes.wait_for_turn(connection)
        wearer_ids = people.bring_wearers(connection, contents, now_utc)
        seen_utc = {key: one.first_seen_utc for key, one in contents.sensors.items()}
        incoming.add_sensors(connection, seen_utc)
        people.bring_assignments(connection, contents, wearer_ids, now_utc)
        offsets_s = {int(one.gateway_boot, 16): one.wall_offset_s for one in contents.gateway_runs}
        incoming.add_wall_offsets(connection, offsets_s)
        streams = StreamImport(connection, contents, now_utc)
        streams.run()
        sessions = SessionImport(connection, contents, wearer_ids, streams.newer, now_utc)
        sessions.run()
        screenings = bring_programme(connection, contents, wearer_ids, now_utc)
    done = Counter({"streams": 0, "samples": 0, "sessions": 0, "corrections": 0})
    done["screenings"] = screenings
    done.update(streams.done)
    done.update(sessions.done)
    return dict(done)
