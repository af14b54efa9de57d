"""``lumbar export``: a stored session as a trace file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lumbar.errors import UsageError
from lumbar.service_settings import server_settings
from lumbar.sqlite_file import sqlite_file
from lumbar.trace_file import check_trace_name, trace_table, write_trace
from lumbar_server.database import open_engine, reading
from lumbar_server.store import samples, sessions


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    session_id: int
    sensor_id: str
    samples: int
    coverage: float


def run_export(path: Path, *, session_id: int | None, data: Path | None) -> None:
    """Export out of a household's folder, or of the database that the environment names."""
    url = server_settings().database_url if data is None else f"sqlite:///{data / 'lumbar.db'}"
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise UsageError(
            f"{file} does not exist: give --data the folder of lumbar up, or set "
            "LUMBAR_SERVER_DATABASE_URL"
        )
    done = export_session(url, session_id, path)
    print(
        f"session {done.session_id} of {done.sensor_id}: {done.samples} samples, "
        f"{done.coverage:.1%} of what was taken, in {path}"
    )


def export_session(database_url: str, session_id: int | None, path: Path) -> Exported:
    """Write the samples of a session, of the newest where ``session_id`` is None.

    The name of ``path`` decides the form: .csv, .csv.gz or .parquet. Times count from the
    stream's first index; what is missing is a step in them.

    Raises ``UsageError`` for another name, and where there is no such session.
    """
    check_trace_name(path)
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            if session_id is None:
                row = next(iter(sessions.newest(connection, None, None, 1)), None)
            else:
                row = sessions.one(connection, session_id)
            if row is None:
                wanted = "session yet" if session_id is None else f"session {session_id}"
                raise UsageError(f"no {wanted} is stored: the pages list all there are")
            runs = list(samples.read(connection, row.stream_id, row.channels, 0, 2**48))
    finally:
        engine.dispose()
    index = np.concatenate([np.arange(run.first_index, run.end_index) for run in runs])
    counts = np.concatenate([run.samples for run in runs])
    table = trace_table(
        index,
        counts,
        sampling_rate_hz=row.sampling_rate_hz,
        g_per_step=row.g_per_step,
        dps_per_step=row.dps_per_step,
    )
    write_trace(table, path)
    return Exported(row.id, row.sensor_id, len(index), row.coverage)
