"""``lumbar export``: the stored samples of a sensor, from one start to the next, as a trace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from lumbar.errors import UsageError
from lumbar.stored_database import stored_database
from lumbar.trace_file import check_trace_name, trace_table, write_trace
from lumbar_server.database import open_engine, reading
from lumbar_server.store import samples, stream_listing


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    stream_id: str
    sensor_id: str
    samples: int
    coverage: float


def run_export(path: Path, *, stream_id: str | None, data: Path | None) -> None:
    """Export out of a household's folder, or of the database that the environment names."""
    url = stored_database(data)
    done = export_stream(url, stream_id, path)
    print(
        f"stream {done.stream_id} of {done.sensor_id}: {done.samples} samples, "
        f"{done.coverage:.1%} of what was taken, in {path}"
    )


def export_stream(database_url: str, stream_id: str | None, path: Path) -> Exported:
    """Write the samples of a stream, of the newest where ``stream_id`` is None.

    The name of ``path`` decides the form: .csv, .csv.gz or .parquet. Times count from the
    stream's first index; what is missing is a step in them.

    Raises ``UsageError`` for another name, and where there is no such stream.
    """
    check_trace_name(path)
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            row = _stream(connection, stream_id)
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
    return Exported(row.stream_id, row.sensor_id, len(index), row.coverage)


def _stream(connection: Connection, stream_id: str | None) -> Any:
    if stream_id is None:
        row = next(iter(stream_listing.newest(connection, None, None, 1)), None)
    else:
        row = stream_listing.one(connection, stream_id)
    if row is None:
        wanted = "samples yet are" if stream_id is None else f"stream {stream_id} is"
        raise UsageError(f"no {wanted} stored: GET /api/v1/streams lists all there are")
    return row
